"""Registering papers, and saying where the original of one lies now."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import PaperKind
from cases.models import Case, CaseParticipant, Paper
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

MOST_LINE = 200


def register_paper(
    *,
    actor: Actor,
    case_id: UUID,
    kind: str,
    original_at: str,
    person_id: UUID | None = None,
    dated_on: date | None = None,
    reference: str = "",
    signatories: str = "",
) -> Paper:
    """Write down that a paper exists and where its original lies. No file comes with it.

    Args:
        original_at: the place or office that holds the original.
        person_id: whom of the case it is about, if one person alone: it is then sealed under that
            person's key and can be erased alone.
        dated_on: the day the paper bears; None when it bears none.
        reference: the number on it.
        signatories: who signed it, by code, role or office.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: an unknown kind, no place, a day ahead, somebody of another case, or a text
            that R-U3 refuses.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.register_paper", case)
        if kind not in PaperKind.values:
            raise DomainError(_("Choose what kind of paper this is."), field="kind")
        if dated_on is not None and dated_on > timezone.localdate():
            raise DomainError(_("This date is in the future."), field="dated_on")
        where = _place(original_at)
        if person_id is not None:
            places = CaseParticipant.objects.visible_to(actor).filter(case=case)
            if not places.filter(person_id=person_id).exists():
                raise DomainError(_("Choose somebody of this case."), field="person_id")
        paper = Paper(
            case=case,
            person_id=person_id,
            kind=kind,
            dated_on=dated_on,
            reference=check_text(reference, field="reference", most=MOST_LINE),
            signatories=check_text(signatories, field="signatories", most=MOST_LINE),
            original_at=where,
            registered_by_id=actor.pk,
        )
        paper.save(force_insert=True)
        act.record("paper.registered", paper, facts={"kind": str(kind)})
    return paper


def move_original(*, actor: Actor, paper_id: UUID, original_at: str) -> Paper:
    """Say where the original of a paper lies from now on.

    Raises:
        Paper.DoesNotExist: not visible to the actor.
        DomainError: no place, or a text that R-U3 refuses.
    """
    with acting(actor) as act:
        paper = Paper.objects.visible_to(actor).locked().get(pk=paper_id)
        act.authorise("cases.register_paper", paper)
        paper.original_at = _place(original_at)
        paper.save(update_fields=["original_at"])
        act.record("paper.original_moved", paper, fields=["original_at"])
    return paper


def _place(text: str) -> str:
    where = check_text(text, field="original_at", most=MOST_LINE)
    if not where:
        raise DomainError(
            _("Say where the original lies: the office, the folder, or who keeps it."),
            field="original_at",
        )
    return where
