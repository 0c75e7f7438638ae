"""Signs of trafficking: noticed one by one, a finding only several together and by a person."""

from __future__ import annotations

import html
import json
import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError, InvalidTransition
from referrals.indicators import OURS, FaultyIndicators, catalogue, label_of, read_catalogue
from referrals.models import IndicatorAssessment, IndicatorObservation, Payment, Referral
from referrals.services.indicators import (
    assess_indicators,
    observe_indicator,
    record_payment,
    take_back_observation,
    take_back_payment,
)
from tests.factories import log_referral
from tests.referrals.in_the_clear import tables_with

WORDS = "Canary: each Friday night."


def _see(cast: Any, referral: Referral, code: str = "austrac_low_value", **over: Any) -> Any:
    values = {"observed_on": timezone.localdate(), "words": WORDS, **over}
    return observe_indicator(actor=cast.intake, referral_id=referral.pk, code=code, **values)


def _assess(cast: Any, referral: Referral, *signs: Any, **over: Any) -> IndicatorAssessment:
    values = {"confidence": "moderate", "rationale": "Small sums that grow.", **over}
    return assess_indicators(
        actor=cast.intake,
        referral_id=referral.pk,
        observation_ids=[sign.pk for sign in signs],
        **values,
    )


def test_the_catalogue_says_of_each_sign_whence_it_is_and_who_has_checked_it():
    known = catalogue()
    assert set(known.indicators) >= {"austrac_low_value", "austrac_common_beneficiary"}
    assert {one.status for one in known.indicators.values()} == {"by_source"}
    assert {one.source for one in known.indicators.values()} == {
        "AUSTRAC",
        "AIC Trends and issues 589",
    }
    assert label_of("gone_from_the_list") == "gone_from_the_list"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda given: "{", "no JSON"),
        (lambda given: {**given, "more": 1}, "no more"),
        (lambda given: {**given, "version": ""}, "version"),
        (lambda given: {**given, "indicators": []}, "at least one"),
        (lambda given: {**given, "indicators": given["indicators"][:1] * 2}, "the same code"),
        (lambda given: {**given, "indicators": [{"code": "a"}]}, "no more"),
        (lambda given: _first(given, sector="hearsay"), "sector is one of"),
        (lambda given: _first(given, side="left"), "side is one of"),
        (lambda given: _first(given, label="a" * 201), "label"),
    ],
)
def test_a_list_that_is_faulty_says_where(change, says):
    given = change(json.loads(OURS.read_text()))
    with pytest.raises(FaultyIndicators, match=says):
        read_catalogue(given if isinstance(given, str) else json.dumps(given))


def _first(given: dict[str, Any], **over: Any) -> dict[str, Any]:
    return {**given, "indicators": [{**given["indicators"][0], **over}]}


def test_a_sign_is_noted_with_its_version_and_its_words_are_sealed(cast, superuser):
    referral = log_referral(cast.intake)
    sign = _see(cast, referral)
    assert (sign.code, sign.version) == ("austrac_low_value", catalogue().version)
    assert tables_with(superuser, "Canary: each") == []
    event = AuditEvent.objects.get(verb="referral.indicator_observed")
    assert (event.object_id, event.facts) == (referral.pk, {"code": "austrac_low_value"})


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"code": "looks_rich"}, "code"),
        ({"observed_on": timezone.localdate() + timedelta(days=2)}, "observed_on"),
        ({"observed_on": date(1989, 1, 1)}, "observed_on"),
        ({"words": "See https://example.invalid/x"}, "words"),
    ],
)
def test_a_sign_that_cannot_be_names_its_field(cast, over, field):
    referral = log_referral(cast.intake)
    with pytest.raises(DomainError) as refused:
        _see(cast, referral, **over)
    assert refused.value.field == field
    assert not IndicatorObservation.objects.using("owner").exists()


def test_one_sign_alone_is_never_a_finding_however_often_it_was_seen(cast, superuser):
    referral = log_referral(cast.intake)
    first, again = _see(cast, referral), _see(cast, referral)
    for signs in ((), (first,), (first, again)):
        with pytest.raises(DomainError) as refused:
            _assess(cast, referral, *signs)
        assert refused.value.field == "observations"
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="assessment_of_at_least_two_signs"):
        superuser.execute(
            "INSERT INTO referrals_indicatorassessment (id, created_at, observations, confidence, "
            "rationale, assessed_by_id, referral_id) VALUES (gen_random_uuid(), now(), "
            "ARRAY[%s]::uuid[], 'high', '', %s, %s)",
            [first.pk, cast.intake.pk, referral.pk],
        )
    assert not IndicatorAssessment.objects.using("owner").exists()


def test_two_signs_a_reason_and_how_sure_make_an_assessment(cast):
    referral = log_referral(cast.intake)
    signs = _see(cast, referral), _see(cast, referral, "aic_escalation")
    for over, field in (({"rationale": " "}, "rationale"), ({"confidence": "sure"}, "confidence")):
        with pytest.raises(DomainError) as refused:
            _assess(cast, referral, *signs, **over)
        assert refused.value.field == field
    kept = _assess(cast, referral, *signs)
    assert set(kept.observations) == {sign.pk for sign in signs}
    event = AuditEvent.objects.get(verb="referral.indicators_assessed")
    assert event.facts == {"signs": 2, "confidence": "moderate"}


def test_a_sign_of_another_referral_or_one_taken_back_does_not_count(cast):
    referral, other = log_referral(cast.intake), log_referral(cast.intake)
    mine = _see(cast, referral)
    back = _see(cast, referral, "aic_escalation")
    take_back_observation(actor=cast.intake, referral_id=referral.pk, entry_id=back.pk)
    for sign in (back, _see(cast, other, "aic_escalation")):
        with pytest.raises(DomainError) as refused:
            _assess(cast, referral, mine, sign)
        assert refused.value.field == "observations"
    with pytest.raises(InvalidTransition):
        take_back_observation(actor=cast.intake, referral_id=referral.pk, entry_id=back.pk)
    with pytest.raises(IndicatorObservation.DoesNotExist):
        take_back_observation(actor=cast.intake, referral_id=other.pk, entry_id=mine.pk)


def test_an_assessment_and_what_was_taken_back_are_never_changed(cast, superuser):
    referral = log_referral(cast.intake)
    signs = _see(cast, referral), _see(cast, referral, "aic_escalation")
    _assess(cast, referral, *signs)
    take_back_observation(actor=cast.intake, referral_id=referral.pk, entry_id=signs[0].pk)
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    for change in (
        "UPDATE referrals_indicatorassessment SET confidence = 'high'",
        "UPDATE referrals_indicatorobservation SET taken_back_at = NULL, taken_back_by_id = NULL",
    ):
        with pytest.raises(Exception, match="is refused"):
            superuser.execute(change)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"currency": ""}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"channel": "pigeon"}, "channel"),
        ({"times": 0}, "times"),
        ({"sender_country": "XX"}, "sender_country"),
        ({"linked_session": "perhaps"}, "linked_session"),
        ({"paid_on": "soon"}, "paid_on"),
        ({"paid_on": "1985"}, "paid_on"),
    ],
)
def test_a_payment_that_cannot_be_names_its_field(cast, over, field):
    referral = log_referral(cast.intake)
    values = {"amount": Decimal("49.50"), "currency": "AUD", **over}
    with pytest.raises(DomainError) as refused:
        record_payment(actor=cast.intake, referral_id=referral.pk, **values)
    assert refused.value.field == field
    assert not Payment.objects.using("owner").exists()


def test_the_database_keeps_no_sum_without_a_currency(cast, superuser):
    referral = log_referral(cast.intake)
    payment = record_payment(
        actor=cast.intake,
        referral_id=referral.pk,
        amount=Decimal("49.50"),
        currency="AUD",
        paid_on="2026-05",
        times=3,
    )
    assert Payment.objects.using("owner").get().paid_on.text == "2026-05"
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="payment_has_a_sum_and_a_currency"):
        superuser.execute("UPDATE referrals_payment SET currency = ''")
    take_back_payment(actor=cast.intake, referral_id=referral.pk, entry_id=payment.pk)
    with pytest.raises(InvalidTransition):
        take_back_payment(actor=cast.intake, referral_id=referral.pk, entry_id=payment.pk)


def test_signs_are_for_the_desk_and_for_nobody_else(cast, client_of):
    referral = log_referral(cast.intake)
    _see(cast, referral)
    with pytest.raises(Denied):
        observe_indicator(
            actor=cast.liaison,
            referral_id=referral.pk,
            code="austrac_low_value",
            observed_on=timezone.localdate(),
        )
    with pytest.raises(Referral.DoesNotExist):
        observe_indicator(
            actor=cast.south_caseworker,
            referral_id=referral.pk,
            code="austrac_low_value",
            observed_on=timezone.localdate(),
        )
    for person in (cast.liaison, cast.south_caseworker):
        with reading(person):
            assert not IndicatorObservation.objects.visible_to(person).exists()
            assert not IndicatorObservation.objects.all().exists()
    url = f"/referrals/{referral.pk}/indicators/"
    assert client_of(cast.liaison).get(url).status_code == 403
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    assert "Signs and payments" not in _words(
        client_of(cast.liaison).get(f"/referrals/{referral.pk}/")
    )


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_the_pages_note_assess_and_take_back(cast, client_of):
    referral = log_referral(cast.intake)
    client, base = client_of(cast.intake), f"/referrals/{referral.pk}/indicators/"
    assert "Signs and payments" in _words(client.get(f"/referrals/{referral.pk}/"))
    assert "Nobody has assessed them yet" in _words(client.get(base))
    today = timezone.localdate().isoformat()
    for code in ("austrac_low_value", "aic_escalation"):
        told = {"code": code, "observed_on": today, "words": WORDS}
        page = _words(client.post(f"{base}observe/", told, follow=True))
        assert WORDS in page
        may_assess = "Assess them together" in page
        assert may_assess is (code == "aic_escalation")
    assert "AUSTRAC · Published by its source, not checked by us" in page
    first, second = IndicatorObservation.objects.using("owner").order_by("created_at")
    alone = client.post(
        f"{base}assess/",
        {"observations": [str(first.pk)], "confidence": "low", "rationale": "Kept reasons"},
    )
    assert alone.status_code == 422
    assert "One sign alone says nothing" in _words(alone)
    assert "Kept reasons" in alone.content.decode()
    both = {"observations": [str(first.pk), str(second.pk)], "confidence": "low"}
    page = _words(client.post(f"{base}assess/", {**both, "rationale": "They grow."}, follow=True))
    assert "How sure: Low They grow." in page
    back = client.post(f"{base}{first.pk}/take-back/", follow=True)
    assert "A sign of it was taken back" in _words(back)
    paid = client.post(
        f"{base}payment/",
        {
            "amount": "49.50",
            "currency": "AUD",
            "times": "3",
            "channel": "bank",
            "linked_session": "unknown",
            "sender_country": "AU",
            "receiver_country": "PH",
        },
        follow=True,
    )
    assert "49.50 AUD 3" in _words(paid)
    missing = client.post(f"{base}payment/", {"amount": "5", "times": "1", "channel": "bank",
                                              "linked_session": "no"})  # fmt: skip
    assert missing.status_code == 422
    assert "Currency" in _words(missing)
    assert AuditEvent.objects.filter(verb="referral.indicators_opened").count() > 3


def test_programs_note_and_assess_too(cast, client_of):
    referral = log_referral(cast.intake)
    client = client_of(cast.intake)

    def post(name: str, **body: Any) -> Any:
        url = f"/api/v1/referrals/{referral.pk}/{name}/"
        return client.post(url, json.dumps(body), content_type="application/json")

    today = timezone.localdate().isoformat()
    for code in ("austrac_low_value", "aic_escalation"):
        noted = post("observe-indicator", code=code, observed_on=today, words=WORDS)
        assert noted.status_code == 200, noted.content
    ids = [sign["id"] for sign in noted.json()["signs"]]
    assert (
        post("assess-indicators", observations=ids[:1], confidence="high", rationale="x").json()[
            "field"
        ]
        == "observations"
    )
    done = post("assess-indicators", observations=ids, confidence="high", rationale="They grow.")
    assert done.json()["assessed"][0]["rationale"] == "They grow."
    assert post("record-payment", amount="10.00").status_code == 400
    paid = post("record-payment", amount="10.00", currency="PHP", paid_on="2026-05")
    assert paid.json()["payments"][0]["paid_on"] == "2026-05"
    assert post("open-indicators").json()["signs"][0]["words"] == WORDS
    back = post("take-back-indicator", entry_id=ids[0]).json()
    assert [sign["taken_back"] for sign in back["signs"]] == [True, False]
    assert back["assessed"][0]["weakened"] is True
    back = post("take-back-payment", entry_id=paid.json()["payments"][0]["id"]).json()
    assert back["payments"][0]["taken_back_at"]
    assert post("take-back-payment", entry_id=ids[0]).status_code == 404
    refused = client_of(cast.liaison).post(
        f"/api/v1/referrals/{referral.pk}/open-indicators/", {}, content_type="application/json"
    )
    assert refused.status_code == 403
    unknown = client.post(
        f"/api/v1/referrals/{uuid.uuid4()}/open-indicators/", {}, content_type="application/json"
    )
    assert unknown.status_code == 404
