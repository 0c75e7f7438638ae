"""What a file or a cell can get wrong, in words that say what to do.

No message repeats what stood in a cell: messages reach screens, reports and logs, and a cell may
hold a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import DomainError


class UnreadableFile(DomainError):
    """The file as a whole cannot be taken. Nothing of it is kept.

    `code` names the fault (`not_a_sheet`, `damaged`, `password`, `encoding`, `too_large`,
    `too_many_rows`, `picture`, `unknown_columns`, `columns`, `address_columns`, `empty`).
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code, field="file")


class BadCell(Exception):
    """A cell cannot be read as what its column holds."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault in one row.

    Attributes:
        row: the row as a spreadsheet numbers it, the header being row 1.
        column: the column's letter, empty when the whole row is meant.
        field: the HTCDS field, empty when the column has none.
        message: what is wrong and what to write instead.
    """

    row: int
    column: str
    field: str
    message: str
