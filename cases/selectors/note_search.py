"""Searching notes: opened and scanned inside one's own scope, so that no index tells what they say.

One pass over the rows, newest first; the text of L3 and above counts as found, and stays closed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from cases.models import CaseNote, key_owner
from cases.selectors.note import PART_LABELS
from core.actors import Actor
from core.choices import Sensitivity
from vault.errors import CannotOpen, Erased, KeyUnavailable
from vault.keys import load_keys

MOST_SCANNED = 5_000
MOST_SHOWN = 50
AROUND = 60
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Snippet:
    """Where a word stands: the part's label and the text before, at and after it."""

    label: str
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Hit:
    """One note that matched. `snippets` is empty where the text stays closed until opened."""

    note: CaseNote
    level: str
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
    rows = list(
        CaseNote.objects.visible_to(actor)
        .order_by("-occurred_at", "-created_at")
        .only("case_id", "person_id", "sensitivity", *PART_LABELS, "facts_said_by")[
            : MOST_SCANNED + 1
        ]
    )
    more, rows = len(rows) > MOST_SCANNED, rows[:MOST_SCANNED]
    load_keys({key_owner(note) for note in rows})
    matched: list[tuple[CaseNote, dict[str, str]]] = []
    unreadable = 0
    for note in rows:
        texts, broken = _opened(note)
        unreadable += broken
        flat = folded("\n".join(texts.values()))
        if all(word in flat for word in wanted):
            matched.append((note, texts))
    shown = matched[:MOST_SHOWN]
    whole = CaseNote.objects.visible_to(actor).select_related("author", "case").defer(*PART_LABELS)
    full = whole.in_bulk([note.pk for note, _texts in shown])
    return Found(
        scanned=len(rows),
        matched=len(matched),
        hits=[_hit(full[note.pk], texts, wanted) for note, texts in shown],
        unreadable=unreadable,
        more=more,
        words=wanted,
    )


def _opened(note: CaseNote) -> tuple[dict[str, str], bool]:
    texts: dict[str, str] = {}
    broken = False
    for name in (*PART_LABELS, "facts_said_by"):
        try:
            text = getattr(note, name)
        except Erased:
            continue
        except (CannotOpen, KeyUnavailable):
            broken = True
            continue
        if text:
            texts[name] = text
    return texts, broken


def _hit(note: CaseNote, texts: dict[str, str], wanted: list[str]) -> Hit:
    parts = [name for name, text in texts.items() if any(w in folded(text) for w in wanted)]
    closed = note.sensitivity >= Sensitivity.RESTRICTED
    return Hit(
        note=note,
        level=str(note.get_sensitivity_display()),
        parts=[str(PART_LABELS.get(name, PART_LABELS["facts_reported"])) for name in parts],
        snippets=[] if closed else list(_snippets(texts, parts, wanted)),
    )


def _snippets(texts: dict[str, str], parts: list[str], wanted: list[str]) -> Iterator[Snippet]:
    for name in parts:
        text, flat = texts[name], folded(texts[name])
        at = min(place for word in wanted if (place := flat.find(word)) >= 0)
        word = next(word for word in wanted if flat.startswith(word, at))
        start, end = max(0, at - AROUND), at + len(word)
        yield Snippet(
            label=str(PART_LABELS.get(name, PART_LABELS["facts_reported"])),
            before=("…" if start else "") + text[start:at],
            word=text[at:end],
            after=text[end : end + AROUND] + ("…" if len(text) > end + AROUND else ""),
        )
