"""Which entries of an import the desk has already; what is passed over is counted and listed."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.models import User
from referrals.incoming import Incoming
from referrals.models import ImportedRow, Referral
from referrals.numbers import number_digester
from referrals.services.import_report import ImportReport, Repeated


class KnownEntries:
    """What one run knows of the entries behind it, and finds on the desk."""

    def __init__(
        self, actor: User, team_id: uuid.UUID, incoming: Incoming, report: ImportReport
    ) -> None:
        self._actor = actor
        self._team_id = team_id
        self._incoming = incoming
        self._report = report
        self._digest = number_digester()
        self._numbers: dict[bytes, int] = {}

    def number_of(self, entry: Any) -> bytes | None:
        """The keyed digest of the sender's own number; None where there is none."""
        return self._digest(self._incoming.number_kind, self._incoming.reference(entry))

    def drop(self, fresh: dict[bytes, Any], batch_id: uuid.UUID | None) -> int:
        """Take out of `fresh` what is there already, and count it. Returns how many were not kept.

        What this very import kept before it was cut off counts as kept. What says something new
        under a number that the desk had before is not a second referral. Two entries of one import
        with the same number are two children until somebody says otherwise: a family, an
        operation or a page of a book often has one number for all.
        """
        known, mine = self._by_digest(fresh, batch_id)
        numbers = {digest: self.number_of(entry) for digest, entry in fresh.items()}
        taken = self._taken({one for one in numbers.values() if one}, batch_id)
        passed = 0
        for digest, entry in list(fresh.items()):
            number = numbers[digest]
            if digest in known:
                self._report.known += 1
            elif digest not in mine and number in taken:
                self._report.changed.append(entry.number)
            else:
                if number is not None:
                    first = self._numbers.setdefault(number, entry.number)
                    if first != entry.number:
                        self._report.same_number.append(Repeated(entry.number, first))
                if digest in mine:
                    self._report.count_kept(self._incoming, fresh.pop(digest))
                continue
            del fresh[digest]
            passed += 1
        return passed

    def _by_digest(
        self, fresh: dict[bytes, Any], batch_id: uuid.UUID | None
    ) -> tuple[set[bytes], set[bytes]]:
        """The digests that another import brought, and those that this one did."""
        rows = ImportedRow.objects.visible_to(self._actor).filter(
            team_id=self._team_id, digest__in=list(fresh)
        )
        known: set[bytes] = set()
        mine: set[bytes] = set()
        for digest, brought_by in rows.values_list("digest", "batch_id"):
            (mine if brought_by == batch_id else known).add(bytes(digest))
        return known, mine

    def _taken(self, numbers: set[bytes], batch_id: uuid.UUID | None) -> set[bytes | None]:
        """Those of the numbers that the desk had before this import."""
        if not numbers:
            return set()
        found = Referral.objects.visible_to(self._actor).filter(
            team_id=self._team_id, reference_digest__in=numbers
        )
        if batch_id is not None:
            found = found.exclude(import_batch_id=batch_id)
        return {bytes(number) for number in found.values_list("reference_digest", flat=True)}
