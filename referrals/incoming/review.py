"""A code that is not known does not cost the row: it is kept as text for the desk to look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from referrals.htcds import Column, HtcdsRow
from referrals.htcds.errors import BadCell, CellError
from referrals.htcds.fields import FIELDS, Kind
from referrals.htcds.text import as_text, short

CODED = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.COUNTRY, Kind.COUNTRIES, Kind.LANGUAGE})


@dataclass(frozen=True, slots=True)
class KeptAsText:
    """What stands in a coded column and is no code of it.

    Attributes:
        row: the row as a spreadsheet numbers it.
        column: the column's letter.
        field: the HTCDS field.
        text: what stood there; sealed with the referral's summary, never in a report.
    """

    row: int
    column: str
    field: str
    text: str


def set_aside(row: HtcdsRow, columns: Sequence[Column]) -> list[KeptAsText]:
    """Take the faults of unknown codes out of a row, and give what stood there.

    A cell that is refused for what it holds (a link, a long hash) stays a fault.
    """
    places = {column.field.name: column for column in columns if column.field is not None}
    kept: list[KeptAsText] = []
    faults: list[CellError] = []
    for error in row.errors:
        column = places.get(error.field)
        if column is None or column.field is None or column.field.kind not in CODED:
            faults.append(error)
            continue
        try:
            text = short(as_text(row.cells[column.index]), column.field.limit)
        except BadCell:
            faults.append(error)
            continue
        kept.append(KeptAsText(row.number, column.letter, error.field, text))
    row.errors[:] = faults
    return kept


def words_of(kept: Sequence[KeptAsText]) -> str:
    """What the desk reads of it, one line each, to stand below the summary."""
    return "\n".join(
        _("To look at: %(field)s says “%(text)s”.")
        % {"field": FIELDS[one.field].label, "text": one.text}
        for one in kept
    )


def canonical(kept: Sequence[KeptAsText]) -> bytes:
    """What was kept as text, for the digest of its row: where it stood does not count."""
    said = sorted((one.field, one.text) for one in kept)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
