"""When lead identifiers may leave, and how many wait. Nothing of what they say is read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AgencyType
from cases.choices import WhyWithheld
from cases.disclosure import Verdict
from core.actors import Actor
from handoffs.choices import LeadKind, LeadToldBy, Section
from handoffs.models import Handoff, LeadIdentifier

LEADS = "leads.json"


def leads_may_leave(handoff: Handoff, verdict: Verdict) -> bool:
    """To the police alone, in a file sealed to their desk's own key, and where names and ways of
    contact leave of every survivor: a screen name tells as much.

    Who is withheld as a third party stays out by name all the same.
    """
    return (
        handoff.to_agency.type == AgencyType.LAW_ENFORCEMENT
        and bool(handoff.sealed_to)
        and Section.IDENTITIES in handoff.sections
        and verdict.allowed
        and all(
            one.why == WhyWithheld.THIRD_PARTY
            for one in verdict.withheld
            if one.category == Section.IDENTITIES
        )
    )


@dataclass(frozen=True)
class LeadCounts:
    """What a page says of the leads of a case or referral."""

    waiting: int
    released: int
    purged: int

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.released or self.purged)


def leads_of_case(actor: Actor, case_id: UUID) -> LeadCounts:
    """How many are sealed and wait, are with the police, or are gone."""
    return _counted(
        LeadIdentifier.objects.visible_to(actor).filter(
            Q(case_id=case_id) | Q(referral__case_id=case_id)
        )
    )


def leads_of_referral(actor: Actor, referral_id: UUID) -> LeadCounts:
    """The same of a referral."""
    return _counted(LeadIdentifier.objects.visible_to(actor).filter(referral_id=referral_id))


def _counted(found: Any) -> LeadCounts:
    purged = released = waiting = 0
    for released_in, purged_at in found.values_list("released_in", "purged_at"):
        if purged_at is not None:
            purged += 1
        elif released_in is not None:
            released += 1
        else:
            waiting += 1
    return LeadCounts(waiting, released, purged)


def section_of(leads: list[dict[str, str]]) -> dict[str, Any]:
    """The leads as a part of the readable page inside the sealed file."""
    return {
        "title": _("Lead identifiers"),
        "facts": [],
        "entries": [
            {
                "title": str(LeadKind(one["kind"]).label),
                "sub": str(LeadToldBy(one["told_by"]).label),
                "facts": [{"label": _("Platform"), "value": one["platform"]}]
                if one["platform"]
                else [],
                "texts": [{"label": _("As it was told"), "value": one["value"]}],
            }
            for one in leads
        ],
        "empty": "",
    }
