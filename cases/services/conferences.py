"""Case conferences: agencies at one table, what was decided, and the tasks that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from audit.acting import acting
from cases.models import Case, CaseConference, ConferenceDecision, ConferenceSeat
from cases.selectors.access import assignees_of
from cases.services.tasks import set_task
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_MINUTES = 8_000
LONGEST_DECISION = 300
MOST_DECISIONS = 20


@dataclass(frozen=True)
class Decided:
    """One decision as it is given.

    Attributes:
        agency_id: the agency that does it, where it is not one of ours.
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
    colleagues: Sequence[UUID] = (),
    others: str = "",
    minutes: str = "",
    decisions: Sequence[Decided] = (),
) -> CaseConference:
    """Write down a case conference. Minutes stay here: to share them is a handoff.

    Args:
        agencies: other agencies that took part, of those known here.
        colleagues: who of ours was there.
        others: who came for the other agencies, by office; sealed with the minutes.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: a moment in the future, an unknown agency or colleague, nothing written, or a
            decision that names a colleague without a day or the other way round.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.hold_conference", case)
        if held_at > timezone.now():
            raise DomainError(
                _("This moment is in the future. Set a task for it instead."), field="held_at"
            )
        known = set(Agency.objects.visible_to(actor).active().values_list("pk", flat=True))
        if not agencies or set(agencies) - known:
            raise DomainError(_("Choose the agencies that took part."), field="agencies")
        ours = dict(assignees_of(actor, case))
        if set(colleagues) - set(ours):
            raise DomainError(_("Choose colleagues who work on this case."), field="colleagues")
        text = check_text(minutes, field="minutes", most=LONGEST_MINUTES)
        if not text and not decisions:
            raise DomainError(_("Write down what was said or decided."), field="minutes")
        if len(decisions) > MOST_DECISIONS:
            raise DomainError(_("Write down at most twenty decisions."), field="decisions")
        conference = CaseConference(
            case=case,
            held_at=held_at,
            recorded_by_id=actor.pk,
            record={
                "minutes": text,
                "others": check_text(others, field="others", most=1_000),
            },
        )
        conference.save(force_insert=True)
        _seat(actor, conference, agencies, colleagues)
        for one in decisions:
            _decide(actor, conference, one, known)
        act.record(
            "conference.held",
            conference,
            facts={"agencies": len(set(agencies)), "decisions": len(decisions)},
        )
    return conference


def _seat(
    actor: Actor,
    conference: CaseConference,
    agencies: Sequence[UUID],
    colleagues: Sequence[UUID],
) -> None:
    seats: list[tuple[Any, UUID | None]] = [
        *((agency_id, None) for agency_id in dict.fromkeys(agencies)),
        *((actor.agency_id, user_id) for user_id in dict.fromkeys(colleagues)),
    ]
    for agency_id, user_id in seats:
        ConferenceSeat(
            case_id=conference.case_id,
            conference=conference,
            agency_id=agency_id,
            user_id=user_id,
        ).save(force_insert=True)


def _decide(actor: Actor, conference: CaseConference, one: Decided, known: set[UUID]) -> None:
    what = check_text(one.what, field="decisions", most=LONGEST_DECISION)
    if not what:
        raise DomainError(_("Say what was decided."), field="decisions")
    if (one.assignee_id is None) != (one.due_on is None):
        raise DomainError(
            _("A decision that a colleague carries out needs their name and a day."),
            field="decisions",
        )
    if one.agency_id is not None and one.agency_id not in known:
        raise DomainError(_("Choose an agency from the list."), field="decisions")
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
        case_id=conference.case_id,
        conference=conference,
        what=what,
        agency_id=one.agency_id,
        task=task,
    ).save(force_insert=True)
