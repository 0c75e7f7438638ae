"""Imports of people: what they bring is sealed, read by a job in their own name, and dropped."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.acting import acting
from audit.reading import reading
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import InvalidTransition
from core.sniffing import size_class
from referrals.choices import ImportFormat, ImportState
from referrals.htcds import UnreadableFile
from referrals.incoming import Document, Incoming, Options, open_incoming, open_waiting
from referrals.incoming.own import ColumnMap, as_kept, map_of
from referrals.models import ImportBatch, ImportedRow, ImportRejects, ImportWaiting
from referrals.models.imports import GIVEN_UP_AFTER, REJECTS_KEPT_FOR
from referrals.services.import_sources import authorised_team, content_digest, imported_row_key
from referrals.services.importing import ImportRun, Progress
from referrals.services.intake import LINE_LIMIT

ENCODING = "utf-8-sig"  # spreadsheets need the mark


def request_import(
    *,
    actor: User,
    team_id: uuid.UUID,
    format: str,
    files: Sequence[tuple[str, BinaryIO]],
    dry_run: bool = False,
    ignore_unknown: bool = False,
    address_columns: str = "",
    report_number: str = "",
    columns: ColumnMap | None = None,
    into_cases: bool = False,
    at: datetime | None = None,
) -> ImportBatch:
    """Bring files to be imported. They are looked at as a whole at once and read by a job.

    What cannot be taken as a whole was never written anywhere (R-U1). What can is kept sealed until
    the job has read it; of a CyberTip only the facts that a referral is made of, and its number.

    Args:
        team_id: whose desk; one of the actor's own teams.
        format: of `ImportFormat`.
        files: (name, open binary file), each.
        dry_run: only say what would happen.
        ignore_unknown, address_columns, report_number, columns: see `referrals.incoming.Options`.
        into_cases: the entries are work that goes on already; each is accepted into a new case.

    Raises:
        DomainError: the format or an option is not known.
        UnreadableFile: the files cannot be taken; the log says who sent what kind of thing.
        Denied: the actor may not import onto this desk.
    """
    at = at or timezone.now()
    options = Options(
        ignore_unknown=ignore_unknown,
        address_columns=address_columns,
        report_number=check_text(report_number, field="report_number", most=LINE_LIMIT),
        columns=columns,
    )
    # The columns of an own sheet are chosen on the next page, unless they came with it.
    choosing = format == ImportFormat.OWN and columns is None
    documents = [Document(number, name, file) for number, (name, file) in enumerate(files, 1)]
    with acting(actor) as act:
        team = authorised_team(act, actor, team_id)
        try:
            incoming = open_incoming(
                format, documents, options=options, today=timezone.localdate(at)
            )
        except UnreadableFile as refused:
            refusal = refused
            act.record("referral.import_refused", facts=_what_came(refused, documents))
        else:
            batch = ImportBatch(
                format=format,
                team=team,
                started_by=actor,
                state=ImportState.MAPPING if choosing else ImportState.WAITING,
                dry_run=dry_run,
                options={
                    "ignore_unknown": ignore_unknown,
                    "address_columns": address_columns,
                    "into_cases": into_cases,
                },
                rows_in_all=incoming.filled,
                file_digest=content_digest(incoming),
                findings=_asked(options),
            )
            batch.save(force_insert=True)
            _keep_until_read(batch, incoming, documents)
            act.record(
                "referral.import_requested",
                batch,
                facts={"format": format, "kind": incoming.kind, "rows": incoming.filled},
            )
            if not choosing:
                act.after_commit("referrals.run_import", str(batch.pk), str(actor.pk))
            return batch
    raise refusal


def run_import(
    *,
    actor: User,
    batch_id: uuid.UUID,
    progress: Progress | None = None,
    at: datetime | None = None,
) -> ImportBatch:
    """Read what waits and put it on the desk, in the name of whoever asked for it.

    May run twice and may be killed at any point: entries that are there are passed over, and what
    waits is dropped in the act that writes the counts.

    Raises:
        ImportBatch.DoesNotExist: not visible to the actor.
        Denied: the actor may not import onto this desk any more.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        batch = ImportBatch.objects.visible_to(actor).locked().get(pk=batch_id)
        authorised_team(act, actor, batch.team_id)
        if batch.finished_at is not None:
            act.record("referral.import_repeated", batch)
            return batch
        batch.state = ImportState.RUNNING
        batch.save(update_fields=["state"])
        waiting = list(ImportWaiting.objects.visible_to(actor).filter(batch=batch))
        documents = [Document(one.number, one.name, io.BytesIO(one.content)) for one in waiting]
        told = dict(batch.findings)
        act.record("referral.import_taken_up", batch)
    how = dict(batch.options)
    into_cases = bool(how.pop("into_cases", False))
    options = Options(**how, columns=map_of(told))
    rejects = io.BytesIO()
    # Closing the text wrapper would close the bytes with it, so it is only flushed.
    written = io.TextIOWrapper(rejects, encoding=ENCODING, newline="", write_through=True)
    try:
        incoming = open_waiting(
            batch.format, documents, options=options, today=timezone.localdate(at)
        )
    except UnreadableFile as refused:
        return _refuse(actor, batch_id, refused)
    run = ImportRun(
        actor,
        incoming,
        batch.team_id,
        dry_run=batch.dry_run,
        rejects=lambda: written,
        at=batch.created_at,
        into_cases=into_cases,
    )
    run.go_on(batch)
    run.take_all(progress)
    return _settle(actor, batch_id, run, rejects.getvalue())


def stop_import(*, actor: User, batch_id: uuid.UUID, at: datetime | None = None) -> ImportBatch:
    """Write down that the job of an import broke, and how much was kept by then.

    What waited is dropped: bringing the file again passes over what is there.

    Raises:
        ImportBatch.DoesNotExist: not visible to the actor.
        Denied: the actor may not import onto this desk any more.
    """
    with acting(actor) as act:
        batch = ImportBatch.objects.visible_to(actor).locked().get(pk=batch_id)
        authorised_team(act, actor, batch.team_id)
        if batch.finished_at is not None:
            act.record("referral.import_repeated", batch)
            return batch
        batch.state = ImportState.STOPPED
        batch.rows_kept = ImportedRow.objects.visible_to(actor).filter(batch=batch).count()
        batch.findings = {}
        batch.finished_at = at or timezone.now()
        batch.save(update_fields=["state", "rows_kept", "findings", "finished_at"])
        ImportWaiting.objects.visible_to(actor).filter(batch=batch).delete()
        act.record("referral.import_stopped", batch, facts={"kept": batch.rows_kept})
    return batch


def take_rejects(*, actor: User, batch_id: uuid.UUID) -> bytes:
    """What was not taken, as CSV, for whoever brought it.

    Raises:
        ImportRejects.DoesNotExist: not theirs, or there are none (any more).
        vault.errors.CannotOpen: it does not open.
    """
    with acting(actor) as act:
        rejects = ImportRejects.objects.visible_to(actor).get(batch_id=batch_id)
        act.authorise("referrals.take_rejects", rejects)
        content = bytes(rejects.content)
        act.record("referral.rejects_taken", rejects)
    return content


def drop_rejects(*, actor: User, batch_id: uuid.UUID) -> None:
    """Drop what was not taken before its week is over.

    Raises:
        ImportRejects.DoesNotExist: not theirs, or there are none (any more).
    """
    with acting(actor) as act:
        rejects = ImportRejects.objects.visible_to(actor).get(batch_id=batch_id)
        act.authorise("referrals.take_rejects", rejects)
        act.record("referral.rejects_dropped", rejects)
        ImportRejects.objects.visible_to(actor).filter(pk=rejects.pk).delete()


def drop_old_imports(*, actor: Actor, at: datetime) -> int:
    """Drop rejects and findings after their week, and what waits for a job that was never done.

    Args:
        actor: the clock service, which opens nothing.

    Returns:
        How many were dropped.
    """
    old = (
        ImportRejects.objects.visible_to(actor).filter(created_at__lt=at - REJECTS_KEPT_FOR),
        ImportWaiting.objects.visible_to(actor).filter(created_at__lt=at - GIVEN_UP_AFTER),
    )
    told = (
        ImportBatch.objects.visible_to(actor)
        .filter(findings_dropped_at=None)
        .filter(
            Q(finished_at__lt=at - REJECTS_KEPT_FOR)
            | Q(finished_at=None, created_at__lt=at - GIVEN_UP_AFTER)
        )
    )
    with reading(actor):
        if not any(found.exists() for found in (*old, told)):
            return 0
    with acting(actor) as act:
        act.authorise("referrals.drop_imports")
        dropped = sum(found.delete()[0] for found in old)
        dropped += told.update(findings=b"", findings_dropped_at=at)
        act.record("referral.brought_files_dropped", facts={"files": dropped})
    return dropped


def _asked(options: Options) -> dict[str, Any]:
    """What was asked in words of the file itself, as JSON to be sealed until the job is done."""
    return {"map": as_kept(options.columns)} if options.columns is not None else {}


def _keep_until_read(batch: ImportBatch, incoming: Incoming, documents: Sequence[Document]) -> None:
    kept = incoming.until_read(imported_row_key())
    for document in documents:
        if kept is None:
            document.file.seek(0)
            name, content = document.name, document.file.read()
        else:
            name, content = next(kept)
        ImportWaiting(batch=batch, number=document.number, name=name, content=content).save(
            force_insert=True
        )


def _what_came(refused: UnreadableFile, documents: Sequence[Document]) -> dict[str, Any]:
    """All that the log may say of what was refused (R-U1)."""
    size = sum(document.file.seek(0, io.SEEK_END) for document in documents)
    return {"fault": refused.code, "size": size_class(size)}


def _settle(actor: User, batch_id: uuid.UUID, run: ImportRun, rejects: bytes) -> ImportBatch:
    with acting(actor) as act:
        batch = ImportBatch.objects.visible_to(actor).locked().get(pk=batch_id)
        authorised_team(act, actor, batch.team_id)
        if batch.finished_at is not None:
            # Another worker was first.
            act.record("referral.import_repeated", batch)
            return batch
        if rejects:
            ImportRejects(batch=batch, content=rejects).save(force_insert=True)
        ImportWaiting.objects.visible_to(actor).filter(batch=batch).delete()
        run.settle(act, batch)
    return batch


def _refuse(actor: User, batch_id: uuid.UUID, refused: UnreadableFile) -> ImportBatch:
    """What waits does not open as it did when it was brought."""
    with acting(actor) as act:
        batch = ImportBatch.objects.visible_to(actor).locked().get(pk=batch_id)
        authorised_team(act, actor, batch.team_id)
        if batch.finished_at is not None:
            raise InvalidTransition("This import is over.")
        batch.state = ImportState.REFUSED
        batch.findings = {"refused": refused.message}
        batch.finished_at = timezone.now()
        batch.save(update_fields=["state", "findings", "finished_at"])
        ImportWaiting.objects.visible_to(actor).filter(batch=batch).delete()
        act.record("referral.import_refused", batch, facts={"fault": refused.code})
    return batch
