"""Asking for a referral to be erased that became no case."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms import AskForErasureForm
from cases.models import ErasureRequest
from referrals.services.erasing import request_referral_erasure
from referrals.views.acts import ReferralAct


class RequestReferralErasure(ReferralAct):
    """Ask for it; the data protection officer decides."""

    permission = "cases.request_erasure"
    form_class = AskForErasureForm
    heading = _("Ask for this referral to be erased")
    sentence = _(
        "The data protection officer decides. When they agree, what the source told in "
        "%(reference)s, and in what repeated it, is destroyed for good."
    )
    button = _("Ask for it")
    success_message = _("The data protection officer has been told.")

    def perform(self, data: dict[str, Any]) -> ErasureRequest:
        return request_referral_erasure(
            actor=self.request.user, referral_id=self.kwargs["pk"], at=timezone.now(), **data
        )

    def done_url(self, result: ErasureRequest) -> str:
        return reverse("rights:erasure", args=[result.pk])
