"""An organisation's own sheet: its columns are chosen, looked at, and kept for the next time."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.text_rules import check_text
from core.errors import InvalidTransition
from referrals.choices import ImportFormat, ImportState
from referrals.incoming.own import (
    ColumnMap,
    as_kept,
    check_map,
    headings_of,
    map_of,
    open_own_table,
)
from referrals.models import ImportBatch, ImportWaiting, SavedMapping
from referrals.services.import_sources import authorised_team

NAME_LIMIT = 80


def choose_columns(
    *,
    actor: User,
    batch_id: uuid.UUID,
    targets: Mapping[str, str],
    date_order: str = "",
    keep_as: str = "",
) -> ImportBatch:
    """Say which column of a sheet holds what; keep it under a name where one is given.

    Args:
        targets: heading → a field of HTCDS, `own_number`, or nothing.
        date_order: `day_first`, `month_first`, or nothing where such dates are faults.
        keep_as: the name for the next time; the newest of a name counts.

    Raises:
        DomainError: the name is too long, or holds what no text may (R-U3).
        UnreadableFile: the map does not fit the sheet; its words say why.
        InvalidTransition: the import runs or is over.
    """
    name = check_text(" ".join(keep_as.split()), field="keep_as", most=NAME_LIMIT)
    chosen = ColumnMap({one: target for one, target in targets.items() if target}, date_order)
    with acting(actor) as act:
        batch = _waiting_batch(actor, batch_id, lock=True)
        team = authorised_team(act, actor, batch.team_id)
        table = open_own_table(io.BytesIO(_content(actor, batch)))
        check_map(headings_of(table), chosen)
        batch.findings = {**dict(batch.findings), "map": as_kept(chosen)}
        batch.save(update_fields=["findings"])
        if name:
            SavedMapping(team=team, saved_by=actor, name=name, columns=as_kept(chosen)).save(
                force_insert=True
            )
        act.record("referral.columns_chosen", batch, facts={"columns": len(chosen.targets)})
    return batch


def start_own_import(
    *, actor: User, batch_id: uuid.UUID, dry_run: bool | None = None
) -> ImportBatch:
    """Have the job read a sheet whose columns were chosen.

    Args:
        dry_run: only say what would happen; as it was asked for at first when not given.

    Raises:
        InvalidTransition: no columns were chosen yet, or the import runs or is over.
    """
    with acting(actor) as act:
        batch = _waiting_batch(actor, batch_id, lock=True)
        authorised_team(act, actor, batch.team_id)
        if map_of(batch.findings) is None:
            raise InvalidTransition(_("Choose the columns first."))
        batch.state = ImportState.WAITING
        if dry_run is not None:
            batch.dry_run = dry_run
        batch.save(update_fields=["state", "dry_run"])
        act.record(
            "referral.import_requested",
            batch,
            facts={"format": str(batch.format), "rows": batch.rows_in_all},
        )
        act.after_commit("referrals.run_import", str(batch.pk), str(actor.pk))
    return batch


def _waiting_batch(actor: User, batch_id: uuid.UUID, *, lock: bool = False) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(actor).filter(
        format=ImportFormat.OWN, started_by=actor
    )
    batch: ImportBatch = (batches.locked() if lock else batches).get(pk=batch_id)
    if batch.state != ImportState.MAPPING:
        raise InvalidTransition(_("This import runs already, or is over."))
    return batch


def _content(actor: User, batch: ImportBatch) -> bytes:
    return bytes(ImportWaiting.objects.visible_to(actor).get(batch=batch).content)
