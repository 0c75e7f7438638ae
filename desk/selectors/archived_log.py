"""Entries that left the live table, from the archives on the shelf, in the pages' own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connections
from django.utils import timezone

from accounts.models import User
from audit.archived import Archive, archives_of, event_of
from audit.models import AuditCheckpoint, AuditEvent
from audit.shelf import entries_from, file_of, states_in
from desk.audit_sentences import Sentence, sentences
from desk.log_names import ids_of
from desk.printing import requests_under
from desk.selectors.log_search import Asked, verbs_of_kind

ON_A_PAGE = 50


@dataclass(frozen=True)
class OnTheShelf:
    """One archive: which entries, of before when, and whether its file can be read here."""

    first: int
    last: int
    mark: str
    is_at_hand: bool
    until: datetime | None


@dataclass(frozen=True)
class FoundArchived:
    """A page of an archive, in the order of the log.

    Attributes:
        go_on: the place from which to look further; None at the end.
        is_cut: the time to look was over before the page was full.
    """

    events: list[Sentence]
    go_on: int | None
    is_cut: bool


def shelf() -> list[OnTheShelf]:
    """Every archive the log knows, oldest first."""
    found = []
    for archive in archives_of(connections["auditor"]):
        sealed = AuditCheckpoint.objects.using("auditor").filter(size__gte=archive.end)
        found.append(
            OnTheShelf(
                archive.first,
                archive.end - 1,
                archive.sha256.hex()[:16],
                file_of(archive) is not None,
                sealed.order_by("size").values_list("at", flat=True).first(),
            )
        )
    return found


def archive_at(first: int) -> Archive | None:
    """The archive that begins with an entry."""
    return next((one for one in archives_of(connections["auditor"]) if one.first == first), None)


def look_through(
    actor: User, archive: Archive, asked: Asked, *, since: int | None = None
) -> FoundArchived | None:
    """One page of what matches; None where the file is not at hand.

    Args:
        since: the place to begin at; the archive's first when left out.
    """
    path = file_of(archive)
    if path is None:
        return None
    matches = _Matches(asked, actor)
    found: list[tuple[int, AuditEvent, bytes]] = []
    go_on, is_cut = None, False
    start = max(archive.first, since or 0)
    for place, payload in entries_from(path, start, wanted=matches.texts()):
        if payload is None or len(found) == ON_A_PAGE:
            go_on, is_cut = place, payload is None
            break
        event = event_of(payload)
        if matches(event):
            found.append((place, event, payload))
    states = states_in(
        connections["auditor"], [(place, event.pk, payload) for place, event, payload in found]
    )
    said = sentences([event for _place, event, _payload in found], actor, states=states)
    return FoundArchived(said, go_on, is_cut)


class _Matches:
    """Whether an entry is what was asked for, as `log_search.matching` asks the live table."""

    def __init__(self, asked: Asked, actor: User) -> None:
        self.asked = asked
        self.verbs = frozenset(verbs_of_kind(asked.kind)) if asked.kind else None
        self.ids: frozenset[UUID] | None = None
        self.printed = requests_under(asked.code) if asked.code else None
        if asked.code and self.printed is None:
            own = _uuid(asked.code)
            self.ids = frozenset([own] if own else ids_of(asked.code.upper(), actor))

    def texts(self) -> list[list[bytes]]:
        """What the line of such an entry holds, so that others need not be read."""
        asked = self.asked
        named = [
            [f'"{name}":"{value}"'.encode()]
            for name, value in (
                ("verb", asked.verb),
                ("actor_id", asked.person),
                ("agency_id", asked.agency),
                ("outcome", asked.outcome),
            )
            if value
        ]
        return named + ([[str(one).encode() for one in self.ids]] if self.ids is not None else [])

    def __call__(self, event: AuditEvent) -> bool:
        return all(self._answers(event))

    def _answers(self, event: AuditEvent) -> Iterator[bool]:
        asked, day = self.asked, timezone.localtime(event.at).date()
        yield not asked.verb or event.verb == asked.verb
        yield bool(asked.verb) or self.verbs is None or event.verb in self.verbs
        yield not asked.person or str(event.actor_id) == asked.person
        yield not asked.agency or str(event.agency_id) == asked.agency
        yield not asked.outcome or event.outcome == asked.outcome
        yield not asked.since or day >= date.fromisoformat(asked.since)
        yield not asked.until or day <= date.fromisoformat(asked.until)
        yield self.ids is None or bool({event.case_id, event.object_id} & self.ids)
        if self.printed:
            low, high = self.printed
            under = event.request_id is not None and low <= event.request_id <= high
            yield under or event.facts.get("reference") == asked.code.strip().upper()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
