"""Dates as well as they are known: read, spelt, asked for and bounded."""

from __future__ import annotations

from datetime import date

import pytest
from rest_framework.exceptions import ValidationError

from core.approx_dates import ApproxDate, read_approx_date, time_between
from core.approx_forms import ApproxDateFormField, ApproxDateSerializerField


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2021-05-04", date(2021, 5, 4), date(2021, 5, 4), "4 May 2021"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "February 2020"),
        ("2021-Q2", date(2021, 4, 1), date(2021, 6, 30), "April to June 2021"),
        ("2021", date(2021, 1, 1), date(2021, 12, 31), "2021"),
        ("2010s", date(2010, 1, 1), date(2019, 12, 31), "the 2010s"),
        ("unknown", None, None, "Not known"),
    ],
)
def test_what_is_known_has_bounds_words_and_one_spelling(text, first, last, words):
    known = ApproxDate.parse(text)
    assert (known.first, known.last, str(known), known.text) == (first, last, words, text)


@pytest.mark.parametrize("text", ["2021-13", "2021-02-30", "2021-Q5", "21", "1850", "May", "2021s"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        ApproxDate.parse(text)


def test_nothing_recorded_is_not_the_same_as_not_known():
    assert read_approx_date("") is None
    assert read_approx_date("unknown").first is None


def test_time_between_has_a_shortest_and_a_longest():
    shortest, longest = time_between(ApproxDate.parse("2018"), ApproxDate.parse("2020-06-01"))
    assert (shortest.days, longest.days) == (518, 882)
    assert time_between(ApproxDate.parse("unknown"), ApproxDate.parse("2020")) is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["2021", "5", "4", ""], "2021-05-04"),
        (["2021", "5", "", ""], "2021-05"),
        (["2021", "Q2", "", ""], "2021-Q2"),
        (["2021", "", "", ""], "2021"),
        (["2013", "", "", "decade"], "2010s"),
        (["", "", "", "unknown"], "unknown"),
    ],
)
def test_a_form_asks_for_the_parts_that_are_known_and_shows_them_again(typed, text):
    field = ApproxDateFormField(required=False)
    known = field.clean(typed)
    assert known.text == text
    assert field.clean(field.widget.decompress(known)).text == text
    assert field.widget.render("since", known, {"id": "id_since"}).count("<label") == 4


@pytest.mark.parametrize("typed", [["2021", "", "4", ""], ["20", "", "", ""], ["2999", "", "", ""]])
def test_a_form_says_what_to_do_when_it_is_no_date(typed):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        ApproxDateFormField(required=False).clean(typed)


@pytest.mark.parametrize("text", ["2021-05-04", "2021-05", "2021-Q2", "2021", "2010s", "unknown"])
def test_a_program_gives_each_kind_of_date(text):
    field = ApproxDateSerializerField()
    assert field.to_representation(field.run_validation(text)) == text


def test_a_program_is_told_what_is_no_date_and_may_leave_it_empty():
    field = ApproxDateSerializerField()
    assert not field.run_validation("")
    for wrong in ("2021-13", "soon", "2021-05-04 and a long story after it"):
        with pytest.raises(ValidationError):
            field.run_validation(wrong)
