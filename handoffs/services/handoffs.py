"""Composing, sending, answering and ending a handoff, and opening its package."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import IdentityPurpose
from cases.models import Case
from cases.services.consequences import hold_disclosures
from core.errors import Conflict, InvalidTransition
from handoffs.choices import DeclineReason, Section, Status, Urgency
from handoffs.disclosing import everybody_in, purposes_for
from handoffs.grounds import carried_today, check_not_expired
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import counts, cover_numbers, digest_of
from handoffs.policies import is_receiver, is_sender, needs_second_person, sections_for
from handoffs.services.drafting import (
    DRAFT_FIELDS,
    allow_names,
    check_day,
    check_receiver,
    one_of,
    own_agency,
    write_draft,
)
from handoffs.services.packing import instructions_read, package_of, participants_with
from handoffs.services.sealing import expiry_of, recipients_of, seal_package
from vault.keys import make_keys

PARTIES = ("from_agency", "to_agency")
# What asking for a second person, their word, and taking it back set.
AUTHORISED_FIELDS = (
    "status",
    "version",
    "author_ids",
    "submitted_at",
    "authorised_by",
    "authorised_at",
    "authorised_digest",
    "decided_alone",
    "return_reason",
)
SENT_FIELDS = (
    "status",
    "version",
    "sent_by",
    "sent_at",
    "sections",
    "agreement",
    "subject_ids",
    "withheld",
    "sealed_to",
    "expires_on",
)


class NotAuthorised(InvalidTransition):
    """Nobody but its authors has looked at it yet."""

    code = "not_authorised"


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
    basis_reason: str = "",
) -> Handoff:
    """Write down what is to leave, for whom and on what ground. Nothing leaves yet.

    Args:
        purpose: why, without names; the receiver reads it before accepting. At most 300 characters.
        sections: kinds of data (`Section`); investigators and prosecutors always get the kind of
            harm and origin of material (R-K10).
        answer_by: today or later.
        basis_reason: why the basis applies, where it is not consent and the case has no recorded
            one that covers this; a second person approves it before the handoff is sent (R-K7).

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Denied: names were chosen and the actor may not open them.
        DomainError: a value breaks a rule; `field` names it.
        NoGround: no agreement in force and no legal duty carries it, or nobody agreed (R-K1).
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("handoffs.compose_handoff", case)
        handoff = Handoff(case=case, from_agency=own_agency(actor), composed_by=actor)
        make_keys([("handoff", handoff.pk)])
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
            basis_reason=basis_reason,
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
    basis_reason: str = "",
) -> Handoff:
    """Change a draft; what a second person authorised is a draft again, and needs them again.

    Arguments and refusals are those of `compose_handoff`.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has left; what was sent does not change.
    """
    with acting(actor) as act:
        handoff = _outgoing(actor, handoff_id)
        act.authorise("handoffs.compose_handoff", handoff, verdict=is_sender(actor, handoff))
        if handoff.has_left:
            raise InvalidTransition(_("This handoff has left. What was sent does not change."))
        handoff.check_seen(version)
        if handoff.status != Status.DRAFT:
            # Whoever looked at it looked at something else.
            handoff.take_back()
        else:
            handoff.version += 1
        handoff.written_by(actor.pk)
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
            basis_reason=basis_reason,
        )
        handoff.save(update_fields=[*DRAFT_FIELDS, *AUTHORISED_FIELDS])
        act.record("handoff.changed", handoff, facts=_codes(handoff))
    return handoff


def preview_package(
    *, actor: User, handoff_id: uuid.UUID, session_mark: str = ""
) -> dict[str, Any]:
    """Exactly what the receiver would see if the draft left now, names included.

    Each identity it holds is recorded as shown, before anything is handed back. Numbers are
    covered until the actor read the safe-contact instructions in this session (R-C1).

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        InvalidTransition: it has left; `open_package` shows what was sent.
        NoGround: it could not leave today.
    """
    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).select_related(*PARTIES).get(pk=handoff_id)
        act.authorise("handoffs.compose_handoff", handoff, verdict=is_sender(actor, handoff))
        if handoff.has_left:
            raise InvalidTransition(_("This handoff has left; open what was sent instead."))
        allow_names(act, handoff)
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
        agreement, verdict = carried_today(handoff)
        package = package_of(actor, handoff, agreement, verdict, sent_at=None)
        act.record("package.previewed", handoff, facts=counts(package))
        shown = {one["code"]: one for one in package["content"].get(Section.IDENTITIES, ())}
        for participant in participants_with(actor, handoff, codes=shown):
            act.record(
                "identity.shown",
                participant.person,
                case_id=handoff.case_id,
                fields=sorted(shown[participant.person.code]["details"]),
                purpose=IdentityPurpose.HANDOFF,
            )
        return cover_numbers(package, instructions_read(actor, package, session_mark))


def send_handoff(*, actor: User, handoff_id: uuid.UUID, seen: str = "") -> Handoff:
    """Freeze the package, seal it to the receiver's key, and let it leave.

    A desk without a key of its own gets it under the handoff's key: it opens here for them.

    The ground is asked again: an agreement that lapsed since composing stops it. What is restricted
    leaves only as a second person authorised it (`services.authorising`).

    Args:
        seen: hex digest of the content the sender looked at last; when the case holds something
            else by now, nothing leaves. Empty: not asked.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to send, or it holds names the actor may not open.
        InvalidTransition: it has left already, or waits for a second person.
        NotAuthorised: it holds restricted data and nobody else has looked at it.
        NoGround: no agreement in force and no legal duty carries it today.
        Conflict: the content changed since it was looked at, or since it was authorised.
        DomainError: the receiver is no longer active, or the day to answer by has passed.
        NoArchiveKey: it would be sealed, and the sender's archive has no key.
        vault.errors.CannotOpen: a part of the case cannot be read; a gap is never sent.
    """
    now = timezone.now()
    with acting(actor) as act:
        # Nobody takes back between the question and the sending what was just asked for.
        known = Handoff.objects.visible_to(actor).values_list("case_id", flat=True)
        hold_disclosures(known.get(pk=handoff_id))
        handoff = _outgoing(actor, handoff_id)
        act.authorise("handoffs.send_handoff", handoff, verdict=is_sender(actor, handoff))
        allow_names(act, handoff)
        authorised = handoff.status == Status.AUTHORISED
        handoff.send(by=actor, at=now)
        check_receiver(actor, handoff.to_agency_id)
        check_day(handoff.answer_by)
        # The receiver's type may have changed since composing; the law's duty goes with it.
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
        agreement, verdict = carried_today(handoff)
        if needs_second_person(handoff) and not authorised:
            raise NotAuthorised(
                _("It holds restricted data. A second person has to authorise it first.")
            )
        package = package_of(actor, handoff, agreement, verdict, sent_at=now)
        if authorised and digest_of(package["content"]) != bytes(handoff.authorised_digest):
            raise Conflict(
                _(
                    "This is not what was authorised: the case changed since, or you see another "
                    "part of it than whoever authorised it. Ask them to look again."
                )
            )
        if seen and seen != digest_of(package["content"]).hex():
            raise Conflict(
                _("The case changed since you looked at the package. Look again, then send it.")
            )
        handoff.agreement = agreement
        handoff.sealed_to = recipients_of(actor, handoff)
        handoff.expires_on = expiry_of(handoff, verdict, now)
        kept = HandoffPackage(handoff=handoff, content=package, digest=digest_of(package))
        if handoff.sealed_to:
            # From here on only the receiver, or two people of ours, can open it.
            file = seal_package(act, actor, handoff, package, verdict)
            kept.content, kept.sealed = {}, file.data
            kept.digest, kept.file_digest = file.manifest_digest, file.file_digest
        handoff.subject_ids = everybody_in(handoff.case_id)
        handoff.withheld = sorted({one.key for one in verdict.withheld})
        handoff.save(update_fields=SENT_FIELDS)
        kept.save(force_insert=True)
        act.record(
            "handoff.sent",
            handoff,
            fields=["status"],
            facts={
                **_codes(handoff),
                **counts(package),
                "agreement": str(agreement.pk) if agreement else "",
                "rests_on": sorted(str(one) for one in verdict.rests_on),
                "withheld": sorted({str(one.category) for one in verdict.withheld}),
                "digest": kept.digest.hex(),
                "sealed_file": kept.file_digest.hex(),
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
        PackageExpired: its last day has passed; there is nothing to open any more.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.accept_handoff", handoff, verdict=is_receiver(actor, handoff))
        check_not_expired(handoff)
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
        handoff.save(update_fields=["status", "version", "revoked_at", "revoked_because"])
        act.record("handoff.revoked", handoff, fields=["status"])
        act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
    return handoff


def _outgoing(actor: User, handoff_id: uuid.UUID) -> Handoff:
    """The handoff, locked, with the names of both sides."""
    found: Handoff = (
        Handoff.objects.visible_to(actor).locked().select_related(*PARTIES).get(pk=handoff_id)
    )
    return found


def _codes(handoff: Handoff) -> dict[str, Any]:
    """What the log may say about a handoff: codes and ids."""
    return {
        "kind": str(handoff.kind),
        "legal_basis": str(handoff.legal_basis),
        "purposes": sorted(purposes_for(handoff.from_agency, handoff.to_agency)),
        "sections": list(handoff.sections),
        "to_agency": str(handoff.to_agency_id),
    }
