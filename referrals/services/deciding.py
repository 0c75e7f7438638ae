"""Other ends of a triage than a case: not ours, somebody else's, told before, taken back."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.second_person import Matter, Standing
from accounts.services.second_person import look_afterwards
from audit.acting import Act, acting
from cases.text_rules import check_text
from core.errors import DomainError
from referrals.choices import DeclineReason, QuestionEnd, Status
from referrals.models import Referral
from referrals.policies import SecondPersonNeeded, second_person_for
from referrals.services.asking import checked_words, end_open_question
from referrals.services.intake import LINE_LIMIT

DECISION = ["status", "version", "decided_by", "decided_at", "decision_note"]


def decline_referral(
    *, actor: User, referral_id: uuid.UUID, reason: str, note: str = ""
) -> Referral:
    """Decide that a referral is not ours. A child in danger needs a second person.

    Of a referral whose source is being asked, the only reason is that it did not answer.

    Args:
        reason: a code of `DeclineReason`.
        note: why, for the colleagues; sealed.

    Raises:
        DomainError: the reason is not one of `DeclineReason`, or not one for a waiting referral.
        InvalidTransition: it is not in triage.
        SecondPersonNeeded: a child is in danger, the actor started the triage, and their agency
            is not a small one.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.decline_referral", referral)
        if reason not in DeclineReason.values:
            raise DomainError(_("Choose why it is declined."), field="reason")
        waits = referral.status == Status.NEEDS_INFORMATION
        if waits and reason != DeclineReason.NO_ANSWER:
            raise DomainError(
                _("A question to the source is open. Record its answer first."), field="reason"
            )
        standing = _second_person(actor, referral)
        now = timezone.now()
        referral.decision_note = checked_words(note, field="note")
        referral.decline(by=actor, at=now, reason=reason)
        end_open_question(actor, referral, at=now, end=QuestionEnd.NO_ANSWER)
        referral.save(update_fields=[*DECISION, "decline_reason", "waiting_since", "waited"])
        act.record(
            "referral.declined",
            referral,
            fields=["status", "decline_reason"],
            facts={"reason": reason},
        )
        _look_afterwards(act, standing, referral)
    return referral


def redirect_referral(
    *,
    actor: User,
    referral_id: uuid.UUID,
    agency_id: uuid.UUID | None = None,
    agency_name: str = "",
    note: str,
) -> Referral:
    """Decide that another agency is the one to act, and say which.

    This records the decision and sends nothing: what the agency needs to know goes to it by a
    handoff or over its own way of taking reports.

    Args:
        agency_id: a partner of the list; or
        agency_name: the name of an agency that is not.
        note: why it is theirs, for the colleagues; sealed.

    Raises:
        DomainError: neither or both are named, the agency is not of the list, or no reason.
        InvalidTransition: it is not in triage.
        SecondPersonNeeded: a child is in danger, the actor started the triage, and their agency
            is not a small one.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.redirect_referral", referral)
        name = check_text(agency_name, field="agency_name", most=LINE_LIMIT)
        if bool(agency_id) == bool(name):
            raise DomainError(
                _("Choose an agency of the list, or write its name; one of the two."),
                field="agency",
            )
        agency = (
            Agency.objects.visible_to(actor).active().filter(pk=agency_id).first()
            if agency_id
            else None
        )
        if agency_id and agency is None:
            raise DomainError(_("Choose an agency of the list."), field="agency")
        standing = _second_person(actor, referral)
        referral.decision_note = checked_words(note, field="note", needed=True)
        referral.redirect(by=actor, at=timezone.now(), agency=agency, name=name)
        referral.save(update_fields=[*DECISION, "redirected_to", "redirected_to_name"])
        act.record("referral.redirected", referral, fields=["status", "redirected_to"])
        _look_afterwards(act, standing, referral)
    return referral


def mark_duplicate(*, actor: User, referral_id: uuid.UUID, reference: str) -> Referral:
    """Decide that a referral tells what another one of ours told before.

    Args:
        reference: of the earlier one, which the actor must see; that of a repetition stands for
            the one it repeats.

    Raises:
        DomainError: no such referral, the same one, or one that repeats this one.
        InvalidTransition: it is not in triage.
        SecondPersonNeeded: a child is in danger, the actor started the triage, and their agency
            is not a small one.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.mark_duplicate", referral)
        first = (
            Referral.objects.visible_to(actor)
            .select_related("duplicate_of")
            .filter(reference=reference.strip().upper())
            .first()
        )
        if first is not None and first.duplicate_of is not None:
            first = first.duplicate_of
        if first is None or first.pk == referral.pk:
            raise DomainError(
                _("Give the reference of the earlier referral, such as R-7QK4-29XM."),
                field="reference",
            )
        standing = _second_person(actor, referral)
        referral.repeat(by=actor, at=timezone.now(), of=first)
        referral.save(update_fields=[*DECISION, "duplicate_of"])
        act.record(
            "referral.marked_duplicate",
            referral,
            fields=["status", "duplicate_of"],
            facts={"of": str(first.pk)},
        )
        _look_afterwards(act, standing, referral)
    return referral


def withdraw_referral(*, actor: User, referral_id: uuid.UUID, note: str) -> Referral:
    """Record that the source took its referral back.

    A child in danger stays on the desk whoever takes the report back: it is declined with a second
    person, or accepted.

    Raises:
        DomainError: no reason is given, or a child may be in danger.
        InvalidTransition: it is decided, or in triage.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.withdraw_referral", referral)
        if referral.in_danger:
            raise DomainError(
                _(
                    "A child may be in danger, so it stays: accept it, or decline it with a second "
                    "person."
                )
            )
        now = timezone.now()
        referral.decision_note = checked_words(note, field="note", needed=True)
        referral.withdraw(by=actor, at=now)
        end_open_question(actor, referral, at=now, end=QuestionEnd.WITHDRAWN)
        referral.save(update_fields=[*DECISION, "waiting_since", "waited"])
        act.record("referral.withdrawn", referral, fields=["status"])
    return referral


def _look_afterwards(act: Act, standing: Standing, referral: Referral) -> None:
    look_afterwards(
        act,
        standing,
        matter=Matter.DECIDE_IN_DANGER,
        about=referral,
        team_ids=[referral.team_id],
    )


def _second_person(actor: User, referral: Referral) -> Standing:
    standing = second_person_for(actor, referral)
    if not standing.may:
        raise SecondPersonNeeded(
            _("A child may be in danger: somebody else of the team has to decide this.")
        )
    return standing
