"""The auditor's search: what was asked for, what was found, and how many, honestly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Self
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Agency, User
from audit.models import AuditEvent, SavedSearch
from audit.verbs import looks, registry
from desk.audit_sentences import Sentence, sentences
from desk.log_names import ids_of
from desk.printing import requests_under

ON_A_PAGE = 50
# Beyond this a number helps nobody and costs the database a walk through the log.
MOST_COUNTED = 10_000
# Ids are given in the order of time but for what is written at the same moment.
NEIGHBOURS = 10_000

# What somebody should look into: what does not open, and unusually much that was opened.
ALARMS = frozenset(
    {
        "text.unreadable",
        "key.unreadable",
        "keys.many_opened",
        "package.mismatched",
        "factor.unreadable",
        "database.differs",
        "database.record_altered",
    }
)
REFUSALS = frozenset({"act.refused", "signin.failed", "record.missed"})
AT_THE_DOOR = ("signin", "session", "factor", "password")
NO_CHANGES = (*AT_THE_DOOR, "act", "record", "job")
# Of the alarms one tells of a change.
ALARMED = ALARMS - {"database.differs"}
KINDS: tuple[tuple[str, str | Promise, Callable[[str], bool]], ...] = (
    ("", gettext_lazy("Everything"), lambda verb: True),
    ("reads", gettext_lazy("Openings"), lambda verb: verb in looks()),
    (
        "changes",
        gettext_lazy("Changes"),
        lambda verb: verb not in looks() | ALARMED and _first(verb) not in NO_CHANGES,
    ),
    ("refusals", gettext_lazy("Refusals"), lambda verb: verb in REFUSALS),
    ("signins", gettext_lazy("Sign-ins"), lambda verb: _first(verb) in AT_THE_DOOR),
    ("alarms", gettext_lazy("Alarms"), lambda verb: verb in ALARMS),
)
OUTCOMES: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("Any")),
    ("done", gettext_lazy("Done")),
    ("refused", gettext_lazy("Refused")),
    ("failed", gettext_lazy("Failed")),
)


@dataclass(frozen=True)
class Asked:
    """What somebody searches for; every part is a code, an id or a day, as text."""

    kind: str = ""
    verb: str = ""
    person: str = ""
    agency: str = ""
    code: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From a form's or a saved search's values; what is no part of a search is left out."""
        return cls(**{part.name: str(values.get(part.name) or "").strip() for part in fields(cls)})

    def parts(self) -> dict[str, str]:
        """The parts that were asked for."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name))}


@dataclass
class Found:
    """A page of what was found."""

    events: list[Sentence]
    count: str
    older_than: int | None
    unknown_code: str = ""


@cache
def verbs_of_kind(kind: str) -> tuple[str, ...]:
    """The registered verbs of a kind of entry: a list can use an index, a pattern cannot."""
    belongs = next((test for code, _label, test in KINDS if code == kind), KINDS[0][2])
    return tuple(verb for verb in sorted(registry()) if belongs(verb))


def _first(verb: str) -> str:
    return verb.split(".")[0]


def matching(actor: User, asked: Asked) -> QuerySet[Any]:
    """The entries the actor may read that match. What cannot be (a made-up id) matches nothing."""
    events: QuerySet[Any] = AuditEvent.objects.visible_to(actor)
    if asked.verb:
        events = events.filter(verb=asked.verb)
    elif asked.kind and any(asked.kind == code for code, _label, _test in KINDS):
        events = events.filter(verb__in=verbs_of_kind(asked.kind))
    for value, field in ((asked.person, "actor_id"), (asked.agency, "agency_id")):
        if value:
            found = _uuid(value)
            events = events.filter(**{field: found}) if found else events.none()
    if asked.outcome:
        events = events.filter(outcome=asked.outcome)
    if asked.code and (printed := requests_under(asked.code)):
        # A reference at the foot of a print-out: what was opened under it, and its printing.
        events = events.filter(
            Q(request_id__range=printed)
            | Q(verb="page.printed", facts__reference=asked.code.strip().upper())
        )
    elif asked.code:
        own = _uuid(asked.code)
        ids = [own] if own else ids_of(asked.code.upper(), actor)
        events = events.filter(Q(case_id__in=ids) | Q(object_id__in=ids))
    since, until = _day(asked.since), _day(asked.until)
    if since or until:
        events = _within(events, since, until)
    return events


def search(actor: User, asked: Asked, *, before: int | None = None) -> Found:
    """One page of what matches, newest first, and how many there are."""
    events = matching(actor, asked)
    count = events.order_by()[: MOST_COUNTED + 1].count()
    page = events.filter(pk__lt=before) if before else events
    rows = list(page.order_by("-id")[: ON_A_PAGE + 1])
    unknown = asked.code and not count and not _uuid(asked.code)
    return Found(
        events=sentences(rows[:ON_A_PAGE], actor),
        count=_count(count),
        older_than=rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else None,
        unknown_code=asked.code if unknown else "",
    )


def _count(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than %(most)s entries") % {"most": f"{MOST_COUNTED:,}"}
    if not count:
        return _("No entries")
    return ngettext("1 entry", "%(count)s entries", count) % {"count": f"{count:,}"}


def _within(events: QuerySet[Any], since: date | None, until: date | None) -> QuerySet[Any]:
    """Entries of some days, both included, by their place: old days are found as quickly as new."""
    zone = timezone.get_current_timezone()
    if since:
        start = datetime.combine(since, time(), zone)
        events = events.filter(at__gte=start)
        first = _one("SELECT id FROM audit_event WHERE at >= %s ORDER BY at, id LIMIT 1", start)
        events = events.filter(pk__gte=first - NEIGHBOURS) if first else events.none()
    if until:
        end = datetime.combine(until + timedelta(days=1), time(), zone)
        events = events.filter(at__lt=end)
        last = _one(
            "SELECT id FROM audit_event WHERE at < %s ORDER BY at DESC, id DESC LIMIT 1", end
        )
        events = events.filter(pk__lte=last + NEIGHBOURS) if last else events.none()
    return events


def _one(query: str, at: datetime) -> int | None:
    with connections["auditor"].cursor() as cursor:
        cursor.execute(query, [at])
        row = cursor.fetchone()
    return row[0] if row else None


def choices_for(actor: User) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the search form."""
    people = User.objects.visible_to(actor).order_by("name")
    agencies = Agency.objects.visible_to(actor).order_by("name")
    every = [("", _("Everybody"))], [("", _("Every agency"))], [("", _("Anything"))]
    return {
        "people": every[0] + [(str(pk), name) for pk, name in people.values_list("pk", "name")],
        "agencies": every[1] + [(str(pk), name) for pk, name in agencies.values_list("pk", "name")],
        "verbs": every[2]
        + sorted(
            ((verb, str(words)) for verb, words in registry().items()),
            key=lambda pair: pair[1].casefold(),
        ),
    }


def in_words(asked: Asked, choices: Mapping[str, list[tuple[str, str]]]) -> str:
    """What was asked for, as one line; empty when everything was."""
    said = []
    labels = {code: label for code, label, _test in KINDS}
    if asked.kind in labels and asked.kind:
        said.append(str(labels[asked.kind]))
    if asked.verb:
        said.append(str(registry().get(asked.verb, asked.verb)))
    said += [
        dict(choices[name]).get(value, value[:8])
        for name, value in (("people", asked.person), ("agencies", asked.agency))
        if value
    ]
    if asked.code:
        said.append(asked.code)
    if asked.outcome:
        said.append(str(dict(OUTCOMES).get(asked.outcome, asked.outcome)))
    if asked.since:
        said.append(_("from %(day)s") % {"day": asked.since})
    if asked.until:
        said.append(_("to %(day)s") % {"day": asked.until})
    words = " · ".join(said)
    return words[:1].upper() + words[1:]


def kept_by(actor: User) -> list[SavedSearch]:
    """The searches the actor keeps."""
    return list(SavedSearch.objects.visible_to(actor).order_by("name"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
