"""The duty to report: noting it on a case, reporting it, its receipt."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import ONLY_SAID, DutyStatus
from cases.forms.duty import ConfirmReceiptForm, NoteDutyForm, ReportDutyForm, WaiveDutyForm
from cases.models import Case, ReportDuty
from cases.selectors.duty import duty_facts, origin_of, rule_choices
from cases.services import duties as service
from cases.views.base import CaseForm
from core.views import DetailPage, FormPage


class NoteDuty(CaseForm):
    """Note that somebody has to be told, and let the clock run."""

    permission = "cases.record_duty"
    form_class = NoteDutyForm
    success_message = _("The clock is running. Report it, then write it down here.")
    back_to = "cases:consents"

    def form_options(self, record: Case) -> dict[str, Any]:
        return {"rules": rule_choices(record.country)}

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Note a duty to report"),
            "sentence": _("What the law makes us tell, whatever anybody agreed to."),
            "button": _("Start the clock"),
        }

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.note_duty(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: ReportDuty) -> str:
        return reverse("cases:duty", args=[result.pk])


def find_duty(view: Any) -> ReportDuty:
    """The duty that the address names."""
    found: ReportDuty = (
        ReportDuty.objects.visible_to(view.request.user)
        .select_related("recorded_by", "reported_by", "decided_by")
        .get(pk=view.kwargs["pk"])
    )
    return found


def duty_context(user: Any, duty: ReportDuty) -> dict[str, Any]:
    """What `cases/duty.html` shows, with or without a case."""
    may = user.may("cases.record_duty")
    seen = duty.case_id and Case.objects.visible_to(user).filter(pk=duty.case_id).exists()
    return {
        "duty": duty,
        "facts": duty_facts(duty),
        "overdue": duty.is_overdue(timezone.now()),
        "put_in_writing": duty.status == DutyStatus.REPORTED and duty.how in ONLY_SAID,
        "origin": origin_of(user, duty),
        "back": reverse("cases:consents", args=[duty.case_id]) if seen else "",
        "can": {
            "report": may and duty.status == DutyStatus.DUE,
            "receipt": may and duty.status == DutyStatus.REPORTED,
            "waive": user.may("cases.waive_duty")
            and duty.status == DutyStatus.DUE
            and duty.recorded_by_id != user.pk,
        },
    }


class DutyPage(DetailPage):
    """One duty: its clock, and what was done."""

    model = ReportDuty
    permission = "cases.read_duty"
    reads = "duty.opened"
    template_name = "cases/duty.html"

    def find(self) -> ReportDuty:
        return find_duty(self)

    def context(self, record: ReportDuty) -> dict[str, Any]:
        return duty_context(self.request.user, record)


class ReportDutyView(FormPage):
    """Write down that the authority was told."""

    permission = "cases.record_duty"
    reads = "duty.opened"
    template_name = "cases/duty_form.html"
    form_class = ReportDutyForm
    title: Any = _("Write down the report")
    button: Any = _("Write it down")
    success_message = _("It is written down.")

    def find(self) -> ReportDuty:
        return find_duty(self)

    def form_options(self, record: ReportDuty) -> dict[str, Any]:
        return {"version": record.version}

    def context(self, record: ReportDuty, form: Any) -> dict[str, Any]:
        return duty_context(self.request.user, record) | {
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("cases:duty", args=[record.pk]),
        }

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.report_duty(actor=self.request.user, duty_id=self.kwargs["pk"], **data)

    def done_url(self, result: ReportDuty) -> str:
        return reverse("cases:duty", args=[result.pk])


class ConfirmReceipt(ReportDutyView):
    """Their number has come."""

    form_class = ConfirmReceiptForm  # type: ignore[assignment]
    title = _("Write down their number")

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.confirm_receipt(actor=self.request.user, duty_id=self.kwargs["pk"], **data)


class WaiveDuty(ReportDutyView):
    """A second person says that it is none."""

    permission = "cases.waive_duty"
    form_class = WaiveDutyForm  # type: ignore[assignment]
    title = _("This need not be reported")
    button = _("It is not required")

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.waive_duty(actor=self.request.user, duty_id=self.kwargs["pk"], **data)
