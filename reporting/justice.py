"""How far cases came, how long it took, and what stands still: exact, of one agency (S-FUN, S-R2R,
S-R2C of domain.md 4.1). For the dashboard of those who may read exact figures.

All is counted over the coded fact views. A cohort is the referrals received in a period; what its
cases reached counts up to a day, wherever that day lies. Steps are counted in cases, so that each
is a part of the cohort; none is a part of the one before, since a charge needs no operation here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from reporting.facts import CONNECTION

# A proceeding that no step and no hearing moved for so long, with none ahead, stands still.
STILL_AFTER = timedelta(days=180)
AHEAD = timedelta(days=30)
# Two values have no quartiles worth the name.
FEWEST_FOR_QUARTILES = 4
STEPS = ("operation", "arrest", "charge", "conviction")


@dataclass(frozen=True)
class Reached:
    """Cases of a cohort that reached a step; those that did not, by whether they are open now."""

    step: str
    cases: int
    still_open: int
    closed: int


@dataclass(frozen=True)
class Waits:
    """Days from one moment to the next, of those who have both.

    Attributes:
        days: one number each, in order.
        waiting: who has the first and not yet the second; they are in no average.
    """

    days: tuple[int, ...]
    waiting: int

    @property
    def n(self) -> int:
        return len(self.days)

    @property
    def median(self) -> float | None:
        return median(self.days) if self.days else None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        if len(self.days) < FEWEST_FOR_QUARTILES:
            return None
        low, _middle, high = quantiles(self.days, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True)
class Cohort:
    """The referrals received in a period, and what became of them up to a day.

    Attributes:
        referrals: all of them; cases: the cases they led to, each once.
        steps: in the order of `STEPS`.
        to_safety: from the first referral of a case to each survivor's safety (S-R2R); who was
            safe before is left out, and `safe_before` says how many.
        to_charge: from the first survivor's safety to the first charge of a case (S-R2C).
        to_judgment: from the charge to the first judgment of a proceeding (S-R2C).
    """

    referrals: int
    cases: int
    steps: tuple[Reached, ...]
    to_safety: Waits
    safe_before: int
    to_charge: Waits
    to_judgment: Waits


@dataclass(frozen=True)
class Pending:
    """What lies before the courts on a day.

    Attributes:
        running: proceedings in which a court has something left to decide.
        hearings: hearings of the next thirty days; reports: those whose report is due within them
            and was not sent.
        still: running proceedings that stand still, by stage, most first.
    """

    running: int
    hearings: int
    reports: int
    still: tuple[tuple[str, int], ...]


def count_cohort(*, agency_id: UUID, start: date, end: date, as_of: date) -> Cohort:
    """Follow the referrals that one agency received in a period.

    Args:
        start, end: first and last day on which they were received, both counted.
        as_of: what happened later is left out. Whether a case is open is as it is now, and so is
            which case a referral belongs to.
    """
    values = {"agency": agency_id, "start": start, "end": end, "as_of": as_of}
    rows = _rows(
        {
            "referrals": REFERRALS,
            "cases": CASES,
            "operation": OPERATIONS,
            "arrest": ARRESTS,
            "charge": CHARGES,
            "conviction": CONVICTIONS,
            "survivors": SURVIVORS,
            "proceedings": PROCEEDINGS,
        },
        values,
    )
    received = {case: (day, is_open) for case, day, is_open in rows["cases"]}
    happened = {step: {row[0] for row in rows[step]} & received.keys() for step in STEPS}
    survivors = [row for row in rows["survivors"] if row[0] in received]
    proceedings = [row for row in rows["proceedings"] if row[0] in received]
    took = [safe - received[case][0] for case, safe in survivors if safe is not None]
    safe_on = _first(survivors)
    charged_on = _first([(case, charged) for case, charged, _judged, _over in proceedings])
    charged = [row for row in proceedings if row[1] is not None]
    return Cohort(
        referrals=rows["referrals"][0][0],
        cases=len(received),
        steps=tuple(_reached(step, happened[step], received) for step in STEPS),
        to_safety=_waits(took, sum(1 for _case, safe in survivors if safe is None)),
        safe_before=sum(1 for one in took if one < timedelta()),
        to_charge=_waits(
            [charged_on[case] - safe_on[case] for case in safe_on if case in charged_on],
            len(safe_on.keys() - charged_on.keys()),
        ),
        to_judgment=_waits(
            [judged - filed for _case, filed, judged, _over in charged if judged is not None],
            sum(1 for _case, _filed, judged, over in charged if judged is None and not over),
        ),
    )


def count_pending(*, agency_id: UUID, today: date) -> Pending:
    """What lies before the courts in one agency's cases, and what stands still."""
    values = {
        "agency": agency_id,
        "today": today,
        "until": today + AHEAD,
        "still": today - STILL_AFTER,
    }
    rows = _rows(
        {
            "running": RUNNING,
            "hearings": HEARINGS_AHEAD,
            "reports": REPORTS_DUE,
            "still": STANDING_STILL,
        },
        values,
    )
    return Pending(
        running=rows["running"][0][0],
        hearings=rows["hearings"][0][0],
        reports=rows["reports"][0][0],
        still=tuple((stage, count) for stage, count in rows["still"]),
    )


def _rows(queries: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, list[Sequence[Any]]]:
    with transaction.atomic(using=CONNECTION), connections[CONNECTION].cursor() as cursor:
        # One snapshot for all figures.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = {}
        for name, query in queries.items():
            cursor.execute(query, values)
            found[name] = list(cursor.fetchall())
        return found


def _reached(step: str, cases: set[UUID], received: Mapping[UUID, tuple[date, bool]]) -> Reached:
    others = [is_open for case, (_day, is_open) in received.items() if case not in cases]
    return Reached(step, len(cases), others.count(True), others.count(False))


def _first(rows: Sequence[Sequence[Any]]) -> dict[UUID, date]:
    """Case → its earliest day."""
    found: dict[UUID, date] = {}
    for case, day in rows:
        if day is not None:
            found[case] = min(day, found.get(case, day))
    return found


def _waits(took: Sequence[timedelta], waiting: int) -> Waits:
    # What came before its beginning took no time, and is no wait.
    return Waits(tuple(sorted(one.days for one in took if one >= timedelta())), waiting)


MINE = "agency_key = %(agency)s"
RECEIVED = f"{MINE} AND received_on BETWEEN %(start)s AND %(end)s AND received_on <= %(as_of)s"

REFERRALS = f"SELECT count(*) FROM fact_referral WHERE {RECEIVED}"
CASES = f"""SELECT case_key, min(received_on), bool_or(case_is_open) FROM fact_referral
    WHERE {RECEIVED} AND case_key IS NOT NULL GROUP BY case_key"""
OPERATIONS = f"SELECT case_key FROM fact_operation WHERE {MINE} AND happened_on <= %(as_of)s"
ARRESTS = f"""SELECT case_key FROM fact_arrest
    WHERE {MINE} AND outcome IN ('suspect_arrested', 'suspect_surrendered')
    AND decided_on <= %(as_of)s AND (replaced_on IS NULL OR replaced_on > %(as_of)s)"""
CHARGES = f"SELECT case_key FROM fact_charged WHERE {MINE} AND charged_on <= %(as_of)s"
CONVICTIONS = f"""SELECT case_key FROM fact_conviction
    WHERE {MINE} AND convicted_on <= %(as_of)s
    AND (reversed_on IS NULL OR reversed_on > %(as_of)s)"""
SURVIVORS = f"""SELECT case_key,
    min(CASE WHEN safeguarded_on <= %(as_of)s THEN safeguarded_on END)
    FROM fact_survivor WHERE {MINE} GROUP BY case_key, person_key"""
PROCEEDINGS = f"""SELECT case_key,
    CASE WHEN charged_on <= %(as_of)s THEN charged_on END,
    CASE WHEN judged_on <= %(as_of)s THEN judged_on END, is_over
    FROM fact_proceeding WHERE {MINE}"""
RUNNING = f"SELECT count(*) FROM fact_proceeding WHERE {MINE} AND NOT is_over"
AHEAD_OF_US = f"{MINE} AND status = 'scheduled'"
HEARINGS_AHEAD = f"""SELECT count(*) FROM fact_hearing
    WHERE {AHEAD_OF_US} AND heard_on BETWEEN %(today)s AND %(until)s"""
REPORTS_DUE = f"""SELECT count(*) FROM fact_hearing
    WHERE {AHEAD_OF_US} AND heard_on >= %(today)s AND report_due_on <= %(until)s
    AND NOT report_sent"""
STANDING_STILL = f"""SELECT p.stage, count(*) FROM fact_proceeding p
    WHERE p.{MINE} AND NOT p.is_over AND p.reached_on < %(still)s
    AND NOT EXISTS (SELECT FROM fact_hearing h WHERE h.proceeding_key = p.proceeding_key
        AND ((h.status = 'scheduled' AND h.heard_on >= %(today)s)
            OR (h.status = 'held' AND h.heard_on >= %(still)s)))
    GROUP BY p.stage ORDER BY count(*) DESC, p.stage"""
