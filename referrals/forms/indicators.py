"""Signs of trafficking and payments: what was noticed, and what it amounts to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.approx_forms import ApproxDateFormField
from core.forms import PlainForm
from referrals.choices import Confidence, IndicatorSector, PaymentChannel, PaymentCurrency
from referrals.forms.deciding import SEALED, _words
from referrals.forms.intake import COUNTRY_CHOICES, explained
from referrals.indicators import catalogue
from referrals.services.indicators import MOST_TIMES
from referrals.services.intake import DANGER_CHOICES


def _signs() -> list[Any]:
    """The catalogue by kind, each sign with its source."""
    return [
        (
            str(sector.label),
            [
                (one.code, explained(one.label, one.source))
                for one in catalogue().indicators.values()
                if one.sector == sector
            ],
        )
        for sector in IndicatorSector
        if any(one.sector == sector for one in catalogue().indicators.values())
    ]


class ObserveForm(PlainForm):
    """One sign."""

    fields: dict[str, Any]

    code = forms.ChoiceField(label=_("What was noticed?"), widget=forms.RadioSelect)
    observed_on = forms.DateField(
        label=_("When?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = _words(_("What exactly?"), SEALED, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = _signs()
        self.fields["observed_on"].initial = timezone.localdate()


class AssessForm(PlainForm):
    """What several signs amount to."""

    fields: dict[str, Any]

    observations = forms.MultipleChoiceField(
        label=_("Which signs together?"),
        help_text=_("At least two different ones: a single sign says nothing."),
        widget=forms.CheckboxSelectMultiple,
    )
    confidence = forms.ChoiceField(
        label=_("How sure are you?"), choices=Confidence.choices, widget=forms.RadioSelect
    )
    rationale = _words(_("Why? What else could explain them?"), SEALED)

    def __init__(self, *args: Any, signs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["observations"].choices = signs


class PaymentForm(PlainForm):
    """One payment, or several counted together."""

    amount = forms.DecimalField(
        label=_("Sum"),
        help_text=_("Of all of them together. No account numbers anywhere."),
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[("", _("Choose")), *PaymentCurrency.choices]
    )
    times = forms.IntegerField(
        label=_("How many payments?"), initial=1, min_value=1, max_value=MOST_TIMES
    )
    paid_on = ApproxDateFormField(label=_("When?"), required=False)
    channel = forms.ChoiceField(
        label=_("How was it paid?"),
        choices=PaymentChannel.choices,
        initial=PaymentChannel.UNKNOWN,
    )
    sender_country = forms.ChoiceField(
        label=_("Country of the sender"), choices=COUNTRY_CHOICES, required=False
    )
    receiver_country = forms.ChoiceField(
        label=_("Country of the receiver"), choices=COUNTRY_CHOICES, required=False
    )
    linked_session = forms.ChoiceField(
        label=_("Does a session of abuse go with it?"),
        choices=DANGER_CHOICES,
        initial="unknown",
        widget=forms.RadioSelect,
    )
