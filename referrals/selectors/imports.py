"""One import as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.ui.dates import spell
from referrals.choices import ImportState
from referrals.models import ImportBatch, ImportedRow, ImportRejects
from referrals.models.imports import REJECTS_KEPT_FOR
from referrals.services.import_report import TOLD
from vault.opening import opened


@dataclass(frozen=True)
class BatchPage:
    """What the page of a visible import shows.

    Attributes:
        waiting: its job is still to be done.
        given_up: its job was never done.
        sentence: who brought what, when.
        refused: why it was not taken as a whole.
        counts: (words, number) of what became of the entries.
        kept_by_now: what a job that broke off or was given up had kept.
        theirs: whether the reader brought it: the findings are told to them alone.
        told: whether what it told of single entries is still kept.
        findings: see `ImportReport.findings`; empty where it does not open.
        faults_more: faults that are not listed.
        may_choose: whether the reader brought it, and may say what its columns hold.
        has_rejects: whether the reader may take out what was not taken.
        rejects_until: when that is dropped.
        unreadable: the findings do not open.
    """

    waiting: bool
    given_up: bool
    sentence: str
    refused: str
    counts: list[tuple[str, int]]
    kept_by_now: int
    theirs: bool
    told: bool
    findings: dict[str, Any]
    faults_more: int
    may_choose: bool
    has_rejects: bool
    rejects_until: str
    unreadable: bool


def batch_page(actor: User, batch: ImportBatch, at: datetime) -> BatchPage:
    """What the page of a visible import shows `actor`."""
    theirs = batch.started_by_id == actor.pk
    findings = findings_for(actor, batch)
    rejects = (
        ImportRejects.objects.visible_to(actor).filter(batch=batch).values("created_at").first()
        if theirs
        else None
    )
    broke_off = batch.state == ImportState.STOPPED or batch.is_given_up(at)
    until: datetime | None = rejects["created_at"] + REJECTS_KEPT_FOR if rejects else None
    return BatchPage(
        waiting=batch.is_waiting(at),
        given_up=batch.is_given_up(at),
        sentence=_("%(format)s, brought by %(name)s for %(team)s, %(when)s")
        % {
            "format": batch.get_format_display(),
            "name": batch.started_by.name,
            "team": batch.team.name,
            "when": spell(batch.created_at),
        },
        refused=str((findings or {}).get("refused", "")),
        counts=_counts(batch) if batch.state == ImportState.FINISHED else [],
        kept_by_now=_kept_by_now(actor, batch) if broke_off else 0,
        theirs=theirs,
        told=batch.findings_dropped_at is None,
        findings=findings or {},
        faults_more=_faults_more(findings or {}),
        may_choose=theirs,
        has_rejects=until is not None and until + timedelta(hours=1) > at,
        rejects_until=spell(until) if until else "",
        unreadable=findings is None,
    )


def findings_for(actor: User, batch: ImportBatch) -> dict[str, Any] | None:
    """What an import tells by name, to whoever brought it; empty for others, and before it is done.

    None where it does not open.
    """
    if batch.started_by_id != actor.pk or batch.finished_at is None:
        return {}
    told = opened(batch, "findings")
    if not told.readable:
        return None
    return {name: value for name, value in told.value.items() if name in TOLD}


def _faults_more(findings: dict[str, Any]) -> int:
    return max(0, findings.get("fault_count", 0) - len(findings.get("faults", ())))


def _kept_by_now(actor: User, batch: ImportBatch) -> int:
    return ImportedRow.objects.visible_to(actor).filter(batch=batch).count()


def _counts(batch: ImportBatch) -> list[tuple[str, int]]:
    kept = _("Would be kept") if batch.dry_run else _("Kept as referrals")
    counts = [
        (kept, batch.rows_kept),
        (_("Known already, or said twice"), batch.rows_known),
        (_("Not taken"), batch.rows_refused),
    ]
    if batch.fields_left_out:
        counts.append((_("Fields left out on purpose"), batch.fields_left_out))
    return counts
