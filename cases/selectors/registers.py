"""The registers as pages, files and paper show them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import RegisterEntry, RegisterVersion
from cases.registers import REGISTERS, in_words
from core.actors import Actor
from vault.opening import Opened, opened

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class EntryRow:
    """One entry in a list."""

    entry: RegisterEntry
    title: str
    due_at: datetime | None
    is_done: bool
    overdue: bool
    # The version whose answers do not open; whoever shows the row records it.
    unreadable: RegisterVersion | None


def entries_of(actor: Actor, register: str) -> Any:
    """Entries of one register with their newest clock; what waits longest comes first."""
    found = RegisterEntry.objects.visible_to(actor).filter(register=register).with_newest()
    return found.order_by("is_done", "due_at", "-created_at")


def show_entries(entries: Any, at: datetime) -> list[EntryRow]:
    """Rows of a list; the answers that name them are opened."""
    entries = list(entries)
    newest = RegisterVersion.objects.in_bulk([entry.newest_id for entry in entries])
    rows = []
    for entry in entries:
        book = REGISTERS[entry.register]
        said: Opened = opened(newest[entry.newest_id], "answers")
        titles = {question.name: question for question in book.questions}
        title = str(said.value)
        if said.readable:
            title = in_words(titles[book.title_of], said.value.get(book.title_of))
        rows.append(
            EntryRow(
                entry=entry,
                title=title,
                due_at=entry.due_at,
                is_done=entry.is_done,
                overdue=not entry.is_done and entry.due_at is not None and entry.due_at < at,
                unreadable=None if said.readable else newest[entry.newest_id],
            )
        )
    return rows


def answer_facts(version: RegisterVersion) -> tuple[list[tuple[str, Any]], bool]:
    """(label, value) of every answer of a version, and whether it opened."""
    said: Opened = opened(version, "answers")
    if not said.readable:
        return [(_("What it said"), said.value)], False
    book = REGISTERS[version.entry.register]
    return [
        (str(question.label), in_words(question, said.value.get(question.name)))
        for question in book.questions
    ], True


def running_clocks(actor: Actor) -> QuerySet[Any]:
    """Entries of the actor's agency whose clock runs, most pressing first."""
    running: QuerySet[Any] = RegisterEntry.objects.visible_to(actor).with_newest()
    return running.filter(is_done=False, due_at__isnull=False).order_by("due_at")


def as_csv(actor: Actor, register: str) -> tuple[str, list[RegisterVersion]]:
    """A register as a table: one row for each version, oldest first, history included.

    Returns:
        The table, and the versions that did not open and say so in their row.
    """
    book = REGISTERS[register]
    out = io.StringIO()
    writer = csv.writer(out)
    labels = [str(question.label) for question in book.questions]
    writer.writerow([_("Entry"), _("Version"), _("Written on"), _("By"), *labels])
    versions = (
        RegisterVersion.objects.visible_to(actor)
        .filter(entry__register=register)
        .select_related("entry", "made_by")
        .order_by("entry__created_at", "number")
    )
    unreadable = []
    for version in versions:
        facts, readable = answer_facts(version)
        if not readable:
            unreadable.append(version)
            facts += [("", "")] * (len(labels) - len(facts))
        written = timezone.localtime(version.created_at).isoformat()
        cells = [version.entry.reference, version.number, written, version.made_by.name]
        writer.writerow([_plain(cell) for cell in (*cells, *(told for _label, told in facts))])
    return out.getvalue(), unreadable


def _plain(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
