"""What waits for one's second pair of eyes: one list over all apps, each leading to its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.models import Review
from audit.review_kinds import kinds
from cases.models import CaseClosure, ErasureRequest, SubjectCopy
from cases.selectors import closures_to_decide, plans_to_approve
from cases.selectors.consent import waiting_grounds
from reporting.models import StatisticsRelease

MOST = 50


@dataclass(frozen=True)
class Waiting:
    """One thing that somebody asked for and another decides."""

    what: str
    asked_by: str
    since: datetime
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    """All of one kind; `more` wait beyond those that are listed."""

    label: str
    rows: list[Waiting]
    more: int = 0

    @property
    def number(self) -> int:
        return len(self.rows) + self.more


def approvals_of(actor: User) -> list[Group]:
    """What `actor` may decide on and did not ask for themselves, by kind, oldest first."""
    groups = []
    for permission, label, found, shown in KINDS:
        if not actor.may(permission):
            continue
        waiting = found(actor)
        number = waiting.count()
        if number:
            rows = [shown(record) for record in waiting[:MOST]]
            groups.append(Group(str(label), rows, number - len(rows)))
    return groups


def _closure(closure: CaseClosure) -> Waiting:
    return Waiting(
        what=f"{closure.case.reference} · {closure.get_reason_display()}",
        asked_by=closure.asked_by.name,
        since=closure.created_at,
        url=reverse("cases:closure", args=[closure.pk]),
        icon="closed",
    )


def _plan(plan: Any) -> Waiting:
    return Waiting(
        what=f"{plan.person.code} · {plan.case.reference}",
        asked_by=plan.submitted_by.name if plan.submitted_by else "",
        since=plan.created_at,
        url=reverse("cases:approve_plan", args=[plan.pk]),
        icon="outcome",
    )


def _grounds(actor: User) -> Any:
    return waiting_grounds(actor).select_related("recorded_by").defer("reason", "order_reference")


def _ground(ground: Any) -> Waiting:
    return Waiting(
        what=f"{ground.reference} · {ground.get_basis_display()}",
        asked_by=ground.recorded_by.name,
        since=ground.created_at,
        url=reverse("cases:ground", args=[ground.pk]),
        icon="law",
    )


def _copies(actor: User) -> Any:
    waiting = SubjectCopy.objects.visible_to(actor).waiting().exclude(asked_by=actor)
    return waiting.select_related("person", "asked_by").order_by("created_at")


def _copy(copy: SubjectCopy) -> Waiting:
    return Waiting(
        what=copy.person.code,
        asked_by=copy.asked_by.name,
        since=copy.created_at,
        url=reverse("cases:copy", args=[copy.pk]),
        icon="document",
    )


def _erasures(actor: User) -> Any:
    waiting = ErasureRequest.objects.visible_to(actor).waiting().exclude(requested_by=actor)
    return waiting.select_related("requested_by").order_by("created_at")


def _erasure(request: ErasureRequest) -> Waiting:
    return Waiting(
        what=f"{request.reference} · {request.get_ground_display()}",
        asked_by=request.requested_by.name,
        since=request.created_at,
        url=reverse("rights:erasure", args=[request.pk]),
        icon="erase",
    )


def _releases(actor: User) -> Any:
    waiting = StatisticsRelease.objects.visible_to(actor).filter(status="in_review")
    found = waiting.exclude(requested_by=actor).select_related("requested_by")
    return found.defer("payload").order_by("created_at")


def _release(release: StatisticsRelease) -> Waiting:
    return Waiting(
        what=release.title,
        asked_by=release.requested_by.name,
        since=release.created_at,
        url=reverse("reporting:release", args=[release.pk]),
        icon="reports",
    )


def _reviews(actor: User) -> Any:
    return Review.objects.visible_to(actor).open().order_by("due_at")


def _review(review: Review) -> Waiting:
    kind = kinds().get(review.kind)
    return Waiting(
        what=str(kind.label) if kind else review.kind,
        asked_by=_("Done already, and looked at afterwards"),
        since=review.created_at,
        url=reverse("audit_trail:review", args=[review.pk]),
        icon=kind.icon if kind else "eye",
    )


Kind = tuple[str, str | Promise, Callable[[User], Any], Callable[[Any], Waiting]]
# Permission to decide, label, what waits, how one is shown. What steps up or not, its page says.
KINDS: tuple[Kind, ...] = (
    ("cases.close_case", gettext_lazy("Cases to be closed"), closures_to_decide, _closure),
    ("cases.approve_plan", gettext_lazy("Plans"), plans_to_approve, _plan),
    ("cases.approve_ground", gettext_lazy("Legal bases beside consent"), _grounds, _ground),
    ("cases.release_copy", gettext_lazy("Copies for people"), _copies, _copy),
    ("cases.approve_erasure", gettext_lazy("Erasures"), _erasures, _erasure),
    ("reporting.publish_release", gettext_lazy("Reports"), _releases, _release),
    ("audit.close_review", gettext_lazy("Reviews"), _reviews, _review),
)
DECIDING = tuple(permission for permission, *_rest in KINDS)
