"""One export as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.second_person import Matter, second_person
from core.ui.dates import spell
from handoffs.choices import ExportState
from handoffs.models import CaseExport
from handoffs.package_words import section_labels
from vault.opening import opened


@dataclass(frozen=True)
class ExportPage:
    """What the page of a visible export shows.

    Attributes:
        title: where it stands, as a heading.
        facts: (words, value) of what was asked and what came of it.
        reason: why, in the words of whoever asked; empty where it does not open.
        being_made: its job is still to be done.
        can_decide: the reader may approve or refuse it.
        can_take: the reader asked for it, and the file is there.
        because: why there is no file.
    """

    title: str
    facts: list[tuple[str, Any]]
    reason: str
    being_made: bool
    can_decide: bool
    can_take: bool
    because: str


def export_page(actor: User, export: CaseExport, at: datetime) -> ExportPage:
    """What the page of a visible export shows `actor`. Nobody's data is on it."""
    mine = export.asked_by_id == actor.pk
    told = opened(export, "reason")
    waits = export.state == ExportState.ASKED
    other = second_person(actor, first_id=export.asked_by_id, matter=Matter.BULK_EXPORT).may
    ready = export.is_open(at)
    over = export.state == ExportState.READY and not ready
    return ExportPage(
        title=_("The file is gone") if over else str(export.get_state_display()),
        facts=_facts(export),
        reason=str(told.value) if told.readable else "",
        being_made=export.state == ExportState.BUILDING,
        can_decide=waits and other and actor.may("handoffs.approve_export"),
        can_take=ready and mine and actor.may("handoffs.take_export"),
        because=_("Its time was over") if over else str(export.get_gone_because_display()),
    )


def _facts(export: CaseExport) -> list[tuple[str, Any]]:
    nobody = _("Nobody outside: our own work")
    facts: list[tuple[str, Any]] = [
        (_("What for"), export.get_purpose_display()),
        (_("Who gets it"), export.recipient.name if export.recipient else nobody),
        (_("Format"), export.get_format_display()),
        (_("Kinds of data"), ", ".join(section_labels(export.held or export.sections))),
        (_("Asked for by"), f"{export.asked_by.name}, {spell(export.created_at)}"),
        (
            _("Of"),
            ngettext("%(n)d person", "%(n)d people", export.records) % {"n": export.records},
        ),
        (_("Where somebody did not agree"), export.get_who_said_no_display()),
    ]
    if export.decided_by is not None and export.decided_at is not None:
        facts.append((_("Decided by"), f"{export.decided_by.name}, {spell(export.decided_at)}"))
    if export.expires_at is not None:
        facts += [
            (_("In the file"), _("%(n)d people") % {"n": export.rows}),
            (_("Left out: no agreement, or no longer in sight"), export.left_out),
            (_("The file is gone after"), spell(export.expires_at)),
        ]
    return facts
