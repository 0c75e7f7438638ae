"""A sheet that somebody brought, before it is imported: its columns, and its first rows as read.

Opened inside a reading whose event the page writes.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.ui.dates import spell
from referrals.choices import ImportFormat
from referrals.htcds import CellError
from referrals.htcds.errors import BadCell
from referrals.htcds.fields import FIELDS
from referrals.htcds.text import as_text
from referrals.incoming.own import (
    ColumnMap,
    IncomingOwn,
    OwnRow,
    headings_of,
    map_of,
    open_own_table,
    suggested,
)
from referrals.models import ImportBatch, ImportWaiting, SavedMapping

SAMPLES = 3
SAMPLE_LIMIT = 40
LOOKED_AT = 40
FIRST_ROWS = 5


@dataclass(frozen=True)
class BroughtSheet:
    """A sheet whose columns are to be chosen.

    Attributes:
        batch: its import.
        columns: (heading, what stands in its first rows), in order; only columns with a heading.
        chosen: what was chosen before, kept before for such a sheet, or what the headings suggest.
    """

    batch: ImportBatch
    columns: list[tuple[str, list[str]]]
    chosen: ColumnMap


@dataclass(frozen=True)
class FirstRow:
    """One row as it is read.

    Attributes:
        number: as a spreadsheet numbers it.
        told: (field, value, whether it is an unknown code that is kept as text).
        faults: why it would not be taken.
    """

    number: int
    told: list[tuple[str, str, bool]]
    faults: list[CellError]


@dataclass(frozen=True)
class FirstRows:
    """How the first rows of a sheet are read.

    Attributes:
        batch: its import.
        rows: the first rows.
        left_out: columns that are not read.
    """

    batch: ImportBatch
    rows: list[FirstRow]
    left_out: tuple[str, ...]


def brought_batch(actor: User, batch_id: uuid.UUID) -> ImportBatch:
    """The import of a sheet that one brought oneself.

    Raises:
        ImportBatch.DoesNotExist: not theirs, or none of an own sheet.
    """
    batch: ImportBatch = (
        ImportBatch.objects.visible_to(actor)
        .select_related("team")
        .get(pk=batch_id, format=ImportFormat.OWN, started_by=actor)
    )
    return batch


def brought_sheet(actor: User, batch: ImportBatch) -> BroughtSheet:
    """The columns of a brought sheet, with what stands in its first rows.

    Raises:
        ImportWaiting.DoesNotExist: it was read already.
    """
    table = open_own_table(io.BytesIO(_content(actor, batch)))
    headings = headings_of(table)
    samples: dict[str, list[str]] = {heading: [] for heading in headings if heading}
    for number, cells in table.rows():
        if number == 1:
            continue
        for heading, cell in zip(headings, cells, strict=False):
            if heading and len(samples[heading]) < SAMPLES and (text := _sample(cell)):
                samples[heading].append(text)
        if number > LOOKED_AT:
            break
    saved = saved_mappings(actor, batch.team_id)
    chosen = map_of(batch.findings) or _best(headings, saved) or ColumnMap(suggested(headings))
    return BroughtSheet(batch, list(samples.items()), chosen)


def first_rows(actor: User, batch: ImportBatch, *, today: date) -> FirstRows | None:
    """How the first rows are read by the chosen columns; None where none were chosen yet."""
    chosen = map_of(batch.findings)
    if chosen is None:
        return None
    file = io.BytesIO(_content(actor, batch))
    incoming = IncomingOwn(file, open_own_table(file), chosen, today=today)
    rows = []
    for entry in incoming.entries():
        rows.append(_as_read(entry))
        if len(rows) == FIRST_ROWS:
            break
    return FirstRows(batch, rows, incoming.left_out)


def saved_mappings(actor: User, team_id: uuid.UUID) -> dict[str, ColumnMap]:
    """A team's kept mappings by name, the newest of each; inside a reading or an act."""
    kept = SavedMapping.objects.visible_to(actor).filter(team_id=team_id).order_by("-created_at")
    found: dict[str, ColumnMap] = {}
    for one in kept[:200]:
        chosen = map_of({"map": one.columns})
        if chosen is not None:
            found.setdefault(str(one.name), chosen)
    return found


def _content(actor: User, batch: ImportBatch) -> bytes:
    return bytes(ImportWaiting.objects.visible_to(actor).get(batch=batch).content)


def _best(headings: Sequence[str], saved: Mapping[str, ColumnMap]) -> ColumnMap | None:
    """The newest kept mapping whose columns this sheet has, all of them."""
    there = set(headings)
    return next((one for one in saved.values() if set(one.targets) <= there), None)


def _sample(cell: Any) -> str:
    try:
        text = as_text(cell)
    except BadCell:
        return ""
    return text if len(text) <= SAMPLE_LIMIT else f"{text[:SAMPLE_LIMIT]}…"


def _as_read(entry: OwnRow) -> FirstRow:
    told = [(FIELDS[name].label, _told(name, value), False) for name, value in entry.values.items()]
    told += [(FIELDS[one.field].label, one.text, True) for one in entry.kept]
    if entry.own_number:
        told.insert(0, (_("Our own number"), entry.own_number, False))
    return FirstRow(entry.number, told, list(entry.errors))


def _told(name: str, value: Any) -> str:
    """A value in the words of the standard's code lists."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return spell(value)
    values = value if isinstance(value, tuple) else (value,)
    return ", ".join(str(FIELDS[name].codes.get(str(one), one)) for one in values)
