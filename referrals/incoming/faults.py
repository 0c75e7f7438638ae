"""The rejects file of formats that are no tables: which document, where, what is wrong."""

from __future__ import annotations

import csv
from typing import Protocol, TextIO

from referrals.htcds.errors import CellError
from referrals.htcds.rejects import safe_cell


class NamedEntry(Protocol):
    """An entry that came as a document of its own."""

    name: str
    errors: list[CellError]


class FaultsFile:
    """Writes one line for each fault. The documents themselves stay with whoever has them."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(["file", "number", "where", "element", "because"])

    def write(self, entry: NamedEntry) -> None:
        for error in entry.errors:
            cells = (entry.name, str(error.row), error.column, error.field, error.message)
            self._writer.writerow([safe_cell(cell) for cell in cells])
