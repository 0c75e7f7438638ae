"""The end of a referral: tell the source, close it, take it up again."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from core.errors import DomainError, InvalidTransition
from referrals.choices import Outcome, SilenceReason
from referrals.models import DECIDED, Referral, SourceFeedback
from referrals.services.asking import checked_way, checked_words


def give_feedback(
    *,
    actor: User,
    referral_id: uuid.UUID,
    outcome: str,
    way: str = "",
    not_permitted: str = "",
    words: str = "",
) -> SourceFeedback:
    """Record what the source was told about the end of its referral, or why it may not be told.

    Args:
        outcome: a code of `Outcome`, what came of it.
        way: a code of `Channel`, how they were told; or
        not_permitted: a code of `SilenceReason`, why they are not.
        words: what was said, or more about why nothing was; sealed.

    Raises:
        DomainError: a code is missing or unknown, both or neither of `way` and `not_permitted`.
        InvalidTransition: it is not decided yet, or closed.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.give_feedback", referral)
        if referral.status not in DECIDED:
            raise InvalidTransition(
                _("Decide first: the source hears what came of it."), field="status"
            )
        if outcome not in Outcome.values:
            raise DomainError(_("Choose what came of it."), field="outcome")
        if bool(way) == bool(not_permitted):
            raise DomainError(
                _("Say how the source was told, or why it may not be told."), field="way"
            )
        if way:
            checked_way(way)
        elif not_permitted not in SilenceReason.values:
            raise DomainError(_("Choose why the source is not told."), field="not_permitted")
        told = SourceFeedback.objects.create(
            referral=referral,
            given_by=actor,
            given_at=timezone.now(),
            outcome=outcome,
            way=way,
            not_permitted=not_permitted,
            words=checked_words(words, field="words"),
        )
        facts = {"outcome": outcome, "way": way, "not_permitted": not_permitted}
        act.record("referral.feedback_given", referral, facts={k: v for k, v in facts.items() if v})
    return told


def close_referral(*, actor: User, referral_id: uuid.UUID) -> Referral:
    """Close a decided referral whose source was told, or may not be (domain.md 3.2).

    Its outcome is the one of the latest feedback.

    Raises:
        DomainError: no feedback stands since the decision.
        InvalidTransition: it is not decided, or closed already.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.close_referral", referral)
        told = (
            SourceFeedback.objects.visible_to(actor)
            .filter(referral=referral, given_at__gte=referral.decided_at)
            .order_by("-given_at")
            .first()
            if referral.decided_at
            else None
        )
        if referral.status in DECIDED and told is None:
            raise DomainError(
                _("Tell the source what came of it first, or record why it may not be told.")
            )
        referral.close(by=actor, at=timezone.now(), outcome=told.outcome if told else "")
        referral.save(update_fields=["status", "version", "closed_by", "closed_at", "outcome"])
        act.record("referral.closed", referral, facts={"outcome": referral.outcome})
    return referral


UNDECIDED = [
    "status",
    "version",
    "decided_by",
    "decided_at",
    "decline_reason",
    "decision_note",
    "redirected_to",
    "redirected_to_name",
    "duplicate_of",
    "waited",
]


def unlink_referral(*, actor: User, referral_id: uuid.UUID, note: str) -> Referral:
    """Say that a referral was not told before after all: it is back in triage, its clock as new.

    Args:
        note: why, at most 2,000 characters; sealed.

    Raises:
        DomainError: no reason is given.
        InvalidTransition: it is not marked as told before.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.unlink_referral", referral)
        referral.decision_note = checked_words(note, field="note", needed=True)
        before = referral.duplicate_of_id
        referral.unlink(at=timezone.now())
        referral.save(update_fields=UNDECIDED)
        facts = {"of": str(before)}
        act.record("referral.unlinked", referral, fields=["status", "duplicate_of"], facts=facts)
    return referral


def reopen_referral(*, actor: User, referral_id: uuid.UUID, note: str) -> Referral:
    """Take a closed referral up again, with a reason.

    One that became a case goes on in its case; any other is back in triage, with its clock as new.

    Raises:
        DomainError: no reason is given.
        InvalidTransition: it is not closed.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.reopen_referral", referral)
        referral.decision_note = checked_words(note, field="note", needed=True)
        referral.reopen(at=timezone.now())
        referral.save(update_fields=[*UNDECIDED, "closed_by", "closed_at", "outcome"])
        act.record("referral.reopened", referral, fields=["status"])
    return referral
