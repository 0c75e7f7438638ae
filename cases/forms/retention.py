"""Forms of looking whether something is still to be kept."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import KeepReason
from cases.forms.inputs import DayInput
from core.forms import PlainForm


class KeepLongerForm(PlainForm):
    reason = forms.ChoiceField(
        label=_("Why is it kept?"), widget=forms.RadioSelect, choices=KeepReason.choices
    )
    keep_until = forms.DateField(
        label=_("Look again on"),
        widget=DayInput,
        help_text=_("Five years at the most."),
    )
