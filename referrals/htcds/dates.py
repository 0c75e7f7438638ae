"""Dates as people type them: taken when they can be read one way only."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.translation import gettext as _

from referrals.htcds.errors import BadCell
from referrals.htcds.text import as_text

EARLIEST = date(1900, 1, 1)

_TIME = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def parse_date(value: object, *, today: date, may_be_future: bool = False) -> date:
    """The day `value` names.

    Taken: a date cell, 2016-05-31 (also with / or . and a time after it), 31 May 2016,
    May 31, 2016, and numbers with the year last when they can be read one way only (31/05/2016).

    Raises:
        BadCell: not a date, two ways to read it, before 1900 or after `today`.
    """
    found = _read(value)
    if found < EARLIEST:
        raise BadCell(_("This date lies before 1900. Check the year."))
    if found > today and not may_be_future:
        raise BadCell(_("This date lies in the future. Check the year."))
    return found


def _read(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise BadCell(
            _("A number stands here, not a date. Format the cell as a date or write 2016-05-31.")
        )
    text = as_text(value)
    if len(text) == 10 and text[4] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _no_such_day() from None
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[3]), match[4])
    if match := _DAY_MONTH.fullmatch(text):
        return _day(match[3], _month(match[2]), match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return _day(match[3], _month(match[1]), match[2])
    if _TWO_DIGIT_YEAR.fullmatch(text):
        raise BadCell(_("The year has two digits. Write the date as 2016-05-31."))
    raise BadCell(_("This is not a date. Write it as 2016-05-31 (year, month, day)."))


def _year_last(first: int, second: int, year: str) -> date:
    if first == second or (first <= 12 < second):
        return _day(year, first, second)
    if second <= 12 < first:
        return _day(year, second, first)
    if first <= 12 and second <= 12:
        raise BadCell(
            _("This date can be read in two ways. Write it as 2016-05-31 (year, month, day).")
        )
    raise _no_such_day()


def _month(name: str) -> int:
    matches = [
        number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:9])
    ]
    if name.lower() == "sept":
        matches = [9]
    if len(matches) != 1:
        raise BadCell(_("This is not a date. Write it as 2016-05-31 (year, month, day)."))
    return matches[0]


def _day(year: str, month: str | int, day: str | int) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _no_such_day() from None


def _no_such_day() -> BadCell:
    return BadCell(_("There is no such day. Check it and write it as 2016-05-31."))
