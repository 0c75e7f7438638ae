"""Case conferences as the Work tab lists them, and one of them opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from cases.models import Case, CaseConference, ConferenceDecision, ConferenceSeat
from core.actors import Actor
from core.ui.dates import spell
from vault.keys import load_keys
from vault.opening import opened

MOST = 50


@dataclass(frozen=True)
class ConferenceRow:
    """A conference in a list: when, and which agencies came; nothing sealed."""

    conference: CaseConference
    agencies: str
    decisions: int


def conferences_of(actor: Actor, case: Case) -> list[ConferenceRow]:
    """Conferences of a visible case, newest first."""
    found = list(
        CaseConference.objects.visible_to(actor)
        .filter(case=case)
        .defer("record")
        .annotate(decided=Count("decisions"))[:MOST]
    )
    names: dict[Any, list[str]] = {}
    seats = ConferenceSeat.objects.visible_to(actor).filter(conference__in=found, user=None)
    for seat in seats.select_related("agency"):
        names.setdefault(seat.conference_id, []).append(seat.agency.name)
    return [ConferenceRow(one, ", ".join(names.get(one.pk, [])), one.decided) for one in found]


@dataclass
class ShownConference:
    """A conference opened.

    Attributes:
        decisions: (what, who does it by when).
        unreadable: (record, sealed field) that did not open; whoever shows it writes each down.
    """

    conference: CaseConference
    agencies: list[str] = field(default_factory=list)
    colleagues: list[str] = field(default_factory=list)
    others: str = ""
    minutes: str = ""
    decisions: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[tuple[Any, str]] = field(default_factory=list)


def show_conference(actor: Actor, conference: CaseConference) -> ShownConference:
    """One visible conference in words. Opens sealed text: the caller records the reading."""
    load_keys([("case", conference.case_id)])
    shown = ShownConference(conference)
    part = opened(conference, "record")
    if part.readable:
        shown.minutes = str(part.value.get("minutes", ""))
        shown.others = str(part.value.get("others", ""))
    else:
        shown.minutes = str(part.value)
        shown.unreadable.append((conference, "record"))
    seats = ConferenceSeat.objects.visible_to(actor).filter(conference=conference)
    for seat in seats.select_related("agency", "user"):
        if seat.user:
            shown.colleagues.append(seat.user.name)
        else:
            shown.agencies.append(seat.agency.name)
    decisions = ConferenceDecision.objects.visible_to(actor).filter(conference=conference)
    for decision in decisions.select_related("agency", "task__assignee"):
        what = opened(decision, "what")
        if not what.readable:
            shown.unreadable.append((decision, "what"))
        who = ""
        if decision.task is not None:
            task = decision.task
            who = f"{task.assignee.name}, {spell(task.due_on)} ({task.get_status_display()})"
        elif decision.agency is not None:
            who = decision.agency.name
        shown.decisions.append((str(what.value), who))
    return shown
