"""Noting a duty to report, and doing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import DutyTrigger, NotRequired, ReportedHow
from cases.forms.inputs import LOCAL_MOMENT, Choices, MomentInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm

MOMENTS = [LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def _now() -> Any:
    return timezone.localtime(timezone.now()).replace(second=0, microsecond=0)


class NoteDutyForm(PlainForm):
    rule = forms.ChoiceField(label=_("Who has to be told"), widget=forms.RadioSelect)
    trigger = forms.ChoiceField(
        label=_("What set the clock going"), widget=forms.RadioSelect, choices=DutyTrigger.choices
    )
    learned_at = forms.DateTimeField(
        label=_("When we learned of it"), widget=MomentInput, input_formats=MOMENTS, initial=_now
    )

    def __init__(self, *args: Any, rules: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = list(rules)
        self.fields["rule"].choices = rules  # type: ignore[attr-defined]
        if len(rules) == 1:
            self.initial["rule"] = rules[0][0]


class ReportDutyForm(VersionedForm):
    # Offered anew each time the form is drawn; nobody has changed it.
    steps = frozenset({"reported_at"})
    how = forms.ChoiceField(
        label=_("How did you report it?"), widget=forms.RadioSelect, choices=ReportedHow.choices
    )
    reported_at = forms.DateTimeField(
        label=_("When"), widget=MomentInput, input_formats=MOMENTS, initial=_now
    )
    office = forms.CharField(label=_("Which office"), max_length=200)
    spoken_to = forms.CharField(
        label=_("Whom you spoke with"),
        max_length=120,
        required=False,
        help_text=_("Needed when it was only said. Put it in writing afterwards."),
    )
    receipt_number = forms.CharField(
        label=_("Their number"),
        max_length=80,
        required=False,
        help_text=_("It may follow. The duty stays on My work until it is here."),
    )


class ConfirmReceiptForm(VersionedForm):
    receipt_number = forms.CharField(label=_("Their number"), max_length=80)


class WaiveDutyForm(VersionedForm):
    reason = forms.ChoiceField(
        label=_("Why is it not required?"), widget=forms.RadioSelect, choices=NotRequired.choices
    )
