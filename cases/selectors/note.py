"""Notes as they are shown: covered or open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.models import Case, CaseNote
from core.actors import Actor
from core.choices import Sensitivity
from vault.opening import Opened, open_together, opened


@dataclass(frozen=True)
class NotePart:
    """One of the four parts of a note."""

    label: str
    text: str
    readable: bool


@dataclass(frozen=True)
class ShownNote:
    """A note as a page shows it; `parts` is empty where its text stays closed.

    Attributes:
        covered: L3 and above: the text is not on the page until somebody opens the note.
        unreadable: names of the fields that did not open; the view reports them.
        said_by: who told the facts; "" where nobody is named or the text stays closed.
        superseded: an addendum that the reader sees says what was wrong in it.
    """

    note: CaseNote
    level: str
    covered: bool
    parts: list[NotePart]
    unreadable: list[str]
    addenda: list[ShownNote] = field(default_factory=list)
    said_by: str = ""
    superseded: bool = False


PART_LABELS: dict[str, str | Promise] = {
    "facts_reported": gettext_lazy("Facts that were reported"),
    "observations": gettext_lazy("What was seen"),
    "professional_assessment": gettext_lazy("Professional assessment"),
    "actions": gettext_lazy("What was done, and what comes next"),
}
TEXTS = (*PART_LABELS, "facts_said_by")


def notes_of(actor: Actor, case: Case) -> Any:
    """The notes of a visible case that `actor` may read, addenda left to their notes.

    An addendum whose note the actor may not read stands on its own.
    """
    mine = CaseNote.objects.visible_to(actor).filter(case=case)
    return mine.filter(
        Q(addendum_to=None) | ~Q(addendum_to_id__in=mine.values("pk"))
    ).select_related("author", "person", "interview_agency")


def show_notes(actor: Actor, notes: Iterable[CaseNote], *, cover: bool) -> list[ShownNote]:
    """Notes with their addenda, oldest addendum first, ready for a page.

    Args:
        notes: notes the actor may read.
        cover: leave the text of L3 and above closed.
    """
    notes = list(notes)
    more = list(
        CaseNote.objects.visible_to(actor)
        .filter(addendum_to_id__in=[note.pk for note in notes])
        .select_related("author", "person", "interview_agency")
        .order_by("created_at")
    )
    open_together([note for note in [*notes, *more] if not _is_covered(note, cover)], TEXTS)
    addenda: dict[Any, list[CaseNote]] = {}
    for addendum in more:
        addenda.setdefault(addendum.addendum_to_id, []).append(addendum)
    return [
        _shown(note, cover, [_shown(more, cover, []) for more in addenda.get(note.pk, [])])
        for note in notes
    ]


def _is_covered(note: CaseNote, cover: bool) -> bool:
    return cover and note.sensitivity >= Sensitivity.RESTRICTED


def _shown(note: CaseNote, cover: bool, addenda: list[ShownNote]) -> ShownNote:
    covered = _is_covered(note, cover)
    parts: list[NotePart] = []
    unreadable: list[str] = []
    for name, label in PART_LABELS.items():
        if covered:
            break
        part = opened(note, name)
        if not part.readable:
            unreadable.append(name)
        if part.value:
            parts.append(NotePart(str(label), part.value, part.readable))
    said_by = Opened("") if covered else opened(note, "facts_said_by")
    if not said_by.readable:
        unreadable.append("facts_said_by")
    return ShownNote(
        note=note,
        level=str(note.get_sensitivity_display()),
        covered=covered,
        parts=parts,
        unreadable=unreadable,
        addenda=addenda,
        said_by=said_by.value,
        superseded=any(addendum.note.corrects for addendum in addenda),
    )


def unreadable_in(notes: Iterable[ShownNote]) -> list[tuple[CaseNote, list[str]]]:
    """(note, field names) of every text that did not open, addenda included."""
    found = []
    for shown in notes:
        if shown.unreadable:
            found.append((shown.note, shown.unreadable))
        found.extend(unreadable_in(shown.addenda))
    return found
