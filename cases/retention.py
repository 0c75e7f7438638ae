"""How long everything is kept, as data, and how the database finds what is due (R-D3).

What belongs to a case is kept as long as its case, what belongs to a referral as long as that.
`CLASSES` says of every table which of them it follows, and a test finds one that says nothing.
Years are defaults for counsel to check: `LIWANAG_RETENTION_YEARS` in the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.walls import IN_ACT, TODAY, day_of, definer_function


@dataclass(frozen=True)
class Keeping:
    """One line of the schedule."""

    code: str
    what: str | Promise
    counted_from: str | Promise
    years: int
    until_age: int = 0


def schedule() -> list[Keeping]:
    """The schedule in force."""
    years = settings.LIWANAG_RETENTION_YEARS
    return [
        Keeping("open_case", _("An open case"), _("the day it was opened"), years["open_case"]),
        Keeping(
            "survivor_file",
            _("A survivor’s file, with all that belongs to its case"),
            _("the day it was closed; from the end of a legal hold, where there was one"),
            years["survivor_file"],
            settings.LIWANAG_RETENTION_AGE,
        ),
        Keeping(
            "short",
            _("A case in which nothing came of it"),
            _("the day it was closed"),
            years["short"],
        ),
        Keeping(
            "referral",
            _("A referral that became no case"),
            _("the day it was decided; of one that waits, the day it came"),
            years["referral"],
        ),
        Keeping(
            "register",
            _("Registers, erasures and their receipts"),
            _("the day they ended"),
            years["register"],
        ),
    ]


def labels() -> dict[str, str]:
    return {line.code: str(line.what) for line in schedule()}


# What has its own class; every other table follows the case or referral it points to.
CLASSES = {
    "cases.Case": "survivor_file",
    "referrals.Referral": "referral",
    "cases.RegisterEntry": "register",
    "cases.RegisterVersion": "register",
    "cases.ErasureRequest": "register",
    "cases.RetentionReview": "register",
}

NAMES = "record_id, agency_id, case_id, team_id, reference, retention, review_on"
COLUMNS = (
    "TABLE (record_id uuid, agency_id uuid, case_id uuid, team_id uuid, reference text, "
    "retention text, review_on date)"
)


def keeping_function(kind: str, query: str) -> str:
    """SQL of `liwanag_keeping_<kind>()`: what of this kind is kept until when, for the nightly
    list alone. What waits for the officer is left out; once refused, it is looked at again."""
    return definer_function(
        f"liwanag_keeping_{kind}",
        COLUMNS,
        f"SELECT k.* FROM ({query}) k ({NAMES}) "
        f"WHERE {IN_ACT} AND liwanag_may('cases.list_due') "
        "AND NOT EXISTS (SELECT FROM cases_erasurerequest w WHERE w.status = 'requested' "
        "AND k.record_id IN (w.case_id, w.record_id))",
    )


def case_query() -> str:
    """When each case is looked at again. A standing hold keeps it off the list; one that ended
    starts the clock anew (R-D4)."""
    years = settings.LIWANAG_RETENTION_YEARS
    long, short, opened = (int(years[name]) for name in ("survivor_file", "short", "open_case"))
    kept_years = (
        f"make_interval(years => CASE f.retention WHEN 'short' THEN {short} ELSE {long} END)"
    )
    return (
        "SELECT c.id, c.lead_agency_id, c.id AS case_id, NULL::uuid, c.reference::text, "
        "CASE WHEN c.protection_stage IN ('closed', 'transferred') "
        "THEN coalesce(f.retention, 'survivor_file') ELSE 'open_case' END, "
        "CASE WHEN c.protection_stage IN ('closed', 'transferred') THEN greatest("
        f"coalesce(f.keep_until, (c.opened_on + interval '{long} years')::date), "
        f"(h.ended + {kept_years})::date) "
        f"ELSE (c.opened_on + interval '{opened} years')::date END "
        "FROM cases_case c "
        "LEFT JOIN LATERAL (SELECT x.retention, x.keep_until FROM cases_caseclosure x "
        "WHERE x.case_id = c.id AND x.status = 'closed' "
        "ORDER BY x.decided_at DESC LIMIT 1) f ON true "
        "LEFT JOIN LATERAL (SELECT "
        f"max(coalesce({day_of('y.released_at')}, y.until)) AS ended "
        "FROM cases_legalhold y WHERE y.case_id = c.id) h ON true "
        "WHERE NOT EXISTS (SELECT FROM cases_legalhold s WHERE s.case_id = c.id "
        f"AND s.released_at IS NULL AND (s.until IS NULL OR s.until >= {TODAY})) "
        # Nothing is left to look at once everybody in it was erased, and its shared texts.
        "AND (EXISTS (SELECT FROM vault_datakey d WHERE d.owner_type = 'case' "
        "AND d.owner_id = c.id) "
        "OR EXISTS (SELECT FROM cases_caseparticipant p JOIN cases_person q ON q.id = p.person_id "
        "WHERE p.case_id = c.id AND q.erased_on IS NULL))"
    )


# How the erasure of a record that is due is asked for: (actor, record id, moment) → the requests.
Asking = Callable[[Any, UUID, datetime], list[Any]]
KINDS: dict[str, Asking | None] = {"case": None}


def register_kept_kind(kind: str, ask: Asking) -> None:
    """Put a kind of record on the nightly list; its app declares `keeping_function(kind, …)`."""
    KINDS[kind] = ask
