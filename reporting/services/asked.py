"""What somebody who asks for a release may say: titles, reasons, figures, periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from reporting.choices import Tier
from reporting.measures import MEASURES, TIME_ZONE, Period
from reporting.populations import POPULATIONS

TITLE_LENGTHS = (3, 160)
REASON_LENGTHS = (3, 200)
MOST_YEARS = 5


def title_of(title: str) -> str:
    return line_of(
        title,
        TITLE_LENGTHS,
        field="title",
        message=_("Give the report a title of 3 to 160 characters."),
    )


def line_of(text: str, lengths: tuple[int, int], *, field: str, message: str) -> str:
    """One printable line; line breaks and runs of blanks become one blank."""
    line = " ".join(text.split())
    shortest, longest = lengths
    if not shortest <= len(line) <= longest or not line.isprintable():
        raise DomainError(message, field=field)
    return line


def name_of(measure: str) -> str:
    known = MEASURES.get(measure) or POPULATIONS.get(measure)
    return known.name if known else measure


def measures_of(asked: Sequence[str], tier: str) -> list[str]:
    """The measures in their declared order, each once; for the public one population."""
    if tier == Tier.PUBLIC:
        if len(set(asked)) != 1 or set(asked) - set(POPULATIONS):
            raise DomainError(
                _("Choose one group of people for a public report."), field="measures"
            )
        return list(set(asked))
    if not asked:
        raise DomainError(_("Choose at least one figure to count."), field="measures")
    if set(asked) - set(MEASURES):
        raise DomainError(_("Choose from the figures that are counted here."), field="measures")
    return [name for name in MEASURES if name in asked]


def period_of(start: date, end: date, today: date) -> Period:
    if start > today:
        raise DomainError(_("This period has not begun. Choose one that has."), field="period")
    if (end - start).days > MOST_YEARS * 366:
        raise DomainError(_("This period is too long. Choose five years at most."), field="period")
    try:
        return Period.covering(start, end)
    except ValueError:
        raise DomainError(
            _(
                "A report covers whole quarters: it starts on the first day of January, April, "
                "July or October and ends on the last day of March, June, September or December."
            ),
            field="period",
        ) from None


def day_of(at: datetime | None) -> date:
    """The day in Manila: what measures count by, wherever the reader's clock stands."""
    return (at or timezone.now()).astimezone(ZoneInfo(TIME_ZONE)).date()
