"""The duty to report: noting it on a case, reporting it, its receipt."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.second_person import Matter, second_person
from cases.choices import DutyStatus
from cases.forms import ConfirmReceiptForm, NoteDutyForm, ReportDutyForm, WaiveDutyForm
from cases.models import Case, ReportDuty
from cases.selectors import origin_of, rule_choices, show_duty, who_wrote
from cases.services import duties as service
from cases.views.base import CaseForm
from core.forms import PlainForm
from core.views import DetailPage, FormPage

# What raises the version of a duty.
CHANGES = ("duty.reported", "duty.acknowledged", "duty.waived", "duty.joined_case")


class NoteDuty(CaseForm):
    """Note that somebody has to be told, and let the clock run."""

    permission = "cases.record_duty"
    form_class = NoteDutyForm
    success_message = _("The clock is running. Report it, then write it down here.")

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


class DutyPage(DetailPage):
    """One duty: its clock, and what was done."""

    model = ReportDuty
    permission = "cases.read_duty"
    reads = "duty.opened"
    template_name = "cases/duty.html"

    def find(self) -> ReportDuty:
        return find_duty(self)

    def context(self, record: ReportDuty) -> dict[str, Any]:
        user, shown = self.request.user, show_duty(record)
        if shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", record, fields=shown.unreadable)
        case = Case.objects.visible_to(user).filter(pk=record.case_id).first()
        origin = origin_of(user, record)
        if case:
            back = (case.reference, reverse("cases:case", args=[case.pk]))
        else:
            back = origin or (_("My work"), resolve_url(settings.LOGIN_REDIRECT_URL))
        may = user.may("cases.record_duty")
        due = record.status == DutyStatus.DUE
        standing = second_person(user, first_id=record.recorded_by_id, matter=Matter.WAIVE_DUTY)
        return {
            "duty": record,
            "shown": shown,
            "overdue": record.is_overdue(timezone.now()),
            "origin": origin,
            "back": back,
            "can": {
                "report": may and due,
                "receipt": may and record.status == DutyStatus.REPORTED,
                "waive": user.may("cases.waive_duty") and due and standing.may,
                "alone": standing.alone,
            },
        }


class DutyStep(FormPage):
    """A step of one duty; it leads back there."""

    permission = "cases.record_duty"
    reads = "duty.opened"
    template_name = "cases/duty_form.html"
    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = _("Write it down")
    success_message = _("It is written down.")

    def find(self) -> ReportDuty:
        return find_duty(self)

    def form_options(self, record: ReportDuty) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [(_("How it stands"), record.get_status_display())],
        }

    def who_changed(self, record: ReportDuty) -> str:
        return who_wrote(record.case_id, record.pk, *CHANGES) if record.case_id else ""

    def context(self, record: ReportDuty, form: Any) -> dict[str, Any]:
        return {
            "duty": record,
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("cases:duty", args=[record.pk]),
        }

    def done_url(self, result: ReportDuty) -> str:
        return reverse("cases:duty", args=[result.pk])


class ReportDutyStep(DutyStep):
    """Write down that the authority was told."""

    form_class: ClassVar[type[PlainForm]] = ReportDutyForm
    title = _("Write down the report")

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.report_duty(actor=self.request.user, duty_id=self.kwargs["pk"], **data)


class ConfirmReceipt(DutyStep):
    """Their number has come."""

    form_class: ClassVar[type[PlainForm]] = ConfirmReceiptForm
    title = _("Write down their number")

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.confirm_receipt(actor=self.request.user, duty_id=self.kwargs["pk"], **data)


class WaiveDuty(DutyStep):
    """A second person says that it is none."""

    permission = "cases.waive_duty"
    form_class: ClassVar[type[PlainForm]] = WaiveDutyForm
    title = _("This need not be reported")
    button = _("It is not required")

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return service.waive_duty(actor=self.request.user, duty_id=self.kwargs["pk"], **data)
