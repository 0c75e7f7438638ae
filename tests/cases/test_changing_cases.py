"""Moving a case along, assessing its risk, and giving another team sight of it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseGroupObjectPermission
from cases.services.cases import assess_risk, assign_team, change_stage
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from tests.factories import open_case


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def stored(case):
    return Case.objects.using("owner").get(pk=case.pk)


def verbs_of(case):
    events = AuditEvent.objects.all().of_case(case.pk).order_by("id")
    return list(events.values_list("verb", flat=True))


def test_a_case_takes_the_step_that_follows(cast, case):
    change_stage(actor=cast.second_caseworker, case_id=case.pk, to="assessment", version=1)
    assert (stored(case).protection_stage, stored(case).version) == ("assessment", 2)
    event = AuditEvent.objects.all().of_case(case.pk).order_by("-id").first()
    assert event.verb == "case.stage_changed"
    assert event.facts == {"from": "registered", "to": "assessment"}


@pytest.mark.parametrize("to", ["registered", "planning", "closed", "nowhere"])
def test_a_step_the_track_does_not_have_is_refused(cast, case, to):
    with pytest.raises(InvalidTransition) as broken:
        change_stage(actor=cast.caseworker, case_id=case.pk, to=to, version=1)
    assert broken.value.field == "to"
    assert (stored(case).protection_stage, stored(case).version) == ("registered", 1)


def test_the_second_of_two_who_change_the_same_version_is_told(cast, case):
    assess_risk(actor=cast.caseworker, case_id=case.pk, risk="high", version=1)
    with pytest.raises(Conflict):
        change_stage(actor=cast.second_caseworker, case_id=case.pk, to="assessment", version=1)
    with pytest.raises(Conflict):
        assess_risk(actor=cast.second_caseworker, case_id=case.pk, risk="low", version=1)
    assert (stored(case).risk, stored(case).protection_stage) == ("high", "registered")
    assert verbs_of(case) == ["case.opened_new", "case.risk_assessed"]


def test_an_unknown_level_of_risk_is_refused(cast, case):
    with pytest.raises(DomainError) as broken:
        assess_risk(actor=cast.caseworker, case_id=case.pk, risk="enormous", version=1)
    assert broken.value.field == "risk"
    assert stored(case).risk == "not_assessed"


@pytest.mark.parametrize("who", ["intake", "liaison", "legal", "clinician"])
def test_those_who_only_read_the_case_do_not_change_it(cast, case, who):
    with pytest.raises(Denied):
        change_stage(actor=getattr(cast, who), case_id=case.pk, to="assessment", version=1)
    assert stored(case).protection_stage == "registered"


def test_for_another_team_the_case_does_not_exist(cast, case):
    with pytest.raises(Case.DoesNotExist):
        change_stage(actor=cast.south_caseworker, case_id=case.pk, to="assessment", version=1)
    assert stored(case).version == 1


def test_a_supervisor_gives_another_team_sight_until_a_day(cast, case):
    until = timezone.now() + timedelta(days=7)
    assign_team(
        actor=cast.supervisor,
        case_id=case.pk,
        team_id=cast.south.pk,
        reason="cover",
        until=until,
    )
    with reading(cast.south_caseworker):
        assert Case.objects.visible_to(cast.south_caseworker).get() == case
    grants = CaseGroupObjectPermission.objects.using("owner")
    assert grants.get(group=cast.south.group_id).until == until
    # Given again it is the same grant with another end.
    assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason="cover")
    assert grants.get(group=cast.south.group_id).until is None


def test_a_grant_that_has_ended_shows_nothing_below_the_code_either(cast, case, superuser):
    assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason="cover")
    superuser.execute("SET liwanag.act = 'test'")
    superuser.execute(
        "UPDATE cases_casegroupobjectpermission SET until = now() - interval '1 minute' "
        "WHERE group_id = %s",
        [cast.south.group_id],
    )
    with reading(cast.south_caseworker):
        assert not Case.objects.visible_to(cast.south_caseworker).exists()
        assert Case.objects.count() == 0


def test_giving_sight_again_keeps_the_grant_with_the_new_reason(cast, case):
    for reason in ("cover", "supervision"):
        assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason=reason)
    with reading(cast.supervisor):
        grants = CaseGroupObjectPermission.objects.visible_to(cast.supervisor)
        grant = grants.get(content_object=case, group_id=cast.south.group_id)
    assert grant.reason == "supervision"


@pytest.mark.parametrize(
    ("field", "team", "values"),
    [
        ("reason", "south", {"reason": "curious"}),
        ("reason", "south", {"reason": "opened"}),
        ("until", "south", {"reason": "cover", "until": timezone.now() - timedelta(hours=1)}),
        ("team_id", "north", {"reason": "cover"}),
    ],
)
def test_sight_is_not_given_without_a_reason_or_backwards(cast, case, field, team, values):
    with pytest.raises(DomainError) as broken:
        assign_team(
            actor=cast.supervisor, case_id=case.pk, team_id=getattr(cast, team).pk, **values
        )
    assert broken.value.field == field
    assert CaseGroupObjectPermission.objects.using("owner").count() == 1


def test_a_caseworker_does_not_widen_the_circle(cast, case):
    with pytest.raises(Denied):
        assign_team(actor=cast.caseworker, case_id=case.pk, team_id=cast.south.pk, reason="cover")
    assert CaseGroupObjectPermission.objects.using("owner").count() == 1


def test_of_several_who_move_a_case_at_the_same_moment_one_does_and_the_others_are_told(cast, case):
    people = [cast.caseworker, cast.second_caseworker, cast.supervisor]
    outcomes = []
    ready = threading.Barrier(len(people))

    def move(person):
        ready.wait()
        try:
            change_stage(actor=person, case_id=case.pk, to="assessment", version=1)
            outcomes.append("moved")
        except Conflict:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "told", "told"]
    assert stored(case).version == 2
    assert verbs_of(case) == ["case.opened_new", "case.stage_changed"]
