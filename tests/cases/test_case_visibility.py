"""Who sees a case and what hangs on it, in the code and below it."""

from __future__ import annotations

import pytest
from django.db import connection, connections, transaction

from audit.acting import open_settings
from audit.reading import reading
from cases.models import (
    Case,
    CaseGroupObjectPermission,
    CaseNote,
    CaseParticipant,
    Person,
    PersonIdentity,
)
from tests.factories import add_participant, open_case, write_note

TABLES = (
    "cases_case",
    "cases_caseevent",
    "cases_casegroupobjectpermission",
    "cases_person",
    "cases_personidentity",
    "cases_caseparticipant",
    "cases_casenote",
    "cases_notereader",
)
MODELS = (Case, CaseGroupObjectPermission, Person, PersonIdentity, CaseParticipant, CaseNote)


@pytest.fixture
def case(cast):
    case = open_case(cast.caseworker)
    add_participant(cast.caseworker, case, identity={"first_name": "Tala"})
    write_note(cast.caseworker, case, sensitivity=4, reader_ids=[cast.intake.pk])
    return case


def rows_seen():
    with connection.cursor() as cursor:
        seen = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            seen[table] = cursor.fetchone()[0]
        return seen


NOTHING = dict.fromkeys(TABLES, 0)
EVERYTHING = dict.fromkeys(TABLES, 1)


def test_there_is_a_row_in_every_table_to_be_hidden(case):
    with connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 1, table


def test_the_application_sees_no_row_without_a_person_behind_it(case):
    assert rows_seen() == NOTHING
    with transaction.atomic():
        open_settings(actor=None, act=case.pk)
        assert rows_seen() == NOTHING


def test_the_database_shows_the_rows_to_the_team_and_to_nobody_else(cast, case):
    seen = {}
    for person in cast.everybody:
        with reading(person):
            seen[person.email.split("@")[0]] = rows_seen()
    # The note is L4: below Python too it is read by its author and whom it names, and an identity
    # by the roles that may open one or write notes, which are checked for names (R-N6).
    named = ("caseworker", "intake")
    opens = ("caseworker", "second.caseworker", "supervisor", "legal")
    for who in ("caseworker", "second.caseworker", "supervisor", "intake", "liaison", "legal"):
        note, identity = int(who in named), int(who in opens)
        of_notes = {"cases_casenote": note, "cases_notereader": note}
        mine = EVERYTHING | of_notes | {"cases_personidentity": identity}
        assert seen.pop(who) == {table: mine[table] for table in TABLES}, who
    clinician = seen.pop("clinician")
    assert (clinician["cases_case"], clinician["cases_casenote"]) == (1, 0)
    assert seen == dict.fromkeys(seen, NOTHING)


def test_the_code_shows_no_more_than_the_database(cast, case):
    for person in cast.everybody:
        with reading(person):
            for model in MODELS:
                visible = set(model.objects.visible_to(person).values_list("pk", flat=True))
                assert visible <= set(model.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("who", ["south_caseworker", "stranger_caseworker", "auditor", "admin"])
def test_others_see_nothing_of_it_in_the_code(cast, case, who):
    person = getattr(cast, who)
    for model in MODELS:
        # Asked as the owner, past row security, so that the code answers alone.
        assert not model.objects.visible_to(person).using("owner").exists(), model


def test_a_member_who_left_the_team_sees_nothing(cast, case, superuser):
    superuser.execute("SET liwanag.act = 'test'")
    superuser.execute(
        "UPDATE accounts_membership SET ends_at = now() WHERE user_id = %s",
        [cast.second_caseworker.pk],
    )
    with reading(cast.second_caseworker):
        assert not Case.objects.visible_to(cast.second_caseworker).exists()
        assert rows_seen() == NOTHING


def test_each_team_sees_its_own_case_and_not_the_other(cast, case):
    theirs = open_case(cast.south_caseworker)
    for person, mine in ((cast.south_caseworker, theirs), (cast.caseworker, case)):
        with reading(person):
            assert list(Case.objects.visible_to(person)) == [mine]
            assert list(Case.objects.all()) == [mine]
