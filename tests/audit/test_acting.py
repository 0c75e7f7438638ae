"""`acting`: the one way to write."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connections

from accounts.models import Team
from audit.acting import ActDoomed, ActNotClosed, acting
from audit.models import AuditEvent, OutboxMessage
from audit.purposes import note_purpose, nothing_stated
from core.errors import Denied
from tests.factories import open_case

PERMISSION = "accounts.invite_user"


def _add_team(cast, name="Night team"):
    group = Group.objects.create(name=name)
    return Team.objects.create(agency=cast.agency, name=name, group=group)


def _teams():
    return set(Team.objects.values_list("name", flat=True))


def test_an_act_with_permission_and_record_is_kept_with_its_event(cast):
    with acting(cast.admin) as act:
        act.authorise(PERMISSION)
        team = _add_team(cast)
        act.record("team.added", team)
    event = AuditEvent.objects.get(object_id=team.pk)
    assert (event.verb, event.actor_id, event.act) == ("team.added", cast.admin.pk, act.id)
    assert event.role == "agency_admin"
    assert event.agency_id == cast.agency.pk
    assert event.db_user == "liwanag_app"


def test_leaving_without_asking_permission_rolls_back(cast):
    with pytest.raises(ActNotClosed), acting(cast.admin) as act:
        act.record("team.added", _add_team(cast))
    assert "Night team" not in _teams()


def test_leaving_without_recording_rolls_back(cast):
    with pytest.raises(ActNotClosed), acting(cast.admin) as act:
        act.authorise(PERMISSION)
        _add_team(cast)
    assert "Night team" not in _teams()


def test_a_refusal_is_recorded_outside_the_rolled_back_work(cast):
    before = AuditEvent.objects.count()
    with pytest.raises(Denied), acting(cast.caseworker) as act:
        team = _add_team(cast)
        act.record("team.added", team)
        act.authorise(PERMISSION, team)
    assert "Night team" not in _teams()
    assert AuditEvent.objects.count() == before + 1
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.outcome) == ("act.refused", "refused")
    assert event.facts == {"permission": PERMISSION}
    assert event.object_id == team.pk


def test_a_policy_may_refuse_what_the_role_allows(cast):
    with pytest.raises(Denied), acting(cast.admin) as act:
        act.authorise(PERMISSION, verdict=False)


def test_an_inner_act_joins_the_outer_one(cast):
    with acting(cast.admin) as outer:
        outer.authorise(PERMISSION)
        with acting(cast.admin) as inner:
            inner.authorise(PERMISSION)
            team = _add_team(cast)
            inner.record("team.added", team)
        outer.record("role.assigned")
    assert inner.id == outer.id
    assert AuditEvent.objects.filter(act=outer.id).count() == 2


def test_a_swallowed_inner_failure_dooms_the_outer_act(cast):
    with pytest.raises(ActDoomed), acting(cast.admin) as outer:
        outer.authorise(PERMISSION)
        outer.record("team.added", _add_team(cast))
        with pytest.raises(ValueError, match="inner"), acting(cast.admin):
            raise ValueError("inner")
    assert "Night team" not in _teams()


def test_a_swallowed_inner_refusal_refuses_the_outer_act_and_is_recorded(cast):
    with pytest.raises(Denied), acting(cast.admin) as outer:
        outer.authorise(PERMISSION)
        outer.record("team.added", _add_team(cast))
        with pytest.raises(Denied), acting(cast.admin) as inner:
            inner.authorise("cases.write_note")
    assert "Night team" not in _teams()
    assert AuditEvent.objects.latest("id").outcome == "refused"


def test_an_inner_act_of_somebody_else_is_refused(cast):
    with pytest.raises(ActNotClosed), acting(cast.admin) as outer:
        outer.authorise(PERMISSION)
        with acting(cast.caseworker):
            pass


def test_one_of_many_events_bears_its_own_purpose(cast):
    stated, other = open_case(cast.caseworker), open_case(cast.caseworker)
    with nothing_stated():
        note_purpose(stated.pk, "meeting")
        with acting(cast.caseworker) as act:
            act.authorise("cases.read_case")
            act.record_each("case.lead_changed", [stated, other], facts=[{}, {}])
    told = AuditEvent.objects.filter(act=act.id).order_by("id")
    assert [(event.case_id, event.purpose) for event in told] == [
        (stated.pk, "meeting"),
        (other.pk, ""),
    ]


def test_a_write_outside_an_act_is_refused_by_the_database(cast):
    with pytest.raises(DatabaseError, match="no act is open"):
        _add_team(cast)
    with pytest.raises(DatabaseError, match="no act is open"):
        Team.objects.update(name="changed")
    owner = connections["owner"].cursor
    with pytest.raises(DatabaseError, match="no act is open"), owner() as cursor:
        cursor.execute("UPDATE accounts_team SET name = 'changed'")
    assert "changed" not in _teams()


def test_the_setting_is_gone_after_the_act(cast):
    with acting(cast.admin) as act:
        act.authorise(PERMISSION)
        act.record("team.added", _add_team(cast))
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('liwanag.act', true), current_setting('liwanag.actor', true)"
        )
        assert not any(cursor.fetchone())


def test_an_unregistered_verb_cannot_be_recorded(cast):
    with pytest.raises(KeyError), acting(cast.admin) as act:
        act.authorise(PERMISSION)
        act.record("team.imagined")


def test_a_job_of_a_rolled_back_act_never_leaves(cast):
    with pytest.raises(ActNotClosed), acting(cast.admin) as act:
        act.authorise(PERMISSION)
        act.after_commit("audit.send_outbox")
    assert not OutboxMessage.objects.exists()


def test_a_job_leaves_after_commit_and_is_marked(cast):
    with acting(cast.admin) as act:
        act.authorise(PERMISSION)
        act.record("team.added", _add_team(cast))
        act.after_commit("audit.send_outbox")
        assert OutboxMessage.objects.get().sent_at is None
    assert OutboxMessage.objects.get().sent_at is not None


@pytest.mark.parametrize("fact", [0.5, object(), {"a": 1.5}, {1: "a"}])
def test_facts_are_codes_and_counts_only(cast, fact):
    with pytest.raises(TypeError), acting(cast.admin) as act:
        act.authorise(PERMISSION)
        act.record("team.added", facts={"fact": fact})
