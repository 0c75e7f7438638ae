"""Forms of the court pages: shape and words; the rules are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import CaseParticipant
from core.choices import Side
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import VerdictResult
from referrals.forms import COUNTRY_CHOICES

DAY = {"type": "date"}


class AccusedChoice(forms.ModelChoiceField):
    """People by code and label; names are on the identity panel alone."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.person.code}, {obj.label}"


class OpenProceedingForm(PlainForm):
    accused = AccusedChoice(
        label=_("Who is accused"),
        queryset=CaseParticipant.objects.none(),
        help_text=_("Alleged offenders of this case, by code. Add the person to the case first."),
    )
    jurisdiction = forms.ChoiceField(
        label=_("Country of the court"), choices=COUNTRY_CHOICES, help_text=_("Where it is tried.")
    )
    side = forms.ChoiceField(
        label=_("Side"),
        choices=[(Side.SOURCE, Side.SOURCE.label), (Side.DEMAND, Side.DEMAND.label)],
        widget=forms.RadioSelect,
        help_text=_("Source side: where the child is. Demand side: where the money comes from."),
    )
    court = forms.CharField(label=_("Court"), max_length=120, required=False)
    docket_number = forms.CharField(
        label=_("Docket number"),
        max_length=80,
        required=False,
        help_text=_("Kept sealed; shown on the court pages of this case alone."),
    )
    opened_on = forms.DateField(label=_("Opened on"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args: Any, accused: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accused"].queryset = accused  # type: ignore[attr-defined]
        self.fields["opened_on"].initial = timezone.localdate


class FileChargeForm(PlainForm):
    statute = forms.CharField(
        label=_("Statute"), max_length=120, help_text=_("As the charge names it.")
    )
    section = forms.CharField(label=_("Section"), max_length=60, required=False)
    counts = forms.IntegerField(label=_("Counts"), min_value=1, max_value=999, initial=1)
    filed_on = forms.DateField(label=_("Filed on"), widget=forms.DateInput(attrs=DAY))


class RecordVerdictForm(PlainForm):
    result = forms.ChoiceField(
        label=_("What the court decided"), choices=VerdictResult.choices, widget=forms.RadioSelect
    )
    decided_on = forms.DateField(
        label=_("Decided on"),
        widget=forms.DateInput(attrs=DAY),
        help_text=_("The day the judgment was promulgated."),
    )


class AdvanceProceedingForm(VersionedForm):
    steps = frozenset({"to"})
    to = forms.ChoiceField(label=_("Next stage"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, stages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = stages  # type: ignore[attr-defined]
