"""Rules of counting that are clearer in Python than in SQL: approximate dates and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.approx_dates import read_approx_date
from reporting.court_counts import LIFE, Sentenced, months_of
from reporting.declared.shape import Reckon, Row

SOCIAL = ("Facebook", "Instagram", "TikTok", "Twitter", "QZone")
MESSAGING = (
    "WhatsApp",
    "Telegram",
    "FacebookMessenger",
    "Viber",
    "SnapChat",
    "Line",
    "WeChat",
    "QQ",
)


def months_since(which: str) -> Reckon:
    """Of rows `(key, approximate date, day)`: months from the one to the other, to a tenth.

    Args:
        which: `first` or `last` takes the earliest or latest day the date can be; `middle` the day
            half-way. A date that is not known, or that comes after the day, gives no number.
    """

    def reckon(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
        for key, text, until in rows:
            yield key, _months(_began(text, which), until)

    return reckon


def days_since_start(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Of rows `(key, approximate date, day)`: days between, the date taken half-way."""
    for key, text, until in rows:
        began = _began(text, "middle")
        took = (until - began).days if began and until else None
        yield key, took if took is None or took >= 0 else None


def still_going_on(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Of rows `(key, approximate last date, day)`: whether it could still have gone on that day."""
    for key, text, day in rows:
        known = read_approx_date(text)
        yield key, known.last >= day if known and known.last else None


def kinds_of_platform(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Of rows `(key, platform)`: the kind of platform, since no manager page names a company."""
    for key, platform in rows:
        if platform in SOCIAL:
            yield key, "social"
        elif platform in MESSAGING:
            yield key, "messaging"
        else:
            yield key, {"4Sale": "market", "Other": "other"}.get(platform, platform)


def imposed(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """The greatest months imposed on each person who has no life term."""
    for person, own in _finite(rows):
        yield person, months_of(own, lambda one: one.max_months)


def served(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Months in custody before release of each, where they are known."""
    for person, own in _finite(rows):
        yield person, months_of(own, lambda one: one.actual)


def expected(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Months in custody expected before release of each of whom no actual ones are known."""
    for person, own in _finite(rows):
        if months_of(own, lambda one: one.actual) is None:
            yield person, months_of(own, lambda one: one.expected)


def for_life(rows: Sequence[Row]) -> Iterator[tuple[Any, Any]]:
    """Whether each person sentenced has a life term."""
    for person, own in _by_person(rows).items():
        yield person, any(one.kind in LIFE for one in own)


def _finite(rows: Sequence[Row]) -> Iterable[tuple[UUID, list[Sentenced]]]:
    for person, own in _by_person(rows).items():
        if not any(one.kind in LIFE for one in own):
            yield person, own


def _by_person(rows: Sequence[Row]) -> dict[UUID, list[Sentenced]]:
    found: dict[UUID, list[Sentenced]] = {}
    for row in rows:
        one = Sentenced(*row)
        found.setdefault(one.person, []).append(one)
    return found


def _began(text: str | None, which: str) -> date | None:
    known = read_approx_date(text)
    if known is None or known.first is None or known.last is None:
        return None
    if which == "first":
        return known.first
    return known.last if which == "last" else known.first + (known.last - known.first) / 2


def _months(began: date | None, until: date | None) -> float | None:
    if began is None or until is None or until < began:
        return None
    whole = 12 * (until.year - began.year) + until.month - began.month
    return round(whole + (until.day - began.day) / 31, 1)
