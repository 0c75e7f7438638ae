"""A date as well as it is known: a day, a month, a quarter, a year, a decade, or not at all.

Survivors remember school years and seasons, not days. One short text holds both the date and how
precisely it is known (domain.md 3.0): `2021-05-04`, `2021-05`, `2021-Q2`, `2021`, `2020s`,
`unknown`. It sorts by time, stands in a sealed record as well as in a column, and gives bounds to
count with.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateformat import format as spell
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PATTERN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)|(?P<month>\d{4}-\d\d)|(?P<quarter>\d{4}-Q[1-4])"
    r"|(?P<year>\d{4})|(?P<decade>\d{3}0s)|(?P<unknown>unknown)"
)
EARLIEST_YEAR = 1900
NOT_A_DATE = gettext_lazy(
    "Give a date as well as it is known, such as 2021-05-04, 2021-05 or 2021."
)


class Precision(models.TextChoices):
    """How precisely a date is known."""

    DAY = "day", gettext_lazy("Day")
    MONTH = "month", gettext_lazy("Month")
    QUARTER = "quarter", gettext_lazy("Quarter")
    YEAR = "year", gettext_lazy("Year")
    DECADE = "decade", gettext_lazy("Decade")
    UNKNOWN = "unknown", gettext_lazy("Not known")


@dataclass(frozen=True)
class ApproxDate:
    """What is known of a date.

    Attributes:
        precision: one of `Precision`.
        first, last: the earliest and the latest day it can be; None when nothing is known.
    """

    precision: str
    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the short text.

        Raises:
            ValueError: it is none of the six forms, or no such day.
        """
        found = PATTERN.fullmatch(text.strip())
        if not found or not found.lastgroup:
            raise ValueError("no approximate date")
        precision = found.lastgroup
        if precision == Precision.UNKNOWN:
            return cls(precision)
        year = int(text.strip()[:4])
        if year < EARLIEST_YEAR:
            raise ValueError("too long ago")
        if precision == Precision.DAY:
            day = date.fromisoformat(found[0])
            return cls(precision, day, day)
        if precision == Precision.MONTH:
            return cls(precision, *_months(year, int(found[0][5:]), 1))
        if precision == Precision.QUARTER:
            return cls(precision, *_months(year, int(found[0][6]) * 3 - 2, 3))
        years = 10 if precision == Precision.DECADE else 1
        return cls(precision, date(year, 1, 1), date(year + years - 1, 12, 31))

    @property
    def text(self) -> str:
        """The short text that `parse` reads."""
        if self.first is None:
            return str(Precision.UNKNOWN)
        first = self.first
        return {
            Precision.DAY: first.isoformat(),
            Precision.MONTH: f"{first:%Y-%m}",
            Precision.QUARTER: f"{first.year}-Q{(first.month + 2) // 3}",
            Precision.YEAR: str(first.year),
            Precision.DECADE: f"{first.year}s",
        }[Precision(self.precision)]

    def __str__(self) -> str:
        """As people read it: "4 May 2021", "May 2021", "April to June 2021", "2021"."""
        if self.first is None or self.last is None:
            return str(_("Not known"))
        if self.precision == Precision.DAY:
            return spell(self.first, "j M Y")
        if self.precision == Precision.MONTH:
            return spell(self.first, "F Y")
        if self.precision == Precision.QUARTER:
            return _("%(first)s to %(last)s %(year)s") % {
                "first": spell(self.first, "F"),
                "last": spell(self.last, "F"),
                "year": self.first.year,
            }
        if self.precision == Precision.DECADE:
            return _("the %(year)ss") % {"year": self.first.year}
        return str(self.first.year)

    def certainly_after(self, other: ApproxDate) -> bool:
        """Whether it cannot have been before or at the same time as `other`."""
        return bool(self.first and other.last and self.first > other.last)


UNKNOWN_DATE = ApproxDate(Precision.UNKNOWN)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


def read_approx_date(value: Any) -> ApproxDate | None:
    """An approximate date from text, a day or itself; None from nothing.

    Raises:
        ValueError: it is none.
    """
    if value is None or value == "":
        return None
    if isinstance(value, ApproxDate):
        return value
    if isinstance(value, date):
        return ApproxDate(Precision.DAY, value, value)
    return ApproxDate.parse(str(value))


class ApproxDateField(models.CharField):  # type: ignore[type-arg]
    """A column that holds an `ApproxDate`, or nothing when nobody recorded one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> ApproxDate | None:
        return read_approx_date(value)

    def to_python(self, value: Any) -> ApproxDate | None:
        try:
            return read_approx_date(value)
        except ValueError:
            raise ValidationError(NOT_A_DATE) from None

    def get_prep_value(self, value: Any) -> str:
        known = read_approx_date(value)
        return known.text if known else ""


def time_between(start: ApproxDate, end: ApproxDate) -> tuple[timedelta, timedelta] | None:
    """The shortest and the longest time between two dates; None when one is not known."""
    if not (start.first and start.last and end.first and end.last):
        return None
    return max(timedelta(0), end.first - start.last), end.last - start.first
