"""Who is on call, from when to when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from core.ui.dates import place_name
from referrals.choices import OnCallPlace
from referrals.forms.intake import offer_teams

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=FORMATS,
        error_messages={"invalid": _("Give a date and a time, such as 22 Nov 2026, 14:05.")},
    )


class OnCallForm(PlainForm):
    """One time on call."""

    fields: dict[str, Any]

    team: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Which team?"), queryset=None, empty_label=_("Choose")
    )
    person: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Who is called?"), queryset=None, empty_label=_("Choose")
    )
    place = forms.TypedChoiceField(
        label=_("When?"), choices=OnCallPlace.choices, coerce=int, widget=forms.RadioSelect
    )
    starts_at = _moment(_("From"))
    ends_at = _moment(_("Until"))

    def __init__(
        self, *args: Any, teams: QuerySet[Any], colleagues: QuerySet[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_teams(self.fields["team"], teams)
        self.fields["person"].queryset = colleagues
        self.fields["person"].label_from_instance = lambda colleague: colleague.name
        self.fields["starts_at"].help_text = _("By the clock of %(place)s.") % {
            "place": place_name()
        }
