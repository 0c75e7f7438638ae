"""Sealing what a child or reporter told that leads to an account. Nothing of it is shown again."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from core.views import FormPage
from handoffs.lead_forms import SealLeadForm
from handoffs.leads import leads_of_case, leads_of_referral
from handoffs.models import LeadIdentifier
from handoffs.services.leads import seal_lead
from referrals.models import Referral


class SealPage(FormPage):
    """What sealing to a case and to a referral share."""

    permission = "handoffs.seal_lead"
    reads = "lead.counted"
    form_class = SealLeadForm
    template_name = "handoffs/seal_lead.html"
    success_message = _("It is sealed. Nobody here can read it any more.")


class SealLead(SealPage):
    """To a case."""

    def find(self) -> Case:
        found: Case = Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "back": reverse("handoffs:tab", args=[record.pk]),
            "back_label": _("Handoffs of the case"),
            "leads": leads_of_case(self.request.user, record.pk),
        }

    def perform(self, data: dict[str, Any]) -> LeadIdentifier:
        return seal_lead(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: LeadIdentifier) -> str:
        return reverse("handoffs:tab", args=[self.kwargs["pk"]])


class SealLeadOfReferral(SealPage):
    """To a referral that is no case yet; it goes along when it becomes one."""

    def find(self) -> Referral:
        found: Referral = Referral.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def context(self, record: Referral, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "back": reverse("referrals:referral", args=[record.pk]),
            "back_label": _("The referral"),
            "leads": leads_of_referral(self.request.user, record.pk),
        }

    def perform(self, data: dict[str, Any]) -> LeadIdentifier:
        return seal_lead(actor=self.request.user, referral_id=self.kwargs["pk"], **data)

    def done_url(self, result: LeadIdentifier) -> str:
        return reverse("referrals:referral", args=[self.kwargs["pk"]])
