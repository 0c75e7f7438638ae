"""Which team takes a referral: rules as data, whoever decides otherwise says why."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.services.directory import assign_role
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import DangerAlert, Referral, RoutingRule
from referrals.routing import Facts, matches, rule_for
from referrals.services.routing import end_routing_rule, set_routing_rule
from referrals.services.siblings import log_another_child
from tests.factories import log_referral
from tests.referrals.test_keeping_drafts_of_referrals import _whole

NORTH, SOUTH = uuid.uuid4(), uuid.uuid4()


@dataclass(frozen=True)
class Plain:
    position: int
    team_id: uuid.UUID = NORTH
    source_category: str = ""
    country: str = ""
    harm_type: str = ""
    immediate_danger: str = ""


FACTS = Facts("school", "PH", ("grooming", "live_streaming"), "no")


@pytest.mark.parametrize(
    ("asks", "fits"),
    [
        ({}, True),
        ({"source_category": "school"}, True),
        ({"source_category": "health"}, False),
        ({"country": "PH"}, True),
        ({"country": "ID"}, False),
        ({"harm_type": "live_streaming"}, True),
        ({"harm_type": "csam_production"}, False),
        ({"immediate_danger": "no"}, True),
        ({"immediate_danger": "yes"}, False),
        ({"source_category": "school", "country": "PH", "harm_type": "grooming"}, True),
        ({"source_category": "school", "country": "ID", "harm_type": "grooming"}, False),
    ],
)
def test_a_rule_is_about_a_referral_that_says_everything_it_asks(asks, fits):
    assert matches(Plain(1, **asks), FACTS) is fits


def test_a_country_that_nobody_knows_fits_no_rule_about_a_country():
    assert not matches(Plain(1, country="PH"), Facts("school", "", (), "unknown"))
    assert not matches(Plain(1, harm_type="grooming"), Facts("school", "", (), "unknown"))


def test_the_first_rule_by_its_place_counts_however_they_are_handed_over():
    rules = [Plain(7, SOUTH), Plain(2, NORTH, country="PH"), Plain(1, SOUTH, country="ID")]
    for order in (rules, rules[::-1]):
        assert rule_for(FACTS, order).position == 2
    assert rule_for(FACTS, [Plain(1, country="ID")]) is None
    assert rule_for(FACTS, []) is None


def test_a_rule_to_a_desk_where_nobody_decides_is_passed_over():
    rules = [Plain(1, SOUTH), Plain(2, NORTH)]
    assert rule_for(FACTS, rules, able={NORTH}).team_id == NORTH
    assert rule_for(FACTS, rules, able=set()) is None


answers = st.sampled_from(["", "school", "health", "ngo"])
places = st.sampled_from(["", "PH", "ID"])
harms = st.sampled_from(["", "grooming", "live_streaming"])
dangers = st.sampled_from(["", "yes", "no"])
rules = st.lists(st.builds(Plain, st.integers(1, 200), st.just(NORTH), answers, places, harms,
                           dangers), max_size=8)  # fmt: skip
facts = st.builds(Facts, answers, places, st.lists(harms, max_size=2), dangers)


@given(rules, facts)
def test_what_is_chosen_fits_and_nothing_before_it_does(some, told):
    chosen = rule_for(told, some)
    fitting = [one for one in some if matches(one, told)]
    assert (chosen is None) == (not fitting)
    if chosen is not None:
        assert chosen in fitting
        assert chosen.position == min(one.position for one in fitting)


def _rule(cast, position=1, team=None, **asks) -> RoutingRule:
    return set_routing_rule(
        actor=cast.supervisor,
        position=position,
        team_id=(team or cast.south).pk,
        **asks,
    )


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def _sees(person, referral) -> bool:
    with reading(person):
        return Referral.objects.visible_to(person).filter(pk=referral.pk).exists()


def test_left_to_the_rules_a_referral_goes_to_the_team_they_name(cast):
    rule = _rule(cast, harm_type="grooming")
    referral = log_referral(cast.intake, team_id=None, harm_types=["grooming"])
    kept = _kept(referral)
    assert (kept.team_id, kept.routed_by_id, kept.status) == (cast.south.pk, rule.pk, "received")
    assert _sees(cast.south_caseworker, referral)
    assert not _sees(cast.intake, referral)
    event = AuditEvent.objects.get(verb="referral.handed_on")
    assert event.facts == {"team": str(cast.south.pk)}
    assert event.act == AuditEvent.objects.get(verb="referral.logged").act


def test_without_a_rule_that_fits_it_stays_with_the_only_team_one_has(cast):
    _rule(cast, country="ID")
    kept = _kept(log_referral(cast.intake, team_id=None))
    assert (kept.team_id, kept.routed_by_id) == (cast.north.pk, None)


def test_without_a_rule_that_fits_whoever_has_two_teams_chooses(cast):
    _rule(cast, country="ID")
    role = cast.intake.memberships.get().role
    assign_role(actor=cast.admin, user_id=cast.intake.pk, team_id=cast.south.pk, role=role)
    with pytest.raises(DomainError) as refused:
        log_referral(cast.again("intake"), team_id=None)
    assert refused.value.field == "team"
    assert not Referral.objects.using("owner").exists()
    chosen = log_referral(cast.again("intake"), team_id=cast.south.pk)
    assert (_kept(chosen).team_id, _kept(chosen).routed_by_id) == (cast.south.pk, None)


def test_who_chooses_otherwise_says_why(cast):
    rule = _rule(cast)
    for reason in ("", "because"):
        with pytest.raises(DomainError) as refused:
            log_referral(cast.intake, override_reason=reason)
        assert refused.value.field == "override_reason"
        assert "South team" in refused.value.message
    assert not Referral.objects.using("owner").exists()
    referral = log_referral(cast.intake, override_reason="known_to_us")
    kept = _kept(referral)
    assert (kept.team_id, kept.routed_by_id) == (cast.north.pk, rule.pk)
    assert kept.override_reason == "known_to_us"
    assert AuditEvent.objects.get(verb="referral.logged").facts["override"] == "known_to_us"


def test_a_team_that_the_rules_name_needs_no_reason_and_keeps_none(cast):
    rule = _rule(cast, team=cast.north)
    kept = _kept(log_referral(cast.intake, override_reason="language"))
    assert (kept.team_id, kept.routed_by_id, kept.override_reason) == (
        cast.north.pk,
        rule.pk,
        "",
    )


def test_danger_calls_the_desk_it_goes_to(cast):
    _rule(cast, immediate_danger="yes")
    log_referral(cast.intake, team_id=None, immediate_danger="yes")
    told = set(DangerAlert.objects.using("owner").values_list("person_id", flat=True))
    assert told == {cast.south_caseworker.pk}


def test_the_next_child_of_a_night_goes_where_the_first_went(cast):
    first = log_referral(cast.intake)
    _rule(cast)
    second = log_another_child(actor=cast.intake, referral_id=first.pk, immediate_danger="no")
    assert _kept(second).team_id == cast.north.pk


def test_a_rule_that_is_ended_counts_no_more_and_stays_readable(cast, superuser):
    rule = _rule(cast)
    end_routing_rule(actor=cast.supervisor, rule_id=rule.pk)
    assert _kept(log_referral(cast.intake)).routed_by_id is None
    with pytest.raises(InvalidTransition):
        end_routing_rule(actor=cast.supervisor, rule_id=rule.pk)
    assert _rule(cast).position == 1
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="an ended rule stays"):
        superuser.execute("UPDATE referrals_routingrule SET ended_at = NULL, ended_by_id = NULL")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"position": 0}, "position"),
        ({"position": 201}, "position"),
        ({"source_category": "a bank"}, "source_category"),
        ({"country": "XX"}, "country"),
        ({"harm_type": "harm"}, "harm_type"),
        ({"immediate_danger": "perhaps"}, "immediate_danger"),
    ],
)
def test_a_rule_that_cannot_be_names_its_field(cast, over, field):
    with pytest.raises(DomainError) as refused:
        _rule(cast, **over)
    assert refused.value.field == field
    assert not RoutingRule.objects.using("owner").exists()


def test_two_rules_do_not_stand_at_one_place(cast):
    _rule(cast)
    with pytest.raises(DomainError) as refused:
        _rule(cast, team=cast.north)
    assert refused.value.field == "position"
    assert RoutingRule.objects.using("owner").count() == 1


def test_a_rule_leads_only_to_a_desk_of_ones_agency_where_somebody_decides(cast):
    office = cast.manager.memberships.get().team
    abroad = cast.partner.memberships.get().team
    for team in (office, abroad):
        with pytest.raises(DomainError) as refused:
            _rule(cast, team=team)
        assert refused.value.field == "team"


def test_only_who_leads_the_desk_sets_and_ends_rules(cast):
    rule = _rule(cast)
    for person in (cast.intake, cast.caseworker):
        with pytest.raises(Denied):
            set_routing_rule(actor=person, position=2, team_id=cast.north.pk)
        with pytest.raises(Denied):
            end_routing_rule(actor=person, rule_id=rule.pk)
    with pytest.raises(RoutingRule.DoesNotExist):
        end_routing_rule(actor=cast.stranger_caseworker, rule_id=rule.pk)
    assert RoutingRule.objects.using("owner").get().ended_at is None


def test_the_database_hands_on_nothing_but_what_the_actor_logs_within_this_act_by_a_rule(cast):
    """The way onto another desk is no way to push away what is there already."""
    _rule(cast, team=cast.north)
    there = log_referral(cast.intake)
    rule = _rule(cast, position=2, source_category="media")
    with acting(cast.intake) as act:
        act.authorise("referrals.log_referral")
        act.record("referral.opened", there)
        with connection.cursor() as cursor:
            cursor.execute("SELECT liwanag_hand_referral_on(%s, %s)", [there.pk, rule.team_id])
            assert cursor.fetchone()[0] is False
    assert _kept(there).team_id == cast.north.pk
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting(cast.intake) as act,
    ):
        act.authorise("referrals.log_referral")
        Referral.objects.filter(pk=there.pk).update(team=cast.south)


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_the_page_lists_adds_and_ends_rules(cast, client_of):
    client, url = client_of(cast.supervisor), "/referrals/routing/"
    assert "No rules yet" in _words(client.get(url))
    asked = {"position": "1", "source_category": "school", "team": str(cast.south.pk)}
    done = client.post(url, {**asked, "country": "PH"}, follow=True)
    assert "School · child in Philippines" in _words(done)
    taken = client.post(url, asked)
    assert taken.status_code == 422
    assert "There is a rule at this place" in _words(taken)
    reader = _words(client_of(cast.intake).get(url))
    assert "School · child in Philippines" in reader
    assert "Add a rule" not in reader
    assert client_of(cast.intake).post(url, asked).status_code == 403
    rule = RoutingRule.objects.using("owner").get()
    assert client_of(cast.stranger_caseworker).get(f"{url}{rule.pk}/end/").status_code in (403, 404)
    assert client.get(f"{url}{rule.pk}/end/").status_code == 200
    assert "No rules yet" in _words(client.post(f"{url}{rule.pk}/end/", follow=True))


def test_the_form_leaves_the_team_to_the_rules_or_asks_why_not(cast, client_of):
    _rule(cast, source_category="school")
    client = client_of(cast.intake)
    page = client.get("/referrals/log/").content.decode()
    assert "As our rules say" in page
    assert "Why does another team take it" not in page
    mine = client.post("/referrals/log/", _whole(cast, summary="Kept words"))
    assert mine.status_code == 422
    assert "Our rules send this to the South team" in _words(mine)
    assert "Kept words" in mine.content.decode()
    assert "Why does another team take it" in mine.content.decode()
    done = client.post("/referrals/log/", _whole(cast, override_reason="nearer"))
    assert done.status_code == 302
    gone = client.post("/referrals/log/", _whole(cast, team=""), follow=True)
    assert "went to the South team, as our rules say" in _words(gone)
    teams = set(Referral.objects.using("owner").values_list("team_id", flat=True))
    assert teams == {cast.north.pk, cast.south.pk}


def test_programs_leave_the_team_to_the_rules_too(cast, client_of):
    client = client_of(cast.supervisor)

    def post(address, **body):
        return client.post(f"/api/v1/{address}", body, content_type="application/json")

    made = post("routing-rules/", position=1, team=str(cast.south.pk), source_category="school")
    assert made.status_code == 201, made.content
    told = {
        "received_at": (timezone.now() - timedelta(hours=2)).isoformat(),
        "source_category": "school",
        "content_origin": "unknown",
        "immediate_danger": "unknown",
        "legal_basis": "public_task",
    }
    gone = post("referrals/", **told)
    assert (gone.status_code, gone.json()["team"]) == (202, str(cast.south.pk))
    refused = post("referrals/", **told, team=str(cast.north.pk))
    assert (refused.status_code, refused.json()["field"]) == (400, "override_reason")
    kept = post("referrals/", **told, team=str(cast.north.pk), override_reason="language")
    assert kept.status_code == 201
    rule = RoutingRule.objects.using("owner").get()
    assert post(f"routing-rules/{rule.pk}/end/").status_code == 200
    assert client.get("/api/v1/routing-rules/").json()["results"][0]["ended_at"]
