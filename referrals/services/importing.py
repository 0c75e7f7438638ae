"""Taking in files: entry by entry onto a team's desk, once each, by a named account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TextIO

from django.utils import timezone

from accounts.models import Agency, Team, User
from audit.acting import Act, acting
from audit.reading import reading
from core.bulk import insert_many
from core.choices import Side
from referrals.choices import ImportFormat, ImportState, Status
from referrals.incoming import (
    Document,
    Incoming,
    Meaning,
    Options,
    RejectsFile,
    open_incoming,
)
from referrals.incoming.own import ColumnMap
from referrals.models import CyberTip, ImportBatch, ImportedRow, Referral
from referrals.services.desk import accept_referral, start_triage
from referrals.services.import_report import ImportReport, Repeated
from referrals.services.import_sources import (
    agencies_known_to,
    authorised_team,
    category_of,
    content_digest,
    imported_row_key,
    insert_referrals,
    start_of,
)
from referrals.services.known_entries import KnownEntries
from referrals.services.oncall import alert_danger
from referrals.subject_index import indexer
from vault.keys import make_keys

# Fewer than the vault keeps keys at hand for, so that sealing a batch never asks the database.
BATCH = 400
# Opening a case takes many steps: fewer of them hold up the desk at a time.
CASES_AT_ONCE = 25

Progress = Callable[[int, int], None]


def import_referrals(
    *,
    actor: User,
    team_id: uuid.UUID,
    file: BinaryIO | None = None,
    documents: Sequence[Document] = (),
    format: str = ImportFormat.HTCDS,
    started_by: User | None = None,
    dry_run: bool = False,
    ignore_unknown: bool = False,
    address_columns: str | None = None,
    columns: ColumnMap | None = None,
    rejects: Callable[[], TextIO] | None = None,
    progress: Progress | None = None,
    at: datetime | None = None,
) -> ImportReport:
    """Put what files hold on a team's desk as received referrals.

    One act for every 400 entries and one event for every entry. An entry is known by a keyed digest
    of what it says, and by its sender's own number: a second import adds nothing, and an import
    that was cut off is completed by running it again. Names, contacts and free text are sealed
    under the referral's own key. Entries with faults are handed back and the others kept.

    Args:
        actor: the import service, or a person who may import; a member of the team.
        team_id: whose desk.
        file: an open binary file; not kept. Several stand in `documents` instead.
        format: of `ImportFormat`.
        started_by: the person who asked for it, when the import service acts.
        dry_run: write nothing; say what would happen.
        ignore_unknown: leave out columns that HTCDS does not have.
        address_columns: `names` or `labels`, for an official sheet without its labels.
        columns: what the columns of an own sheet hold.
        rejects: opens the text file that rejected entries go to; called when there is a first one.
        progress: told (entries done, entries in all) after every batch.
        at: when the file came in; now.

    Raises:
        DomainError: the format or `address_columns` is not one we know.
        UnreadableFile: the files as a whole cannot be taken; nothing was written.
        Denied: the actor may not import onto this desk.
    """
    at = at or timezone.now()
    incoming = open_incoming(
        format,
        documents or ([Document(1, "", file)] if file is not None else []),
        options=Options(
            ignore_unknown=ignore_unknown,
            address_columns=address_columns or "",
            columns=columns,
        ),
        today=timezone.localdate(at),
    )
    run = ImportRun(actor, incoming, team_id, dry_run=dry_run, rejects=rejects, at=at)
    run.start(format, started_by or actor)
    run.take_all(progress)
    run.finish()
    return run.report


def batches(incoming: Incoming, size: int) -> Iterator[list[Any]]:
    """The entries, as many at a time as one act takes."""
    entries: list[Any] = []
    for entry in incoming.entries():
        entries.append(entry)
        if len(entries) == size:
            yield entries
            entries = []
    if entries:
        yield entries


class ImportRun:
    """One run: what it knows of the entries behind it."""

    def __init__(
        self,
        actor: User,
        incoming: Incoming,
        team_id: uuid.UUID,
        *,
        dry_run: bool,
        rejects: Callable[[], TextIO] | None,
        at: datetime,
        into_cases: bool = False,
    ) -> None:
        """
        Args:
            into_cases: what is kept is work that goes on already: each referral is accepted into a
                new case at once.
        """
        self.actor = actor
        self.incoming = incoming
        self.team_id = team_id
        self.at = at
        self.report = ImportReport(
            kind=incoming.kind,
            dry_run=dry_run,
            filled=incoming.filled,
            left_out=incoming.left_out,
        )
        self._open_rejects = rejects
        self._into_cases = into_cases
        self._rejects: RejectsFile | None = None
        self._seen: dict[bytes, int] = {}
        self._sources: dict[str, Agency] = {}
        self._home = ""
        self._batch: ImportBatch | None = None
        self._key = b""
        self._known: KnownEntries

    def start(self, format: str, started_by: User) -> None:
        """Begin an import of the command: its batch is made here."""
        with acting(self.actor) as act:
            team = self._authorised_team(act)
            self._get_ready(team)
            facts = {"format": format, "kind": self.incoming.kind, "rows": self.incoming.filled}
            if self.report.dry_run:
                act.record("referral.import_checked", facts=facts)
                return
            self._batch = ImportBatch(
                format=format,
                team=team,
                started_by=started_by,
                state=ImportState.RUNNING,
                rows_in_all=self.incoming.filled,
                file_digest=content_digest(self.incoming),
            )
            self._batch.save(force_insert=True)
            self.report.batch_id = self._batch.pk
            act.record("referral.import_started", self._batch, facts=facts)

    def go_on(self, batch: ImportBatch) -> None:
        """Begin, or begin again, an import that was asked for before; in an act of its own."""
        with acting(self.actor) as act:
            self._get_ready(self._authorised_team(act))
            self._batch = batch
            self.report.batch_id = batch.pk
            facts = {
                "format": batch.format,
                "kind": self.incoming.kind,
                "rows": self.incoming.filled,
            }
            verb = "referral.import_checked" if batch.dry_run else "referral.import_started"
            act.record(verb, batch, facts=facts)

    def take_all(self, progress: Progress | None) -> None:
        """Take every entry, batch by batch."""
        for entries in batches(self.incoming, CASES_AT_ONCE if self._into_cases else BATCH):
            self.take(entries)
            if progress is not None:
                progress(self.report.rows, self.incoming.filled)

    def take(self, entries: list[Any]) -> None:
        """Keep what is new of a batch, count the rest, hand back what has faults."""
        fresh: dict[bytes, Any] = {}
        for entry in entries:
            if entry.errors:
                self._refuse(entry)
                continue
            digest = self.incoming.digest(entry, self._key)
            first = self._seen.setdefault(digest, entry.number)
            if first != entry.number:
                self.report.repeated.append(Repeated(entry.number, first))
            else:
                fresh[digest] = entry
        if not fresh:
            return
        if self.report.dry_run:
            with reading(self.actor):
                self._drop_known(fresh)
        else:
            self._keep(fresh)
        for entry in fresh.values():
            self.report.count_kept(self.incoming, entry)

    def finish(self) -> None:
        """Write the counts of an import of the command."""
        if self._batch is None:
            return
        with acting(self.actor) as act:
            self._authorised_team(act)
            self.settle(act, self._batch)

    def settle(self, act: Act, batch: ImportBatch) -> None:
        """Write the counts into a batch, inside an act that was authorised."""
        report = self.report
        batch.state = ImportState.FINISHED
        batch.rows_in_all = report.rows
        batch.rows_kept = report.kept
        batch.rows_known = report.known + len(report.repeated) + len(report.changed)
        batch.rows_refused = report.refused
        batch.fields_left_out = report.withheld
        batch.findings = report.findings()
        batch.finished_at = timezone.now()
        batch.save(
            update_fields=[
                "state",
                "rows_in_all",
                "rows_kept",
                "rows_known",
                "rows_refused",
                "fields_left_out",
                "findings",
                "finished_at",
            ]
        )
        counts = {
            "kept": batch.rows_kept,
            "known": batch.rows_known,
            "refused": batch.rows_refused,
        }
        if report.withheld:
            counts["left_out"] = report.withheld
        act.record("referral.import_finished", batch, facts=counts)

    def _get_ready(self, team: Team) -> None:
        self._key = imported_row_key()
        self._known = KnownEntries(self.actor, self.team_id, self.incoming, self.report)
        self._sources = agencies_known_to(team)
        self._home = team.agency.country

    def _authorised_team(self, act: Act) -> Team:
        return authorised_team(act, self.actor, self.team_id)

    def _keep(self, fresh: dict[bytes, Any]) -> None:
        with acting(self.actor) as act:
            team = self._authorised_team(act)
            # Two imports of one file at once: the second waits here and then finds it known.
            Team.objects.select_for_update(no_key=True).get(pk=team.pk)
            passed = self._drop_known(fresh)
            if passed or not fresh:
                act.record("referral.import_skipped", self._batch, facts={"rows": passed})
            if not fresh:
                return
            today = timezone.localdate(self.at)
            meanings = [self.incoming.meaning(entry, today=today) for entry in fresh.values()]
            referrals = [
                self._referral(entry, means)
                for entry, means in zip(fresh.values(), meanings, strict=True)
            ]
            make_keys(("referral", referral.pk) for referral in referrals)
            insert_referrals(referrals)
            insert_many(
                [
                    ImportedRow(team=team, digest=digest, batch=self._batch, referral=referral)
                    for digest, referral in zip(fresh, referrals, strict=True)
                ]
            )
            insert_many([one for one in map(indexer(), referrals) if one is not None])
            insert_many(
                [
                    CyberTip(referral=referral, **means.tip)
                    for means, referral in zip(meanings, referrals, strict=True)
                    if means.tip is not None
                ]
            )
            act.record_each(
                "referral.imported",
                referrals,
                facts=[{"row": entry.number} for entry in fresh.values()],
            )
            for referral in referrals:
                if referral.in_danger:
                    alert_danger(act, referral, at=timezone.now())
                if self._into_cases:
                    start_triage(actor=self.actor, referral_id=referral.pk)
                    accept_referral(actor=self.actor, referral_id=referral.pk)

    def _drop_known(self, fresh: dict[bytes, Any]) -> int:
        return self._known.drop(fresh, self._batch.pk if self._batch is not None else None)

    def _referral(self, entry: Any, means: Meaning) -> Referral:
        agency = self._sources.get(means.source_name.casefold()) if means.source_name else None
        category = means.source_category or category_of(agency, self._home)
        return Referral(
            status=Status.RECEIVED,
            team_id=self.team_id,
            logged_by=self.actor,
            received_at=start_of(means.received_on) if means.received_on else self.at,
            source_category=category,
            source_agency=agency,
            source_name=means.source_name,
            source_reference=means.source_reference,
            reference_digest=self._known.number_of(entry),
            originating_country=agency.country if agency else "",
            side=Side.SOURCE,
            detection_method=means.detection_method,
            harm_types=means.harm_types,
            content_origin=means.content_origin,
            children_estimate=means.children_estimate,
            immediate_danger=means.immediate_danger,
            country=means.country,
            admin1=means.admin1,
            legal_basis=means.legal_basis,
            summary=means.summary,
            subject=means.subject,
            import_batch=self._batch,
        )

    def _refuse(self, entry: Any) -> None:
        self.report.add_faults(entry.errors)
        if self._open_rejects is None:
            return
        if self._rejects is None:
            self._rejects = self.incoming.rejects(self._open_rejects())
        self._rejects.write(entry)
