"""The queues of reviews and one review, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.models import AuditEvent, Review
from audit.review_kinds import Finding, ReviewKind, kinds
from core.ui.dates import spell
from desk.audit_sentences import Sentence, kind_of_record, plain, sentences
from desk.log_names import codes_of_ids
from handoffs.models import EmergencyDisclosure

# What a review's facts say, in words; a fact without a line here is shown by its own name.
FACT_WORDS: Mapping[str, str | Promise] = {
    "rule": gettext_lazy("What was noticed"),
    "count": gettext_lazy("How many"),
    "limit": gettext_lazy("Noticed from"),
    "window_minutes": gettext_lazy("Within (minutes)"),
    "day": gettext_lazy("On the day"),
    "minutes": gettext_lazy("For how many minutes"),
    "reason": gettext_lazy("Reason given"),
    "entries": gettext_lazy("Entries of the log"),
    "event": gettext_lazy("Number of the entry"),
    "found": gettext_lazy("What was found"),
}


@dataclass(frozen=True)
class ReviewRow:
    """One review of the list."""

    id: UUID
    what: str
    who: str
    when: str
    status: str
    label: str


@dataclass
class ReviewPage:
    """One review: what was done, by whom, and what the log says of it."""

    review: Review
    kind: ReviewKind
    facts: list[tuple[str, Any]]
    events: list[Sentence]
    outcome: list[tuple[str, Any]] = field(default_factory=list)
    is_late: bool = False
    # For those who read the log: where to look further.
    subject_id: UUID | None = None
    case_id: UUID | None = None
    # What was told in an emergency, for whoever may read it.
    reads_told: bool = False


def kind_of(review: Review) -> ReviewKind:
    """The registered kind; one that is registered no more keeps its code as its name."""
    known = kinds().get(review.kind)
    return known or ReviewKind(plain(review.kind), "", review.due_at - review.created_at)


def queue(actor: User, show: str, at: datetime) -> QuerySet[Any]:
    """What one chip shows. Waiting reviews stand oldest first; closed ones newest first."""
    reviews: QuerySet[Any] = Review.objects.visible_to(actor)
    if show == "closed":
        return reviews.exclude(closed_at=None).order_by("-closed_at", "id")
    if show == "overdue":
        return Review.objects.visible_to(actor).overdue(at).order_by("due_at", "id")
    waiting: QuerySet[Any] = Review.objects.visible_to(actor).open().order_by("due_at", "id")
    return waiting.filter(kind=show) if show in kinds() else waiting


def waiting_by_kind(actor: User) -> dict[str, int]:
    """kind → how many wait, for the chips."""
    counts = Review.objects.visible_to(actor).open().order_by().values("kind")
    return {row["kind"]: row["n"] for row in counts.annotate(n=Count("pk"))}


def review_rows(reviews: Iterable[Review], actor: User, at: datetime) -> list[ReviewRow]:
    """The rows of a page of the list; two queries however many there are."""
    reviews = list(reviews)
    names = names_of({review.subject_id for review in reviews}, actor)
    rows = []
    for review in reviews:
        who = names.get(review.subject_id, "") if review.subject_id else ""
        if review.closed_at:
            status = "closed"
            label = str(Finding(review.finding).label).split(":")[0]
            when = _("closed %(day)s") % {"day": spell(review.closed_at)}
        else:
            status = "overdue" if review.is_overdue(at) else "waiting"
            label = ""
            when = _("due %(day)s") % {"day": spell(review.due_at)}
        rows.append(
            ReviewRow(
                review.pk, str(kind_of(review).label), who or _("Nobody known"), when, status, label
            )
        )
    return rows


def review_page(actor: User, review: Review, at: datetime) -> ReviewPage:
    """What a reviewer needs: who, what, when, and the entries of the act itself."""
    names = names_of({review.subject_id, review.closed_by_id}, actor)
    kind = kind_of(review)
    about = kind_of_record(review.about_type) if review.about_type else ""
    pairs: list[tuple[str, Any]] = [
        (_("Who"), names.get(review.subject_id) if review.subject_id else _("Nobody known")),
        (_("When"), spell(review.created_at)),
        (_("Due"), spell(review.due_at)),
    ]
    codes = codes_of_ids([pk for pk in (review.about_id, review.case_id) if pk], actor)
    if about:
        code = codes.get(review.about_id) if review.about_id else None
        pairs.append((_("About"), f"{about} {code}" if code else about))
    if review.case_id and review.case_id != review.about_id:
        pairs.append((_("Case"), codes.get(review.case_id, str(review.case_id)[:8])))
    pairs += [
        (str(FACT_WORDS.get(key, plain(key).capitalize())), plain(value))
        for key, value in sorted(review.facts.items())
    ]
    # The act belongs to what is reviewed, so whoever reviews it reads its entries.
    events = list(AuditEvent.objects.of_act(review.opened_act).order_by("id")[:50])
    # What a notice is about is an entry of its own.
    events += AuditEvent.objects.visible_to(actor).filter(pk=review.facts.get("event", 0))
    page = ReviewPage(review, kind, pairs, sentences(events, actor), is_late=review.is_overdue(at))
    if review.about_type == EmergencyDisclosure._meta.label_lower:
        told = EmergencyDisclosure.objects.visible_to(actor).filter(pk=review.about_id)
        page.reads_told = told.exists()
    if actor.may("audit.read_log"):
        page.subject_id = review.subject_id
        page.case_id = review.case_id
    if review.closed_at:
        page.outcome = [
            (_("Finding"), Finding(review.finding).label),
            (_("Remark"), review.remark or _("None")),
            (_("Closed by"), names.get(review.closed_by_id) if review.closed_by_id else None),
            (_("Closed"), spell(review.closed_at)),
        ]
    return page


def names_of(ids: Iterable[UUID | None], reader: User) -> dict[UUID, str]:
    """Names of colleagues; the house's auditors know everybody's."""
    people = User.objects.filter(pk__in={pk for pk in ids if pk})
    if not (reader.may("audit.read_log") and reader.of_the_house):
        people = people.filter(agency_id=reader.agency_id)
    return dict(people.values_list("pk", "name"))
