"""What a verification of the audit log says: the outcome and the first bad entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "changed",
    "missing",
    "reordered",
    "back-dated",
    "post-dated",
    "unsequenced",
    "checkpoint",
    "truncated",
    "rewritten",
    "trusted note",
    "archived",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing that is wrong, in a sentence for people.

    `position` and `event_id` name the first bad entry; they are None where there is none to name.
    """

    kind: Kind
    sentence: str
    position: int | None = None
    event_id: int | None = None


@dataclass(slots=True)
class Report:
    """What a verification found.

    Attributes:
        entries: how many entries were recomputed and found good.
        checkpoints: how many checkpoints were found good.
        passed_over: archived entries of which only the leaf was seen.
        waiting: committed events too young to have a leaf yet.
        cosigned: how many entries each known witness has cosigned, by its name.
        note: the newest good checkpoint, to keep elsewhere and trust later.
        problem: the first bad entry; None when the log verifies.
    """

    entries: int = 0
    checkpoints: int = 0
    passed_over: int = 0
    waiting: int = 0
    cosigned: dict[str, int] = field(default_factory=dict)
    note: str | None = None
    problem: Problem | None = None

    @property
    def ok(self) -> bool:
        return self.problem is None

    def sentence(self) -> str:
        """The outcome for people."""
        if self.problem is not None:
            return self.problem.sentence
        waiting = f" {self.waiting} events wait for their place." if self.waiting else ""
        cosigned = "".join(
            f" {name} has cosigned {size} of them." for name, size in self.cosigned.items()
        )
        if self.passed_over:
            cosigned += f" Of {self.passed_over} archived ones only the hashes were seen."
        return (
            f"The audit log verifies: {self.entries} entries under {self.checkpoints} signed "
            f"checkpoints.{cosigned}{waiting}"
        )
