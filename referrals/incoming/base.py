"""The shape that every format is brought into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, Protocol, TextIO

from cases.choices import LegalBasis
from core.choices import YesNoUnknown
from referrals.choices import ContentOrigin, DetectionMethod
from referrals.htcds.errors import CellError


@dataclass(frozen=True, slots=True)
class Document:
    """One file of an import.

    Attributes:
        number: its place in the import, from 1.
        name: as its sender called it; shown to whoever brought it, never logged.
        file: open for reading, able to seek.
    """

    number: int
    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Meaning:
    """The values of one referral.

    Attributes:
        received_on: the day the sender accepted the referral, when the file says.
        source_name: the referring organisation as written.
        country, admin1: where the person lives, no finer.
        harm_types: our codes (domain.md 3.1, HarmRecord).
        children_estimate: 1 where the person is known to be a child.
        legal_basis: consent where the file says so; otherwise unknown.
        summary: the details of the incoming referral.
        subject: all other values by HTCDS name, as JSON.
        source_category: a code of `SourceCategory`; empty where the agency's kind says it.
        source_reference: the sender's own number of it.
        tip: the facts of a CyberTip, by the fields of `referrals.models.CyberTip`.
    """

    received_on: date | None
    source_name: str
    country: str
    admin1: str
    harm_types: list[str]
    children_estimate: int | None
    legal_basis: str = LegalBasis.UNKNOWN
    summary: str = ""
    subject: dict[str, Any] = field(default_factory=dict)
    source_category: str = ""
    source_reference: str = ""
    content_origin: str = ContentOrigin.UNKNOWN
    immediate_danger: str = YesNoUnknown.UNKNOWN
    detection_method: str = DetectionMethod.UNKNOWN
    tip: dict[str, Any] | None = None


class Entry(Protocol):
    """What becomes one referral, or has faults: a row of a sheet, a report."""

    @property
    def number(self) -> int:
        """Its place, as whoever sent it counts."""

    @property
    def errors(self) -> Sequence[CellError]:
        """Its faults; an entry with any is not taken."""


class RejectsFile(Protocol):
    """Writes entries that were not taken, for whoever brought them."""

    def write(self, entry: Any) -> None: ...


class Incoming(ABC):
    """A file, or several, ready to be read.

    Attributes:
        kind: what it is, such as `csv`.
        filled: how many entries.
        left_out: names of columns that are not read.
        number_kind: what the senders' numbers are numbers of; the same number of two kinds is two.
    """

    kind: str = ""
    filled: int = 0
    left_out: tuple[str, ...] = ()
    number_kind: str = ""

    @abstractmethod
    def entries(self) -> Iterator[Any]:
        """The entries in order. May be called again: it starts over."""

    @abstractmethod
    def digest(self, entry: Any, key: bytes) -> bytes:
        """A keyed digest of what the entry says: 32 bytes, the same for the same content."""

    @abstractmethod
    def meaning(self, entry: Any, *, today: date) -> Meaning:
        """The referral that the entry tells of."""

    @abstractmethod
    def rejects(self, file: TextIO) -> RejectsFile:
        """A writer of what was not taken, on a file open for text with `newline=""`."""

    @abstractmethod
    def content(self) -> Iterator[bytes]:
        """All that was brought, in pieces."""

    def until_read(self, key: bytes) -> Iterator[tuple[str, bytes]] | None:
        """(name, content) of each document as it is kept, sealed, until a job has read it; None
        where that is the document itself.

        Args:
            key: of the digests of entries.
        """
        return None

    def reference(self, entry: Any) -> str:
        """The sender's own number of the entry; empty where the format has none."""
        return ""

    def reviews(self, entry: Any) -> Sequence[Any]:
        """What of the entry was kept as text, for somebody to look at."""
        return ()

    def withheld(self, entry: Any) -> int:
        """How many filled fields of the entry were left out on purpose."""
        return 0


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole of a file from its start."""
    file.seek(0)
    while chunk := file.read(1 << 20):
        yield chunk
