"""Suspected abuse material: reported at once, then step by step to the police. No file, ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from audit.reviewing import open_review
from cases.choices import NEEDS_RECEIPT, FoundWhere, MaterialStep
from cases.models import Case, MaterialFound, MaterialStepTaken
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

MOST_LINE = 200
ORDER = MaterialStep.values


def report_material(
    *, actor: Actor, where: str, case_id: UUID | None = None, at: datetime | None = None
) -> MaterialFound:
    """Report suspected material. Reporting is the first step: nobody opens, copies or passes it on.

    The data protection officer and the supervisors are told through a review.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: an unknown place.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id) if case_id else None
        act.authorise("cases.report_material", case)
        if where not in FoundWhere.values:
            raise DomainError(_("Choose one of the answers."), field="where")
        found = MaterialFound(case=case, found_by_id=actor.pk, where=where)
        found.agency_id = actor.agency_id  # type: ignore[assignment]
        found.save(force_insert=True)
        act.record("material.reported", found, facts={"where": str(where)})
        _take(act, found, MaterialStep.NOT_OPENED, at or timezone.now())
        open_review(
            act,
            kind="material",
            about=found,
            team_ids=teams_seeing(case.pk) if case else (),
            facts={"where": str(where)},
        )
    return found


def take_material_step(
    *,
    actor: Actor,
    material_id: UUID,
    step: str,
    happened_at: datetime,
    authority: str = "",
    receipt: str = "",
) -> MaterialStepTaken:
    """Take the next step of the protocol.

    Args:
        authority, receipt: who was told or took it over, and the number of their receipt; needed
            for the police, the transfer of custody and the destruction certificate.

    Raises:
        MaterialFound.DoesNotExist: not visible to the actor.
        DomainError: not the next step, a moment ahead, or no receipt.
    """
    with acting(actor) as act:
        found = MaterialFound.objects.visible_to(actor).locked().get(pk=material_id)
        act.authorise("cases.report_material", found)
        following = next_step(found)
        if step not in ORDER or step != following:
            raise DomainError(
                _("The next step is: %(step)s.") % {"step": MaterialStep(following).label}
                if following
                else _("Every step has been taken."),
                code="invalid_transition",
                field="step",
            )
        if happened_at > timezone.now():
            raise DomainError(_("This moment lies ahead."), field="happened_at")
        who = check_text(authority, field="authority", most=MOST_LINE)
        number = check_text(receipt, field="receipt", most=MOST_LINE)
        if step in NEEDS_RECEIPT:
            if not who:
                raise DomainError(_("Say which office and desk."), field="authority")
            if not number:
                raise DomainError(_("Give the number of the receipt."), field="receipt")
        taken = _take(act, found, step, happened_at, authority=who, receipt=number)
        if next_step(found) is None:
            found.is_closed = True
            found.save(update_fields=["is_closed"])
    return taken


def next_step(found: MaterialFound) -> str | None:
    """The step that is to be taken now; None when all are."""
    taken = set(MaterialStepTaken.objects.filter(material=found).values_list("step", flat=True))
    return next((step for step in ORDER if step not in taken), None)


def _take(
    act: Act,
    found: MaterialFound,
    step: str,
    happened_at: datetime,
    *,
    authority: str = "",
    receipt: str = "",
) -> MaterialStepTaken:
    taken = MaterialStepTaken(
        material=found,
        case_id=found.case_id,
        agency_id=found.agency_id,
        step=step,
        happened_at=happened_at,
        recorded_by_id=act.actor.pk,
        authority=authority,
        receipt=receipt,
    )
    taken.save(force_insert=True)
    act.record("material.step_taken", found, facts={"step": str(step)})
    return taken
