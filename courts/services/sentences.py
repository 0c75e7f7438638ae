"""Sentences, fines and releases. Months imposed and months in custody are kept apart."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import (
    CONVICTIONS,
    FOR_LIFE,
    NEEDS_MONTHS,
    Currency,
    ReachedBy,
    Runs,
    SentenceKind,
    SentenceOrder,
)
from courts.models import Appeal, Charge, Proceeding, Sentence
from courts.services.charges import locked_proceeding
from courts.services.releases import tell_of_release
from courts.services.steps import LONGEST_DOCUMENT, follow, not_ahead

# Two hundred years: beyond it a slip of the pen.
MOST_MONTHS = 2_400


@dataclass(frozen=True)
class Imposed:
    """What a court imposed.

    Attributes:
        min_months, max_months: imposed; None where the kind has none.
        custodial_months_expected: months in custody before release, as they are expected.
        runs: how it runs beside the sentences for other charges.
    """

    kind: str
    imposed_on: date
    min_months: int | None = None
    max_months: int | None = None
    runs: str = ""
    custodial_months_expected: int | None = None
    fine_amount: Decimal | None = None
    fine_currency: str = ""
    orders: list[str] = field(default_factory=list)


def record_sentence(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    charge_id: uuid.UUID | None,
    kind: str,
    imposed_on: date,
    min_months: int | None = None,
    max_months: int | None = None,
    runs: str = "",
    custodial_months_expected: int | None = None,
    fine_amount: Decimal | None = None,
    fine_currency: str = "",
    orders: list[str] | None = None,
    document: str = "",
) -> Sentence:
    """Record what was imposed for one charge, or for all together where there is no charge.

    After a higher court decided, a new sentence stands in the place of the old one from its day.

    Raises:
        DomainError: no conviction, a sentence that overlaps another in force, a minimum above the
            maximum, months or a currency that are missing, or days out of order.
    """
    with acting(actor) as act:
        proceeding = locked_proceeding(actor, proceeding_id)
        act.authorise("courts.record_sentence", proceeding)
        said = Imposed(
            kind,
            imposed_on,
            min_months,
            max_months,
            runs,
            custodial_months_expected,
            fine_amount,
            fine_currency,
            orders or [],
        )
        _check(said)
        charge = _convicted(actor, proceeding, charge_id, imposed_on)
        _make_room(actor, proceeding, charge, said)
        sentence = Sentence(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            charge=charge,
            recorded_by=actor,
            **{name: getattr(said, name) for name in Imposed.__dataclass_fields__},
        )
        sentence.save(force_insert=True)
        act.record("sentence.recorded", sentence, facts={"kind": str(kind)})
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        follow(act, proceeding, ReachedBy.SENTENCE, on=imposed_on, document=document)
    return sentence


def record_release(
    *,
    actor: User,
    sentence_id: uuid.UUID,
    version: int,
    custodial_months_expected: int | None = None,
    custodial_months_actual: int | None = None,
    release_expected_on: date | None = None,
    released_on: date | None = None,
    supervision_until: date | None = None,
    fine_paid: Decimal | None = None,
) -> Sentence:
    """Record how a sentence is served. A new day of release sets a task for each survivor who
    wants to be told, or who was not asked yet.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        InvalidTransition: the sentence is in force no longer.
        DomainError: days out of order, or more paid than the fine.
    """
    with acting(actor) as act:
        sentence: Sentence = Sentence.objects.visible_to(actor).locked().get(pk=sentence_id)
        act.authorise("courts.record_release", sentence)
        sentence.check_seen(version)
        if sentence.superseded_on is not None:
            raise InvalidTransition(
                _(
                    "This sentence is in force no longer. Record the release at the one that "
                    "stands now."
                )
            )
        said = {
            "custodial_months_expected": custodial_months_expected,
            "custodial_months_actual": custodial_months_actual,
            "release_expected_on": release_expected_on,
            "released_on": released_on,
            "supervision_until": supervision_until,
            "fine_paid": fine_paid,
        }
        _check_serving(
            sentence.kind,
            sentence.max_months,
            custodial_months_expected,
            custodial_months_actual,
        )
        _check_release(sentence, release_expected_on, released_on, supervision_until)
        if fine_paid is not None and not 0 <= fine_paid <= (sentence.fine_amount or 0):
            raise DomainError(_("No more is paid than the fine."), field="fine_paid")
        changed = [name for name, value in said.items() if getattr(sentence, name) != value]
        for name in changed:
            setattr(sentence, name, said[name])
        sentence.version += 1
        sentence.save(update_fields=[*changed, "version"])
        act.record("sentence.release_recorded", sentence, fields=changed)
        if {"release_expected_on", "released_on"} & set(changed):
            tell_of_release(actor, sentence)
    return sentence


def _check(said: Imposed) -> None:
    not_ahead(said.imposed_on, "imposed_on")
    if said.kind not in SentenceKind.values:
        raise DomainError(_("Choose what kind of sentence it is."), field="kind")
    if said.runs not in Runs.values:
        raise DomainError(_("Say how it runs beside the others."), field="runs")
    if set(said.orders) - set(SentenceOrder.values):
        raise DomainError(_("Choose among the orders."), field="orders")
    for name in ("min_months", "max_months"):
        _check_months(getattr(said, name), name)
    if said.kind in NEEDS_MONTHS and not said.max_months:
        raise DomainError(_("Give the greatest number of months."), field="max_months")
    if said.kind in (*FOR_LIFE, SentenceKind.FINE_ONLY) and said.max_months is not None:
        raise DomainError(_("This kind has no greatest number of months."), field="max_months")
    if None not in (said.min_months, said.max_months) and said.min_months > said.max_months:  # type: ignore[operator]
        raise DomainError(
            _("The minimum is above the maximum. Check both."),
            code="minimum_above_maximum",
            field="min_months",
        )
    _check_serving(said.kind, said.max_months, said.custodial_months_expected, None)
    if (said.fine_amount is None) != (said.fine_currency == ""):
        raise DomainError(_("Give the amount with its currency."), field="fine_currency")
    if said.fine_amount is not None and said.fine_amount <= 0:
        raise DomainError(_("A fine is more than nothing."), field="fine_amount")
    if said.fine_currency and said.fine_currency not in Currency.values:
        raise DomainError(_("Choose the currency."), field="fine_currency")
    if said.kind == SentenceKind.FINE_ONLY and said.fine_amount is None:
        raise DomainError(_("Give the amount of the fine."), field="fine_amount")


def _convicted(
    actor: User, proceeding: Proceeding, charge_id: uuid.UUID | None, on: date
) -> Charge | None:
    charges = Charge.objects.visible_to(actor).filter(proceeding=proceeding, status__in=CONVICTIONS)
    charge = None if charge_id is None else charges.filter(pk=charge_id).first()
    if not charges.exists() or (charge_id is not None and charge is None):
        raise DomainError(
            _("A sentence comes after a conviction. Record the verdict first."),
            code="sentence_before_conviction",
            field="charge",
        )
    # A total may be imposed before another charge is decided.
    since = min(convicted_since(one) for one in (charges if charge is None else [charge]))
    if on < since:
        raise DomainError(
            _("The sentence cannot be earlier than the verdict of %(day)s.")
            % {"day": spell(since)},
            field="imposed_on",
        )
    return charge


def convicted_since(charge: Charge) -> date:
    """Since when the conviction that stands on a charge stands: another one, after a higher court
    sent it back or reversed an acquittal, counts from its own day."""
    decisions = [(one.decided_on, one.created_at, one.result) for one in charge.verdicts.all()]
    decisions += [(one.decided_on, one.created_at, one.result) for one in charge.rulings.all()]
    since: date | None = None
    for day, _written, result in sorted(decisions):
        since = (since or day) if result in CONVICTIONS else None
    if since is None:
        raise ValueError("no conviction stands on this charge")
    return since


def _make_room(actor: User, proceeding: Proceeding, charge: Charge | None, said: Imposed) -> None:
    """No two sentences in force for the same; a further one says how it runs."""
    standing = Sentence.objects.visible_to(actor).in_force().filter(proceeding=proceeding)
    old = standing.locked().filter(charge=charge).first()
    if old is not None:
        after_appeal = Appeal.objects.visible_to(actor).filter(
            proceeding=proceeding,
            decided_on__gte=old.imposed_on,
            decided_on__lte=said.imposed_on,
        )
        if not after_appeal.exists():
            raise DomainError(
                _(
                    "A sentence for this is in force. Another one stands in its place only after "
                    "a higher court decided; record the appeal first."
                ),
                code="sentences_overlap",
                field="charge",
            )
        old.superseded_on = said.imposed_on
        old.version += 1
        old.save(update_fields=["superseded_on", "version"])
    beside = standing.filter(charge__isnull=False).exclude(charge=charge)
    if charge is not None and beside.exists() and not said.runs:
        raise DomainError(
            _("There is a sentence for another charge. Say how this one runs beside it."),
            code="sentences_overlap",
            field="runs",
        )


def _check_months(months: int | None, name: str) -> None:
    if months is not None and not 0 <= months <= MOST_MONTHS:
        raise DomainError(_("Give the number of months."), field=name)


def _check_serving(
    kind: str, max_months: int | None, expected: int | None, actual: int | None
) -> None:
    """The months in custody, the same when the sentence is recorded and while it is served."""
    _check_months(expected, "custodial_months_expected")
    _check_months(actual, "custodial_months_actual")
    if kind in FOR_LIFE and expected:
        raise DomainError(
            _("A life term has no expected months; record the actual ones after a release."),
            field="custodial_months_expected",
        )
    if max_months is not None and expected and expected > max_months:
        raise DomainError(
            _("No more is served than the greatest number of months imposed."),
            field="custodial_months_expected",
        )


def _check_release(
    sentence: Sentence, expected: date | None, released: date | None, supervised: date | None
) -> None:
    for name, day in (("release_expected_on", expected), ("released_on", released)):
        if day is not None and day < sentence.imposed_on:
            raise DomainError(
                _("A release cannot be earlier than the sentence. Check both dates."), field=name
            )
    if released is not None and released > timezone.localdate():
        raise DomainError(
            _("This day lies ahead. Enter it as the expected day."), field="released_on"
        )
    if supervised is not None and supervised < (released or expected or sentence.imposed_on):
        raise DomainError(
            _("Supervision ends after the release. Check both dates."), field="supervision_until"
        )
