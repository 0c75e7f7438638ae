"""Signs of trafficking: noticed one by one, and assessed only several together.

A single sign is never a finding (domain.md 2.12): most people who send small sums abroad harm
nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from core.approx_dates import ApproxDate
from core.errors import DomainError, InvalidTransition
from referrals.choices import Confidence, PaymentChannel, PaymentCurrency
from referrals.htcds.countries import COUNTRIES
from referrals.indicators import catalogue
from referrals.models import IndicatorAssessment, IndicatorObservation, Payment, Referral
from referrals.plausible import is_plausible, out_of_range
from referrals.policies import can_read_summary
from referrals.services.asking import checked_words
from referrals.services.intake import DANGER_ANSWERS

LEAST_SIGNS = 2
MOST_AMOUNT = Decimal("9999999999.99")
MOST_TIMES = 100_000


def observe_indicator(
    *, actor: User, referral_id: uuid.UUID, code: str, observed_on: date, words: str = ""
) -> IndicatorObservation:
    """Note that a sign of the catalogue was noticed.

    Args:
        code: of the installation's catalogue.
        observed_on: when; not in the future.
        words: what exactly, at most 2,000 characters; sealed.

    Raises:
        DomainError: no such sign, or the day cannot be; `field` names it.
    """
    with acting(actor) as act:
        referral = _referral(act, actor, referral_id, "referrals.record_indicator")
        known = catalogue()
        if code not in known.indicators:
            raise DomainError(_("Choose a sign of the list."), field="code")
        if observed_on > timezone.localdate():
            raise DomainError(_("This date is in the future."), field="observed_on")
        if not is_plausible(observed_on):
            raise DomainError(out_of_range(), field="observed_on")
        seen = IndicatorObservation(
            referral=referral,
            code=code,
            version=known.version,
            observed_on=observed_on,
            observed_by=actor,
            words=checked_words(words, field="words"),
        )
        seen.save(force_insert=True)
        act.record("referral.indicator_observed", referral, facts={"code": code})
    return seen


def take_back_observation(
    *, actor: User, referral_id: uuid.UUID, entry_id: uuid.UUID
) -> IndicatorObservation:
    """Say that a sign was noted by mistake. It stays readable as such.

    Raises:
        IndicatorObservation.DoesNotExist: not one of the referral that the actor sees.
        InvalidTransition: it is taken back already.
    """
    with acting(actor) as act:
        referral = _referral(act, actor, referral_id, "referrals.record_indicator")
        entry: IndicatorObservation = (
            IndicatorObservation.objects.visible_to(actor)
            .locked()
            .get(pk=entry_id, referral=referral)
        )
        _take_back(entry, actor)
        act.record("referral.indicator_taken_back", referral, facts={"code": entry.code})
    return entry


def assess_indicators(
    *,
    actor: User,
    referral_id: uuid.UUID,
    observation_ids: Sequence[uuid.UUID],
    confidence: str,
    rationale: str,
) -> IndicatorAssessment:
    """Say what several signs amount to together. A new assessment stands beside the old ones.

    Args:
        observation_ids: of the referral, none taken back; of two different signs at least.
        confidence: of `Confidence`.
        rationale: why, at most 2,000 characters; sealed.

    Raises:
        DomainError: too few signs, no reason, or no such confidence; `field` names it.
    """
    with acting(actor) as act:
        referral = _referral(act, actor, referral_id, "referrals.assess_indicators")
        wanted = set(observation_ids)
        seen = list(
            IndicatorObservation.objects.visible_to(actor)
            .locked()
            .filter(pk__in=wanted, referral=referral, taken_back_at=None)
            .order_by("pk")
        )
        if len(seen) != len(wanted):
            raise DomainError(
                _("Choose signs that were noticed here and not taken back."), field="observations"
            )
        if len({one.code for one in seen}) < LEAST_SIGNS:
            raise DomainError(
                _("One sign alone says nothing. Choose at least two different ones."),
                field="observations",
            )
        if confidence not in Confidence.values:
            raise DomainError(_("Say how sure you are."), field="confidence")
        assessed = IndicatorAssessment(
            referral=referral,
            observations=[one.pk for one in seen],
            confidence=confidence,
            rationale=checked_words(rationale, field="rationale", needed=True),
            assessed_by=actor,
        )
        assessed.save(force_insert=True)
        facts = {"signs": len(seen), "confidence": confidence}
        act.record("referral.indicators_assessed", referral, facts=facts)
    return assessed


def record_payment(
    *,
    actor: User,
    referral_id: uuid.UUID,
    amount: Decimal,
    currency: str,
    paid_on: ApproxDate | str | None = None,
    channel: str = "unknown",
    times: int = 1,
    sender_country: str = "",
    receiver_country: str = "",
    linked_session: str = "unknown",
) -> Payment:
    """Note a payment that the source reports; `times` where it counts several of the same kind.

    Args:
        amount: the sum of all of them; more than nothing.
        currency: of `PaymentCurrency`; a sum without one says nothing.
        paid_on: as well as it is known (`core.approx_dates`).

    Raises:
        DomainError: a value cannot be; `field` names it.
    """
    with acting(actor) as act:
        referral = _referral(act, actor, referral_id, "referrals.record_indicator")
        if not amount.is_finite() or not 0 < amount <= MOST_AMOUNT or amount != round(amount, 2):
            raise DomainError(_("Give a sum such as 49.50."), field="amount")
        for field, value, codes in (
            ("currency", currency, PaymentCurrency.values),
            ("channel", channel, PaymentChannel.values),
            ("linked_session", linked_session, DANGER_ANSWERS),
        ):
            if value not in codes:
                raise DomainError(_("Choose one of the answers."), field=field)
        for field, country in (
            ("sender_country", sender_country),
            ("receiver_country", receiver_country),
        ):
            if country and country not in COUNTRIES:
                raise DomainError(_("Choose a country of the list."), field=field)
        if not 1 <= times <= MOST_TIMES:
            raise DomainError(_("Give how many payments these are."), field="times")
        payment = Payment(
            referral=referral,
            amount=amount,
            currency=currency,
            paid_on=_day(paid_on).text,
            channel=channel,
            times=times,
            sender_country=sender_country,
            receiver_country=receiver_country,
            linked_session=linked_session,
            recorded_by=actor,
        )
        payment.save(force_insert=True)
        act.record("referral.payment_recorded", referral, facts={"channel": channel})
    return payment


def take_back_payment(*, actor: User, referral_id: uuid.UUID, entry_id: uuid.UUID) -> Payment:
    """Say that a payment was noted by mistake. It stays readable as such.

    Raises:
        Payment.DoesNotExist: not one of the referral that the actor sees.
        InvalidTransition: it is taken back already.
    """
    with acting(actor) as act:
        referral = _referral(act, actor, referral_id, "referrals.record_indicator")
        entry: Payment = (
            Payment.objects.visible_to(actor).locked().get(pk=entry_id, referral=referral)
        )
        _take_back(entry, actor)
        act.record("referral.payment_taken_back", referral)
    return entry


def _referral(act: Act, actor: User, referral_id: uuid.UUID, permission: str) -> Referral:
    referral: Referral = Referral.objects.visible_to(actor).get(pk=referral_id)
    act.authorise(permission, referral, verdict=can_read_summary(actor))
    return referral


def _take_back(entry: IndicatorObservation | Payment, actor: User) -> None:
    if entry.taken_back_at is not None:
        raise InvalidTransition(_("This is taken back already."))
    entry.taken_back_at, entry.taken_back_by = timezone.now(), actor
    entry.save(update_fields=["taken_back_at", "taken_back_by"])


def _day(told: ApproxDate | str | None) -> ApproxDate:
    try:
        day = ApproxDate.parse(told or "unknown") if not isinstance(told, ApproxDate) else told
    except ValueError:
        raise DomainError(_("This date cannot be read."), field="paid_on") from None
    if day.first is not None and day.first > timezone.localdate():
        raise DomainError(_("This date is in the future."), field="paid_on")
    if day.first is not None and not is_plausible(day.first):
        raise DomainError(out_of_range(), field="paid_on")
    return day
