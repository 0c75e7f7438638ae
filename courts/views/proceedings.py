"""Court pages: the list, the tab on a case, one proceeding, and the steps it takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.selectors import who_wrote
from cases.tabs import tabs_of
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage
from courts.forms.proceeding import (
    AdvanceProceedingForm,
    ChangeProceedingForm,
    OpenProceedingForm,
)
from courts.models import Proceeding
from courts.selectors import proceeding as selectors
from courts.selectors.hearing import hearings_of
from courts.selectors.operation import operations_of, planned_of
from courts.selectors.sentence import outcome_of
from courts.services import proceedings
from vault.opening import opened

# What raises the version of a proceeding.
CHANGES = ("proceeding.advanced", "proceeding.changed")


class ProceedingList(ListPage):
    """Proceedings of the cases somebody sees."""

    model = Proceeding
    permission = "courts.read_proceeding"
    reads = "proceeding.listed"
    template_name = "courts/list.html"

    def queryset(self) -> models.QuerySet[Any]:
        return selectors.proceedings_of(self.request.user, over=self.show == "concluded")

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
            "hearings": list(
                hearings_of(self.request.user).ahead(timezone.now()).filter(case_id=record.pk)
            ),
            "operations": operations_of(self.request.user, record.pk),
            "planned": planned_of(self.request.user, record.pk),
            "can": {
                "open": self.request.user.may("courts.open_proceeding"),
                "record_operation": self.request.user.may("courts.record_operation"),
                "plan_operation": self.request.user.may("courts.plan_operation"),
            },
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
        user = self.request.user
        return {
            "accused": selectors.possible_accused(user, record.pk),
            "steps": selectors.step_choices(user),
            "agencies": selectors.agency_choices(user),
        }

    def perform(self, data: dict[str, Any]) -> Proceeding:
        return proceedings.open_proceeding(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            accused_id=data["accused"].pk,
            jurisdiction=data["jurisdiction"],
            side=data["side"],
            court=data["court"],
            docket_number=data["docket_number"],
            prosecutor_id=data["prosecutor"] or None,
            opened_on=data["opened_on"],
            step=data["step"],
            earlier_unknown=data["earlier_unknown"],
            document=data["document"],
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
        shown = selectors.proceeding_page(self.request.user, record, timezone.localdate())
        for row, name in shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", row, fields=[name])
        outcome = outcome_of(self.request.user, record)
        user = self.request.user
        may_hear = not record.is_over and user.may("courts.schedule_hearing")
        return {
            "shown": shown,
            "outcome": outcome,
            "hearings": list(hearings_of(user).filter(proceeding=record)),
            "proceeding": record,
            "can": shown.can | {"hearing": may_hear},
        }


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


class ChangeProceeding(ProceedingAct):
    permission = "courts.change_proceeding"
    form_class = ChangeProceedingForm
    title = _("Court, number and prosecutor")
    button = _("Save")
    success_message = _("Saved.")

    def form_options(self, record: Any) -> dict[str, Any]:
        number = opened(record, "docket_number")
        return {
            "agencies": selectors.agency_choices(self.request.user, named=[record.prosecutor_id]),
            "readable": number.readable,
            "version": record.version,
            "initial": {
                "court": record.court,
                "docket_number": number.value if number.readable else "",
                "prosecutor": str(record.prosecutor_id or ""),
            },
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, *CHANGES)

    def perform(self, data: dict[str, Any]) -> Proceeding:
        return proceedings.change_proceeding(
            actor=self.request.user,
            proceeding_id=self.kwargs["pk"],
            version=data["version"],
            court=data["court"],
            docket_number=data.get("docket_number"),
            prosecutor_id=UUID(data["prosecutor"]) if data["prosecutor"] else None,
            prosecutor_unknown=not data["prosecutor"],
        )


class AdvanceProceeding(ProceedingAct):
    permission = "courts.advance_proceeding"
    form_class = AdvanceProceedingForm
    title = _("Record the next step")
    button = _("Record the step")
    success_message = _("The proceeding has moved on.")

    def form_options(self, record: Any) -> dict[str, Any]:
        shown = selectors.proceeding_page(self.request.user, record, timezone.localdate())
        return {
            "stages": [(step.code, step.label) for step in shown.next_steps],
            "known": selectors.codes_of(self.request.user, record.step.procedure),
            "version": record.version,
            "beside": [(_("Step"), record.step.label)],
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, *CHANGES)

    def perform(self, data: dict[str, Any]) -> Proceeding:
        return proceedings.advance_proceeding(
            actor=self.request.user, proceeding_id=self.kwargs["pk"], **data
        )
