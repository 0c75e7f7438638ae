"""Forms of copies for the person they are about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import AskedBy
from core.forms import PlainForm


class RequestCopyForm(PlainForm):
    asked_for_by = forms.ChoiceField(
        label=_("Who asks for it?"), widget=forms.RadioSelect, choices=AskedBy.choices
    )
