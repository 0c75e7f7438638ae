"""Which moments a referral can be about: a year that was mistyped is told, not computed with.

Birthdays are no such moment: a survivor may have been born earlier.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from core.errors import DomainError

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)


def is_plausible(day: date) -> bool:
    """Whether `day` lies from 1990 to 2100."""
    return EARLIEST <= day <= LATEST


def out_of_range() -> str:
    """What to tell whoever gave another one."""
    return _("This date does not lie between 1990 and 2100. Check the year.")


def plausible(moment: datetime, *, field: str) -> datetime:
    """The moment, when it is plausible. Raises DomainError otherwise; `field` names it."""
    if not is_plausible(moment.date()):
        raise DomainError(out_of_range(), field=field)
    return moment
