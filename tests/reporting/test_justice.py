"""How far cases came and how long it took, against numbers worked out by hand.

The cohort is the referrals received in 2024, as they stood on 31 December 2025:

    A  received 10 Jan 2024; its child safe on 9 Feb (30 days); an operation, an arrest on 9 Feb; a
       charge on 1 Mar (21 days after the safety); convicted on 30 Apr (60 days after the charge)
    B  received 1 Feb 2024; one child safe on 20 Jan already, one safe on 11 Feb (10 days); charged
       on 10 Feb 2026 only, so not by then
    C  received 1 Mar 2024; nobody safe, nothing before a court; the case was closed
    D  received 5 Mar 2024 and never accepted
    E  received 1 Jan 2025, after the period, with a child safe
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from reporting.justice import count_cohort, count_pending
from reporting.justice_words import way_finding

A, B, C, E = (uuid4() for _case in range(4))
PEOPLE = [uuid4() for _person in range(8)]
RUNS_A, RUNS_B = uuid4(), uuid4()
PERIOD = {"start": date(2024, 1, 1), "end": date(2024, 12, 31), "as_of": date(2025, 12, 31)}
TODAY = date(2026, 6, 1)


@pytest.fixture
def facts(cast, monkeypatch):
    """Facts made up as rows that stand before the views of the same names."""
    mine, other = cast.agency.pk, cast.cyber_unit.pk
    rows = {
        "fact_referral": (
            "(referral_key uuid, agency_key uuid, received_on date, case_key uuid,"
            " case_is_open bool)",
            [
                (uuid4(), mine, date(2024, 1, 10), A, True),
                # A second referral of the same case does not move its beginning.
                (uuid4(), mine, date(2024, 6, 1), A, True),
                (uuid4(), mine, date(2024, 2, 1), B, True),
                (uuid4(), mine, date(2024, 3, 1), C, False),
                (uuid4(), mine, date(2024, 3, 5), None, None),
                (uuid4(), mine, date(2025, 1, 1), E, True),
                (uuid4(), other, date(2024, 3, 1), uuid4(), True),
            ],
        ),
        "fact_survivor": (
            "(person_key uuid, case_key uuid, agency_key uuid, safeguarded_on date)",
            [
                (PEOPLE[0], A, mine, date(2024, 2, 9)),
                (PEOPLE[1], B, mine, date(2024, 1, 20)),
                (PEOPLE[2], B, mine, date(2024, 2, 11)),
                (PEOPLE[3], C, mine, None),
                (PEOPLE[4], E, mine, date(2025, 1, 2)),
            ],
        ),
        "fact_operation": (
            "(case_key uuid, agency_key uuid, happened_on date)",
            [(A, mine, date(2024, 2, 9)), (B, mine, date(2026, 1, 1))],
        ),
        "fact_arrest": (
            "(case_key uuid, agency_key uuid, outcome text, decided_on date, replaced_on date)",
            [
                (A, mine, "suspect_arrested", date(2024, 2, 9), None),
                (B, mine, "suspect_at_large", date(2024, 2, 9), None),
                (C, mine, "suspect_arrested", date(2024, 4, 1), date(2024, 5, 1)),
            ],
        ),
        "fact_charged": (
            "(case_key uuid, agency_key uuid, charged_on date)",
            [(A, mine, date(2024, 3, 1)), (B, mine, date(2026, 2, 10))],
        ),
        "fact_conviction": (
            "(case_key uuid, agency_key uuid, convicted_on date, reversed_on date)",
            [(A, mine, date(2024, 4, 30), date(2026, 1, 15))],
        ),
        "fact_proceeding": (
            "(proceeding_key uuid, case_key uuid, agency_key uuid, stage text, is_over bool,"
            " reached_on date, charged_on date, judged_on date)",
            [
                (
                    RUNS_A,
                    A,
                    mine,
                    "appeal",
                    False,
                    date(2025, 1, 1),
                    date(2024, 3, 1),
                    date(2024, 4, 30),
                ),
                (RUNS_B, B, mine, "charged", False, date(2026, 2, 10), date(2026, 2, 10), None),
            ],
        ),
        "fact_hearing": (
            "(proceeding_key uuid, agency_key uuid, status text, heard_on date,"
            " report_due_on date, report_sent bool)",
            [
                (RUNS_B, mine, "scheduled", TODAY + timedelta(days=10), TODAY, False),
                (RUNS_B, mine, "cancelled", TODAY + timedelta(days=11), TODAY, False),
                (RUNS_B, mine, "scheduled", TODAY + timedelta(days=60), None, False),
                (RUNS_A, mine, "held", date(2025, 3, 1), None, False),
            ],
        ),
    }
    import reporting.justice as justice

    asked = justice._rows

    def before_the_views(queries, values):
        parts, given = [], dict(values)
        for name, (columns, records) in rows.items():
            types = columns.strip("()").split(", ")
            lines = []
            for at, record in enumerate(records):
                cells = []
                for place, (value, column) in enumerate(zip(record, types, strict=True)):
                    key = f"{name}_{at}_{place}"
                    given[key] = value
                    cells.append(f"%({key})s::{column.split()[1]}")
                lines.append(f"({', '.join(cells)})")
            heads = ", ".join(column.split()[0] for column in types)
            parts.append(f"{name} ({heads}) AS (VALUES {', '.join(lines)})")
        head = "WITH " + ", ".join(parts) + " "
        return asked({name: head + query for name, query in queries.items()}, given)

    monkeypatch.setattr(justice, "_rows", before_the_views)
    return mine


def test_how_far_the_cases_of_a_period_came(facts):
    cohort = count_cohort(agency_id=facts, **PERIOD)
    assert (cohort.referrals, cohort.cases) == (5, 3)
    assert [(one.step, one.cases, one.still_open, one.closed) for one in cohort.steps] == [
        ("operation", 1, 1, 1),
        ("arrest", 1, 1, 1),
        ("charge", 1, 1, 1),
        ("conviction", 1, 1, 1),
    ]
    assert way_finding(cohort) == (
        "5 referrals led to 3 cases. A charge was filed in 1 of them; in 1 a conviction stands."
    )


def test_what_is_known_later_counts_from_its_own_day(facts):
    later = count_cohort(agency_id=facts, **{**PERIOD, "as_of": date(2026, 3, 1)})
    assert {one.step: one.cases for one in later.steps} == {
        "operation": 2,
        "arrest": 1,
        "charge": 2,
        "conviction": 0,
    }
    early = count_cohort(agency_id=facts, **{**PERIOD, "as_of": date(2024, 2, 15)})
    assert (early.referrals, early.cases) == (2, 2)
    assert {one.step: one.cases for one in early.steps}["charge"] == 0


def test_how_long_it_took_and_who_still_waits(facts):
    cohort = count_cohort(agency_id=facts, **PERIOD)
    assert (cohort.to_safety.days, cohort.to_safety.waiting) == ((10, 30), 1)
    assert (cohort.to_safety.median, cohort.to_safety.quartiles) == (20, None)
    assert cohort.safe_before == 1
    # A: 9 February to 1 March of a leap year. B was safe and not charged by then.
    assert (cohort.to_charge.days, cohort.to_charge.waiting) == ((21,), 1)
    assert (cohort.to_judgment.days, cohort.to_judgment.waiting) == ((60,), 0)


def test_what_lies_before_the_courts_and_what_stands_still(facts):
    pending = count_pending(agency_id=facts, today=TODAY)
    assert (pending.running, pending.hearings, pending.reports) == (2, 1, 1)
    assert pending.still == (("appeal", 1),)
    # With a step of the last half year nothing stands still.
    assert count_pending(agency_id=facts, today=date(2025, 5, 1)).still == ()


def test_the_real_facts_answer_and_the_page_shows_them(world, client_of):
    with connections["reporting"].cursor() as cursor:
        for view in ("fact_operation", "fact_proceeding", "fact_hearing"):
            cursor.execute(f"SELECT count(*) FROM {view}")
            assert cursor.fetchone()[0] > 0, view
        cursor.execute("SELECT count(*) FROM fact_referral WHERE case_key IS NOT NULL")
        assert cursor.fetchone()[0] > 0
    today = timezone.localdate()
    cohort = count_cohort(
        agency_id=world.cast.agency.pk, start=date(2020, 1, 1), end=today, as_of=today
    )
    assert cohort.cases > 0
    page = client_of(world.cast.manager).get("/reporting/outcomes/").content.decode()
    for words in ("How far cases came", "Before the courts today", "Proceedings that run"):
        assert words in page
    assert count_pending(agency_id=world.cast.agency.pk, today=today).running > 0
