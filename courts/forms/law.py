"""Forms of the table of offences."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.forms.proceeding import day
from referrals.forms import COUNTRY_CHOICES


class _Offence(forms.Form):
    title = forms.CharField(label=_("Law"), max_length=120)
    section = forms.CharField(label=_("Section"), max_length=60, required=False)
    description = forms.CharField(label=_("What it forbids, in a few words"), max_length=300)
    valid_from = day(_("In force from"))
    valid_to = day(_("In force until"), required=False, help_text=_("Empty while it is in force."))
    penalty = forms.CharField(label=_("Penalty, in a few words"), max_length=200, required=False)
    source_checked = forms.BooleanField(
        label=_("Counsel has checked this against the law itself"), required=False
    )


class AddStatuteForm(PlainForm, _Offence):
    jurisdiction = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES)
    code = forms.CharField(
        label=_("Short code"), max_length=40, help_text=_("For example PH-RA9208-4.")
    )
    iccs = forms.CharField(
        label=_("International class of crime"),
        max_length=8,
        required=False,
        help_text=_("The digits of the ICCS class, for statistics. Empty where not settled."),
    )
    field_order = ("jurisdiction", "code")


class ChangeStatuteForm(VersionedForm, _Offence):
    pass
