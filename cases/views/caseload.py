"""Caseloads of a supervisor's colleagues, and handing one over in one go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.forms.sight import TransferCaseloadForm
from cases.selectors.caseload import cases_led_by, cases_without_lead, loads
from cases.selectors.sight import workers
from cases.services.caseload import MOST_CASES, HandedOver, transfer_caseload
from core.views import FormPage, Workspace


class Caseload(Workspace):
    """Who leads how many cases, and which have nobody."""

    permission = "cases.change_lead"
    reads = "caseload.listed"
    template_name = "cases/caseload.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        self.record_read(object_type="cases.case")
        return self.answer(
            {
                "rows": loads(user, timezone.localdate()),
                "without": list(cases_without_lead(user)[:MOST_CASES]),
            }
        )


class TransferCaseload(FormPage):
    """One list, one reason: the cases of somebody, or those that nobody leads."""

    permission = "cases.change_lead"
    reads = "caseload.listed"
    template_name = "cases/transfer_caseload.html"
    form_class = TransferCaseloadForm

    def find(self) -> Any:
        """Whose cases; None for those that nobody leads."""
        asked: UUID | None = self.kwargs.get("pk")
        return User.objects.visible_to(self.request.user).get(pk=asked) if asked else None

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        self.record_read(object_type="cases.case")
        return self.answer(self.context(record, form), status=status)

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        found = cases_led_by(user, record.pk) if record else cases_without_lead(user)
        cases = [
            (case.pk, f"{case.reference}, {case.get_risk_display()}") for case in found[:MOST_CASES]
        ]
        people = [(pk, name) for pk, name in workers(user) if not record or pk != record.pk]
        return {"cases": cases, "workers": people}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": _("Hand over the cases of %(name)s") % {"name": record.name}
            if record
            else _("Give these cases a lead"),
            "nothing": not form.fields["case_ids"].choices,
        }

    def perform(self, data: dict[str, Any]) -> HandedOver:
        return transfer_caseload(
            actor=self.request.user, from_user_id=self.kwargs.get("pk"), **data
        )

    def done_url(self, result: HandedOver) -> str:
        number = len(result.moved)
        if number:
            messages.success(
                self.request,
                ngettext(
                    "%(n)d case is handed over. Both are told.",
                    "%(n)d cases are handed over. Everybody is told.",
                    number,
                )
                % {"n": number},
            )
        for reference, why in result.left:
            messages.warning(
                self.request, _("%(case)s stays: %(why)s") % {"case": reference, "why": why}
            )
        return reverse("cases:caseload")
