"""Forms about sentences, appeals, awards and releases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import (
    AppealBy,
    AppealOutcome,
    AwardKind,
    Currency,
    RulingResult,
    Runs,
    SentenceKind,
    SentenceOrder,
    Wish,
)
from courts.forms.proceeding import DOCUMENT, day

RULING = "charge_"


def months(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=2400, required=False, **more)


def document() -> forms.CharField:
    return forms.CharField(
        label=_("Document that says so"), max_length=120, required=False, help_text=DOCUMENT
    )


def currency(label: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("None")), *Currency.choices], **more)


class RecordSentenceForm(PlainForm):
    charge = forms.ChoiceField(
        label=_("For which charge"),
        required=False,
        help_text=_("“All together” is the effective total, where the court gives one."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=SentenceKind.choices, widget=forms.RadioSelect
    )
    imposed_on = day(_("Imposed on"))
    min_months = months(_("Minimum, in months"))
    max_months = months(
        _("Maximum, in months"), help_text=_("Empty for a life term and for a fine only.")
    )
    runs = forms.ChoiceField(
        label=_("How it runs beside the sentence for another charge"),
        choices=Runs.choices,
        required=False,
    )
    custodial_months_expected = months(
        _("Months in custody expected before release"),
        help_text=_("Not the months imposed: what is expected to be served. Empty if not known."),
    )
    fine_amount = forms.DecimalField(
        label=_("Fine"), max_digits=14, decimal_places=2, required=False
    )
    fine_currency = currency(_("Currency of the fine"), required=False)
    orders = forms.MultipleChoiceField(
        label=_("Orders beside it"),
        choices=SentenceOrder.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    document = document()

    def __init__(self, *args: Any, charges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["charge"].choices = [("", _("All together")), *charges]  # type: ignore[attr-defined]


class RecordReleaseForm(VersionedForm):
    custodial_months_expected = months(_("Months in custody expected before release"))
    release_expected_on = day(_("Release expected on"), required=False)
    custodial_months_actual = months(
        _("Months in custody actually served before release"),
        help_text=_("Kept apart from what was expected."),
    )
    released_on = day(_("Released on"), required=False)
    supervision_until = day(_("Supervision until"), required=False)
    fine_paid = forms.DecimalField(
        label=_("Paid of the fine so far"), max_digits=14, decimal_places=2, required=False
    )


class FileAppealForm(PlainForm):
    by = forms.ChoiceField(
        label=_("Who appeals"), choices=AppealBy.choices, widget=forms.RadioSelect
    )
    filed_on = day(_("Filed on"))
    court = forms.CharField(label=_("Higher court"), max_length=120, required=False)
    document = document()


class DecideAppealForm(VersionedForm):
    steps = frozenset({"outcome", "decided_on", "document"})
    outcome = forms.ChoiceField(
        label=_("What the higher court decided"),
        choices=[one for one in AppealOutcome.choices if one[0] != AppealOutcome.PENDING],
        widget=forms.RadioSelect,
    )
    decided_on = day(
        _("Decided on"),
        help_text=_("Figures follow from this day; earlier ones stay as they were."),
    )
    document = document()

    def __init__(self, *args: Any, charges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for pk, words in charges:
            self.fields[f"{RULING}{pk}"] = forms.ChoiceField(
                label=words, choices=RulingResult.choices, initial=RulingResult.STANDS
            )

    def clean(self) -> dict[str, Any]:
        """The rulings by the charge's id, as the service takes them."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        names = [name for name in data if name.startswith(RULING)]
        data["rulings"] = {name.removeprefix(RULING): data.pop(name) for name in names}
        return data


class AwardCompensationForm(PlainForm):
    person = forms.ChoiceField(label=_("To whom"))
    kind = forms.ChoiceField(label=_("Kind"), choices=AwardKind.choices)
    amount = forms.DecimalField(label=_("Amount awarded"), max_digits=14, decimal_places=2)
    currency = currency(_("Currency"))
    awarded_on = day(_("Awarded on"))

    def __init__(self, *args: Any, survivors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose")), *survivors]  # type: ignore[attr-defined]


class RecordPaymentForm(VersionedForm):
    paid = forms.DecimalField(label=_("Paid so far, all together"), max_digits=14, decimal_places=2)
    paid_on = day(_("Last paid on"))


class RecordWishForm(VersionedForm):
    wish = forms.ChoiceField(
        label=_("What they said"), choices=Wish.choices, widget=forms.RadioSelect
    )
    asked_on = day(_("Day they said so"))
