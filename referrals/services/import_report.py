"""What an import did, or in a dry run would do. Holds no value of any cell."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from referrals.htcds import CellError
from referrals.incoming import Incoming

MOST_ERRORS_LISTED = 1_000
# What the page of an import remembers of each list.
MOST_KEPT = 200
# What a finished import tells by name; before that, its findings hold what was asked.
TOLD = (
    "faults",
    "fault_count",
    "repeated",
    "repeated_count",
    "changed",
    "changed_count",
    "same_number",
    "same_number_count",
    "to_review",
    "to_review_count",
    "left_out",
    "refused",
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """An entry that says the same as an earlier one of the file."""

    row: int
    first: int


@dataclass(slots=True)
class ImportReport:
    """Counts and faults of one import.

    Attributes:
        kind: `xlsx`, `csv` or `xml`.
        dry_run: nothing was written.
        filled: entries with something in them.
        kept: entries that became referrals.
        known: entries that had been imported before.
        repeated: entries that say the same as an earlier one of this file; the first is kept.
        changed: numbers of entries whose own number the desk had before, and that say something
            else now: not taken again, for somebody to look at.
        same_number: entries with the same own number as an earlier one of this import; all kept.
        refused: entries with faults.
        withheld: filled fields of the entries kept that were left out on purpose.
        to_review: numbers of entries kept that hold a code nobody knows, kept as text.
        errors: the first thousand faults; `error_count` counts all.
        left_out: columns that were not read.
        batch_id: the batch, for the log; None in a dry run of the command.
    """

    kind: str
    dry_run: bool
    filled: int
    kept: int = 0
    known: int = 0
    repeated: list[Repeated] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    same_number: list[Repeated] = field(default_factory=list)
    refused: int = 0
    withheld: int = 0
    to_review: list[int] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    left_out: tuple[str, ...] = ()
    batch_id: uuid.UUID | None = None

    @property
    def rows(self) -> int:
        """Entries looked at; equals kept + known + repeated + changed + refused."""
        return self.kept + self.known + len(self.repeated) + len(self.changed) + self.refused

    def count_kept(self, incoming: Incoming, entry: Any) -> None:
        """Count an entry that became a referral, or in a dry run would."""
        self.kept += 1
        self.withheld += incoming.withheld(entry)
        if incoming.reviews(entry):
            self.to_review.append(entry.number)

    def add_faults(self, errors: Sequence[CellError]) -> None:
        """Count an entry with faults and list what there is room for."""
        self.refused += 1
        self.error_count += len(errors)
        self.errors += errors[: MOST_ERRORS_LISTED - len(self.errors)]

    def findings(self) -> dict[str, Any]:
        """What the page of the import tells by name, as JSON."""
        return {
            "faults": [asdict(error) for error in self.errors[:MOST_KEPT]],
            "fault_count": self.error_count,
            "repeated": [asdict(one) for one in self.repeated[:MOST_KEPT]],
            "repeated_count": len(self.repeated),
            "changed": self.changed[:MOST_KEPT],
            "changed_count": len(self.changed),
            "same_number": [asdict(one) for one in self.same_number[:MOST_KEPT]],
            "same_number_count": len(self.same_number),
            "to_review": self.to_review[:MOST_KEPT],
            "to_review_count": len(self.to_review),
            "left_out": list(self.left_out),
        }
