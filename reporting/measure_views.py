"""The page of measures: every declared measure, exact, of one's own agency.

On the screen and nowhere else: there is no download of it (the tiers that leave are releases).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.forms import PlainForm
from core.views import Workspace
from reporting.declared import DECLARED
from reporting.declared.counting import Counted, Figure, Line, Spread, count_declared
from reporting.declared.shape import COUNT, SHARE

DAY = {"type": "date"}
FAMILIES = {
    "survivors": gettext_lazy("Survivors and children"),
    "justice": gettext_lazy("Operations and courts"),
    "referrals": gettext_lazy("Referrals and payments"),
    "care": gettext_lazy("Help, work and safeguards"),
}


class MeasuresForm(PlainForm):
    """Which measures to count, of which days, and as they were known when."""

    family = forms.ChoiceField(label=gettext_lazy("About"), choices=list(FAMILIES.items()))
    start = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs=DAY))
    as_of = forms.DateField(
        label=gettext_lazy("As it was known on"), widget=forms.DateInput(attrs=DAY)
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first."))
        return data


class Measures(Workspace):
    """Exact figures of one's own agency, by declared measure; nobody's name is near them."""

    permission = "reporting.read_outcomes"
    reads = "outcomes.counted"
    template_name = "reporting/measures.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = timezone.localdate()
        asked = {
            "family": "survivors",
            "start": date(today.year, 1, 1).isoformat(),
            "end": today.isoformat(),
            "as_of": today.isoformat(),
        }
        form = MeasuresForm(
            {**asked, **{name: request.GET[name] for name in asked if name in request.GET}}
        )
        if not form.is_valid():
            self.record_read(facts={"counted": False})
            return self.answer({"form": form}, status=422)
        data = form.cleaned_data
        counted = count_declared(
            [one for one in DECLARED.values() if one.family == data["family"]],
            agency_id=self.request.user.agency_id,
            start=data["start"],
            end=data["end"],
            as_of=data["as_of"],
        )
        self.record_read(
            facts={"counted": True, "as_of": data["as_of"].isoformat(), "family": data["family"]}
        )
        return self.answer(
            {
                "form": form,
                "family": FAMILIES[data["family"]],
                "as_of": data["as_of"],
                "measures": [section(one) for one in counted],
            }
        )


def section(counted: Counted) -> dict[str, Any]:
    """One measure as the page shows it."""
    rows: list[dict[str, Any]] = []
    for figure in counted.figures:
        rows.extend(rows_of(figure))
    return {"measure": counted.measure, "rows": rows}


def rows_of(figure: Figure) -> list[dict[str, Any]]:
    """A figure in words: one row, and one for each code or currency."""
    part, unknown = figure.part, str(figure.unknown) if figure.unknown else ""
    if figure.is_doubtful:
        unknown = _("%(n)s (%(percent)s%%, read with care)") % {
            "n": figure.unknown,
            "percent": figure.percent_unknown,
        }
    if part.kind == COUNT:
        few = part.of_people and 0 < figure.n < 10
        first = [_row(part.name, f"{figure.n} {part.of}", unknown, few)]
        return first + [
            _row(
                line.label, part_of(figure, line), "", part.of_people and line.is_few, is_line=True
            )
            for line in figure.lines
        ]
    if part.kind == SHARE:
        return [_row(part.name, share(figure), unknown, figure.is_few)]
    if not part.split:
        said = spread(figure.spreads[0], part.of)
        return [_row(part.name, said, unknown, figure.is_few)]
    return [
        _row(part.name, _("%(n)s in all") % {"n": figure.n}, unknown, figure.is_few),
        *(
            _row(one.code, spread(one, one.code), "", 0 < one.n < 10, is_line=True)
            for one in figure.spreads
        ),
    ]


def part_of(figure: Figure, line: Line) -> str:
    """A line with its part of the units whose code is known."""
    return _("%(n)s (%(percent)s%%)") % {"n": line.n, "percent": figure.percent_of(line)}


def share(figure: Figure) -> str:
    """A share with the two numbers it is made of."""
    if figure.percent is None:
        return _("nothing known")
    return _("%(percent)s%% (%(true)s of %(n)s %(of)s)") % {
        "percent": figure.percent,
        "true": figure.true,
        "n": figure.n,
        "of": figure.part.of,
    }


def spread(one: Spread, of: str) -> str:
    """The median first, quartiles, the mean beside it, and how many they are."""
    if not one.n:
        return _("none")
    if one.quartiles is None:
        return ngettext(
            "%(n)s value: too few for an average", "%(n)s values: too few for an average", one.n
        ) % {"n": one.n}
    return _(
        "median %(median)s %(of)s; half from %(low)s to %(high)s, nine in ten up to %(ninety)s; "
        "mean %(mean)s; n = %(n)s"
    ) % {
        "median": f"{one.median:g}",
        "of": of,
        "low": f"{one.quartiles[0]:g}",
        "high": f"{one.quartiles[1]:g}",
        "ninety": f"{one.ninetieth:g}",
        "mean": f"{one.mean:.1f}",
        "n": one.n,
    }


def _row(
    what: Any, value: str, unknown: str, few: bool, *, is_line: bool = False
) -> dict[str, Any]:
    return {"what": what, "value": value, "unknown": unknown, "few": few, "is_line": is_line}
