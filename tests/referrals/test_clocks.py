"""When a referral is due: working days by the calendar, and one comparison for a whole queue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from referrals.clocks import due_after, is_working_day, late_before

MANILA = ZoneInfo("Asia/Manila")
HOURS = timedelta(hours=1)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MANILA)


def test_weekends_holidays_and_days_of_our_own_are_no_working_days(settings):
    settings.LIWANAG_DAYS_OFF = frozenset({"2026-11-26"})
    off = {date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30), date(2026, 11, 26)}
    for day in range(25, 31):
        one = date(2026, 11, day)
        assert is_working_day(one) is (one not in off), one


def test_holy_week_and_the_ends_of_fasting_are_known():
    assert not is_working_day(date(2026, 4, 2))  # Maundy Thursday
    assert not is_working_day(date(2026, 4, 3))  # Good Friday
    assert not is_working_day(date(2026, 12, 25))


def test_three_working_days_pass_over_a_weekend_and_a_holiday():
    # Thursday noon; Monday 30 November is Bonifacio Day.
    assert due_after(_at("2026-11-26T12:00"), 72 * HOURS) == _at("2026-12-02T12:00")
    # What arrives on a Sunday starts with the next working day.
    assert due_after(_at("2026-11-29T15:00"), 24 * HOURS) == _at("2026-12-02T00:00")
    assert due_after(_at("2026-11-25T09:30"), 24 * HOURS) == _at("2026-11-26T09:30")


YEAR = _at("2026-01-01T00:00")
moments = st.integers(min_value=0, max_value=365 * 24 * 3600).map(
    lambda seconds: YEAR + timedelta(seconds=seconds)
)


@given(moments, moments, st.sampled_from([1, 24, 72, 100]))
def test_one_comparison_says_what_the_calendar_says(start, at, hours):
    within = hours * HOURS
    assert (due_after(start, within) < at) == (start < late_before(at, within))


@given(moments, st.sampled_from([1, 24, 72]))
def test_what_is_due_falls_never_before_its_time(start, hours):
    assert due_after(start, hours * HOURS) >= start + hours * HOURS
