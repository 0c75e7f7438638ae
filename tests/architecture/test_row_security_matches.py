"""Row-level security and `visible_to` say the same, or row security is named wider, for everybody.

Each model is read twice as each person: through `visible_to`, and as the database shows it to the
application's own login. The database may show more only where a role or a level narrows further in
Python, and those places are named here with their reason.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from core.walls import all_walls
from tests.world import World

# Row security knows agency, team, grant and desk; these know the role or the level as well.
NARROWER_IN_PYTHON = {
    "cases_casenote": "levels of sensitivity and named readers",
    "cases_consent": "only roles that read consent",
    "cases_consentevent": "follows the consents",
    "cases_legalground": "only roles that read consent or oversee its exceptions",
    "cases_legalgroundevent": "follows the grounds",
    "cases_notereader": "follows the notes",
    "cases_personidentity": "only roles that may show an identity",
    "referrals_referral": "only roles that read referrals",
    "referrals_referralevent": "follows the referrals",
    "handoffs_handoff": "only roles that read or receive handoffs",
    "handoffs_handoffevent": "follows the handoffs",
    "handoffs_handoffpackage": "follows the handoffs",
    "courts_proceeding": "only roles that read proceedings",
    "courts_proceedingevent": "follows the proceedings",
    "courts_charge": "only roles that read proceedings",
    "courts_verdict": "only roles that read proceedings",
}


def guarded_models():
    tables = {wall.table for wall in all_walls() if wall.see}
    return [model for model in apps.get_models() if model._meta.db_table in tables]


@pytest.fixture
def world(cast):
    return World(cast)


def _ids(queryset):
    return set(queryset.order_by().values_list("pk", flat=True))


def test_the_database_shows_what_visible_to_shows(world, cast):
    from audit.reading import reading

    differences = []
    for person in cast.everybody:
        with reading(person):
            for model in guarded_models():
                by_scope = _ids(model._default_manager.visible_to(person))
                by_database = _ids(model._default_manager.all())
                table = model._meta.db_table
                if not by_scope <= by_database:
                    differences.append(f"{person}: {table} is hidden by the database")
                if table not in NARROWER_IN_PYTHON and by_scope != by_database:
                    differences.append(f"{person}: {table} differs")
    assert differences == []


def test_the_world_holds_rows_of_every_guarded_model(world):
    empty = []
    with connections["owner"].cursor() as cursor:
        for model in guarded_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            if not cursor.fetchone()[0]:
                empty.append(model._meta.db_table)
    assert set(empty) <= {"cases_caseuserobjectpermission"}


def test_a_person_of_another_agency_sees_no_row_of_ours(world, cast):
    from audit.reading import reading

    # Auditors read no case; they see what waits for a review, by id.
    of_auditors = {"audit_review"}
    for person in (cast.stranger, cast.stranger_caseworker, cast.admin, cast.auditor):
        with reading(person):
            for model in guarded_models():
                if person == cast.auditor and model._meta.db_table in of_auditors:
                    continue
                assert not model._default_manager.all().exists(), (person, model)
