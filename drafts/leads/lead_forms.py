"""The form of a lead identifier."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import Platform
from core.forms import PlainForm
from handoffs.choices import LeadKind, LeadToldBy
from handoffs.services.leads import LONGEST


class SealLeadForm(PlainForm):
    """One screen name, number, wallet or link, as it was told."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=LeadKind.choices)
    value = forms.CharField(
        label=_("As it was told"),
        help_text=_("Never open it and never search for it. Check it now: it is not shown again."),
        max_length=LONGEST,
    )
    platform = forms.ChoiceField(
        label=_("On which platform"),
        choices=[("", _("Not known")), *Platform.choices],
        required=False,
    )
    told_by = forms.ChoiceField(
        label=_("Who told it?"), choices=LeadToldBy.choices, widget=forms.RadioSelect
    )
