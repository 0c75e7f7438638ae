"""Taking in a case sheet: row by row onto a team's desk, once each, by a named account."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import BinaryIO, TextIO

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, AgencyType, Team, User
from audit.acting import Act, acting
from audit.reading import reading
from core.bulk import insert_many
from core.choices import Side, YesNoUnknown
from core.errors import DomainError
from core.references import new_reference
from referrals.choices import ContentOrigin, DetectionMethod, ImportFormat, SourceCategory, Status
from referrals.htcds import (
    AddressColumns,
    CaseSheet,
    CellError,
    Column,
    HtcdsRow,
    RejectsWriter,
    open_case_sheet,
    row_digest,
)
from referrals.htcds.meaning import meaning_of
from referrals.models import ImportBatch, ImportedRow, Referral
from vault.blind_index import index_key
from vault.keys import make_keys

# Fewer than the vault keeps keys at hand for, so that sealing a batch never asks the database.
BATCH = 400
MOST_ERRORS_LISTED = 1_000

Progress = Callable[[int, int], None]

_CATEGORIES = {
    AgencyType.NGO: SourceCategory.NGO,
    AgencyType.SHELTER: SourceCategory.NGO,
    AgencyType.HEALTH: SourceCategory.HEALTH,
    AgencyType.SCHOOL: SourceCategory.SCHOOL,
    AgencyType.SOCIAL_WELFARE: SourceCategory.SOCIAL_WELFARE,
    AgencyType.COURT: SourceCategory.COURT,
    AgencyType.FINANCIAL_INTELLIGENCE: SourceCategory.FIU,
    AgencyType.FINANCIAL_INSTITUTION: SourceCategory.FINANCIAL_INSTITUTION,
    AgencyType.TECH_PLATFORM: SourceCategory.TECH_PLATFORM,
    AgencyType.HOTLINE: SourceCategory.INHOPE_HOTLINE,
}


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row that says the same as an earlier one of the file."""

    row: int
    first: int


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a dry run would do. Holds no value of any cell.

    Attributes:
        kind: `xlsx` or `csv`.
        dry_run: nothing was written.
        filled: rows with something in them.
        kept: rows that became referrals.
        known: rows that had been imported before.
        repeated: rows that say the same as an earlier row of this file; the first is kept.
        refused: rows with faults.
        errors: the first thousand faults; `error_count` counts all.
        left_out: columns that were not read.
        batch_id: the batch, for the log; None in a dry run.
    """

    kind: str
    dry_run: bool
    filled: int
    kept: int = 0
    known: int = 0
    repeated: list[Repeated] = field(default_factory=list)
    refused: int = 0
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    left_out: tuple[Column, ...] = ()
    batch_id: uuid.UUID | None = None

    @property
    def rows(self) -> int:
        """Rows looked at; equals kept + known + repeated + refused."""
        return self.kept + self.known + len(self.repeated) + self.refused


def import_referrals(
    *,
    actor: User,
    file: BinaryIO,
    team_id: uuid.UUID,
    format: str = ImportFormat.HTCDS,
    started_by: User | None = None,
    dry_run: bool = False,
    ignore_unknown: bool = False,
    address_columns: str | None = None,
    rejects: Callable[[], TextIO] | None = None,
    progress: Progress | None = None,
    at: datetime | None = None,
) -> ImportReport:
    """Put the rows of a case sheet on a team's desk as received referrals.

    One act for every 400 rows and one event for every row. A row is known by a keyed digest of what
    it says: a second import of the file adds nothing, and an import that was cut off is completed
    by running it again. Names, contacts and free text are sealed under the referral's own key.
    Rows with faults are handed back and the others kept.

    Args:
        actor: the import service, or a person who may import; a member of the team.
        file: an open binary file; not kept.
        team_id: whose desk.
        format: `htcds`.
        started_by: the person who asked for it, when the import service acts.
        dry_run: write nothing; say what would happen.
        ignore_unknown: leave out columns that HTCDS does not have.
        address_columns: `names` or `labels`, for an official sheet without its labels.
        rejects: opens the text file that rejected rows go to; called when there is a first one.
        progress: told (rows done, rows in all) after every batch.
        at: when the file came in; now.

    Raises:
        DomainError: the format or `address_columns` is not one we know.
        UnreadableFile: the file as a whole cannot be taken; nothing was written.
        Denied: the actor may not import onto this desk.
    """
    if format not in ImportFormat.values:
        raise DomainError(_("This format is not known. Use htcds."), field="format")
    if address_columns not in (None, *AddressColumns):
        raise DomainError(_("Say names or labels."), field="address_columns")
    at = at or timezone.now()
    sheet = open_case_sheet(
        file,
        today=timezone.localdate(at),
        ignore_unknown=ignore_unknown,
        address_columns=AddressColumns(address_columns) if address_columns else None,
    )
    run = _Import(actor, sheet, team_id, dry_run=dry_run, rejects=rejects, at=at)
    run.start(format, started_by or actor)
    for rows in _batches(sheet):
        run.take(rows)
        if progress is not None:
            progress(run.report.rows, sheet.filled)
    run.finish()
    return run.report


def _batches(sheet: CaseSheet) -> Iterator[list[HtcdsRow]]:
    rows: list[HtcdsRow] = []
    for row in sheet.rows():
        rows.append(row)
        if len(rows) == BATCH:
            yield rows
            rows = []
    if rows:
        yield rows


class _Import:
    """One run: what it knows of the rows behind it."""

    def __init__(
        self,
        actor: User,
        sheet: CaseSheet,
        team_id: uuid.UUID,
        *,
        dry_run: bool,
        rejects: Callable[[], TextIO] | None,
        at: datetime,
    ) -> None:
        self.actor = actor
        self.sheet = sheet
        self.team_id = team_id
        self.at = at
        self.report = ImportReport(
            kind=sheet.kind, dry_run=dry_run, filled=sheet.filled, left_out=sheet.left_out
        )
        self._open_rejects = rejects
        self._rejects: RejectsWriter | None = None
        self._seen: dict[bytes, int] = {}
        self._sources: dict[str, Agency] = {}
        self._home = ""
        self._batch: ImportBatch | None = None
        self._key = b""

    def start(self, format: str, started_by: User) -> None:
        with acting(self.actor) as act:
            team = self._authorised_team(act)
            self._key = index_key("referrals.imported-row")
            self._sources = _agencies_known_to(team)
            self._home = team.agency.country
            facts = {"format": format, "kind": self.sheet.kind, "rows": self.sheet.filled}
            if self.report.dry_run:
                act.record("referral.import_checked", facts=facts)
                return
            self._batch = ImportBatch.objects.create(
                format=format,
                team=team,
                started_by=started_by,
                file_digest=_file_digest(self.sheet.file),
            )
            self.report.batch_id = self._batch.pk
            act.record("referral.import_started", self._batch, facts=facts)

    def take(self, rows: list[HtcdsRow]) -> None:
        """Keep what is new of a batch, count the rest, hand back what has faults."""
        fresh: dict[bytes, HtcdsRow] = {}
        for row in rows:
            if row.errors:
                self._refuse(row)
                continue
            digest = row_digest(row, self._key)
            first = self._seen.setdefault(digest, row.number)
            if first != row.number:
                self.report.repeated.append(Repeated(row.number, first))
            else:
                fresh[digest] = row
        if not fresh:
            return
        if self.report.dry_run:
            with reading(self.actor):
                self._drop_known(fresh)
        else:
            self._keep(fresh)
        self.report.kept += len(fresh)

    def finish(self) -> None:
        if self._batch is None:
            return
        with acting(self.actor) as act:
            self._authorised_team(act)
            self._batch.rows_kept = self.report.kept
            self._batch.rows_known = self.report.known + len(self.report.repeated)
            self._batch.rows_refused = self.report.refused
            self._batch.finished_at = timezone.now()
            self._batch.save(
                update_fields=["rows_kept", "rows_known", "rows_refused", "finished_at"]
            )
            act.record(
                "referral.import_finished",
                self._batch,
                facts={
                    "kept": self._batch.rows_kept,
                    "known": self._batch.rows_known,
                    "refused": self._batch.rows_refused,
                },
            )

    def _authorised_team(self, act: Act) -> Team:
        mine = Team.objects.of_member(self.actor, timezone.now()).filter(pk=self.team_id)
        act.authorise("referrals.import_referrals", verdict=mine.exists())
        team: Team = Team.objects.select_related("agency").get(pk=self.team_id)
        return team

    def _keep(self, fresh: dict[bytes, HtcdsRow]) -> None:
        with acting(self.actor) as act:
            team = self._authorised_team(act)
            # Two imports of one sheet at once: the second waits here and then finds the rows known.
            Team.objects.select_for_update(no_key=True).get(pk=team.pk)
            if known := self._drop_known(fresh):
                act.record("referral.import_skipped", self._batch, facts={"rows": known})
            referrals = [self._referral(row) for row in fresh.values()]
            make_keys(("referral", referral.pk) for referral in referrals)
            _insert(referrals)
            insert_many(
                [
                    ImportedRow(team=team, digest=digest, batch=self._batch, referral=referral)
                    for digest, referral in zip(fresh, referrals, strict=True)
                ]
            )
            act.record_each(
                "referral.imported",
                referrals,
                facts=[{"row": row.number} for row in fresh.values()],
            )

    def _drop_known(self, fresh: dict[bytes, HtcdsRow]) -> int:
        """Take out of `fresh` what was imported before, and count it."""
        known = ImportedRow.objects.visible_to(self.actor).filter(
            team_id=self.team_id, digest__in=list(fresh)
        )
        digests = [bytes(digest) for digest in known.values_list("digest", flat=True)]
        for digest in digests:
            del fresh[digest]
        self.report.known += len(digests)
        return len(digests)

    def _referral(self, row: HtcdsRow) -> Referral:
        means = meaning_of(row, today=timezone.localdate(self.at))
        agency = self._sources.get(means.source_name.casefold())
        return Referral(
            status=Status.RECEIVED,
            team_id=self.team_id,
            logged_by=self.actor,
            received_at=_start_of(means.received_on) if means.received_on else self.at,
            source_category=_category(agency, self._home),
            source_agency=agency,
            source_name=means.source_name,
            originating_country=agency.country if agency else "",
            side=Side.SOURCE,
            detection_method=DetectionMethod.UNKNOWN,
            harm_types=means.harm_types,
            content_origin=ContentOrigin.UNKNOWN,
            children_estimate=means.children_estimate,
            immediate_danger=YesNoUnknown.UNKNOWN,
            country=means.country,
            admin1=means.admin1,
            legal_basis=means.legal_basis,
            summary=means.summary,
            subject=means.subject,
            import_batch=self._batch,
        )

    def _refuse(self, row: HtcdsRow) -> None:
        report = self.report
        report.refused += 1
        report.error_count += len(row.errors)
        report.errors += row.errors[: MOST_ERRORS_LISTED - len(report.errors)]
        if self._open_rejects is None:
            return
        if self._rejects is None:
            self._rejects = RejectsWriter(self._open_rejects(), self.sheet.columns)
        self._rejects.write(row)


def _insert(referrals: list[Referral]) -> None:
    """Insert; where a random reference is taken already, perhaps by a row nobody here may see,
    give out new ones and narrow down on it."""
    try:
        with transaction.atomic():
            insert_many(referrals)
    except IntegrityError as clash:
        if "reference" not in str(clash):
            raise
        for referral in referrals:
            referral.reference = new_reference("R")
        middle = max(1, len(referrals) // 2)
        for part in (referrals[:middle], referrals[middle:]):
            if part:
                _insert(part)


def _agencies_known_to(team: Team) -> dict[str, Agency]:
    """One's own agency and those it has an agreement with, by name as sheets write it."""
    home = team.agency_id
    agencies = Agency.objects.filter(
        Q(pk=home)
        | Q(pk__in=Agency.objects.filter(agreements_in__from_agency=home).values("pk"))
        | Q(pk__in=Agency.objects.filter(agreements_out__to_agency=home).values("pk"))
    )
    return {agency.name.casefold(): agency for agency in agencies}


def _category(agency: Agency | None, home: str) -> str:
    if agency is None:
        return SourceCategory.UNKNOWN
    if agency.type == AgencyType.LAW_ENFORCEMENT:
        if agency.country == home:
            return SourceCategory.DOMESTIC_LAW_ENFORCEMENT
        return SourceCategory.FOREIGN_LAW_ENFORCEMENT
    return _CATEGORIES.get(AgencyType(agency.type), SourceCategory.OTHER)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _file_digest(file: BinaryIO) -> bytes:
    """Keyed, so that nobody can test whether a file they hold was imported here."""
    digest = hmac.new(index_key("referrals.import-file"), digestmod=hashlib.sha256)
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.digest()
