"""HTCDS case sheets as incoming files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TextIO

from referrals.htcds import CaseSheet, HtcdsRow, RejectsWriter, row_digest
from referrals.incoming.base import Incoming, Meaning, pieces
from referrals.incoming.htcds_meaning import meaning_of


class IncomingSheet(Incoming):
    """One case sheet; its rows are the entries."""

    def __init__(self, sheet: CaseSheet) -> None:
        self._sheet = sheet
        self.kind = sheet.kind
        self.filled = sheet.filled
        self.left_out = tuple(f"{column.heading} ({column.letter})" for column in sheet.left_out)

    def entries(self) -> Iterator[HtcdsRow]:
        return self._sheet.rows()

    def digest(self, entry: HtcdsRow, key: bytes) -> bytes:
        return row_digest(entry, key)

    def meaning(self, entry: HtcdsRow, *, today: date) -> Meaning:
        return meaning_of(entry, today=today)

    def rejects(self, file: TextIO) -> RejectsWriter:
        return RejectsWriter(file, self._sheet.columns)

    def content(self) -> Iterator[bytes]:
        return pieces(self._sheet.file)
