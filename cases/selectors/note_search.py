"""Searching notes: opened and scanned inside one's own scope, so that no index tells what they say.

One pass over the rows, newest first; the text of L3 and above counts as found, and stays closed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cases.choices import NoteKind
from cases.models import CaseNote
from cases.selectors.note import PART_LABELS, TEXTS
from core.actors import Actor
from core.choices import Sensitivity
from vault.opening import bare, opened_rows

MOST_SCANNED = 5_000
MOST_SHOWN = 50
AROUND = 60
WORD = re.compile(r"\w+")
SHOWN = ("pk", "kind", "sensitivity", "case__reference", "author__name", "occurred_at")


@dataclass(frozen=True)
class Snippet:
    """Where a word stands: the part's label and the text before, at and after it."""

    label: str
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Hit:
    """One note that matched, in words. `case` is its reference, `author` a name.

    `snippets` is empty where the text stays closed until opened.
    """

    pk: UUID
    kind: str
    level: str
    case: str
    author: str
    occurred_at: datetime
    parts: list[str]
    snippets: list[Snippet]


@dataclass(frozen=True)
class Found:
    """What a search found. `unreadable`: notes with a text that did not open."""

    scanned: int
    matched: int
    hits: list[Hit]
    unreadable: int = 0
    more: bool = False
    words: list[str] = field(default_factory=list)


def folded(text: str) -> str:
    """A text without case and accents, as long as the original wherever that can be."""
    if text.isascii():
        return text.lower()
    return "".join(_fold(character) for character in text)


def _fold(character: str) -> str:
    flat = unicodedata.normalize("NFKD", character.casefold())
    plain = "".join(part for part in flat if not unicodedata.combining(part))
    return plain if len(plain) == 1 else character.lower()[:1] or " "


def search_notes(actor: Actor, words: str) -> Found:
    """The notes that hold every word, newest first, each with why it matched.

    Args:
        words: as typed; never recorded.
    """
    wanted = list(dict.fromkeys(WORD.findall(folded(words))))
    if not wanted:
        return Found(scanned=0, matched=0, hits=[])
    # What a hit shows comes with the row: asking for the notes found again would build and run
    # the whole of who sees which note a second time.
    rows = list(
        CaseNote.objects.visible_to(actor)
        .order_by("-occurred_at", "-created_at")
        .values_list(*SHOWN, "case_id", "person_id", *bare(*TEXTS))[: MOST_SCANNED + 1]
    )
    more, rows = len(rows) > MOST_SCANNED, rows[:MOST_SCANNED]
    matched: list[tuple[tuple[Any, ...], dict[str, str]]] = []
    unreadable = 0
    about = len(SHOWN)
    sealed = [
        (("person", row[about + 1]) if row[about + 1] else ("case", row[about]), row[0], columns)
        for row in rows
        for columns in [row[about + 2 :]]
    ]
    for row, (texts, broken) in zip(rows, opened_rows(CaseNote, TEXTS, sealed), strict=True):
        unreadable += broken
        flat = folded("\n".join(texts.values()))
        if all(word in flat for word in wanted):
            matched.append((row[:about], texts))
    say = Sayer()
    return Found(
        scanned=len(rows),
        matched=len(matched),
        hits=[say.hit(shown, texts, wanted) for shown, texts in matched[:MOST_SHOWN]],
        unreadable=unreadable,
        more=more,
        words=wanted,
    )


class Sayer:
    """Words for kinds, levels and parts, each translated once a search."""

    def __init__(self) -> None:
        self.labels = {
            name: str(PART_LABELS.get(name, PART_LABELS["facts_reported"])) for name in TEXTS
        }
        self._levels = {level.value: str(level.label) for level in Sensitivity}
        self._kinds = {kind.value: str(kind.label) for kind in NoteKind}

    def hit(self, shown: tuple[Any, ...], texts: dict[str, str], wanted: list[str]) -> Hit:
        pk, kind, level, case, author, occurred_at = shown
        flat = {name: folded(text) for name, text in texts.items()}
        parts = [name for name in texts if any(word in flat[name] for word in wanted)]
        closed = level >= Sensitivity.RESTRICTED
        return Hit(
            pk=pk,
            kind=self._kinds[kind],
            level=self._levels[level],
            case=case,
            author=author,
            occurred_at=occurred_at,
            parts=[self.labels[name] for name in parts],
            snippets=[]
            if closed
            else [self._snippet(name, texts[name], flat[name], wanted) for name in parts],
        )

    def _snippet(self, name: str, text: str, flat: str, wanted: list[str]) -> Snippet:
        at = min(place for word in wanted if (place := flat.find(word)) >= 0)
        word = next(word for word in wanted if flat.startswith(word, at))
        start, end = max(0, at - AROUND), at + len(word)
        return Snippet(
            label=self.labels[name],
            before=("…" if start else "") + text[start:at],
            word=text[at:end],
            after=text[end : end + AROUND] + ("…" if len(text) > end + AROUND else ""),
        )
