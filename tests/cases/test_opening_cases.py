"""Opening a case: for one's own team, with its key and its grant, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseGroupObjectPermission
from cases.services.cases import open_case
from core.errors import Denied, DomainError
from vault.models import DataKey


def cases():
    return Case.objects.using("owner").count()


def test_the_team_that_opens_a_case_sees_it_and_says_why(cast):
    case = open_case(actor=cast.caseworker, team_id=cast.north.pk, country="ph", admin1="Bicol")
    with reading(cast.second_caseworker):
        seen = Case.objects.visible_to(cast.second_caseworker).get()
        grant = CaseGroupObjectPermission.objects.visible_to(cast.second_caseworker).get()
    assert (seen.pk, seen.country, seen.admin1, seen.lead_agency) == (
        case.pk,
        "PH",
        "Bicol",
        cast.agency,
    )
    assert (grant.reason, grant.until, grant.group_id) == ("opened", None, cast.north.group_id)
    assert DataKey.objects.filter(owner_type="case", owner_id=case.pk).count() == 1


def test_opening_a_case_stands_in_the_log_once(cast):
    case = open_case(actor=cast.supervisor, team_id=cast.north.pk)
    event = AuditEvent.objects.all().of_case(case.pk).get()
    assert (event.verb, event.actor_id, event.object_id) == (
        "case.opened_new",
        cast.supervisor.pk,
        case.pk,
    )


def test_a_team_one_does_not_work_in_is_refused(cast):
    with pytest.raises(DomainError) as broken:
        open_case(actor=cast.caseworker, team_id=cast.south.pk)
    assert broken.value.field == "team_id"
    assert cases() == 0


def test_a_team_of_another_agency_does_not_exist(cast):
    theirs = Team.objects.get(name="Shelter desk")
    with pytest.raises(Team.DoesNotExist):
        open_case(actor=cast.caseworker, team_id=theirs.pk)
    assert cases() == 0


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("opened_on", {"opened_on": timezone.localdate() + timedelta(days=1)}),
        ("risk", {"risk": "enormous"}),
        ("country", {"country": "Philippines"}),
        ("admin1", {"admin1": "x" * 81}),
        ("admin1", {"admin1": "see https://somewhere.example/x"}),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_is_left(cast, field, values):
    with pytest.raises(DomainError) as broken:
        open_case(actor=cast.caseworker, team_id=cast.north.pk, **values)
    assert broken.value.field == field
    assert cases() == 0
    assert not DataKey.objects.filter(owner_type="case").exists()


@pytest.mark.parametrize("who", ["legal", "liaison", "clinician", "manager", "dpo", "auditor"])
def test_roles_that_do_not_open_cases_are_refused_and_it_is_recorded(cast, who):
    actor = getattr(cast, who)
    with pytest.raises(Denied):
        open_case(actor=actor, team_id=cast.north.pk)
    assert cases() == 0
    refusal = AuditEvent.objects.filter(verb="act.refused").get()
    assert (refusal.actor_id, refusal.facts) == (actor.pk, {"permission": "cases.open_case"})
