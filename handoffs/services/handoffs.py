"""Composing, sending, answering and ending a handoff, and opening its package."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DataSharingAgreement, User
from audit.acting import acting
from cases.choices import IdentityPurpose
from cases.models import Case, CaseParticipant
from core.errors import Conflict, InvalidTransition, Unreadable
from handoffs.case_read import read_case, terms_of
from handoffs.choices import DeclineReason, Section, Status, Urgency
from handoffs.grounds import NoGround, ground_today
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import build_package, counts, digest_of
from handoffs.policies import can_read_sent_package, is_receiver, is_sender, sections_for
from handoffs.services.drafting import (
    DRAFT_FIELDS,
    allow_names,
    check_day,
    check_receiver,
    one_of,
    own_agency,
    write_draft,
)
from vault.errors import CannotOpen
from vault.keys import make_keys

PARTIES = ("from_agency", "to_agency")


class PackageRefused(Unreadable):
    """The stored package is not what was sent; it is shown to nobody."""

    code = "package_refused"


def compose_handoff(
    *,
    actor: User,
    case_id: uuid.UUID,
    to_agency_id: uuid.UUID,
    kind: str,
    purpose: str,
    legal_basis: str,
    sections: Sequence[str],
    answer_by: date,
    urgency: str = Urgency.ROUTINE,
) -> Handoff:
    """Write down what is to leave, for whom and on what ground. Nothing leaves yet.

    Args:
        purpose: why, without names; the receiver reads it before accepting. At most 300 characters.
        sections: kinds of data (`Section`); investigators and prosecutors always get the kind of
            harm and origin of material (R-K10).
        answer_by: today or later.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Denied: names were chosen and the actor may not open them.
        DomainError: a value breaks a rule; `field` names it.
        NoGround: no agreement in force and no legal duty carries it (R-K1).
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("handoffs.compose_handoff", case)
        handoff = Handoff(case=case, from_agency=own_agency(actor), composed_by=actor)
        write_draft(
            act,
            handoff,
            actor,
            to_agency_id=to_agency_id,
            kind=kind,
            purpose=purpose,
            legal_basis=legal_basis,
            sections=sections,
            answer_by=answer_by,
            urgency=urgency,
        )
        handoff.save(force_insert=True)
        act.record("handoff.composed", handoff, facts=_codes(handoff))
    return handoff


def change_handoff(
    *,
    actor: User,
    handoff_id: uuid.UUID,
    version: int,
    to_agency_id: uuid.UUID,
    kind: str,
    purpose: str,
    legal_basis: str,
    sections: Sequence[str],
    answer_by: date,
    urgency: str = Urgency.ROUTINE,
) -> Handoff:
    """Change a draft. Arguments and refusals are those of `compose_handoff`.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has left; what was sent does not change.
    """
    with acting(actor) as act:
        handoff = _outgoing(actor, handoff_id)
        act.authorise("handoffs.compose_handoff", handoff, verdict=is_sender(actor, handoff))
        if handoff.status != Status.DRAFT:
            raise InvalidTransition(_("This handoff has left. What was sent does not change."))
        handoff.check_seen(version)
        write_draft(
            act,
            handoff,
            actor,
            to_agency_id=to_agency_id,
            kind=kind,
            purpose=purpose,
            legal_basis=legal_basis,
            sections=sections,
            answer_by=answer_by,
            urgency=urgency,
        )
        handoff.version += 1
        handoff.save(update_fields=[*DRAFT_FIELDS, "version"])
        act.record("handoff.changed", handoff, facts=_codes(handoff))
    return handoff


def preview_package(*, actor: User, handoff_id: uuid.UUID) -> dict[str, Any]:
    """Exactly what the receiver would see if the draft left now, names included.

    Each identity it holds is recorded as shown, before anything is handed back.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        InvalidTransition: it has left; `open_package` shows what was sent.
        NoGround: it could not leave today.
    """
    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).select_related(*PARTIES).get(pk=handoff_id)
        act.authorise("handoffs.compose_handoff", handoff, verdict=is_sender(actor, handoff))
        if handoff.status != Status.DRAFT:
            raise InvalidTransition(_("This handoff has left; open what was sent instead."))
        allow_names(act, handoff)
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
        agreement = ground_today(handoff)
        package = _package(actor, handoff, agreement, sent_at=None)
        act.record("package.previewed", handoff, facts=counts(package))
        shown = {one["code"]: one for one in package["content"].get(Section.IDENTITIES, ())}
        for participant in _participants(actor, handoff, codes=shown):
            act.record(
                "identity.shown",
                participant.person,
                case_id=handoff.case_id,
                fields=sorted(shown[participant.person.code]["details"]),
                purpose=IdentityPurpose.HANDOFF,
            )
    return package


def send_handoff(*, actor: User, handoff_id: uuid.UUID, seen: str = "") -> Handoff:
    """Freeze the package, seal it under the handoff's own key, and let it leave.

    The ground is asked again: an agreement that lapsed since composing stops it.

    Args:
        seen: hex digest of the content the sender looked at last; when the case holds something
            else by now, nothing leaves. Empty: not asked.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to send, or it holds names the actor may not open.
        InvalidTransition: it is no draft any more.
        NoGround: no agreement in force and no legal duty carries it today.
        Conflict: the content changed since it was looked at.
        DomainError: the receiver is no longer active, or the day to answer by has passed.
        vault.errors.CannotOpen: a part of the case cannot be read; a gap is never sent.
    """
    now = timezone.now()
    with acting(actor) as act:
        handoff = _outgoing(actor, handoff_id)
        act.authorise("handoffs.send_handoff", handoff, verdict=is_sender(actor, handoff))
        allow_names(act, handoff)
        handoff.send(by=actor, at=now)
        check_receiver(actor, handoff.to_agency_id)
        check_day(handoff.answer_by)
        # The receiver's type may have changed since composing; the law's duty goes with it.
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
        agreement = ground_today(handoff)
        package = _package(actor, handoff, agreement, sent_at=now)
        if seen and seen != digest_of(package["content"]).hex():
            raise Conflict(
                _("The case changed since you looked at the package. Look again, then send it.")
            )
        digest = digest_of(package)
        handoff.agreement = agreement
        handoff.save(
            update_fields=["status", "version", "sent_by", "sent_at", "sections", "agreement"]
        )
        make_keys([("handoff", handoff.pk)])
        HandoffPackage(handoff=handoff, content=package, digest=digest).save(force_insert=True)
        act.record(
            "handoff.sent",
            handoff,
            fields=["status"],
            facts={
                **_codes(handoff),
                **counts(package),
                "agreement": str(agreement.pk) if agreement else "",
                "digest": digest.hex(),
            },
        )
        act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
    return handoff


def accept_handoff(*, actor: User, handoff_id: uuid.UUID) -> Handoff:
    """Take a handoff on for one's own agency; the package may be opened from now on.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to answer.
        InvalidTransition: somebody answered first, or the sender ended it.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.accept_handoff", handoff, verdict=is_receiver(actor, handoff))
        handoff.accept(by=actor, at=timezone.now())
        handoff.save(update_fields=["status", "version", "answered_by", "answered_at"])
        act.record("handoff.accepted", handoff, fields=["status"])
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff


def decline_handoff(*, actor: User, handoff_id: uuid.UUID, reason: str) -> Handoff:
    """Say no, with one of the reasons; the package stays closed.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to answer.
        DomainError: no reason was chosen.
        InvalidTransition: somebody answered first, or the sender ended it.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.decline_handoff", handoff, verdict=is_receiver(actor, handoff))
        one_of(reason, DeclineReason.values, "reason", _("Choose why you decline."))
        handoff.decline(by=actor, at=timezone.now(), reason=reason)
        handoff.save(
            update_fields=["status", "version", "answered_by", "answered_at", "decline_reason"]
        )
        act.record("handoff.declined", handoff, fields=["status"], facts={"reason": str(reason)})
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff


def revoke_handoff(*, actor: User, handoff_id: uuid.UUID) -> Handoff:
    """End a handoff that was sent: from now on its package opens to the receiver no more (R-K2).

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to end.
        InvalidTransition: it is a draft, was declined, or has ended.
    """
    with acting(actor) as act:
        handoff = _outgoing(actor, handoff_id)
        act.authorise("handoffs.revoke_handoff", handoff, verdict=is_sender(actor, handoff))
        handoff.revoke(at=timezone.now())
        handoff.save(update_fields=["status", "version", "revoked_at"])
        act.record("handoff.revoked", handoff, fields=["status"])
        act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
    return handoff


def open_package(*, actor: User, handoff_id: uuid.UUID) -> dict[str, Any]:
    """Open the package: the receiver of an accepted handoff, or the sender to see what was sent.

    The opening is in the log before the package is read. The ground is asked again for the
    receiver (R-K1), and the package must still have the digest it was sent with.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to open.
        InvalidTransition: the receiver has not accepted it, or it has ended.
        NoGround: what carried the handoff is no longer in force.
        PackageRefused: the stored package is not what was sent; that is recorded.
    """
    package: dict[str, Any] | None = None
    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).get(pk=handoff_id)
        receives = is_receiver(actor, handoff)
        act.authorise(
            "handoffs.open_package" if receives else "handoffs.read_handoff",
            handoff,
            verdict=receives or can_read_sent_package(actor, handoff),
        )
        if receives:
            _check_open_to_receiver(handoff)
        sealed = HandoffPackage.objects.visible_to(actor).filter(handoff=handoff).first()
        if sealed is None:
            raise InvalidTransition(_("There is no package yet: this handoff has not been sent."))
        act.record("package.opened", handoff, facts={"side": "receiver" if receives else "sender"})
        try:
            content = sealed.content
        except CannotOpen:
            content = {}
        if content and digest_of(content) == bytes(sealed.digest):
            package = content
        else:
            # Not raised inside the act: what was found must stay in the log.
            act.record("package.mismatched", handoff, facts={"read": bool(content)})
    if package is None:
        raise PackageRefused(
            _(
                "This package is not what was sent. It is shown to nobody. Call the sender and "
                "your data protection officer; what happened is written down."
            )
        )
    return package


def _outgoing(actor: User, handoff_id: uuid.UUID) -> Handoff:
    """The handoff, locked, with the names of both sides."""
    found: Handoff = (
        Handoff.objects.visible_to(actor).locked().select_related(*PARTIES).get(pk=handoff_id)
    )
    return found


def _check_open_to_receiver(handoff: Handoff) -> None:
    if handoff.status != Status.ACCEPTED:
        raise InvalidTransition(
            _("The package opens after your desk has accepted the handoff.")
            if handoff.status == Status.SENT
            else _("This handoff has ended. Its package does not open any more.")
        )
    try:
        ground_today(handoff)
    except NoGround:
        # What the sender could do about it is of no use to the receiver.
        raise NoGround(
            _("What this handoff rests on is no longer in force. Ask the sender to renew it.")
        ) from None


def _package(
    actor: User, handoff: Handoff, agreement: DataSharingAgreement | None, *, sent_at: Any
) -> dict[str, Any]:
    read = read_case(actor, handoff.case_id, handoff.sections)
    reference = agreement.reference if agreement else None
    return build_package(terms_of(handoff, agreement=reference, sent_at=sent_at), read)


def _participants(actor: User, handoff: Handoff, *, codes: dict[str, Any]) -> list[CaseParticipant]:
    """One participation of each person whose code is given."""
    found = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=handoff.case_id, person__code__in=codes)
        .select_related("person")
        .order_by("person__code", "role")
    )
    return list({participant.person_id: participant for participant in found}.values())


def _codes(handoff: Handoff) -> dict[str, Any]:
    """What the log may say about a handoff: codes and ids."""
    return {
        "kind": str(handoff.kind),
        "legal_basis": str(handoff.legal_basis),
        "sections": list(handoff.sections),
        "to_agency": str(handoff.to_agency_id),
    }
