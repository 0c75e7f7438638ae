"""How long everything is kept, as data, and how the database finds what is due (R-D3).

What belongs to a case is kept as long as its case, what belongs to a referral as long as that.
`CLASSES` says of every table which of them it follows, and a test finds one that says nothing.
Years are defaults for counsel to check: `LIWANAG_RETENTION_YEARS` in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.walls import IN_ACT, definer_function


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

COLUMNS = (
    "TABLE (record_id uuid, agency_id uuid, case_id uuid, team_id uuid, reference text, "
    "retention text, review_on date)"
)


def keeping_function(kind: str, query: str) -> str:
    """SQL of `liwanag_keeping_<kind>()`: what of this kind is kept until when, for the nightly
    list alone."""
    return definer_function(
        f"liwanag_keeping_{kind}",
        COLUMNS,
        f"SELECT k.* FROM ({query}) k WHERE {IN_ACT} AND liwanag_may('cases.list_due')",
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
        "LEFT JOIN LATERAL (SELECT max(coalesce(y.released_at::date, y.until)) AS ended "
        "FROM cases_legalhold y WHERE y.case_id = c.id) h ON true "
        "WHERE NOT EXISTS (SELECT FROM cases_legalhold s WHERE s.case_id = c.id "
        "AND s.released_at IS NULL AND (s.until IS NULL OR s.until >= current_date)) "
        # Nothing is left to look at once everybody in it was erased.
        "AND (NOT EXISTS (SELECT FROM cases_caseparticipant p WHERE p.case_id = c.id) "
        "OR EXISTS (SELECT FROM cases_caseparticipant p JOIN cases_person q ON q.id = p.person_id "
        "WHERE p.case_id = c.id AND q.erased_on IS NULL))"
    )


KINDS = ["case"]


def register_kept_kind(kind: str) -> None:
    """Put a kind of record on the nightly list; its app declares `keeping_function(kind, …)`."""
    if kind not in KINDS:
        KINDS.append(kind)
