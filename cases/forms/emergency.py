"""The form that breaks the glass."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import EmergencyReason
from core.forms import PlainForm


class BreakGlassForm(PlainForm):
    reference = forms.CharField(
        label=_("Reference of the case"),
        max_length=20,
        help_text=_("As a colleague or an officer read it out, such as C-7QK4-29."),
    )
    reason_code = forms.ChoiceField(
        label=_("What kind of emergency is it?"),
        widget=forms.RadioSelect,
        choices=EmergencyReason.choices,
    )
    reason = forms.CharField(
        label=_("What happened, and why can’t it wait for the team?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1_000,
        help_text=_("At least 20 characters. It is kept sealed with the case."),
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[(15, _("15 minutes")), (30, _("30 minutes")), (60, _("60 minutes"))],
        initial=15,
    )
