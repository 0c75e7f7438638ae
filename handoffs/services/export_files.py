"""The file of an export: made by a job, taken, dropped, gone by its day."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from audit.reading import reading
from audit.reviewing import open_review
from core.actors import Actor
from core.errors import DomainError
from handoffs.choices import ExportGone, ExportState
from handoffs.exporting.asking import carried_now, facts_of
from handoffs.exporting.columns import columns_for
from handoffs.exporting.files import Outside, write_file
from handoffs.exporting.rows import read_rows
from handoffs.models import CaseExport, ExportFile
from handoffs.profiles import profile_for

# The file is there to be carried over, not to be kept: three days, and then it is gone.
KEPT_FOR = timedelta(hours=72)
GIVEN_UP_AFTER = timedelta(days=1)
MADE = ("state", "held", "rows", "left_out", "ready_at", "expires_at", "place_ids")
Progress = Callable[[int, int], None]


class NoFile(DomainError):
    """The file of an export is not there."""

    code = "no_file"


def build_export(
    *,
    actor: User,
    export_id: uuid.UUID,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> CaseExport:
    """Make the file, in the name of whoever asked: of those still in sight and still agreed.

    May run twice: what is made is passed over. One event a person stands in the log before the
    file is there.

    Raises:
        CaseExport.DoesNotExist: not visible to the actor.
        Denied: the role is gone.
        vault.errors.KeyUnavailable: the key-encryption key is away; the job is tried again.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        export = _own(act, actor, export_id, "handoffs.export_cases")
        if export.state != ExportState.BUILDING:
            act.record("export.repeated", export)
            return export
        carried, terms = carried_now(actor, export, at)
        rows = read_rows(actor, carried.places, carried.held)
        if progress is not None:
            progress(len(rows) // 2, len(rows))
        export.left_out = export.records - len(rows)
        if not rows:
            _stop(act, export, ExportGone.NOBODY)
            return export
        columns = list(
            columns_for(
                carried.held,
                outside=export.recipient_id is not None,
                profile=profile_for(terms.recipient.type) if terms.recipient else None,
            )
        )
        export.move(ExportState.READY)
        export.held, export.rows = list(carried.held), len(rows)
        export.place_ids = [row.place.pk for row in rows]
        export.ready_at, export.expires_at = at, at + KEPT_FOR
        outside = Outside(
            mark=export.reference,
            made_at=at,
            purpose=str(export.purpose),
            sender=terms.sender.name,
            recipient=terms.recipient.name if terms.recipient else "",
            expires_at=export.expires_at,
        )
        content = write_file(
            export.format, rows, columns=columns, held=carried.held, outside=outside
        )
        act.record_each(
            "export.held",
            [row.place for row in rows],
            facts=[{"export": export.reference, "sections": export.held}] * len(rows),
        )
        digest = hashlib.sha256(content).digest()
        # While it is being made: below Python a file comes into no other.
        ExportFile(export=export, content=content, digest=digest).save(force_insert=True)
        export.save(update_fields=MADE)
        act.record("export.made", export, facts=facts_of(export) | {"sha256": digest.hex()})
        act.after_commit("cases.tell", str(actor.pk))
        if progress is not None:
            progress(len(rows), len(rows))
    return export


def stop_export(*, actor: User, export_id: uuid.UUID) -> CaseExport:
    """Write down that its job broke. Raises CaseExport.DoesNotExist or Denied."""
    with acting(actor) as act:
        export = _own(act, actor, export_id, "handoffs.export_cases")
        if export.state == ExportState.BUILDING:
            _stop(act, export, ExportGone.BROKE_OFF)
        else:
            act.record("export.repeated", export)
    return export


def take_export(*, actor: User, export_id: uuid.UUID, at: datetime) -> tuple[CaseExport, bytes]:
    """The file, as long as everything in it may still leave; the event is in the log before.

    Raises:
        CaseExport.DoesNotExist: not theirs.
        Denied: not the role's to do.
        DomainError: there is no file, or no longer: its time is over, or somebody in it took back
            their agreement, was erased, or is out of sight. It is dropped then.
        vault.errors.CannotOpen: it does not open.
    """
    with acting(actor) as act:
        export = _own(act, actor, export_id, "handoffs.take_export")
        if not export.is_open(at):
            raise NoFile(_("There is no file, or no longer. Ask for a new export."))
        if _still_carried(actor, export, at):
            content = bytes(ExportFile.objects.visible_to(actor).get(export=export).content)
            act.record("export.taken", export, facts=facts_of(export))
            open_review(
                act,
                kind="export",
                about=export,
                facts={
                    "entries": export.rows,
                    "reason": str(export.purpose),
                    "form": str(export.format),
                },
                mark=f"export:{export.pk}",
                at=at,
            )
            return export, content
        _drop(act, export, ExportGone.UNCARRIED)
        act.record("export.withdrawn", export)
    raise NoFile(
        _(
            "Something this file rested on has changed since it was made, so it is gone. Ask for a "
            "new export: it holds what may leave now."
        )
    )


def drop_export(*, actor: User, export_id: uuid.UUID) -> CaseExport:
    """Drop the file before its time. Raises CaseExport.DoesNotExist, Denied, InvalidTransition."""
    with acting(actor) as act:
        export = _own(act, actor, export_id, "handoffs.take_export")
        _drop(act, export, ExportGone.DROPPED)
        act.record("export.dropped", export)
    return export


def drop_old_exports(*, actor: Actor, at: datetime) -> int:
    """Drop files whose time is over, and give up what was never made.

    Args:
        actor: the clock service, which opens nothing.
    """
    old = CaseExport.objects.visible_to(actor).filter(
        Q(state=ExportState.READY, expires_at__lte=at)
        | Q(state=ExportState.BUILDING, created_at__lt=at - GIVEN_UP_AFTER)
        & (Q(decided_at=None) | Q(decided_at__lt=at - GIVEN_UP_AFTER))
    )
    with reading(actor):
        if not old.exists():
            return 0
    with acting(actor) as act:
        act.authorise("handoffs.drop_exports")
        found = list(old.locked())
        for export in found:
            if export.state == ExportState.READY:
                _drop(act, export, ExportGone.EXPIRED)
            else:
                _give_up(export, ExportGone.BROKE_OFF)
        act.record("export.files_dropped", facts={"files": len(found)})
    return len(found)


def _own(act: Act, actor: User, export_id: uuid.UUID, permission: str) -> CaseExport:
    export: CaseExport = (
        CaseExport.objects.visible_to(actor)
        .locked()
        .select_related("agency", "recipient")
        .get(pk=export_id)
    )
    act.authorise(permission, export, verdict=export.asked_by_id == actor.pk)
    return export


def _still_carried(actor: User, export: CaseExport, at: datetime) -> bool:
    """Whether all that the file holds could be put into one now."""
    carried, _terms = carried_now(actor, export, at)
    return carried.places == set(export.place_ids) and set(export.held) <= set(carried.held)


def _stop(act: Act, export: CaseExport, because: str) -> None:
    _give_up(export, because)
    act.record("export.stopped", export, facts={"because": str(because)})
    act.after_commit("cases.tell", str(export.asked_by_id))


def _give_up(export: CaseExport, because: str) -> None:
    export.move(ExportState.STOPPED)
    export.gone_because = because
    export.save(update_fields=["state", "gone_because", "left_out"])


def _drop(act: Act, export: CaseExport, because: str) -> None:
    export.move(ExportState.GONE)
    export.gone_because = because
    export.save(update_fields=["state", "gone_because"])
    ExportFile.objects.visible_to(act.actor).filter(export=export).delete()
