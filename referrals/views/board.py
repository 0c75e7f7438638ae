"""The board of the referral desk, with what is missing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Denied
from core.views import Workspace
from referrals.board import Board, Line
from referrals.forms import BoardForm
from referrals.selectors.board import (
    MISSING,
    Asked,
    board_teams,
    reads_exactly,
    referral_board,
    source_label,
)


class BoardPage(Workspace):
    """Counts by kind of source, and a report of what sources did not tell."""

    reads = "referral.board_opened"
    template_name = "referrals/board.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        if not (user.may("referrals.read_board") or user.may("referrals.read_exact_board")):
            raise Denied("referrals.read_board")
        filled = {**BoardForm.usual(), **{name: told for name, told in request.GET.items() if told}}
        form = BoardForm(filled, teams=board_teams(user))
        valid = form.is_valid()
        self.record_read(
            object_type="referrals.referral",
            facts={"filters": sorted(set(form.fields) & set(request.GET)), "exact": self.exact},
        )
        shown: dict[str, Any] = {"form": form, "exact": self.exact}
        if valid:
            told = form.cleaned_data
            team = UUID(told["team"]) if told["team"] else None
            asked = Asked(told["first"], told["last"], team, told["source"])
            shown |= _tables(referral_board(user, asked, timezone.now()), exact=self.exact)
        return self.answer(shown, status=200 if valid else 422)

    @property
    def exact(self) -> bool:
        return reads_exactly(self.request.user)


def _tables(board: Board, *, exact: bool) -> dict[str, Any]:
    # Nothing was triaged: that is a fact, not a number held back.
    none = "–" if exact else None
    return {
        "columns": [
            _("Kind of source"),
            *(
                {"label": label, "number": True}
                for label in (
                    _("Received"),
                    _("Source told in time"),
                    _("Not decided"),
                    _("of these overdue"),
                    _("Hours until triage, median"),
                )
            ),
        ],
        "lines": [
            *(_cells(source_label(line.source), line, none) for line in board.lines),
            _cells(_("All together"), board.together, none),
        ],
        "gap_columns": [_("What was not told"), {"label": _("Referrals"), "number": True}],
        "gaps": [(MISSING[gap.field], gap.count) for gap in board.gaps],
    }


def _cells(name: str, line: Line, none: str | None) -> tuple[Any, ...]:
    in_time = line.answered_in_time
    if in_time is not None and line.answerable is not None:
        told = _("%(n)s of %(all)s") % {"n": in_time, "all": line.answerable}
    else:
        told = None
    hours = none if line.hours is None else line.hours
    return (name, line.received, told, line.backlog, line.late, hours)
