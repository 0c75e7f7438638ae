"""What survivors are awarded, and who of them wants to hear when somebody is released.

Nobody is contacted from here: a task asks a colleague to do it, and the contact itself passes the
survivor's safe-contact instructions (R-C1, R-C2).
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import SURVIVOR_ROLES
from cases.models import CaseParticipant
from core.errors import DomainError
from courts.choices import AwardKind, Currency, Wish
from courts.models import CompensationAward, Proceeding, ReleaseWish, Sentence
from courts.services.asking import ask_to_tell
from courts.services.charges import locked_proceeding
from courts.services.steps import not_ahead

# Long enough before to make a home safe; a past day is told tomorrow.
BEFORE_RELEASE = timedelta(days=30)


def award_compensation(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    person_id: uuid.UUID,
    kind: str,
    amount: Decimal,
    currency: str,
    awarded_on: date,
) -> CompensationAward:
    """Record what was awarded to one survivor of the case.

    Raises:
        DomainError: not a survivor of this case, no sum, or a day ahead.
    """
    with acting(actor) as act:
        proceeding = locked_proceeding(actor, proceeding_id)
        act.authorise("courts.award_compensation", proceeding)
        not_ahead(awarded_on, "awarded_on")
        _check_survivor(actor, proceeding, person_id)
        if kind not in AwardKind.values:
            raise DomainError(_("Choose what kind of award it is."), field="kind")
        if currency not in Currency.values:
            raise DomainError(_("Give the amount with its currency."), field="currency")
        if amount <= 0:
            raise DomainError(_("An award is more than nothing."), field="amount")
        award = CompensationAward(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            person_id=person_id,
            kind=kind,
            amount=amount,
            currency=currency,
            awarded_on=awarded_on,
        )
        award.save(force_insert=True)
        act.record("compensation.awarded", award, facts={"kind": str(kind)})
    return award


def record_payment(
    *, actor: User, award_id: uuid.UUID, version: int, paid: Decimal, paid_on: date
) -> CompensationAward:
    """Record how much of an award was paid so far.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: nothing, more than the award, or a day ahead or before it.
    """
    with acting(actor) as act:
        award: CompensationAward = (
            CompensationAward.objects.visible_to(actor).locked().get(pk=award_id)
        )
        act.authorise("courts.award_compensation", award)
        award.check_seen(version)
        not_ahead(paid_on, "paid_on")
        if not 0 < paid <= award.amount:
            raise DomainError(_("Give what was paid, at most the award."), field="paid")
        if paid_on < award.awarded_on:
            raise DomainError(_("It cannot be paid before it was awarded."), field="paid_on")
        award.paid, award.paid_on = paid, paid_on
        award.version += 1
        award.save(update_fields=["paid", "paid_on", "version"])
        act.record("compensation.paid", award)
    return award


def record_wish(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    person_id: uuid.UUID,
    version: int,
    wish: str,
    asked_on: date,
) -> ReleaseWish:
    """Record whether a survivor wants to hear of a release. They may change their mind.

    Args:
        version: of their wish as it was read; 0 where there is none yet.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: not a survivor of this case, no answer, or a day ahead.
    """
    with acting(actor) as act:
        proceeding = locked_proceeding(actor, proceeding_id)
        act.authorise("courts.record_wish", proceeding)
        _check_survivor(actor, proceeding, person_id)
        not_ahead(asked_on, "asked_on")
        if wish not in Wish.values:
            raise DomainError(_("Choose their answer."), field="wish")
        found = (
            ReleaseWish.objects.visible_to(actor)
            .locked()
            .filter(proceeding=proceeding, person_id=person_id)
            .first()
        )
        kept: ReleaseWish = found or ReleaseWish(
            proceeding=proceeding, case_id=proceeding.case_id, person_id=person_id, version=0
        )
        kept.check_seen(version)
        kept.wish, kept.asked_on, kept.recorded_by = wish, asked_on, actor
        kept.version += 1
        if found is None:
            kept.save(force_insert=True)
        else:
            kept.save(update_fields=["wish", "asked_on", "recorded_by", "version"])
        act.record("release.wish_recorded", kept, facts={"wish": str(wish)})
    return kept


def tell_of_release(actor: User, sentence: Sentence) -> None:
    """Ask to have each survivor told who wants to be, or whom nobody asked yet. Part of the act
    that records the day. A task for it that is still open gets the new day instead."""
    due = timezone.localdate() + timedelta(days=1)
    if sentence.released_on is None and sentence.release_expected_on is not None:
        due = max(due, sentence.release_expected_on - BEFORE_RELEASE)
    _have_them_told(
        actor,
        sentence.proceeding,
        _(
            "Tell them of a day of release in %(proceeding)s, as they wished, by their safe "
            "contact."
        ),
        due,
    )


def tell_of_fall(actor: User, proceeding: Proceeding) -> None:
    """Ask to have each survivor told, but those who do not want to hear of a release: a conviction
    fell, and whoever was in prison for it may be free. Part of the act that records it."""
    _have_them_told(
        actor,
        proceeding,
        _(
            "Tell them by their safe contact that a higher court changed the judgment in "
            "%(proceeding)s; look at their safety plan with them."
        ),
        timezone.localdate() + timedelta(days=1),
    )


def _have_them_told(actor: User, proceeding: Proceeding, words: str, due: date) -> None:
    wishes = {
        wish.person_id: wish.wish for wish in ReleaseWish.objects.filter(proceeding=proceeding)
    }
    ask = _("Ask, by their safe contact, whether they want to hear of a release in %(proceeding)s.")
    for place in _survivors(actor, proceeding.case_id):
        wish = wishes.get(place.person_id, "")
        if wish == Wish.DO_NOT_TELL:
            continue
        what = words if wish == Wish.TELL else ask
        ask_to_tell(
            actor,
            proceeding.case_id,
            place.person_id,
            what % {"proceeding": proceeding.reference},
            due,
        )


def _survivors(actor: User, case_id: uuid.UUID) -> list[CaseParticipant]:
    places = CaseParticipant.objects.visible_to(actor).filter(
        case_id=case_id, role__in=SURVIVOR_ROLES
    )
    return list({place.person_id: place for place in places}.values())


def _check_survivor(actor: User, proceeding: Proceeding, person_id: uuid.UUID) -> None:
    known = {place.person_id for place in _survivors(actor, proceeding.case_id)}
    if person_id not in known:
        raise DomainError(_("Choose a survivor of this case."), field="person")
