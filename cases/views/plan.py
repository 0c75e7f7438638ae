"""The tab "Plan": goals in the survivor's words, tasks, services, assessments, conferences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.disclosure import SUBJECTS
from cases.forms.casework import (
    AddGoalForm,
    AgreePlanForm,
    AskServiceForm,
    AssessForm,
    EndGoalForm,
    EndTaskForm,
    HandTaskForm,
    HoldConferenceForm,
    MoveServiceForm,
    SetTaskForm,
)
from cases.instruments import INSTRUMENTS
from cases.models import Case, CaseParticipant, CasePlan, CaseTask, PlanGoal, SupportService
from cases.selectors.casework import (
    assignees,
    conferences_of,
    goal_choices,
    plans_of,
    show_task,
    tasks_of,
)
from cases.selectors.consent import agency_choices
from cases.services import conferences, plans, tasks
from cases.views.base import CaseForm, CaseTab
from core.views import FormPage


class CasePlanTab(CaseTab):
    """Everything that is planned and due, by survivor."""

    current = "cases:plan"
    permission = "cases.read_plan"
    reads = "plan.opened"
    template_name = "cases/plan.html"

    def context(self, record: Case) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        return super().context(record) | {
            "rows": plans_of(user, record, today),
            "tasks": tasks_of(user, record, today),
            "conferences": conferences_of(user, record),
            "can": {"work": user.may("cases.work_plan")},
        }


def survivors(actor: Any, case: Case) -> list[tuple[Any, str]]:
    """(id, code) of survivors and children at risk of a visible case."""
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, role__in=SUBJECTS)
        .select_related("person")
        .order_by("person__code")
    )
    return list({place.person_id: place.person.code for place in places}.items())


class PlanForm(CaseForm):
    """A form that adds something to the plan of a case."""

    permission = "cases.work_plan"
    reads = "plan.opened"
    back_to = "cases:plan"
    title: ClassVar[Any] = ""
    sentence: ClassVar[Any] = ""
    button: ClassVar[Any] = ""

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": self.title,
            "sentence": self.sentence,
            "button": self.button,
        }


class SetTask(PlanForm):
    """Give somebody something to do."""

    form_class = SetTaskForm
    title = _("Set a task")
    button = _("Set the task")
    success_message = _("The task is set. Whoever does it finds it on My work.")

    def form_options(self, record: Case) -> dict[str, Any]:
        return {"colleagues": assignees(self.request.user, record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return tasks.set_task(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class AddGoal(PlanForm):
    """Write down what a survivor wants."""

    form_class = AddGoalForm
    title = _("Add a goal")
    sentence = _("What the survivor wants for themselves comes first.")
    button = _("Add the goal")
    success_message = _("The goal is in the plan.")

    def form_options(self, record: Case) -> dict[str, Any]:
        return {"people": survivors(self.request.user, record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.add_goal(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class AskService(PlanForm):
    """Write down that a service was asked for."""

    form_class = AskServiceForm
    title = _("Ask for a service")
    sentence = _("A service never depends on what somebody agreed to share.")
    button = _("Write it down")
    success_message = _("The service is in the plan.")

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        own = [(user.agency_id, user.agency.name)] if user.agency else []
        return {
            "people": survivors(user, record),
            "agencies": [*own, *agency_choices(user)],
            "goals": goal_choices(user, record),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.ask_service(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class Assess(PlanForm):
    """Go through one instrument."""

    form_class = AssessForm
    instrument: ClassVar[str] = ""
    button = _("Save the assessment")
    success_message = _("The assessment is saved. It is due again on its day.")

    def form_options(self, record: Case) -> dict[str, Any]:
        return {
            "people": survivors(self.request.user, record),
            "instrument": INSTRUMENTS[self.instrument],
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.assess(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            instrument=self.instrument,
            **data,
        )


class AssessSurvivorRisk(Assess):
    instrument = "risk"
    title = _("Assess the risk to a survivor")
    sentence = _("Each question may be answered with “not known”; ask again as things change.")


class AssessOutcome(Assess):
    instrument = "outcome"
    title = _("How is the survivor doing?")
    sentence = _("Ask them, wherever they want to be asked.")


class HoldConference(PlanForm):
    """Write down a case conference."""

    form_class = HoldConferenceForm
    title = _("Write down a case conference")
    sentence = _("Who was at the table, what was said, and who does what by when.")
    button = _("Save the conference")
    success_message = _("The conference is saved. Its decisions for us are tasks now.")

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        own = [(user.agency_id, user.agency.name)] if user.agency else []
        return {
            "agencies": [*own, *agency_choices(user)],
            "colleagues": assignees(user, record),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        decisions = [
            conferences.Decided(
                what=one["what"],
                agency_id=one["agency"],
                assignee_id=one["assignee"],
                due_on=one["due"],
            )
            for one in data.pop("decisions")
        ]
        return conferences.hold_conference(
            actor=self.request.user, case_id=self.kwargs["pk"], decisions=decisions, **data
        )


class PlanStep(FormPage):
    """A form about one record of the plan; it leads back to the plan."""

    permission = "cases.work_plan"
    reads = "plan.opened"
    template_name = "cases/form.html"
    model: ClassVar[Any] = None
    title: ClassVar[Any] = ""
    button: ClassVar[Any] = ""

    def find(self) -> Any:
        return (
            self.model.objects.visible_to(self.request.user)
            .select_related("case")
            .get(pk=self.kwargs["pk"])
        )

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"version": record.version}

    def sentence(self, record: Any) -> Any:
        return ""

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "case": record.case,
            "form": form,
            "title": self.title,
            "sentence": self.sentence(record),
            "button": self.button,
            "back": reverse("cases:plan", args=[record.case_id]),
        }

    def done_url(self, result: Any) -> str:
        return reverse("cases:plan", args=[result.case_id])


class EndTask(PlanStep):
    """It is done, or dropped."""

    model = CaseTask
    form_class = EndTaskForm
    title = _("Finish a task")
    button = _("Write it down")
    success_message = _("It is written down.")

    def sentence(self, record: CaseTask) -> str:
        return show_task(record, timezone.localdate()).what

    def perform(self, data: dict[str, Any]) -> Any:
        return tasks.end_task(actor=self.request.user, task_id=self.kwargs["pk"], **data)


class HandTask(PlanStep):
    """Give it to somebody else, or another day."""

    model = CaseTask
    form_class = HandTaskForm
    title = _("Hand a task on")
    button = _("Hand it on")
    success_message = _("The task is handed on.")

    def sentence(self, record: CaseTask) -> str:
        return show_task(record, timezone.localdate()).what

    def form_options(self, record: CaseTask) -> dict[str, Any]:
        return {
            "version": record.version,
            "colleagues": assignees(self.request.user, record.case),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return tasks.hand_task(actor=self.request.user, task_id=self.kwargs["pk"], **data)


class EndGoal(PlanStep):
    """It is reached, or no longer wanted."""

    model = PlanGoal
    form_class = EndGoalForm
    title = _("What came of a goal")
    button = _("Write it down")
    success_message = _("It is written down.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.end_goal(actor=self.request.user, goal_id=self.kwargs["pk"], **data)


class AgreePlan(PlanStep):
    """The survivor said yes to it, or it was looked at again."""

    model = CasePlan
    form_class = AgreePlanForm
    title = _("Agree on the plan")
    button = _("We agreed on it")
    success_message = _("The plan is agreed. It comes back on My work for its review.")

    def sentence(self, record: CasePlan) -> Any:
        return _("Go through it with the survivor first: it is theirs.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.agree_plan(actor=self.request.user, plan_id=self.kwargs["pk"], **data)


class MoveService(PlanStep):
    """How a service stands."""

    model = SupportService
    form_class = MoveServiceForm
    title = _("How does the service stand?")
    button = _("Write it down")
    success_message = _("It is written down.")

    def sentence(self, record: SupportService) -> Any:
        return record.get_type_display()

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.move_service(actor=self.request.user, service_id=self.kwargs["pk"], **data)
