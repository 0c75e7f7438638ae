"""Logging what reached us: one act, sealed, and refused whole where a value breaks a rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError
from referrals.models import Referral
from referrals.services import desk
from tests.factories import log_referral
from vault.models import DataKey


def _nothing_was_kept() -> bool:
    return not (
        Referral.objects.using("owner").exists()
        or DataKey.objects.using("owner").filter(owner_type="referral").exists()
    )


def test_a_logged_referral_waits_on_the_teams_desk_and_its_event_holds_no_text(cast):
    referral = log_referral(
        cast.intake, summary="A neighbour heard a stranger on the phone.", source_name="Bantay desk"
    )
    with reading(cast.caseworker):
        kept = Referral.objects.visible_to(cast.caseworker).get(pk=referral.pk)
        assert kept.summary == "A neighbour heard a stranger on the phone."
    assert (kept.status, kept.team_id, kept.logged_by_id) == (
        "received",
        cast.north.pk,
        cast.intake.pk,
    )
    event = AuditEvent.objects.get(object_id=referral.pk)
    assert (event.verb, event.actor_id) == ("referral.logged", cast.intake.pk)
    assert "summary" in event.fields
    assert "source_reference" not in event.fields
    assert set(event.facts) == {"source_category", "content_origin", "immediate_danger"}
    assert "neighbour" not in str(vars(event))
    assert "Bantay" not in str(vars(event))


def test_summary_reference_and_subject_are_sealed_under_the_referrals_own_key(cast):
    subject = {"prs_FirstName": "Mayumi", "prs_SecondName": "Dalisay"}
    referral = log_referral(
        cast.intake, summary="Canary summary", source_reference="CT-1187", subject=subject
    )
    assert DataKey.objects.filter(owner_type="referral", owner_id=referral.pk).count() == 1
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT r::text FROM referrals_referral r WHERE id = %s", [referral.pk])
        stored = cursor.fetchone()[0]
        cursor.execute(
            "SELECT coalesce(string_agg(e::text, ''), '') FROM referrals_referralevent e"
        )
        history = cursor.fetchone()[0]
    for text in ("Canary summary", "CT-1187", "Mayumi", "Dalisay"):
        assert text.encode().hex() not in stored
        assert text not in stored
        assert text.encode().hex() not in history
    with reading(cast.caseworker):
        kept = Referral.objects.visible_to(cast.caseworker).get(pk=referral.pk)
        assert (kept.summary, kept.source_reference) == ("Canary summary", "CT-1187")
        assert kept.subject == subject


BROKEN = [
    ({"received_at": timezone.now() + timedelta(days=1)}, "received_at"),
    ({"received_at": timezone.now().replace(tzinfo=None)}, "received_at"),
    ({"received_at": datetime(1989, 12, 31, tzinfo=UTC)}, "received_at"),
    ({"received_at": datetime(1, 1, 1, tzinfo=UTC)}, "received_at"),
    ({"content_origin": ""}, "content_origin"),
    ({"content_origin": "imagined"}, "content_origin"),
    ({"immediate_danger": ""}, "immediate_danger"),
    ({"immediate_danger": "declined"}, "immediate_danger"),
    ({"legal_basis": ""}, "legal_basis"),
    ({"source_category": ""}, "source_category"),
    ({"detection_method": "guess"}, "detection_method"),
    ({"side": "elsewhere"}, "side"),
    ({"harm_types": ["live_streaming", "imagined"]}, "harm_types"),
    ({"country": "XX"}, "country"),
    ({"originating_country": "Philippines"}, "originating_country"),
    ({"children_estimate": 0}, "children_estimate"),
    ({"children_estimate": 1001}, "children_estimate"),
    ({"summary": "x " * 2001}, "summary"),
    ({"summary": "data:image/png;base64,iVBORw0KGgo="}, "summary"),
    ({"summary": "A" * 257}, "summary"),
    ({"summary": "It is d41d8cd98f00b204e9800998ecf8427e."}, "summary"),
    ({"summary": "see https://example.org/a"}, "summary"),
    ({"source_reference": "9" * 201}, "source_reference"),
    ({"source_name": "data:text/plain;base64,AAAA"}, "source_name"),
    ({"admin1": "P" * 81}, "admin1"),
    ({"subject": {"prs_FirstName": "data:image/png;base64,AAAA"}}, "subject"),
    ({"subject": {"nickname": "Mai"}}, "subject"),
    ({"subject": {"prs_FirstName": {"deep": "value"}}}, "subject"),
]


def test_a_value_that_breaks_a_rule_is_named_and_nothing_is_kept(cast, subtests):
    before = AuditEvent.objects.count()
    for over, field in BROKEN:
        with subtests.test(field=field, over=str(over)[:80]):
            with pytest.raises(DomainError) as refused:
                log_referral(cast.intake, **over)
            assert refused.value.field == field
            assert _nothing_was_kept()
    assert AuditEvent.objects.count() == before


def test_unknown_is_an_answer_to_every_required_question(cast):
    referral = log_referral(
        cast.intake,
        source_category="unknown",
        content_origin="unknown",
        immediate_danger="unknown",
        legal_basis="unknown",
        harm_types=[],
    )
    assert referral.status == "received"


def test_a_summary_of_exactly_the_limit_is_kept(cast):
    text = ("word " * 800).strip().ljust(4000, "s")
    assert log_referral(cast.intake, summary=text).summary == text


def test_kinds_of_harm_are_kept_once_and_in_the_order_of_the_list(cast):
    referral = log_referral(cast.intake, harm_types=["grooming", "live_streaming", "grooming"])
    assert referral.harm_types == ["live_streaming", "grooming"]


def test_a_referral_is_not_logged_for_a_team_of_others(cast):
    with pytest.raises(DomainError) as refused:
        log_referral(cast.intake, team_id=cast.south.pk)
    assert refused.value.field == "team"
    assert _nothing_was_kept()


def test_a_source_agency_is_one_the_team_may_know(cast):
    referral = log_referral(cast.intake, source_agency_id=cast.cyber_unit.pk)
    assert referral.source_agency_id == cast.cyber_unit.pk
    with pytest.raises(DomainError) as refused:
        log_referral(cast.intake, source_agency_id=cast.shelter.pk)
    assert refused.value.field == "source_agency"
    assert Referral.objects.using("owner").count() == 1


def test_who_has_no_desk_is_refused_and_the_refusal_is_recorded(cast, subtests):
    for who in ("liaison", "clinician", "legal", "manager", "auditor", "admin"):
        with subtests.test(who=who):
            with pytest.raises(Denied):
                desk.log_referral(
                    actor=getattr(cast, who),
                    team_id=cast.north.pk,
                    received_at=timezone.now(),
                    source_category="school",
                    content_origin="unknown",
                    immediate_danger="no",
                    legal_basis="unknown",
                )
            assert _nothing_was_kept()
            event = AuditEvent.objects.latest("id")
            assert (event.verb, event.outcome) == ("act.refused", "refused")
            assert event.facts == {"permission": "referrals.log_referral"}
