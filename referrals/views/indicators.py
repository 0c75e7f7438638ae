"""Signs of trafficking on a referral: noticed, taken back, assessed together; payments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views import DetailPage
from referrals.forms import AssessForm, ObserveForm, PaymentForm
from referrals.models import Referral
from referrals.selectors.indicators import indicators_of, standing_signs
from referrals.services import indicators
from referrals.views.acts import ReferralAct
from referrals.views.desk import whole


class Indicators(DetailPage):
    """Everything that was noticed; a single sign is never shown as a finding."""

    model = Referral
    permission = "referrals.record_indicator"
    reads = "referral.indicators_opened"
    template_name = "referrals/indicators.html"

    def queryset(self) -> models.QuerySet[Any]:
        return whole(super().queryset())

    def context(self, record: Referral) -> dict[str, Any]:
        user = self.request.user
        return {
            "referral": record,
            "shown": indicators_of(user, record),
            "may_assess": user.may("referrals.assess_indicators"),
        }


class IndicatorAct(ReferralAct):
    """Something done about the signs of a referral."""

    reads = "referral.indicators_opened"

    def done_url(self, result: Any) -> str:
        return reverse("referrals:indicators", args=[self.kwargs["pk"]])


class Observe(IndicatorAct):
    """Note a sign."""

    permission = "referrals.record_indicator"
    service = indicators.observe_indicator
    form_class = ObserveForm
    heading = _("A sign was noticed")
    sentence = _("One sign alone says nothing about anybody in %(reference)s.")
    button = _("Note it")
    success_message = _("The sign is noted.")


class Assess(IndicatorAct):
    """Say what several signs amount to."""

    permission = "referrals.assess_indicators"
    service = indicators.assess_indicators
    form_class = AssessForm
    heading = _("Assess the signs together")
    sentence = _("Your name stands under it. It is kept beside earlier ones of %(reference)s.")
    button = _("Keep the assessment")
    success_message = _("The assessment is kept.")

    def form_options(self, record: Referral) -> dict[str, Any]:
        return {"signs": standing_signs(self.request.user, record)}

    def perform(self, data: dict[str, Any]) -> Any:
        seen = [UUID(pk) for pk in data.pop("observations")]
        return super().perform({**data, "observation_ids": seen})


class RecordPayment(IndicatorAct):
    """Note a payment."""

    permission = "referrals.record_indicator"
    service = indicators.record_payment
    form_class = PaymentForm
    heading = _("A payment that the source reports")
    sentence = _("As far as it is known. It stands with %(reference)s.")
    button = _("Note it")
    success_message = _("The payment is noted.")


class TakeBack(IndicatorAct):
    """What was noted by mistake."""

    permission = "referrals.record_indicator"
    button = _("Take it back")
    success_message = _("It is taken back, and stays readable as such.")

    def perform(self, data: dict[str, Any]) -> Any:
        return super().perform({**data, "entry_id": self.kwargs["entry"]})


class TakeBackObservation(TakeBack):
    """A sign."""

    service = indicators.take_back_observation
    heading = _("Take the sign back")
    sentence = _("It was noted by mistake in %(reference)s.")


class TakeBackPayment(TakeBack):
    """A payment."""

    service = indicators.take_back_payment
    heading = _("Take the payment back")
    sentence = _("It was noted by mistake in %(reference)s.")
