"""Why somebody opens a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import CasePurpose, ManyReason
from core.forms import PlainForm


class StatePurposeForm(PlainForm):
    """One button each; a sentence only from somebody off the team."""

    purpose = forms.ChoiceField(label=_("Why?"), choices=CasePurpose.choices)
    next = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2_000)
    reason = forms.CharField(
        label=_("What for?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
        help_text=_(
            "You are in none of the teams of this case. One sentence; it is kept sealed with it."
        ),
    )

    def __init__(self, *args: Any, off_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not off_team:
            del self.fields["reason"]


class OpenManyForm(PlainForm):
    """What many cases are to be opened for."""

    reason = forms.ChoiceField(
        label=_("What for?"), choices=ManyReason.choices, widget=forms.RadioSelect
    )
