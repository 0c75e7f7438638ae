"""Court pages: the list, the tab on a case, one proceeding, and what is recorded about it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.selectors import who_wrote
from cases.tabs import tabs_of
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage
from courts import selectors
from courts.choices import Stage
from courts.forms import (
    AdvanceProceedingForm,
    FileChargeForm,
    OpenProceedingForm,
    RecordVerdictForm,
)
from courts.models import Charge, Proceeding, Verdict
from courts.services import proceedings

CONCLUDED = (Stage.FINAL, Stage.DISCONTINUED)


class ProceedingList(ListPage):
    """Proceedings of the cases somebody sees."""

    model = Proceeding
    permission = "courts.read_proceeding"
    reads = "proceeding.listed"
    template_name = "courts/list.html"

    def queryset(self) -> models.QuerySet[Any]:
        found = selectors.proceedings_of(self.request.user)
        if self.show == "concluded":
            return found.filter(stage__in=CONCLUDED)
        return found.exclude(stage__in=CONCLUDED)

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in selectors.FILTERS else "pending"

    def context(self, page: Page) -> dict[str, Any]:
        words = {"pending": _("Before the courts"), "concluded": _("Concluded")}
        return {
            "page": page,
            "rows": page.rows,
            "chips": [
                {
                    "label": words[code],
                    "url": f"{reverse('courts:list')}?show={code}",
                    "current": code == self.show,
                }
                for code in selectors.FILTERS
            ],
        }


class CourtTab(DetailPage):
    """The courts' part of a case."""

    model = Case
    permission = "courts.read_proceeding"
    reads = "proceeding.listed"
    template_name = "courts/tab.html"
    fragment_name = "courts/_tab.html"

    def context(self, record: Any) -> dict[str, Any]:
        return {
            "case": record,
            "tabs": tabs_of(record, self.request.user, current="courts:tab"),
            "proceedings": list(
                selectors.proceedings_of(self.request.user).filter(case_id=record.pk)
            ),
            "can_open": self.request.user.may("courts.open_proceeding"),
        }


class OpenProceeding(FormPage):
    """Open the proceeding of one accused."""

    permission = "courts.open_proceeding"
    reads = "proceeding.listed"
    form_class = OpenProceedingForm
    template_name = "courts/open.html"
    success_message = _("The proceeding is open.")

    def find(self) -> Case:
        return Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"accused": selectors.possible_accused(self.request.user, record.pk)}

    def perform(self, data: dict[str, Any]) -> Proceeding:
        return proceedings.open_proceeding(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            accused_id=data["accused"].pk,
            jurisdiction=data["jurisdiction"],
            side=data["side"],
            court=data["court"],
            docket_number=data["docket_number"],
            opened_on=data["opened_on"],
        )

    def done_url(self, result: Proceeding) -> str:
        return reverse("courts:proceeding", args=[result.pk])


class ProceedingPage(DetailPage):
    """One proceeding with its charges and verdicts."""

    model = Proceeding
    permission = "courts.read_proceeding"
    reads = "proceeding.opened"
    template_name = "courts/proceeding.html"

    def find(self) -> Proceeding:
        return selectors.one_proceeding(self.request.user, self.kwargs["pk"])

    def context(self, record: Any) -> dict[str, Any]:
        shown = selectors.proceeding_page(self.request.user, record)
        return {"shown": shown, "proceeding": record, "can": shown.can}


class ProceedingAct(FormPage):
    """Something recorded about one proceeding."""

    reads = "proceeding.opened"
    template_name = "courts/act.html"
    title: Any = ""
    button: Any = ""

    def find(self) -> Proceeding:
        return selectors.one_proceeding(self.request.user, self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"proceeding": record, "form": form, "title": self.title, "button": self.button}

    def done_url(self, result: Any) -> str:
        return reverse("courts:proceeding", args=[self.kwargs["pk"]])


class FileCharge(ProceedingAct):
    permission = "courts.file_charge"
    form_class = FileChargeForm
    title = _("Record a charge")
    button = _("Record the charge")
    success_message = _("The charge is recorded.")

    def perform(self, data: dict[str, Any]) -> Charge:
        return proceedings.file_charge(
            actor=self.request.user, proceeding_id=self.kwargs["pk"], **data
        )


class RecordVerdict(ProceedingAct):
    permission = "courts.record_verdict"
    form_class = RecordVerdictForm
    template_name = "courts/verdict.html"
    title = _("Record a verdict")
    button = _("Record the verdict")
    success_message = _("The verdict is recorded.")

    def find(self) -> Proceeding:
        """The proceeding; the charge must be one of its own."""
        proceeding = super().find()
        self.charge = proceeding.charges.get(pk=self.kwargs["charge"])
        return proceeding

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"charge": self.charge}

    def perform(self, data: dict[str, Any]) -> Verdict:
        return proceedings.record_verdict(
            actor=self.request.user, charge_id=self.kwargs["charge"], **data
        )


class AdvanceProceeding(ProceedingAct):
    permission = "courts.advance_proceeding"
    form_class = AdvanceProceedingForm
    title = _("Move to the next stage")
    button = _("Move the proceeding")
    success_message = _("The proceeding has moved on.")

    def form_options(self, record: Any) -> dict[str, Any]:
        shown = selectors.proceeding_page(self.request.user, record)
        return {
            "stages": shown.next_stages,
            "version": record.version,
            "beside": [(_("Stage"), record.get_stage_display())],
        }

    def who_changed(self, record: Any) -> str:
        verbs = ("proceeding.advanced", "charge.filed", "verdict.recorded")
        return who_wrote(record.case_id, record.pk, *verbs)

    def perform(self, data: dict[str, Any]) -> Proceeding:
        return proceedings.advance_proceeding(
            actor=self.request.user,
            proceeding_id=self.kwargs["pk"],
            to=data["to"],
            version=data["version"],
        )
