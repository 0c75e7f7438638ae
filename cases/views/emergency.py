"""Emergency access: break the glass, end it, and read why it was broken."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms import BreakGlassForm
from cases.models import BreakGlass, Case
from cases.services.emergency import NoSuchCase, break_glass, end_break_glass
from core.views import DetailPage, FormPage
from vault.opening import opened


class BreakGlassPage(FormPage):
    """Open one case in an emergency, by its reference. There is no list to choose from."""

    permission = "cases.break_glass"
    steps_up = True
    template_name = "cases/break_glass.html"
    form_class = BreakGlassForm
    success_message = _(
        "The case is open to you. The supervisor and the data protection officer have been told."
    )

    def perform(self, data: dict[str, Any]) -> BreakGlass:
        try:
            return break_glass(actor=self.request.user, at=timezone.now(), **data)
        except NoSuchCase:
            # Trying references out is how somebody would look for cases: it stands in the log.
            with self.request.reading() as look:
                look.record("record.missed", object_type="cases.case", facts={"emergency": True})
            raise

    def done_url(self, result: BreakGlass) -> str:
        return reverse("cases:case", args=[result.case_id])


class EndBreakGlass(FormPage):
    """End emergency access before its time."""

    permission = "cases.read_case"
    reads = "emergency.opened"
    template_name = "cases/end_break_glass.html"
    success_message = _("The emergency access is over. The case is closed to you again.")

    def find(self) -> BreakGlass:
        found: BreakGlass = BreakGlass.objects.visible_to(self.request.user).get(
            pk=self.kwargs["pk"], by=self.request.user
        )
        return found

    def context(self, record: BreakGlass, form: Any) -> dict[str, Any]:
        seen = Case.objects.visible_to(self.request.user).filter(pk=record.case_id)
        return super().context(record, form) | {"hidden": not seen.exists()}

    def perform(self, data: dict[str, Any]) -> BreakGlass:
        return end_break_glass(
            actor=self.request.user, break_glass_id=self.kwargs["pk"], at=timezone.now()
        )

    def done_url(self, result: BreakGlass) -> str:
        return "cases:list"


class EmergencyPage(DetailPage):
    """Who broke the glass, when and why: for the review, and for the team of the case."""

    model = BreakGlass
    reads = "emergency.opened"
    template_name = "cases/emergency.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("by")

    def context(self, record: BreakGlass) -> dict[str, Any]:
        reason = opened(record, "reason")
        if not reason.readable:
            with self.request.reading() as look:
                look.record("text.unreadable", record, fields=["reason"])
        facts = [
            (_("Who"), record.by.name),
            (_("Kind of emergency"), record.get_reason_code_display()),
            (_("From"), record.created_at),
            (_("Until"), record.ended_at or record.until),
            (_("What happened"), reason.value),
        ]
        return {"emergency": record, "facts": facts, "live": record.is_live(timezone.now())}
