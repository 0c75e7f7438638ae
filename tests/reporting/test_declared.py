"""All 49 measures, each against numbers counted by hand (`one_year.py` tells the year)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from reporting.declared import DECLARED
from reporting.declared.counting import FEWEST_FOR_AVERAGES, count_declared, figure_of
from reporting.declared.shape import COUNT, SHARE, SPREAD, Part
from tests.reporting.made_up_facts import stand_in
from tests.reporting.one_year import facts

YEAR = {"start": date(2025, 1, 1), "end": date(2025, 12, 31), "as_of": date(2025, 12, 31)}
MALE, FEMALE = {"Masculine": 1}, {"Feminine": 1}
OPEN = {"open": 9, "closed": 1}

# Counts: (units, unknown, by code). Shares: (true, known, unknown). Spreads: (n, unknown, median,
# quartiles), or by currency {code: (n, median)}.
EXPECTED = {
    "S-RES": [(13, 0, {"PH": 12, "KE": 1})],
    "S-RISK": [(1, 0, {"PH": 1})],
    "S-SAFE": [(15, 0, {})],
    "S-OPS": [
        (2, 0, {"rescue": 1, "search_warrant": 1}),
        (1, 0, {"rescue": 1}),
        (1, 0, {"search_warrant": 1}),
    ],
    "S-ARR": [(2, 0, {}), (2, 1, FEMALE)],
    "S-CHG": [(2, 0, {"source": 1, "demand": 1}), (2, 0, {"PH": 1, "AU": 1})],
    "S-CONV": [(14, 0, {"demand": 14}), (14, 0, {"GB": 14})],
    "S-ACQ": [(2, 0, {"acquitted": 1, "dismissed": 1})],
    "S-CR": [(3, 4, 0), (1, 0, {})],
    "S-FUN": [
        (12, 16, 0),
        (2, 12, 0),
        (2, 12, 0),
        (2, 12, 0),
        (1, 12, 0),
        (10, 0, OPEN),
        (10, 0, OPEN),
        (10, 0, OPEN),
        (11, 0, {"open": 10, "closed": 1}),
    ],
    "S-DUR": [(12, 0, 24, (12, 36))] * 3,
    "S-DET": [(12, 0, 698, (332, 1063)), (5, 9, 3)],
    "S-R2R": [(12, 0, 33, (33, 33))],
    "S-R2T": [(9, 14, 0), (8, 14, 0), (13, 1, 60, (30, 90)), (1, 0, {})],
    "S-R2C": [(1, 0, None, None), (11, 0, 6, (3.5, 8.5))],
    "S-SRC": [
        (14, 1, {"fiu": 3, "ngo": 9, "financial_institution": 1}),
        (12, 1, {"foreign_law_enforcement": 7, "ngo": 4}),
        (7, 11, 1),
    ],
    "S-CMP": [(14, 0, 55.5, (52.25, 58.75)), (6, 14, 0)],
    "S-AGE": [(6, 11, 1), (10, 10, 2)],
    "S-AGEM": [(10, 2, 8, (8, 8)), (11, 1, 10, (10, 14)), (12, 2, {"6_12": 10})],
    "S-GEN": [(12, 1, {"Feminine": 8, "Masculine": 3})],
    "S-REL": [(13, 20, 2)],
    "S-RELV": [(8, 12, 0)],
    "S-DEM": [(52, 2, {"US": 17, "AU": 3, "GB": 5, "CA": 25})],
    "S-MAT": [
        (14, 4, {"AU → PH · grooming": 10, "AU → PH · csam_production": 1}),
        (14, 8, {"generated": 6}),
    ],
    "S-HRM": [
        (3, 1, {"live_streaming": 1, "csam_production": 1, "grooming": 1}),
        (2, 1, {"livestreamed_trafficking": 1}),
    ],
    "S-LIV": [(1, 2, 1)],
    "S-FGM": [(1, 2, 1)],
    "S-PLT": [(3, 1, {"social": 1, "messaging": 1, "x_VideoCall": 1})],
    "S-SPK": [(1, 0, {"PH · grooming · 2025-02": 1}), (1, 22, 2)],
    "S-PAY": [{"AUD": (11, 51), "GBP": (1, None)}],
    "S-PAYT": [{"AUD": (11, 51), "GBP": (1, None)}],
    "S-CHN": [(13, 1, {"money_transfer_operator": 11, "bank": 1}), (11, 12, 1)],
    "S-FIN": [(4, 0, {"financial_institution": 1, "fiu": 3}), (3, 4, 0)],
    "S-IND": [(2, 3, 1), (4, 0, {"F1 + F2": 3, "F9": 1}), (2, 0, {"F1 + F2": 2})],
    "S-SEN": [(11, 0, 50, (45, 55)), (1, 12, 0)],
    "S-CUS": [(10, 1, 28, (28, 28)), (1, 0, None, None)],
    "S-GAP": [
        (11, 0, 50, (45, 55)),
        (10, 1, 28, (28, 28)),
        (0, 0, None, None),
        (0, 0, None, None),
    ],
    "S-CMPN": [
        (2, 0, {"PHP": 1, "AUD": 1}),
        {"PHP": (2, None), "AUD": (1, None)},
        (1, 3, 0),
    ],
    "S-PLEA": [(2, 3, 1), (2, 3, 0)],
    "S-SRV": [
        (10, 11, 0),
        (11, 0, {"psychosocial": 11, "education": 1}),
        (11, 0, 5, (2.5, 7.5)),
        (2, 0, {"declined_by_survivor": 1, "unavailable": 1}),
    ],
    "S-OUT": [(1, 2, 0)],
    "S-CLO": [(3, 0, {"goals_met": 2, "transferred": 1}), (1, 1, 2)],
    "S-WRK": [(11, 0, 1, (1, 1)), (13, 0, {"caseworker": 11, "supervisor": 2}), (1, 2, 0)],
    "S-HND": [
        (12, 0, {"accepted": 9, "completed": 2, "declined": 1}),
        (11, 0, 6, (3.5, 8.5)),
        (1, 2, 0),
        (1, 12, 0),
    ],
    "S-XB": [(3, 12, 0), (5, 12, 0)],
    "S-SL": [(1, 2, 0)],
    "S-GOV": [(4, 0, {"break_glass": 3, "retention": 1}), (1, 2, 1), (11, 12, 0)],
    "S-162": [
        (12, 1, {"Feminine": 8, "Masculine": 3}),
        (12, 1, {"child": 11}),
        (12, 10, {"live_streaming": 1, "csam_production": 1, "grooming": 1}),
    ],
    "S-GLO": [
        (2, 1, FEMALE),
        (2, 0, {**FEMALE, **MALE}),
        (14, 0, {"Masculine": 14}),
        (2, 1, {"adult": 1}),
        (2, 0, {"adult": 2}),
        (14, 0, {"adult": 14}),
        (2, 1, {"PH": 1}),
        (2, 0, {"PH": 1, "GB": 1}),
        (14, 0, {"GB": 14}),
    ],
}


def told(figure):
    """A figure as `EXPECTED` writes it."""
    if figure.part.kind == COUNT:
        return figure.n, figure.unknown, {line.code: line.n for line in figure.lines}
    if figure.part.kind == SHARE:
        return figure.true, figure.n, figure.unknown
    if figure.part.split:
        return {one.code: (one.n, one.median) for one in figure.spreads}
    (one,) = figure.spreads
    return figure.n, figure.unknown, one.median, one.quartiles


@pytest.fixture
def year(cast):
    """An agency whose facts are those of `one_year`."""
    stand_in(facts(cast.agency.pk, cast.cyber_unit.pk))
    return cast.agency.pk


def test_every_measure_comes_out_as_counted_by_hand(year):
    assert set(EXPECTED) == set(DECLARED)
    assert len(DECLARED) == 49
    counted = count_declared(list(DECLARED.values()), agency_id=year, **YEAR)
    wrong = {
        one.measure.id: (found, EXPECTED[one.measure.id])
        for one in counted
        if (found := [told(figure) for figure in one.figures]) != EXPECTED[one.measure.id]
    }
    assert wrong == {}


def test_the_founding_figures_come_out_as_measures(year):
    """Median 24 months of abuse, 28 months in custody, 65 of 100 close to the child, 34 of 100 of
    the demand in one country, A$51 a session, 64 of 100 cases from abroad (domain.md 1C)."""
    ids = ("S-DUR", "S-CUS", "S-REL", "S-DEM", "S-PAY", "S-SRC")
    found = count_declared([DECLARED[one] for one in ids], agency_id=year, **YEAR)
    duration, custody, close, demand, price, source = found
    assert duration.figures[0].spreads[0].median == 24
    assert custody.figures[0].spreads[0].median == 28
    assert close.figures[0].percent == 65
    countries = {line.code: demand.figures[0].percent_of(line) for line in demand.figures[0].lines}
    assert countries["US"] == 34
    assert {one.code: one.median for one in price.figures[0].spreads}["AUD"] == 51
    assert source.figures[2].percent == 64


def test_what_is_known_later_counts_from_its_own_day(year):
    ids = ("S-CLO", "S-CONV", "S-RISK")
    later = {**YEAR, "as_of": date(2026, 1, 5)}
    closed, convicted, at_risk = count_declared(
        [DECLARED[one] for one in ids], agency_id=year, **later
    )
    assert told(closed.figures[1]) == (1, 2, 1)
    assert convicted.figures[0].n == 14
    early = {**YEAR, "as_of": date(2025, 11, 1)}
    _closed, convicted, at_risk = count_declared(
        [DECLARED[one] for one in ids], agency_id=year, **early
    )
    # The source-side conviction was reversed on 1 December only.
    assert convicted.figures[0].n == 15
    # On 1 April the second child was not yet found to be a victim.
    before = {**YEAR, "as_of": date(2025, 4, 1)}
    (at_risk,) = count_declared([DECLARED["S-RISK"]], agency_id=year, **before)
    assert at_risk.figures[0].n == 2


def test_no_average_is_given_of_fewer_than_ten():
    part = Part("Months", SPREAD, "")
    nine = figure_of(part, [(n, n) for n in range(9)])
    assert (nine.n, nine.spreads[0].median, nine.spreads[0].mean) == (9, None, None)
    ten = figure_of(part, [(n, n) for n in range(10)])
    assert (ten.spreads[0].median, ten.spreads[0].mean, FEWEST_FOR_AVERAGES) == (4.5, 4.5, 10)


def test_a_share_is_of_the_known_and_much_unknown_is_said():
    part = Part("Known", SHARE, "")
    figure = figure_of(part, [(1, True), (2, False), (3, None), (1, True)])
    assert told(figure) == (1, 2, 1)
    assert figure.percent == 50
    assert figure.is_doubtful
    nothing = figure_of(part, [])
    assert (nothing.percent, nothing.is_doubtful) == (None, False)


def test_exact_counts_stay_out_of_what_a_log_could_show():
    figure = figure_of(Part("People", COUNT, ""), [(n, "PH") for n in range(7)])
    assert "7" not in repr(figure)


@pytest.mark.parametrize("one", DECLARED.values(), ids=lambda one: one.id)
def test_a_measure_says_what_it_counts(one):
    assert one.name
    assert one.numerator
    assert one.time_basis
    assert one.definition
    assert one.parts or one.not_counted
    assert one.source == f"Domain standard, section 4.1, {one.id}"
    for part in one.parts:
        assert part.kind in (COUNT, SHARE, SPREAD)
        assert not re.search(r"\b(FROM|JOIN) (?!fact_|\(|LATERAL)[a-z]+_", part.query), part.name


def test_the_real_facts_answer_every_measure(world):
    today = timezone.localdate()
    counted = count_declared(
        list(DECLARED.values()),
        agency_id=world.cast.agency.pk,
        start=date(2000, 1, 1),
        end=today,
        as_of=today,
    )
    # One of everything stands in the world, so what is not there was never asked.
    answered = {one.measure.id for one in counted if any(f.n for f in one.figures)}
    assert {"S-SRC", "S-OPS", "S-ARR", "S-CHG", "S-SEN", "S-GEN", "S-IND", "S-CHN"} <= answered


def test_the_coded_views_show_no_name_and_no_text(database):
    """Columns of the facts are keys, codes, days and numbers."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_name LIKE 'fact\\_%' AND table_schema = 'public'"
        )
        columns = cursor.fetchall()
    kinds = {kind for _view, _column, kind in columns}
    assert kinds <= {
        "uuid",
        "date",
        "boolean",
        "integer",
        "smallint",
        "bigint",
        "numeric",
        "text",
        "character varying",
        "ARRAY",
    }
    assert not [
        (view, column)
        for view, column, _kind in columns
        if re.search(r"name|summary|words|remark|reference|address|details|answers|email", column)
    ]


def test_no_page_of_measures_offers_a_download():
    page = Path("templates/reporting/measures.html").read_text()
    assert "download" not in page
    assert "export" not in page


def test_a_manager_reads_measures_on_the_screen_and_others_do_not(world, client_of):
    client = client_of(world.cast.manager)
    for family in ("survivors", "justice", "referrals", "care"):
        page = client.get(f"/reporting/measures/?family={family}")
        assert page.status_code == 200
        assert "Content-Disposition" not in page
    assert "few: do not pass on" in page.content.decode()
    assert client_of(world.cast.caseworker).get("/reporting/measures/").status_code == 403
    assert client_of(world.cast.analyst).get("/reporting/measures/").status_code == 403
    wrong = client.get("/reporting/measures/?start=2025-02-01&end=2025-01-01")
    assert wrong.status_code == 422
