"""Who is counted, once, when, and by what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils import translation

from core.choices import Side
from referrals.choices import SourceCategory
from reporting.measures import (
    JURISDICTION,
    MEASURES,
    PERSONS_CONVICTED,
    REFERRALS_BY_SOURCE,
    SIDE,
    SOURCE_CATEGORY,
    CountingError,
    Measure,
    Period,
    compute,
)
from reporting.tables import TOTAL, Table

H1 = Period.parse("2026H1")
JAN, APR = date(2026, 1, 15), date(2026, 4, 15)


# Periods


@pytest.mark.parametrize(
    ("text", "start", "end", "codes"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), ["2026H1", "2026H2"]),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30), ["2026Q1", "2026Q2"]),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31), ["2026Q3", "2026Q4"]),
        ("2024Q1", date(2024, 1, 1), date(2024, 3, 31), ["2024Q1"]),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), ["2026Q4"]),
    ],
)
def test_a_period_is_written_as_year_half_or_quarter(
    text: str, start: date, end: date, codes: list[str]
) -> None:
    period = Period.parse(text)
    assert (period.start, period.end) == (start, end)
    assert [category.code for category in period.categories()] == codes


@pytest.mark.parametrize(
    "text", ["", "26", "2026Q5", "2026H3", "2026-01", "0026", "２０２６", "2026Q1 "]
)
def test_a_period_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write a period as"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("start", "end", "step"),
    [
        (date(2026, 1, 2), date(2026, 3, 31), "quarter"),
        (date(2026, 1, 1), date(2026, 3, 30), "quarter"),
        (date(2026, 2, 1), date(2026, 4, 30), "quarter"),
        (date(2026, 4, 1), date(2026, 9, 30), "half_year"),
        (date(2026, 4, 1), date(2026, 3, 31), "quarter"),
        (date(2026, 1, 1), date(2026, 1, 31), "month"),
    ],
)
def test_a_period_is_made_of_whole_steps(start: date, end: date, step: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(start, end, step)


def test_both_end_days_of_a_step_belong_to_it() -> None:
    assert [H1.code_of(day) for day in (date(2026, 1, 1), date(2026, 3, 31))] == ["2026Q1"] * 2
    assert [H1.code_of(day) for day in (date(2026, 4, 1), date(2026, 6, 30))] == ["2026Q2"] * 2


# Counting


def test_each_referral_counts_once_by_source_and_quarter() -> None:
    rows = [
        ("a", "ngo", JAN),
        ("b", "ngo", JAN),
        ("b", "ngo", JAN),
        ("c", "ngo", APR),
        ("d", "school", APR),
        ("e", None, APR),
        ("f", "", JAN),
    ]
    table = compute(REFERRALS_BY_SOURCE, rows, period=H1)
    assert table.value(("ngo", "2026Q1")) == 2
    assert table.value(("ngo", "2026Q2")) == 1
    assert table.value(("ngo", TOTAL)) == 3
    assert table.value(("unknown", TOTAL)) == 2
    assert table.value((TOTAL, "2026Q2")) == 3
    assert table.value((TOTAL, TOTAL)) == 6
    assert table.value(("court", "2026Q1")) == 0


def test_every_category_of_the_code_list_is_there_even_when_nobody_is_in_it() -> None:
    table = compute(REFERRALS_BY_SOURCE, [], period=H1)
    assert len(table.rows.categories) == 20
    assert set(table.values().values()) == {0}


def test_a_single_quarter_makes_a_one_way_table() -> None:
    table = compute(REFERRALS_BY_SOURCE, [("a", "ngo", JAN)], period=Period.parse("2026Q1"))
    assert table.columns is None
    assert table.value(("ngo", TOTAL)) == 1
    assert table.value((TOTAL, TOTAL)) == 1


def test_a_country_outside_the_list_is_another_country() -> None:
    rows = [("a", "PH", "source"), ("b", "FR", "demand"), ("c", None, None)]
    table = compute(PERSONS_CONVICTED, rows, period=H1)
    assert table.value(("PH", "source")) == 1
    assert table.value(("other", "demand")) == 1
    assert table.value(("unknown", "unknown")) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "ngo", JAN), ("a", "school", JAN)], "in two cells"),
        ([("a", "ngo", JAN), ("a", "ngo", APR)], "in two cells"),
        ([("a", "circus", JAN)], "not in the declared list"),
        ([("a", "ngo", date(2025, 12, 31))], "outside the period"),
        ([("a", "ngo", None)], "no date"),
    ],
)
def test_rows_that_do_not_fit_the_definition_are_refused_without_naming_a_value(
    rows: list[tuple[str, Any, Any]], message: str
) -> None:
    with pytest.raises(CountingError, match=message) as refused:
        compute(REFERRALS_BY_SOURCE, rows, period=H1)
    assert "circus" not in str(refused.value)
    assert "2025" not in str(refused.value)


def test_exact_counts_stay_out_of_a_printed_table() -> None:
    rows = [(f"key-{n}", "ngo", JAN) for n in range(7391)]
    table = compute(REFERRALS_BY_SOURCE, rows, period=H1)
    assert table.value(("ngo", TOTAL)) == 7391
    assert "7391" not in repr(table)


# Declarations


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda m: m.id)
def test_a_measure_says_all_a_reader_must_know(measure: Measure) -> None:
    for words in (measure.name, measure.unit, measure.numerator, measure.definition):
        assert words
        assert words == words.strip()
    assert measure.version >= 1
    assert "Asia/Manila" in measure.time_basis
    assert measure.id in measure.source


def test_sources_are_those_of_the_records() -> None:
    """Same codes, same words: a reader of a release and a worker at the desk mean the same."""
    with translation.override("en"):
        labels = {code: str(label) for code, label in SourceCategory.choices}
    assert {c.code: c.label for c in SOURCE_CATEGORY.categories} == labels


def test_sides_are_those_of_the_records_and_not_known() -> None:
    assert set(SIDE.codes) == {*Side.values, "unknown"}
    with translation.override("en"):
        for side in Side:
            assert SIDE.label(side.value) == str(side.label)


def test_jurisdictions_have_a_place_for_every_other_country() -> None:
    assert {"other", "unknown"} <= set(JURISDICTION.codes)


# The queries, on PostgreSQL, over facts written out by hand


OURS, THEIRS = UUID(int=1), UUID(int=2)


def counted(measure: Measure, facts: str, *, as_of: date, agency: UUID = OURS) -> Table:
    """Run the measure's own query, as the reporting role, over `facts` instead of the view."""
    with connections["reporting"].cursor() as cursor:
        cursor.execute(f"WITH {facts} {measure.query}", measure.parameters(H1, as_of, agency))
        return compute(measure, cursor.fetchall(), period=H1)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda m: m.id)
@pytest.mark.usefixtures("database")
def test_the_reporting_role_may_run_each_query_on_the_real_views(measure: Measure) -> None:
    with connections["reporting"].cursor() as cursor:
        cursor.execute(measure.query, measure.parameters(H1, JAN, OURS))
        table = compute(measure, cursor.fetchall(), period=H1)
    assert table.value((TOTAL, TOTAL)) == 0


REFERRALS = """
fact_referral (referral_key, agency_key, received_on, source_category) AS (
    SELECT key, lpad(agency, 32, '0')::uuid, day, source FROM (VALUES
        (1, '1', DATE '2025-12-31', 'ngo'),
        (2, '1', DATE '2026-01-01', 'ngo'),
        (3, '1', DATE '2026-03-31', 'ngo'),
        (4, '1', DATE '2026-04-01', 'ncmec_cybertip'),
        (5, '1', DATE '2026-06-30', 'ncmec_cybertip'),
        (6, '1', DATE '2026-07-01', 'ncmec_cybertip'),
        (7, '1', DATE '2026-05-05', NULL),
        (8, '2', DATE '2026-05-05', 'ngo')
    ) AS given (key, agency, day, source)
)"""


@pytest.mark.usefixtures("database")
def test_referrals_count_from_the_first_day_of_the_period_to_the_last() -> None:
    table = counted(REFERRALS_BY_SOURCE, REFERRALS, as_of=date(2026, 12, 31))
    assert table.value(("ngo", "2026Q1")) == 2
    assert table.value(("ncmec_cybertip", "2026Q2")) == 2
    assert table.value(("unknown", "2026Q2")) == 1
    assert table.value((TOTAL, TOTAL)) == 5


@pytest.mark.usefixtures("database")
def test_referrals_after_the_as_of_date_are_not_counted() -> None:
    table = counted(REFERRALS_BY_SOURCE, REFERRALS, as_of=date(2026, 4, 1))
    assert table.value((TOTAL, TOTAL)) == 3


CONVICTIONS = """
fact_conviction (person_key, agency_key, convicted_on, reversed_on, jurisdiction, side) AS (
    SELECT person, lpad(agency, 32, '0')::uuid, day, reversed, country, side FROM (VALUES
        -- twice in the period, in two countries: once, at the first
        ('ana', '1', DATE '2026-02-01', NULL::date, 'PH', 'source'),
        ('ana', '1', DATE '2026-03-01', NULL, 'AU', 'source'),
        -- first convicted before the period: not in it
        ('ben', '1', DATE '2025-11-01', NULL, 'PH', 'source'),
        ('ben', '1', DATE '2026-02-01', NULL, 'PH', 'source'),
        -- reversed before the as-of date: not counted
        ('cara', '1', DATE '2026-02-01', DATE '2026-05-01', 'PH', 'source'),
        -- reversed only after it: counted
        ('dino', '1', DATE '2026-02-01', DATE '2027-01-01', 'GB', 'demand'),
        -- first conviction reversed, convicted again: counted at the one that stands
        ('eva', '1', DATE '2025-02-01', DATE '2025-08-01', 'PH', 'source'),
        ('eva', '1', DATE '2026-06-30', NULL, 'PH', 'both'),
        -- after the period
        ('flor', '1', DATE '2026-07-01', NULL, 'PH', 'source'),
        -- two on the same day: one of them, always the same
        ('gil', '1', DATE '2026-01-01', NULL, 'US', 'demand'),
        ('gil', '1', DATE '2026-01-01', NULL, 'AU', 'demand'),
        -- first convicted in another agency's case: theirs, not ours
        ('hana', '2', DATE '2026-01-05', NULL, 'NL', 'demand'),
        ('hana', '1', DATE '2026-02-05', NULL, 'SE', 'demand')
    ) AS given (person, agency, day, reversed, country, side)
)"""


@pytest.mark.usefixtures("database")
def test_a_person_counts_at_the_first_conviction_that_stands() -> None:
    table = counted(PERSONS_CONVICTED, CONVICTIONS, as_of=date(2026, 12, 31))
    counts = {position: n for position, n in table.values().items() if n and TOTAL not in position}
    assert counts == {
        ("PH", "source"): 1,
        ("PH", "both"): 1,
        ("GB", "demand"): 1,
        ("AU", "demand"): 1,
    }
    assert table.value((TOTAL, TOTAL)) == 4


@pytest.mark.usefixtures("database")
def test_a_person_counts_for_one_agency_only() -> None:
    theirs = counted(PERSONS_CONVICTED, CONVICTIONS, as_of=date(2026, 12, 31), agency=THEIRS)
    assert theirs.value(("NL", "demand")) == 1
    assert theirs.value((TOTAL, TOTAL)) == 1


@pytest.mark.usefixtures("database")
def test_a_reversal_on_the_as_of_date_takes_a_conviction_out() -> None:
    before = counted(PERSONS_CONVICTED, CONVICTIONS, as_of=date(2026, 4, 30))
    on_the_day = counted(PERSONS_CONVICTED, CONVICTIONS, as_of=date(2026, 5, 1))
    assert before.value(("PH", "source")) == 2
    assert on_the_day.value(("PH", "source")) == 1
