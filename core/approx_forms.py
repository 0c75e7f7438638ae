"""Asking for a date as well as it is known: in a form, and over the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.approx_dates import NOT_A_DATE, UNKNOWN_DATE, ApproxDate, Precision

QUARTERS = (
    ("Q1", _("January to March")),
    ("Q2", _("April to June")),
    ("Q3", _("July to September")),
    ("Q4", _("October to December")),
)
HOW = (
    ("", _("As filled in")),
    ("decade", _("Some time in that decade")),
    ("unknown", _("Not known")),
)
PARTS = (_("Year"), _("Month or quarter"), _("Day"), _("How well it is known"))
IN_THE_FUTURE = _("This date is in the future.")


class ApproxDateInput(forms.MultiWidget):
    """Year, month or quarter, day, and how well it is known: fill in what is known."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        months = [("", "—"), *((str(n), name) for n, name in MONTHS.items()), *QUARTERS]
        number = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            [
                forms.TextInput({**number, "maxlength": "4"}),
                forms.Select(choices=months),
                forms.TextInput({**number, "maxlength": "2"}),
                forms.Select(choices=HOW),
            ],
            attrs,
        )

    def decompress(self, value: Any) -> list[str]:
        try:
            known = ApproxDate.parse(value) if isinstance(value, str) and value else value
        except ValueError:
            known = None
        if not isinstance(known, ApproxDate):
            return ["", "", "", ""]
        if known.first is None:
            return ["", "", "", "unknown"]
        year = str(known.first.year)
        month = str(known.first.month)
        if known.precision == Precision.DAY:
            return [year, month, str(known.first.day), ""]
        if known.precision == Precision.MONTH:
            return [year, month, "", ""]
        if known.precision == Precision.QUARTER:
            return [year, f"Q{(known.first.month + 2) // 3}", "", ""]
        return [year, "", "", "decade" if known.precision == Precision.DECADE else ""]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Each part under a label of its own, side by side where there is room."""
        context = self.get_context(name, value, attrs)
        drawn = []
        for number, (part, label) in enumerate(
            zip(context["widget"]["subwidgets"], PARTS, strict=True)
        ):
            inner = self.widgets[number]
            control = inner._render(inner.template_name, {"widget": part}, renderer)  # type: ignore[attr-defined]
            drawn.append((part["attrs"].get("id", ""), label, control))
        return format_html(
            '<div class="date-parts">{}</div>',
            format_html_join(
                "",
                '<div><label class="quiet small" for="{}">{}</label>{}</div>',
                drawn,
            ),
        )

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class ApproxDateFormField(forms.MultiValueField):
    """A form's question for a date as well as it is known. Gives an `ApproxDate`, or None."""

    widget = ApproxDateInput

    def __init__(self, *, future_allowed: bool = False, **kwargs: Any) -> None:
        self.future_allowed = future_allowed
        parts = tuple(forms.CharField(required=False) for _part in PARTS)
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> ApproxDate | None:
        year, month, day, how = [
            str(part or "").strip() for part in [*data_list, "", "", "", ""][:4]
        ]
        if how == Precision.UNKNOWN:
            return UNKNOWN_DATE
        if not (year or month or day):
            return None
        try:
            known = ApproxDate.parse(_as_text(year, month, day, how))
        except ValueError:
            raise forms.ValidationError(NOT_A_DATE) from None
        if not self.future_allowed and known.first and known.first > timezone.localdate():
            raise forms.ValidationError(IN_THE_FUTURE)
        return known


def _as_text(year: str, month: str, day: str, how: str) -> str:
    if how == Precision.DECADE:
        return f"{year[:3]}0s"
    if month.startswith("Q"):
        if day:
            raise ValueError("a quarter has no day")
        return f"{year}-{month}"
    if day:
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return f"{year}-{int(month):02d}" if month else year


class ApproxDateSerializerField(serializers.CharField):
    """`2021-05-04`, `2021-05`, `2021-Q2`, `2021`, `2020s` or `unknown`; empty when not recorded."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("allow_blank", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        # A longest length would be asked of the date that comes out, which has none.
        text = super().to_internal_value(data)
        if not text:
            return None
        try:
            return ApproxDate.parse(text)
        except ValueError:
            raise serializers.ValidationError(str(NOT_A_DATE)) from None

    def to_representation(self, value: Any) -> str:
        return value.text if isinstance(value, ApproxDate) else ""
