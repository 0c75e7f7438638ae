"""Forms about operations and what came of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.choices import YesNoUnknown
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import NgoSupport, OperationResult, OperationType, ReclassifyReason
from courts.forms.proceeding import day
from referrals.forms import COUNTRY_CHOICES


class _Operation(forms.Form):
    type = forms.ChoiceField(
        label=_("Kind of operation"), choices=OperationType.choices, widget=forms.RadioSelect
    )
    happened_on = day(_("Day"))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES)
    admin1 = forms.CharField(
        label=_("Region or province"),
        max_length=80,
        required=False,
        help_text=_("Nothing nearer: no street, no town."),
    )
    lead_agency = forms.ChoiceField(label=_("Who led it"))
    supporting_agencies = forms.MultipleChoiceField(
        label=_("Who supported it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    coalition = forms.CharField(label=_("Coalition"), max_length=80, required=False)
    ngo_support = forms.MultipleChoiceField(
        label=_("What our side did"),
        choices=NgoSupport.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    social_worker_present = forms.ChoiceField(
        label=_("Was a social worker there?"),
        choices=YesNoUnknown.choices,
        initial=YesNoUnknown.UNKNOWN,
    )
    devices_seized = forms.IntegerField(
        label=_("Devices seized"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("A count alone. What is on them is for the investigators."),
    )

    def offer_agencies(self, agencies: list[tuple[Any, str]]) -> None:
        named = [(str(pk), name) for pk, name in agencies]
        self.fields["lead_agency"].choices = [("", _("Choose")), *named]  # type: ignore[attr-defined]
        self.fields["supporting_agencies"].choices = named  # type: ignore[attr-defined]


class RecordOperationForm(PlainForm, _Operation):
    planned = forms.ChoiceField(label=_("It was this planned operation"), required=False)

    def __init__(self, *args: Any, agencies: Any, planned: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_agencies(agencies)
        if planned:
            self.fields["planned"].choices = [("", _("None")), *planned]  # type: ignore[attr-defined]
        else:
            del self.fields["planned"]


class ChangeOperationForm(VersionedForm, _Operation):
    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_agencies(agencies)


class PlanOperationForm(PlainForm):
    type = forms.ChoiceField(
        label=_("Kind of operation"), choices=OperationType.choices, widget=forms.RadioSelect
    )
    lead_agency = forms.ChoiceField(label=_("Who leads it"))
    planned_for = day(_("Day it is planned for"), required=False)
    plan = forms.CharField(
        label=_("What must be ready"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Without names and addresses. Sealed."),
    )
    members = forms.MultipleChoiceField(
        label=_("Who else may know of it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For everybody else this operation does not exist."),
    )

    def __init__(self, *args: Any, agencies: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_agency"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((str(pk), name) for pk, name in agencies),
        ]
        self.fields["members"].choices = [(str(pk), name) for pk, name in members]  # type: ignore[attr-defined]


class CallOffForm(VersionedForm):
    pass


class NameMemberForm(PlainForm):
    member = forms.ChoiceField(label=_("Who may know of it"))

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", _("Choose")), *members]  # type: ignore[attr-defined]


class RecordOutcomeForm(PlainForm):
    participant = forms.ChoiceField(label=_("For whom"))
    outcome = forms.ChoiceField(
        label=_("What it was for them"),
        choices=OperationResult.choices,
        widget=forms.RadioSelect,
        help_text=_("Victims and children at risk are counted apart."),
    )
    decided_on = day(
        _("Known since"), required=False, help_text=_("Empty for the day of the operation.")
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participant"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


class ReclassifyOutcomeForm(PlainForm):
    outcome = forms.ChoiceField(label=_("What it is now"), widget=forms.RadioSelect)
    decided_on = day(_("Since"), help_text=_("Figures of before this day stay as they were."))
    reason = forms.ChoiceField(label=_("Why"), choices=ReclassifyReason.choices)

    def __init__(self, *args: Any, outcomes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
        self.fields["decided_on"].initial = timezone.localdate
