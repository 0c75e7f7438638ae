"""The protection and the justice track of a case, side by side: neither waits for the other.

Dates of the justice track belong to apps above. Like a tab, a source of them is registered in a
higher app's `apps.py`: `register_justice_steps(justice_steps_of)`, a function of `(actor, case)`
giving what the actor may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.choices import SURVIVOR_ROLES
from cases.models import Case, CaseParticipant, CasePlan, Placement
from core.actors import Actor

MOST_STEPS = 4


@dataclass(frozen=True)
class TrackStep:
    """One dated step of a track, behind us or ahead."""

    on: date
    sentence: str
    url: str = ""


@dataclass
class Track:
    """A track as the case page shows it: what was last, and what comes next."""

    stage: str
    reason: str = ""
    lately: list[TrackStep] = field(default_factory=list)
    ahead: list[TrackStep] = field(default_factory=list)


@dataclass(frozen=True)
class Tracks:
    """Both, for the two columns of the page."""

    protection: Track
    justice: Track


Source = Callable[[Actor, Case], Iterable[TrackStep]]
JUSTICE: list[Source] = []


def register_justice_steps(source: Source) -> None:
    """Add a source of dates of the justice track. Called once by a higher app's `apps.py`."""
    JUSTICE.append(source)


def tracks_of(actor: Actor, case: Case, on: date) -> Tracks:
    """Both tracks of a visible case as far as the actor sees them."""
    protection = Track(str(case.get_protection_stage_display()))
    justice = Track(
        str(case.get_justice_stage_display()), reason=str(case.get_justice_reason_display() or "")
    )
    _sort(protection, _protection(actor, case), on)
    _sort(justice, [step for source in JUSTICE for step in source(actor, case)], on)
    return Tracks(protection, justice)


def _sort(track: Track, steps: Iterable[TrackStep], on: date) -> None:
    ordered = sorted(steps, key=lambda step: step.on)
    track.lately = [step for step in ordered if step.on <= on][::-1][:MOST_STEPS]
    track.ahead = [step for step in ordered if step.on > on][:MOST_STEPS]


def _protection(actor: Actor, case: Case) -> Iterable[TrackStep]:
    """What keeps the survivors safe: days and kinds; where they live is never among them."""
    yield TrackStep(case.opened_on, _("The case was opened."))
    urls: dict[UUID, str] = {}
    for place in (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, role__in=SURVIVOR_ROLES)
        .select_related("person")
    ):
        urls[place.person_id] = reverse("cases:person", args=[place.pk])
        if place.safeguarded_on:
            yield TrackStep(
                place.safeguarded_on,
                _("%(code)s came to safety.") % {"code": place.person.code},
                urls[place.person_id],
            )
    placements = Placement.objects.visible_to(actor).filter(case=case).defer("papers")
    for placement in placements.select_related("person"):
        words = {"code": placement.person.code, "kind": placement.get_kind_display()}
        url = urls.get(placement.person_id, "")
        yield TrackStep(placement.since, _("%(code)s was placed: %(kind)s.") % words, url)
        if placement.follow_up_on:
            yield TrackStep(
                placement.follow_up_on, _("Look how it goes on with %(code)s.") % words, url
            )
    plans = CasePlan.objects.visible_to(actor).filter(case=case).defer("why_returned")
    for plan in plans.select_related("person"):
        words = {"code": plan.person.code}
        url = urls.get(plan.person_id, "")
        if plan.agreed_on:
            yield TrackStep(plan.agreed_on, _("The plan with %(code)s was agreed.") % words, url)
        if plan.review_on and plan.status == "approved":
            yield TrackStep(plan.review_on, _("Review the plan with %(code)s.") % words, url)
