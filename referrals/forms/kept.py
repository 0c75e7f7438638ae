"""How often somebody wants to hear of a list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.choices import Digest


class KeepListForm(PlainForm):
    """Never, daily or weekly."""

    digest = forms.ChoiceField(
        label=_("Do you want to hear of it?"),
        help_text=_("Only that something stands there. You see what it is after signing in."),
        choices=Digest.choices,
        initial=Digest.NEVER,
        widget=forms.RadioSelect,
    )
