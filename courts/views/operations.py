"""Operations of a case: what is planned, what was conducted, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.selectors import who_wrote
from core.views import DetailPage, FormPage
from courts.forms.operation import (
    CallOffForm,
    ChangeOperationForm,
    NameMemberForm,
    PlanOperationForm,
    ReclassifyOutcomeForm,
    RecordOperationForm,
    RecordOutcomeForm,
)
from courts.models import (
    Operation,
    OperationOutcome,
    PlannedOperation,
    PlannedOperationMember,
)
from courts.selectors import operation as selectors
from courts.selectors.proceeding import agency_choices
from courts.services import operations, outcomes


class _OfCase(FormPage):
    """A form about a case's operations."""

    reads = "operation.listed"
    template_name = "courts/operation_form.html"
    title: Any = ""
    button: Any = ""

    def find(self) -> Case:
        return Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("courts:tab", args=[record.pk]),
            "back_label": _("Court tab of the case"),
        }


class RecordOperation(_OfCase):
    permission = "courts.record_operation"
    form_class = RecordOperationForm
    title = _("Record an operation")
    button = _("Record the operation")
    success_message = _("The operation is recorded. Say what it was for each person.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        planned = [
            (str(one.pk), f"{one.get_type_display()}, {one.lead_agency.name}")
            for one in selectors.planned_of(user, record.pk)
        ]
        return {"agencies": agency_choices(user), "planned": planned}

    def perform(self, data: dict[str, Any]) -> Operation:
        planned = data.pop("planned", "")
        return operations.record_operation(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            lead_agency_id=data.pop("lead_agency"),
            planned_id=planned or None,
            **data,
        )

    def done_url(self, result: Operation) -> str:
        return reverse("courts:operation", args=[result.pk])


class PlanOperation(_OfCase):
    permission = "courts.plan_operation"
    form_class = PlanOperationForm
    title = _("Plan an operation")
    button = _("Plan the operation")
    success_message = _("The operation is planned. Only those named know of it.")

    def find(self) -> Case:
        return Case.objects.standing_for(self.request.user).get(pk=self.kwargs["pk"])

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "agencies": agency_choices(user),
            "members": selectors.member_choices(user, record),
        }

    def perform(self, data: dict[str, Any]) -> PlannedOperation:
        with self.request.reading():
            known = dict(selectors.member_choices(self.request.user, self.find()))
        chosen = data.pop("members")
        return operations.plan_operation(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            lead_agency_id=data.pop("lead_agency"),
            member_ids=[pk for pk in known if str(pk) in chosen],
            **data,
        )

    def done_url(self, result: PlannedOperation) -> str:
        return reverse("courts:planned", args=[result.pk])


class PlannedPage(DetailPage):
    """One planned operation, for those who know of it."""

    model = PlannedOperation
    permission = "courts.read_operation"
    reads = "operation.plan_opened"
    template_name = "courts/planned.html"

    def find(self) -> PlannedOperation:
        found: PlannedOperation = (
            PlannedOperation.objects.visible_to(self.request.user)
            .select_related("about", "lead_agency", "made_by")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: Any) -> dict[str, Any]:
        shown = selectors.planned_page(self.request.user, record)
        for row, name in shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", row, fields=[name])
        return {"shown": shown, "planned": record, "can": shown.can}


class _PlannedAct(FormPage):
    """Something about a planned operation."""

    permission = "courts.plan_operation"
    reads = "operation.plan_opened"
    template_name = "courts/operation_form.html"
    title: Any = ""
    button: Any = ""

    def find(self) -> PlannedOperation:
        found: PlannedOperation = (
            PlannedOperation.objects.visible_to(self.request.user)
            .select_related("about")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("courts:planned", args=[record.pk]),
            "back_label": _("The planned operation"),
        }

    def done_url(self, result: Any) -> str:
        return reverse("courts:planned", args=[self.kwargs["pk"]])


class NameMember(_PlannedAct):
    form_class = NameMemberForm
    title = _("Let somebody know of it")
    button = _("Let them know")
    success_message = _("They may know of it now.")

    def form_options(self, record: Any) -> dict[str, Any]:
        known = selectors.member_choices(self.request.user, record.about)
        return {"members": [(str(pk), name) for pk, name in known]}

    def perform(self, data: dict[str, Any]) -> PlannedOperationMember:
        with self.request.reading():
            known = selectors.member_choices(self.request.user, self.find().about)
        return operations.name_member(
            actor=self.request.user,
            planned_id=self.kwargs["pk"],
            user_id={str(pk): pk for pk, _name in known}[data["member"]],
        )


class CallOffOperation(_PlannedAct):
    form_class = CallOffForm
    title = _("Call the operation off")
    button = _("Call it off")
    success_message = _("The operation is called off. It stays sealed.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"version": record.version}

    def perform(self, data: dict[str, Any]) -> PlannedOperation:
        return operations.call_off_operation(
            actor=self.request.user, planned_id=self.kwargs["pk"], **data
        )


class OperationPage(DetailPage):
    """One operation with what it was for each person."""

    model = Operation
    permission = "courts.read_operation"
    reads = "operation.opened"
    template_name = "courts/operation.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("case", "lead_agency", "recorded_by")

    def context(self, record: Any) -> dict[str, Any]:
        shown = selectors.operation_page(self.request.user, record)
        return {"shown": shown, "operation": record, "can": shown.can}


class OperationAct(FormPage):
    """Something recorded about one operation."""

    reads = "operation.opened"
    template_name = "courts/operation_form.html"
    title: Any = ""
    button: Any = ""

    def find(self) -> Operation:
        found: Operation = Operation.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("courts:operation", args=[self.kwargs["pk"]]),
            "back_label": _("The operation"),
        }

    def done_url(self, result: Any) -> str:
        return reverse("courts:operation", args=[self.kwargs["pk"]])


class ChangeOperation(OperationAct):
    permission = "courts.record_operation"
    form_class = ChangeOperationForm
    title = _("Put the record right")
    button = _("Save")
    success_message = _("Saved; what it said before is kept.")

    def form_options(self, record: Any) -> dict[str, Any]:
        names = [name for name in operations.DETAILS if name != "lead_agency_id"]
        initial = {name: getattr(record, name) for name in names}
        initial["lead_agency"] = str(record.lead_agency_id)
        initial["supporting_agencies"] = [str(pk) for pk in record.supporting_agencies]
        return {
            "agencies": agency_choices(self.request.user, named=_named(record)),
            "version": record.version,
            "initial": initial,
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, "operation.changed")

    def perform(self, data: dict[str, Any]) -> Operation:
        with self.request.reading():
            named = _named(self.find())
            known = agency_choices(self.request.user, named=named)
        agencies = {str(pk): pk for pk, _name in known}
        chosen = data.pop("supporting_agencies")
        return operations.change_operation(
            actor=self.request.user,
            operation_id=self.kwargs["pk"],
            lead_agency_id=agencies[data.pop("lead_agency")],
            supporting_agencies=[agencies[pk] for pk in chosen],
            **data,
        )


def _named(operation: Operation) -> list[UUID]:
    """The agencies an operation's record names."""
    return [operation.lead_agency_id, *operation.supporting_agencies]


class RecordOutcome(OperationAct):
    permission = "courts.record_outcome"
    form_class = RecordOutcomeForm
    title = _("What was the operation for somebody?")
    button = _("Record the outcome")
    success_message = _("The outcome is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"people": selectors.people_without_outcome(self.request.user, record)}

    def perform(self, data: dict[str, Any]) -> OperationOutcome:
        return outcomes.record_outcome(
            actor=self.request.user,
            operation_id=self.kwargs["pk"],
            participant_id=data.pop("participant"),
            **data,
        )


class ReclassifyOutcome(OperationAct):
    permission = "courts.record_outcome"
    form_class = ReclassifyOutcomeForm
    title = _("Give the outcome another value")
    button = _("Reclassify")
    success_message = _("Both values are kept, each with its day.")

    def find(self) -> Operation:
        operation = super().find()
        rows = OperationOutcome.objects.visible_to(self.request.user)
        self.row = rows.select_related("participant__person").get(
            pk=self.kwargs["outcome"], operation=operation
        )
        return operation

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"outcomes": selectors.other_outcomes(self.row)}

    def perform(self, data: dict[str, Any]) -> OperationOutcome:
        return outcomes.reclassify_outcome(
            actor=self.request.user, outcome_id=self.kwargs["outcome"], **data
        )
