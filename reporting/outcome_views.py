"""The dashboard of outcomes: exact figures of operations and courts of one's own agency."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.choices import Side
from core.forms import PlainForm
from core.views import Workspace
from reporting import justice_words as justice
from reporting.court_counts import CourtCounts, Spread, count_courts
from reporting.justice import count_cohort, count_pending

DAY = {"type": "date"}


class PeriodForm(PlainForm):
    """Which days to count, and as they were known when."""

    start = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs=DAY))
    as_of = forms.DateField(
        label=gettext_lazy("As it was known on"),
        widget=forms.DateInput(attrs=DAY),
        help_text=gettext_lazy("A later appeal or assessment changes figures from its own day."),
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Proceedings of"),
        required=False,
        choices=[
            ("", gettext_lazy("Both sides")),
            (Side.SOURCE, Side.SOURCE.label),
            (Side.DEMAND, Side.DEMAND.label),
        ],
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first."))
        return data


class Outcomes(Workspace):
    """Figures of one's own agency, exact; nobody's name is near them."""

    permission = "reporting.read_outcomes"
    reads = "outcomes.counted"
    template_name = "reporting/outcomes.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = timezone.localdate()
        asked = {
            "start": date(today.year, 1, 1).isoformat(),
            "end": today.isoformat(),
            "as_of": today.isoformat(),
            "side": "",
        }
        form = PeriodForm(
            {**asked, **{name: request.GET[name] for name in asked if name in request.GET}}
        )
        if not form.is_valid():
            self.record_read(facts={"counted": False})
            return self.answer({"form": form}, status=422)
        data = form.cleaned_data
        agency_id = self.request.user.agency_id
        counts = count_courts(agency_id=agency_id, **data)
        self.record_read(
            facts={"counted": True, "as_of": data["as_of"].isoformat(), "side": data["side"]}
        )
        return self.answer(
            {
                "form": form,
                "as_of": data["as_of"],
                "figures": figures(counts),
                "bars": ladder(counts),
                "finding": finding(counts),
                **justice.context(
                    count_cohort(
                        agency_id=agency_id,
                        start=data["start"],
                        end=data["end"],
                        as_of=data["as_of"],
                    ),
                    count_pending(agency_id=agency_id, today=today),
                ),
            }
        )


def finding(counts: CourtCounts) -> str:
    """The chart in a sentence."""
    return _(
        "Of the persons counted in this period, %(arrested)s were arrested, %(charged)s charged "
        "and %(convicted)s convicted."
    ) % {
        "arrested": counts.arrested,
        "charged": counts.charged,
        "convicted": counts.convicted,
    }


def ladder(counts: CourtCounts) -> list[dict[str, Any]]:
    """Three counts of persons with three dates: none is a part of another."""
    return [
        {"label": _("Arrested"), "value": counts.arrested},
        {"label": _("Charged"), "value": counts.charged},
        {"label": _("Convicted"), "value": counts.convicted, "main": True},
    ]


def figures(counts: CourtCounts) -> list[dict[str, str]]:
    """Each figure with what it counts, for the table."""
    return [
        _row("S-RES", _("Victims brought to safety"), counts.rescued, _("day of the operation")),
        _row("S-RISK", _("Children at risk removed"), counts.at_risk, _("day of the operation")),
        _row("S-ARR", _("Suspects arrested"), counts.arrested, _("day of the arrest")),
        _row("S-CHG", _("Persons charged"), counts.charged, _("day of the first charge")),
        _row(
            "S-CONV",
            _("Persons whose conviction stands"),
            counts.convicted,
            _("day of the first conviction"),
        ),
        _row("S-SEN", _("Of them sentenced for life"), counts.life, _("day of the sentence")),
        _row("S-SEN", _("Months imposed"), _spread(counts.sentenced), _("day of the sentence")),
        _row(
            "S-CUS",
            _("Months in custody before release, served"),
            _spread(counts.custody_actual),
            _("day of the sentence"),
        ),
        _row(
            "S-CUS",
            _("Months in custody before release, expected"),
            _spread(counts.custody_expected),
            _("day of the sentence"),
        ),
    ]


def _row(code: str, what: str, value: object, by: str) -> dict[str, str]:
    return {"code": code, "what": what, "value": str(value), "by": by}


def _spread(spread: Spread) -> str:
    """The median first, the mean beside it, and how many they are."""
    if spread.median is None or spread.mean is None:
        return _("nobody")
    said = ngettext(
        "median %(median)s, mean %(mean)s, %(n)s person",
        "median %(median)s, mean %(mean)s, %(n)s persons",
        spread.n,
    ) % {
        "median": f"{spread.median:g}",
        "mean": f"{spread.mean:.1f}",
        "n": spread.n,
    }
    if spread.quartiles:
        said += _("; half of them from %(low)s to %(high)s") % {
            "low": f"{spread.quartiles[0]:g}",
            "high": f"{spread.quartiles[1]:g}",
        }
    return said
