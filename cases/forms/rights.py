"""Forms of holds and erasures."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import ErasureGround, RefusalGround
from cases.forms.inputs import DayInput
from core.forms import PlainForm


class AskForErasureForm(PlainForm):
    ground = forms.ChoiceField(
        label=_("Why should it be erased?"),
        widget=forms.RadioSelect,
        choices=ErasureGround.choices,
    )


class RequestErasureForm(AskForErasureForm):
    whole_case = forms.BooleanField(
        label=_("Erase the notes of the case too"),
        required=False,
        help_text=_("Only where nobody else in the case is a child or a survivor."),
    )


class RefuseErasureForm(PlainForm):
    because = forms.ChoiceField(
        label=_("Why is it kept?"), widget=forms.RadioSelect, choices=RefusalGround.choices
    )


class PlaceHoldForm(PlainForm):
    authority = forms.CharField(
        label=_("On whose authority?"),
        max_length=160,
        help_text=_("The court or office, and the number of its order."),
    )
    why = forms.CharField(
        label=_("Why may nothing be erased?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
    )
    until = forms.DateField(
        label=_("Until"),
        widget=DayInput,
        required=False,
        help_text=_("The last day. Leave it empty when nobody knows yet."),
    )
