"""Holds and erasures as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from cases.choices import CHILDREN, ErasureStatus, RetentionReason, ReviewStatus
from cases.erasing import STEPS, speaks_of
from cases.models import (
    Case,
    CaseNote,
    CaseParticipant,
    ErasureRequest,
    LegalHold,
    Person,
    RetentionReview,
)
from cases.models.note import key_owner
from cases.selectors.note import PART_LABELS
from cases.third_parties import names_of
from core.actors import Actor
from core.ui.dates import spell
from vault.keys import load_keys, was_erased
from vault.models import KeyEpoch
from vault.opening import opened


def is_held(actor: Actor, case: Case, at: datetime) -> bool:
    """Whether a legal hold stands on a visible case."""
    holds = LegalHold.objects.visible_to(actor).filter(case=case)
    return bool(holds.standing(timezone.localdate(at)).exists())


def shared_texts_naming(actor: Actor, person: Person, cases: list[Case]) -> int:
    """How many notes of the cases name a person although they are not about them alone.

    An erasure leaves them: somebody else of the case needs them. As far as the actor reads notes.
    """
    people = CaseParticipant.objects.visible_to(actor).filter(case__in=cases)
    others = set(people.values_list("person_id", flat=True)) - {person.pk}
    words = names_of({person.pk}) - names_of(others) | {person.code.casefold()}
    notes = list(
        CaseNote.objects.visible_to(actor).filter(case__in=cases).exclude(person_id=person.pk)
    )
    load_keys({key_owner(note) for note in notes})
    fields = (*PART_LABELS, "facts_said_by")
    return sum(
        speaks_of("\n".join(str(opened(note, name).value) for name in fields), words)
        for note in notes
    )


def erasure_facts(request: ErasureRequest) -> list[tuple[str, Any]]:
    """(label, value) of a request: codes, numbers and dates."""
    reasons = ", ".join(str(RetentionReason(code).label) for code in request.speaks_for_keeping)
    facts = [
        *_what_is_erased(request),
        (_("Why"), request.get_ground_display()),
        (_("Asked for by"), request.requested_by.name),
        (_("On"), spelled(request.created_at)),
        (_("What speaks for keeping it"), reasons or _("nothing that we know of")),
    ]
    if request.decided_by_id:
        facts += [
            (_("Decided by"), request.decided_by.name if request.decided_by else ""),
            (_("Decided on"), spelled(request.decided_at)),
        ]
    if request.refused_because:
        facts.append((_("Kept because"), request.get_refused_because_display()))
    return facts


def _what_is_erased(request: ErasureRequest) -> list[tuple[str, Any]]:
    if request.kind:
        return [(_("Became no case"), request.case_reference)]
    case = (_("Case"), request.case_reference)
    if request.person_id is None:
        return [case, (_("What"), _("the shared texts of the case; nobody else is left in it"))]
    return [
        (_("Person"), request.person_code or _("no longer has the code it was asked for by")),
        case,
        (_("Notes of the case too"), _("yes") if request.whole_case else _("no")),
        (_("Shared notes that name the person, and stay"), str(request.named_in)),
    ]


def spelled(moment: datetime | None) -> str:
    """A moment as the house writes it."""
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else ""


def receipt_facts(request: ErasureRequest) -> list[tuple[str, Any]]:
    """(label, value) of the receipt: what was cleared, counted; empty before it is erased."""
    if request.status != ErasureStatus.CARRIED_OUT:
        return []
    labels = {step.name: str(step.label) for step in STEPS}
    cleared = [
        (labels.get(name, name.replace("_", " ")), str(rows))
        for name, rows in request.receipt["steps"].items()
        if rows
    ]
    return [
        (_("Receipt"), request.reference),
        *cleared,
        (_("Keys destroyed"), str(request.receipt["keys"])),
        (_("In old backups"), final_since(request.receipt["epoch"])),
    ]


def final_since(epoch: str) -> str:
    """Whether old backups still hold the destroyed keys, in words.

    They do, wrapped by the key-encryption key of their day, until that one is destroyed.
    """
    gone = KeyEpoch.objects.filter(name=epoch, destroyed_at__isnull=False).first()
    if gone is not None and gone.destroyed_at is not None:
        return _("gone since %(day)s, with the key they were wrapped by") % {
            "day": spell(timezone.localdate(gone.destroyed_at))
        }
    return _(
        "still there under lock, until the monthly key of that time is destroyed: two months at "
        "the latest"
    )


def texts_are_left(actor: Actor, case: Case) -> bool:
    """Whether a case holds shared texts although no child or survivor is left in it.

    Not one that nobody was put into yet: it has only begun.
    """
    left = CaseParticipant.objects.visible_to(actor).filter(
        case=case, role__in=CHILDREN, person__erased_on=None
    )
    return (
        has_run_its_course(actor, case) and not left.exists() and not was_erased(("case", case.pk))
    )


def has_run_its_course(actor: Actor, case: Case) -> bool:
    """Whether a case is closed, was emptied by an erasure, or has come to the end of its time."""
    emptied = CaseParticipant.objects.visible_to(actor).filter(
        case=case, person__erased_on__isnull=False
    )
    if not case.is_open or emptied.exists():
        return True
    due = RetentionReview.objects.visible_to(actor).filter(record_id=case.pk)
    return bool(due.filter(status=ReviewStatus.DUE).exists())


def waiting_erasure_of_texts(actor: Actor, case: Case) -> ErasureRequest | None:
    """The request for a case's shared texts that waits for a second person, if there is one."""
    found: ErasureRequest | None = (
        ErasureRequest.objects.visible_to(actor).waiting().filter(case=case, person=None).first()
    )
    return found


def waiting_erasure_of(actor: Actor, person_id: UUID) -> ErasureRequest | None:
    """The request that waits for a second person, if there is one."""
    found: ErasureRequest | None = (
        ErasureRequest.objects.visible_to(actor).waiting().filter(person_id=person_id).first()
    )
    return found
