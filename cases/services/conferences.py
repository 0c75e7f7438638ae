"""Case conferences: agencies at one table, what was decided, and the tasks that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from audit.acting import acting
from cases.models import Case, CaseConference, ConferenceDecision
from cases.services.tasks import set_task
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_MINUTES = 8_000
LONGEST_DECISION = 300


@dataclass(frozen=True)
class Decided:
    """One decision as it is given.

    Attributes:
        agency_id: the agency that does it; ours or none where `assignee_id` is given.
        assignee_id, due_on: both, where a colleague of ours does it: a task follows.
    """

    what: str
    agency_id: UUID | None = None
    assignee_id: UUID | None = None
    due_on: date | None = None


def hold_conference(
    *,
    actor: Actor,
    case_id: UUID,
    held_at: datetime,
    agencies: Sequence[UUID],
    minutes: str,
    decisions: Sequence[Decided] = (),
) -> CaseConference:
    """Write down a case conference. Minutes stay here: to share them is a handoff.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: a moment in the future, an unknown agency, nothing written, or a decision that
            names a colleague without a day or the other way round.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.work_plan", case)
        if held_at > timezone.now():
            raise DomainError(
                _("This moment is in the future. Set a task for it instead."), field="held_at"
            )
        wanted = set(agencies) | {one.agency_id for one in decisions if one.agency_id}
        known = set(Agency.objects.active().filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted - known or not agencies:
            raise DomainError(_("Choose the agencies that took part."), field="agencies")
        text = check_text(minutes, field="minutes", most=LONGEST_MINUTES)
        if not text and not decisions:
            raise DomainError(_("Write down what was said or decided."), field="minutes")
        conference = CaseConference(
            case=case,
            held_at=held_at,
            agencies=sorted(set(agencies)),
            minutes=text,
            called_by_id=actor.pk,
        )
        conference.save(force_insert=True)
        for one in decisions:
            _decide(actor, conference, one)
        act.record(
            "conference.held",
            conference,
            facts={"agencies": len(conference.agencies), "decisions": len(decisions)},
        )
    return conference


def _decide(actor: Actor, conference: CaseConference, one: Decided) -> None:
    what = check_text(one.what, field="decisions", most=LONGEST_DECISION)
    if not what:
        raise DomainError(_("Say what was decided."), field="decisions")
    if (one.assignee_id is None) != (one.due_on is None):
        raise DomainError(
            _("A decision that a colleague carries out needs their name and a day."),
            field="decisions",
        )
    task = None
    if one.assignee_id is not None and one.due_on is not None:
        task = set_task(
            actor=actor,
            case_id=conference.case_id,
            what=what,
            assignee_id=one.assignee_id,
            due_on=one.due_on,
        )
    ConferenceDecision(
        conference=conference,
        case_id=conference.case_id,
        what=what,
        agency_id=one.agency_id,
        task=task,
    ).save(force_insert=True)
