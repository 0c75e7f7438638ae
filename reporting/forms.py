"""Forms of the report pages: shape and words; the rules are the services'."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import PlainForm
from reporting.measures import MEASURES, Period
from reporting.populations import POPULATIONS

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


class RequestReleaseForm(PlainForm):
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
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What to count"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a period")),
            *period_choices(today),
        ]
        self.fields["measures"].choices = [  # type: ignore[attr-defined]
            (
                measure.id,
                format_html(
                    '{}<span class="hint d-block">{}</span>', measure.name, measure.definition
                ),
            )
            for measure in MEASURES.values()
        ]

    def clean_period(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class RequestPublicReportForm(PlainForm):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        min_length=3,
        max_length=160,
        help_text=gettext_lazy("Everybody sees it. Name no person and no case."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        help_text=gettext_lazy(
            "Each report spends some of the privacy that was promised to the people of its days, "
            "and what is spent never comes back. Choose the whole period you need, once."
        ),
    )
    population = forms.ChoiceField(label=gettext_lazy("Who is counted"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a period")),
            *period_choices(today),
        ]
        self.fields["population"].choices = [  # type: ignore[attr-defined]
            (
                population.id,
                format_html(
                    '{}<span class="hint d-block">{}</span>',
                    population.name,
                    population.definition,
                ),
            )
            for population in POPULATIONS.values()
        ]

    def clean_period(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class WithdrawReleaseForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        min_length=3,
        max_length=200,
        help_text=gettext_lazy("Whoever read this report sees the reason. Name no person."),
    )
