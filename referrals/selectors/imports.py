"""One import as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.ui.dates import spell
from referrals.choices import ImportState
from referrals.models import ImportBatch, ImportRejects
from referrals.models.imports import REJECTS_KEPT_FOR
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
    findings: dict[str, Any]
    faults_more: int
    may_choose: bool
    has_rejects: bool
    rejects_until: str
    unreadable: bool


def batch_page(actor: User, batch: ImportBatch, at: datetime) -> BatchPage:
    """What the page of a visible import shows `actor`."""
    told = opened(batch, "findings")
    findings = told.value if told.readable and isinstance(told.value, dict) else {}
    rejects = (
        ImportRejects.objects.visible_to(actor).filter(batch=batch).values("created_at").first()
        if batch.started_by_id == actor.pk
        else None
    )
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
        refused=str(findings.get("refused", "")),
        counts=_counts(batch) if batch.state == ImportState.FINISHED else [],
        findings=findings,
        faults_more=max(0, findings.get("fault_count", 0) - len(findings.get("faults", ()))),
        may_choose=batch.started_by_id == actor.pk,
        has_rejects=until is not None and until + timedelta(hours=1) > at,
        rejects_until=spell(until) if until else "",
        unreadable=not told.readable,
    )


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
