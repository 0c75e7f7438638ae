"""The head of a case, the list, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.choices import ProtectionStage, Risk
from cases.models import STAGE_STEPS, Case
from cases.selectors.rights import is_held
from cases.selectors.safety import Strip, hotlines, strips_of
from cases.selectors.sight import Sight, sight_of
from core.actors import Actor

AT_RISK = (Risk.IMMEDIATE, Risk.HIGH)
CLOSED = (ProtectionStage.CLOSED, ProtectionStage.TRANSFERRED)
MOST_INITIALS = 6

# Filter → its words and condition.
FILTERS: dict[str, tuple[str | Promise, Q]] = {
    "open": (gettext_lazy("Open"), ~Q(protection_stage__in=CLOSED)),
    "mine": (gettext_lazy("I lead"), ~Q(protection_stage__in=CLOSED)),
    "covered": (gettext_lazy("I cover"), ~Q(protection_stage__in=CLOSED)),
    "risk": (
        gettext_lazy("High or immediate risk"),
        ~Q(protection_stage__in=CLOSED) & Q(risk__in=AT_RISK),
    ),
    "closed": (gettext_lazy("Closed"), Q(protection_stage__in=CLOSED)),
    "all": (gettext_lazy("All"), Q()),
}


@dataclass(frozen=True)
class Counts:
    """How many of the shown cases there are, and how many of them are at risk."""

    shown: int
    at_risk: int


def counts_of(cases: Any) -> Counts:
    """Counts of a scoped queryset of cases."""
    numbers = cases.order_by().aggregate(
        shown=Count("pk"), at_risk=Count("pk", filter=FILTERS["risk"][1])
    )
    return Counts(**numbers)


@dataclass(frozen=True)
class CaseHead:
    """What stands at the top of every part of a case page."""

    stage: str
    risk: str
    risk_tone: str
    lead: str
    leader: str
    restricted: bool
    may_write: bool
    held: bool = False
    people: list[str] = field(default_factory=list)
    more_people: int = 0
    strips: list[Strip] = field(default_factory=list)
    hotlines: list[str] = field(default_factory=list)


def case_head(actor: Actor, case: Case, sight: Sight | None = None) -> CaseHead:
    """The head of a visible case, with the people who see it.

    Args:
        sight: who sees it, where the page has asked already.
    """
    sight = sight or sight_of(actor, case)
    names = [seer.user.name for seer in sight.seers if seer.user.kind == User.Kind.PERSON]
    at_risk = case.risk in AT_RISK
    return CaseHead(
        stage=str(case.get_protection_stage_display()),
        risk=str(case.get_risk_display()),
        risk_tone="attention" if at_risk else "quiet",
        lead=case.lead_agency.name,
        leader=sight.lead.user.name if sight.lead else "",
        restricted=sight.restriction is not None,
        may_write=actor.may("cases.write_note"),
        held=is_held(actor, case, timezone.now()),
        people=names[:MOST_INITIALS],
        more_people=max(0, len(names) - MOST_INITIALS),
        strips=strips_of(actor, case.pk),
        hotlines=hotlines(),
    )


@dataclass(frozen=True)
class NextStep:
    """What comes next in the protection track."""

    sentence: str
    label: str
    url: str


def next_steps(actor: Actor, case: Case) -> list[NextStep]:
    """What the record itself says is still to do; nothing is made up."""
    steps: list[NextStep] = []
    may = actor.may("cases.change_stage")
    if case.is_open and case.risk == Risk.NOT_ASSESSED:
        steps.append(
            NextStep(
                _("Nobody has assessed the risk yet."),
                _("Assess the risk") if may else "",
                reverse("cases:assess_risk", args=[case.pk]),
            )
        )
    steps += _closing_steps(actor, case)
    following = STAGE_STEPS.get(case.protection_stage, ())
    if following and case.protection_stage != ProtectionStage.FOLLOW_UP:
        steps.append(
            NextStep(
                _("After “%(now)s” comes “%(next)s”.")
                % {
                    "now": case.get_protection_stage_display(),
                    "next": ProtectionStage(following[0]).label,
                },
                _("Move the case along") if may else "",
                reverse("cases:change_stage", args=[case.pk]),
            )
        )
    return steps


def _closing_steps(actor: Actor, case: Case) -> list[NextStep]:
    stage = case.protection_stage
    if stage == ProtectionStage.FOLLOW_UP:
        return [
            NextStep(
                _("When the goals are met, the case can be closed."),
                _("Ask to close the case") if actor.may("cases.request_closure") else "",
                reverse("cases:request_closure", args=[case.pk]),
            )
        ]
    if stage == ProtectionStage.CLOSED and actor.may("cases.reopen_case"):
        return [
            NextStep(
                _("If they come back, or something new is learned:"),
                _("Open the case again"),
                reverse("cases:reopen_case", args=[case.pk]),
            )
        ]
    return []
