"""Consent on the case page: who agreed to what, one consent in full, and taking it back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import ConsentStatus, InformationPoint, Scope
from cases.consent_words import ASK, SAY
from cases.forms.consent import WithdrawConsentForm
from cases.models import Case, CaseParticipant, Consent
from cases.selectors.consent import (
    LIVE,
    agency_choices,
    consent_in_words,
    consents_of,
    grounds_of,
    scope_words,
    state_of,
    state_words,
)
from cases.services import consent as service
from cases.views.base import CaseTab, case_context
from core.views import DetailPage, FormPage
from vault.opening import opened


class CaseConsents(CaseTab):
    """Every survivor of the case: asked or not, agreed or not; and the other legal bases."""

    current = "cases:consents"
    permission = "cases.read_consent"
    reads = "consent.listed"
    template_name = "cases/consents.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        grounds = [
            {"ground": ground, "reason": opened(ground, "reason").value}
            for ground in grounds_of(user, record)
        ]
        return super().context(record) | {
            "rows": consents_of(user, record, timezone.localdate()),
            "grounds": grounds,
            "can": {
                "record": user.may("cases.record_consent"),
                "ground": user.may("cases.record_ground"),
                "approve": user.may("cases.approve_ground"),
            },
        }


def find_consent(view: Any) -> Consent:
    """The consent that the address names, with its case and people."""
    found: Consent = (
        Consent.objects.visible_to(view.request.user)
        .select_related("case__lead_agency", "person", "giver", "recorded_by")
        .get(pk=view.kwargs["pk"])
    )
    return found


class ConsentPage(DetailPage):
    """One consent in full."""

    model = Consent
    permission = "cases.read_consent"
    reads = "consent.opened"
    template_name = "cases/consent.html"

    def find(self) -> Consent:
        return find_consent(self)

    def context(self, record: Consent) -> dict[str, Any]:
        user = self.request.user
        told = consent_in_words(record)
        if told.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", record, fields=told.unreadable)
        may = user.may("cases.record_consent")
        on = timezone.localdate()
        live = record.status in LIVE
        return case_context(user, record.case, current="cases:consents") | {
            "consent": record,
            "told": told,
            "state": state_of(record, on),
            "words": state_words(record, on),
            "can": {
                "withdraw": may and live,
                "go_on": may and record.status == ConsentStatus.DRAFT,
                "ask_again": may and record.status != ConsentStatus.DRAFT,
            },
        }


class WithdrawConsent(FormPage):
    """Take it back: everything or a part, at once, without a reason."""

    permission = "cases.record_consent"
    reads = "consent.opened"
    template_name = "cases/withdraw_consent.html"
    form_class = WithdrawConsentForm
    success_message = _("It is taken back. What rested on it has stopped.")

    def find(self) -> Consent:
        return find_consent(self)

    def form_options(self, record: Consent) -> dict[str, Any]:
        codes = [scope.value for scope in Scope if scope in record.scopes]
        return {"scopes": list(zip(codes, scope_words(record.scopes), strict=True))}

    def context(self, record: Consent, form: Any) -> dict[str, Any]:
        return {
            "case": record.case,
            "consent": record,
            "form": form,
            "back": reverse("cases:consent", args=[record.pk]),
        }

    def perform(self, data: dict[str, Any]) -> Consent:
        return service.withdraw_consent(
            actor=self.request.user, consent_id=self.kwargs["pk"], **data
        )

    def done_url(self, result: Consent) -> str:
        return reverse("cases:consent", args=[result.pk])


class ConsentPaper(DetailPage):
    """The same words on paper, for one person of the case: to be read out, signed and kept."""

    model = CaseParticipant
    permission = "cases.record_consent"
    reads = "consent.printed"
    template_name = "cases/consent_paper.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("person", "case")

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        agencies = [name for _id, name in agency_choices(self.request.user)]
        return {
            "place": record,
            "points": [(point.label, SAY[point.value]) for point in InformationPoint],
            "questions": [ASK[scope.value] for scope in Scope],
            "agencies": agencies,
            "printed_at": timezone.now(),
            "purpose": _("Asking for consent"),
            "back": reverse("cases:consents", args=[record.case_id]),
        }
