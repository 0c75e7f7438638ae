"""Who opened a case, when and why: by person, by day, for a span of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Agency, User
from audit.models import AuditEvent
from audit.verbs import looks, registry
from cases.models import Case, CaseNote
from core.ui.dates import spell
from desk.audit_sentences import Sentence, purpose_in_words, roles_in_words, sentences
from desk.selectors.integrity import Integrity, integrity
from desk.selectors.reviews import names_of

ON_A_PAGE = 100
MOST_DEEDS = 4

# To look after the log is not to open what it tells of.
OF_THE_LOG = ("access", "access_report", "review", "log", "search", "usage")

# Parts of a case's log, by patterns of verbs and kinds of records, and the permission of each.
PARTS_OF_THE_LOG = (
    (r"^note\.", r"^cases\.(casenote|note)", "cases.read_note"),
    (r"^(consent|ground)\.", r"^cases\.(consent|legalground)", "cases.read_consent"),
    (r"^paper\.", r"^cases\.paper", "cases.read_paper"),
    (r"^(plan|goal|service)\.", r"^cases\.(caseplan|plan|supportservice)", "cases.read_plan"),
    (r"^assessment\.", r"^cases\.assessment", "cases.read_assessment"),
    (r"^conference\.", r"^cases\.(caseconference|conference)", "cases.read_conference"),
    (
        r"^(placement|custody|harm|survivor_context)\.",
        r"^cases\.(placement|custody|harmrecord|survivorcontext)",
        "cases.read_harm",
    ),
    (
        r"^(safety|safety_plan|safe_contact|contact)\.",
        r"^cases\.(safe|contact)",
        "cases.read_safety",
    ),
    (r"^copy\.", r"^cases\.subjectcopy", "cases.request_copy"),
    (r"^referral\.", r"^referrals\.", "referrals.read_referral"),
    (r"^(handoff|package)\.", r"^handoffs\.", "handoffs.read_handoff"),
    (
        r"^(proceeding|charge|verdict|appeal|sentence|compensation)\.|^release\.wish",
        r"^courts\.",
        "courts.read_proceeding",
    ),
    (r"^operation\.", r"^courts\.operation", "courts.read_operation"),
    (r"^review\.", r"^audit\.review", "audit.close_review"),
)

PERIODS: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("Everything")),
    ("today", gettext_lazy("Today")),
    ("7days", gettext_lazy("Last 7 days")),
    ("lastweek", gettext_lazy("Last week, Monday to Sunday")),
    ("30days", gettext_lazy("Last 30 days")),
)


@dataclass(frozen=True)
class Opener:
    """One person (or another agency) and what they opened."""

    name: str
    role: str
    person_id: UUID | None
    times: int
    last: datetime
    did: list[str]
    more: int
    why: list[str]


@dataclass
class Openings:
    """The page "Who opened this"."""

    answer: str
    openers: list[Opener]
    events: list[Sentence]
    integrity: Integrity
    older_than: int | None = None
    span: str = ""
    person: str = ""
    columns: list[Any] = field(default_factory=list)


@cache
def opening_verbs() -> tuple[str, ...]:
    """The verbs by which somebody opened, printed or took out something of a case."""
    return tuple(sorted(verb for verb in looks() if verb.split(".")[0] not in OF_THE_LOG))


def span_of(period: str, today: date) -> tuple[datetime | None, datetime | None]:
    """(from, before) in the reader's time zone; None is open."""
    monday = today - timedelta(days=today.weekday())
    days = {
        "today": (today, None),
        "7days": (today - timedelta(days=6), None),
        "lastweek": (monday - timedelta(days=7), monday),
        "30days": (today - timedelta(days=29), None),
    }.get(period, (None, None))
    since, until = (timezone.make_aware(datetime.combine(d, time())) if d else None for d in days)
    return since, until


def known_of(actor: User, case: Case) -> QuerySet[Any]:
    """The events of a visible case that `actor` may know of.

    What they may not read is not told of either: a note that is not theirs to read, and the parts
    of the case that their role does not open.
    """
    events: QuerySet[Any] = AuditEvent.objects.of_case(case.pk)
    for verbs, kinds, permission in PARTS_OF_THE_LOG:
        if not actor.may(permission):
            events = events.exclude(Q(verb__regex=verbs) | Q(object_type__regex=kinds))
    # Another connection holds the log, so the ids travel.
    notes = list(CaseNote.objects.visible_to(actor).filter(case=case).values_list("pk", flat=True))
    return events.exclude(Q(object_type="cases.casenote") & ~Q(object_id__in=notes))


def openings_of(
    actor: User,
    events: QuerySet[Any],
    *,
    case_id: UUID,
    period: str = "",
    person: str = "",
    before: int | None = None,
    at: datetime,
) -> Openings:
    """Who opened the case in a span of time, and every entry of it.

    Args:
        events: the entries of the case that `actor` may know of.
        period: a code of `PERIODS`.
        person: the id of one person, as text; everybody when it names nobody of the case.
        before: only entries older than this one (the next page).
    """
    since, until = span_of(period, timezone.localdate(at))
    if since:
        events = events.filter(at__gte=since)
    if until:
        events = events.filter(at__lt=until)
    openers = _openers(actor, events.filter(verb__in=opening_verbs()))
    chosen = next((o for o in openers if str(o.person_id) == person), None) if person else None
    if chosen:
        events = events.filter(actor_id=chosen.person_id)
    if before:
        events = events.filter(pk__lt=before)
    rows = list(events.order_by("-id")[: ON_A_PAGE + 1])
    shown = sentences(rows[:ON_A_PAGE], actor, of_case=case_id)
    return Openings(
        answer=_answer(openers, since, until),
        openers=openers,
        events=shown,
        integrity=integrity(actor, at, shown),
        older_than=rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else None,
        person=str(chosen.person_id) if chosen else "",
    )


def _openers(actor: User, opened: QuerySet[Any]) -> list[Opener]:
    by_person = (
        opened.order_by()
        .values("actor_id", "agency_id")
        .annotate(
            times=Count("pk"),
            last=Max("at"),
            verbs=ArrayAgg("verb", distinct=True),
            whys=ArrayAgg("purpose", distinct=True),
            roles=ArrayAgg("role", distinct=True),
        )
        .order_by("-last")
    )
    rows = list(by_person)
    names = names_of({row["actor_id"] for row in rows}, actor)
    agencies = dict(
        Agency.objects.filter(pk__in={row["agency_id"] for row in rows}).values_list("pk", "name")
    )
    openers = []
    for row in rows:
        name = names.get(row["actor_id"], "")
        agency = agencies.get(row["agency_id"], "")
        did = [str(registry().get(verb, verb)) for verb in row["verbs"]]
        openers.append(
            Opener(
                name=name or agency or _("Nobody known"),
                role=roles_in_words(",".join(sorted(set(",".join(row["roles"]).split(","))))),
                # Of another agency's people one is not told from another (R-A5).
                person_id=row["actor_id"] if name else None,
                times=row["times"],
                last=row["last"],
                did=did[:MOST_DEEDS],
                more=max(0, len(did) - MOST_DEEDS),
                why=[purpose_in_words(code) for code in row["whys"] if code],
            )
        )
    return openers


def _answer(openers: list[Opener], since: datetime | None, until: datetime | None) -> str:
    times = sum(opener.times for opener in openers)
    last_day = until - timedelta(days=1) if until else None
    span = (
        _("Since this case began")
        if since is None
        else _("From %(first)s to %(last)s")
        % {"first": spell(timezone.localdate(since)), "last": spell(timezone.localdate(last_day))}
        if last_day
        else _("Since %(first)s") % {"first": spell(timezone.localdate(since))}
    )
    if not openers:
        return _("%(span)s nobody opened this case or anything in it.") % {"span": span}
    who = ngettext("one person", "%(n)s people", len(openers)) % {"n": len(openers)}
    often = ngettext("once", "%(n)s times", times) % {"n": times}
    return _("%(span)s %(who)s opened this case or something in it, %(often)s.") % {
        "span": span,
        "who": who,
        "often": often,
    }
