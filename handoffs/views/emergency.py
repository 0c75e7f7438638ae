"""Pages of what was told at once: writing it down, and looking at it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from core.views import DetailPage, FormPage
from handoffs import selectors
from handoffs.forms import EmergencyForm
from handoffs.models import EmergencyDisclosure
from handoffs.package_words import section_labels
from handoffs.services.emergency import tell_in_emergency
from vault.opening import opened


class TellInEmergency(FormPage):
    """One person told another agency the least that a life depended on; now it is written down."""

    permission = "handoffs.tell_in_emergency"
    reads = "handoff.listed"
    form_class = EmergencyForm
    template_name = "handoffs/tell_in_emergency.html"
    success_message = _("It is written down. Somebody else looks at it within 24 hours.")

    def find(self) -> Case:
        found: Case = Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"receivers": selectors.receiver_choices(self.request.user, on=timezone.localdate())}

    def perform(self, data: dict[str, Any]) -> EmergencyDisclosure:
        return tell_in_emergency(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            to_agency_id=data.pop("to_agency"),
            at=timezone.now(),
            **data,
        )

    def done_url(self, result: EmergencyDisclosure) -> str:
        return reverse("handoffs:emergency", args=[result.pk])


class Emergency(DetailPage):
    """What was told, to whom, when and why."""

    model = EmergencyDisclosure
    reads = "emergency.looked_at"
    template_name = "handoffs/emergency.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("to_agency", "told_by")

    def context(self, record: Any) -> dict[str, Any]:
        words = opened(record, "words")
        return {
            "told": record,
            "words": words.value if words.readable and isinstance(words.value, dict) else {},
            "unreadable": "" if isinstance(words.value, dict) else words.value,
            "what": section_labels(record.categories),
            # Whoever reviews it need not see the case.
            "sees_case": Case.objects.visible_to(self.request.user)
            .filter(pk=record.case_id)
            .exists(),
        }
