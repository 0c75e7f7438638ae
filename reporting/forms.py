"""Forms of the report pages: shape and words; the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import PlainForm
from reporting.measures import MEASURES, Measure, Period
from reporting.populations import POPULATIONS, Population

YEARS_BACK = 3


def period_choices(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Quarters, half-years and years that have begun, newest first, in groups for a select."""
    years = range(today.year, today.year - YEARS_BACK - 1, -1)
    groups = {
        _("Quarter"): [f"{year}Q{n}" for year in years for n in (4, 3, 2, 1)],
        _("Half-year"): [f"{year}H{n}" for year in years for n in (2, 1)],
        _("Year"): [str(year) for year in years],
    }
    return [
        (
            name,
            [
                (code, _words(code, period, today))
                for code in codes
                if (period := Period.parse(code)).start <= today
            ],
        )
        for name, codes in groups.items()
    ]


def _words(code: str, period: Period, today: date) -> str:
    months = f"{MONTHS_3[period.start.month]} – {MONTHS_3[period.end.month]}".title()
    words = code if len(code) == 4 else f"{months} {period.end.year}"
    if period.end >= today:
        return _("%(period)s, not over yet") % {"period": words}
    return words


def described(chosen: Mapping[str, Measure] | Mapping[str, Population]) -> list[tuple[str, str]]:
    """Choices of things to count, each with its definition below its name."""
    return [
        (one.id, format_html('{}<span class="hint d-block">{}</span>', one.name, one.definition))
        for one in chosen.values()
    ]


class PeriodForm(PlainForm):
    """What every asking for a report says: its title and its period."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        min_length=3,
        max_length=160,
        help_text=gettext_lazy("Readers see it. Name no person and no case."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        help_text=gettext_lazy(
            "A period that is not over is counted as known today. To count all of it later, that "
            "report has to be withdrawn first: two counts of the same days could give a small one "
            "away."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a period")),
            *period_choices(today),
        ]

    def clean_period(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class RequestReleaseForm(PeriodForm):
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What to count"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measures"].choices = described(MEASURES)  # type: ignore[attr-defined]


class RequestPublicReportForm(PeriodForm):
    population = forms.ChoiceField(label=gettext_lazy("Who is counted"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].help_text = _("Everybody sees it. Name no person and no case.")
        self.fields["period"].help_text = _(
            "Each report spends some of the privacy that was promised to the people of its days, "
            "and what is spent never comes back. Choose the whole period you need, once."
        )
        self.fields["population"].choices = described(POPULATIONS)  # type: ignore[attr-defined]


class WithdrawReleaseForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        min_length=3,
        max_length=200,
        help_text=gettext_lazy("Whoever read this report sees the reason. Name no person."),
    )
