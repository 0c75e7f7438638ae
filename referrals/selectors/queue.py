"""The queue of the referral desk. The number of queries does not grow with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Membership, Team, User
from accounts.roles import roles_with
from cases.models import Case as CaseFile
from core.choices import YesNoUnknown
from core.ui.dates import due, when
from referrals.choices import Status
from referrals.models import OPEN, Referral
from referrals.querysets import ReferralQuerySet

# Chips of the queue, in order: code in the address, words on the chip.
CHIPS: dict[str, str | Promise] = {
    "waiting": gettext_lazy("Waiting"),
    "mine": gettext_lazy("Mine"),
    "nobodys": gettext_lazy("Nobody’s yet"),
    "overdue": gettext_lazy("Overdue"),
    "danger": gettext_lazy("Immediate danger"),
    "asked": gettext_lazy("Source asked"),
    "linked": gettext_lazy("Linked to a case"),
    "declined": gettext_lazy("Not ours"),
    "untold": gettext_lazy("Source to be told"),
    "closed": gettext_lazy("Closed"),
    "all": gettext_lazy("All"),
}
SEALED = ("summary", "subject", "source_reference", "decision_note")
NOT_OURS = (Status.DECLINED, Status.REDIRECTED, Status.DUPLICATE, Status.WITHDRAWN)
WAITING = Q(status__in=(Status.RECEIVED, Status.IN_TRIAGE))
DANGER = Q(immediate_danger=YesNoUnknown.YES)


def queue(
    actor: User, show: str, at: datetime, source: str = "", country: str = ""
) -> ReferralQuerySet:
    """What one chip of the queue lists: waiting first, danger on top, then by when it is due.

    Args:
        show: a code of `CHIPS`.
        at: overdue is derived from it.
        source, country: of `SourceCategory` and of the child; empty for all.
    """
    referrals: ReferralQuerySet = Referral.objects.visible_to(actor)
    if show == "waiting":
        referrals = referrals.waiting()
    elif show == "mine":
        referrals = referrals.filter(status__in=OPEN, assigned_to_id=actor.pk)
    elif show == "nobodys":
        referrals = referrals.filter(status__in=OPEN, assigned_to=None)
    elif show == "overdue":
        referrals = referrals.overdue(at)
    elif show == "danger":
        referrals = referrals.filter(DANGER)
    elif show == "linked":
        referrals = referrals.filter(status=Status.LINKED_TO_CASE)
    elif show == "declined":
        referrals = referrals.filter(status__in=NOT_OURS)
    elif show == "asked":
        referrals = referrals.filter(status=Status.NEEDS_INFORMATION)
    elif show == "untold":
        referrals = referrals.untold()
    elif show == "closed":
        referrals = referrals.filter(status=Status.CLOSED)
    if source:
        referrals = referrals.filter(source_category=source)
    if country:
        referrals = referrals.filter(country=country)
    return referrals.order_by(
        _first(WAITING),
        _first(WAITING & DANGER),
        # Who has waited longest comes first; of what is decided, the latest.
        Case(
            When(WAITING & Q(import_batch=None), then="received_at"),
            When(WAITING, then="created_at"),
        ),
        "-received_at",
        "pk",
    )


def with_names(referrals: QuerySet[Any]) -> QuerySet[Any]:
    """The rows as a list shows them: people and agencies joined, nothing sealed fetched."""
    return referrals.select_related("assigned_to", "source_agency", "team").defer(*SEALED)


def with_seen_case(referrals: QuerySet[Any], actor: User) -> QuerySet[Any]:
    """Annotate `seen_case_id`: the linked case where `actor` sees it, else nothing."""
    seen = CaseFile.objects.visible_to(actor).filter(pk=OuterRef("case_id")).values("pk")
    return referrals.annotate(seen_case_id=Subquery(seen[:1]))


def _first(condition: Q) -> Case:
    return Case(When(condition, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class QueueRow:
    """One referral of the list, in the words of the list."""

    id: Any
    reference: str
    source: str
    waiting_for: str
    # Who looks after it and since when it is here, of what is not decided yet.
    owner: str
    age: str
    status: str
    status_label: str
    danger: bool
    overdue: bool


def queue_rows(referrals: list[Referral], at: datetime) -> list[QueueRow]:
    """The rows of a page of `with_names(queue(…))`."""
    return [
        QueueRow(
            id=referral.pk,
            reference=referral.reference,
            source=source_words(referral),
            waiting_for=_waiting_for(referral, at),
            owner=_owner(referral),
            age=_age(referral, at),
            status="linked" if referral.status == Status.LINKED_TO_CASE else referral.status,
            status_label=referral.get_status_display(),
            danger=referral.in_danger and referral.is_waiting,
            overdue=referral.is_overdue(at),
        )
        for referral in referrals
    ]


def source_words(referral: Referral) -> str:
    """Who sent it: the agency, the name as written, or the kind of source."""
    kind = str(referral.get_source_category_display())
    name = referral.source_agency.name if referral.source_agency else referral.source_name
    return f"{name} ({kind})" if name else kind


def _waiting_for(referral: Referral, at: datetime) -> str:
    if referral.is_waiting:
        return due(referral.triage_due, at)
    if referral.status == Status.NEEDS_INFORMATION:
        return _("The source is asked")
    return when(referral.decided_at or referral.received_at)


def _owner(referral: Referral) -> str:
    if referral.status not in OPEN:
        return ""
    if referral.assigned_to is None:
        return _("Nobody yet")
    return _("With %(person)s") % {"person": referral.assigned_to.name}


def _age(referral: Referral, at: datetime) -> str:
    """How long it has been with us, in the largest whole unit."""
    if referral.status not in OPEN:
        return ""
    since = at - referral.clock_started_at
    if since.days:
        return ngettext("%(n)s day here", "%(n)s days here", since.days) % {"n": since.days}
    hours = max(0, since.seconds // 3600)
    return ngettext("%(n)s hour here", "%(n)s hours here", hours) % {"n": hours}


def deciders(actor: User) -> QuerySet[User]:
    """Colleagues in the actor's teams who decide on referrals, by name."""
    now = timezone.now()
    mine = Team.objects.of_member(actor, now).values("pk")
    members = (
        Membership.objects.visible_to(actor)
        .live(now)
        .filter(team_id__in=mine, role__in=roles_with("referrals.start_triage"))
    )
    return User.objects.filter(pk__in=members.values("user_id"), is_active=True).order_by("name")


def assignable(actor: User) -> QuerySet[Any]:
    """Waiting referrals of the actor's teams, as the queue lists them."""
    mine = Team.objects.of_member(actor, timezone.now()).values("pk")
    waiting = queue(actor, "all", timezone.now()).filter(status__in=OPEN, team_id__in=mine)
    return with_names(waiting)
