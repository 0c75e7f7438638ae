"""The plan of one survivor: goals in their words, actions, services, reviews, approval."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import SURVIVOR_ROLES, CasePlanStatus
from cases.forms import (
    AddActionForm,
    AddGoalForm,
    AskServiceForm,
    EndGoalForm,
    MoveServiceForm,
    ReturnPlanForm,
    ReviewPlanForm,
    SubmitPlanForm,
)
from cases.models import CaseParticipant, CasePlan, CaseTask, PlanGoal, SupportService
from cases.selectors import assignees_of, who_changed_plan, who_wrote
from cases.selectors.plan import goal_choices, place_of, plan_of_person, provider_choices
from cases.services import plans, support, tasks
from cases.services.plans import standing_about
from cases.views.base import case_context
from cases.views.family import PersonForm
from cases.views.people import find_place
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from core.views import DetailPage, FormPage
from vault.opening import opened


class PlanPage(DetailPage):
    """What a survivor wants, what is done towards it, and how it goes."""

    model = CaseParticipant
    permission = "cases.read_plan"
    reads = "plan.opened"
    template_name = "cases/plan.html"

    def find(self) -> CaseParticipant:
        place = find_place(self)
        if place.role not in SURVIVOR_ROLES:
            raise CaseParticipant.DoesNotExist
        return place

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        user = self.request.user
        shown = plan_of_person(user, record, timezone.localdate())
        for row, name in shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", row, fields=[name])
        plan, may = shown.plan, user.may("cases.write_plan")
        standing = standing_about(user, plan) if plan else None
        status = plan.status if plan else ""
        return case_context(user, record.case, current="cases:work") | {
            "place": record,
            "shown": shown,
            "plan": plan,
            "can": {
                "write": may,
                "submit": may
                and status == CasePlanStatus.DRAFT
                and any(goal.is_open for goal in shown.goals),
                "approve": standing is not None
                and status == CasePlanStatus.SUBMITTED
                and user.may("cases.approve_plan")
                and standing.may,
                "alone": standing is not None and standing.alone,
                "review": may and status == CasePlanStatus.APPROVED,
                "set_task": user.may("cases.set_task"),
            },
        }


class PlanForm(PersonForm):
    """A form that adds something to a survivor's plan; it leads back there."""

    permission = "cases.write_plan"
    reads = "plan.opened"

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"back": reverse("cases:plan", args=[record.pk])}

    def done_url(self, result: Any) -> str:
        return reverse("cases:plan", args=[self.kwargs["pk"]])


class AddGoal(PlanForm):
    """Write down what a survivor wants."""

    form_class = AddGoalForm
    title = _("Add a goal")
    sentence = _("What the survivor wants for themselves comes first.")
    button = _("Add the goal")
    success_message = _("The goal is in the plan. The plan is agreed and approved anew.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.add_goal(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class AskService(PlanForm):
    """Write down that a service was asked for."""

    form_class = AskServiceForm
    title = _("Ask for a service")
    sentence = _("A service never depends on what somebody agreed to share.")
    button = _("Write it down")
    success_message = _("The service is in the plan.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        user = self.request.user
        return {"agencies": provider_choices(user), "goals": goal_choices(user, record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return support.ask_service(
            actor=self.request.user, participant_id=self.kwargs["pk"], **data
        )


class PlanStep(FormPage):
    """A form about one plan, goal or service; it leads back to the survivor's plan."""

    permission = "cases.write_plan"
    reads = "plan.opened"
    template_name = "cases/person_form.html"
    model: ClassVar[Any] = CasePlan
    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = _("Write it down")
    success_message = _("It is written down.")

    def find(self) -> Any:
        records = self.model.objects.visible_to(self.request.user)
        return records.select_related("case", "person").get(pk=self.kwargs["pk"])

    def form_options(self, record: Any) -> dict[str, Any]:
        if not issubclass(self.form_class, VersionedForm):
            return {}
        return {"version": record.version, "beside": [(_("How it stands"), self.stands(record))]}

    def stands(self, record: Any) -> str:
        return str(record.get_status_display())

    def who_changed(self, record: Any) -> str:
        return who_changed_plan(self.request.user, record)

    def sentence(self, record: Any) -> Any:
        return record.person.code

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": self.title,
            "sentence": self.sentence(record),
            "button": self.button,
            "back": self.plan_url(record),
        }

    def plan_url(self, record: Any) -> str:
        place = place_of(self.request.user, record.case_id, record.person_id)
        return reverse("cases:plan", args=[place.pk])

    def done_url(self, result: Any) -> str:
        with self.request.reading():
            self.record_read(result)
            return self.plan_url(result)


class SubmitPlan(PlanStep):
    """The survivor answered; a supervisor is asked."""

    form_class: ClassVar[type[PlainForm]] = SubmitPlanForm
    title = _("Agree on the plan")
    button = _("Ask for approval")
    success_message = _("A supervisor is asked to approve the plan.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.submit_plan(actor=self.request.user, plan_id=self.kwargs["pk"], **data)


class ApprovePlan(PlanStep):
    """Stand behind the plan."""

    permission = "cases.approve_plan"
    form_class: ClassVar[type[PlainForm]] = VersionedForm
    title = _("Approve the plan")
    button = _("Approve the plan")
    success_message = _("The plan is approved.")

    def sentence(self, record: CasePlan) -> Any:
        return _("%(name)s submitted it. The survivor’s answer: “%(answer)s”.") % {
            "name": record.submitted_by.name if record.submitted_by else "",
            "answer": record.get_answer_display(),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.approve_plan(actor=self.request.user, plan_id=self.kwargs["pk"], **data)


class ReturnPlan(PlanStep):
    """Ask for a change first."""

    permission = "cases.approve_plan"
    form_class: ClassVar[type[PlainForm]] = ReturnPlanForm
    title = _("Ask for a change")
    button = _("Send it back")
    success_message = _("The plan is with its author again.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.return_plan(actor=self.request.user, plan_id=self.kwargs["pk"], **data)


class ReviewPlan(PlanStep):
    """It was looked at again."""

    form_class: ClassVar[type[PlainForm]] = ReviewPlanForm
    title = _("Review the plan")
    success_message = _("The review is written down. The plan comes back on My work on its day.")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.review_plan(actor=self.request.user, plan_id=self.kwargs["pk"], **data)


class EndGoal(PlanStep):
    """It is reached, or no longer wanted."""

    model = PlanGoal
    form_class: ClassVar[type[PlainForm]] = EndGoalForm
    title = _("What came of a goal")

    def sentence(self, record: PlanGoal) -> Any:
        return f"“{opened(record, 'words').value}”"

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, "goal.ended")

    def perform(self, data: dict[str, Any]) -> Any:
        return plans.end_goal(actor=self.request.user, goal_id=self.kwargs["pk"], **data)


class AddAction(PlanStep):
    """Set a task towards a goal."""

    permission = "cases.set_task"
    model = PlanGoal
    form_class: ClassVar[type[PlainForm]] = AddActionForm
    title = _("Add an action")
    button = _("Add the action")
    success_message = _("The action is a task now.")

    def sentence(self, record: PlanGoal) -> Any:
        return f"“{opened(record, 'words').value}”"

    def form_options(self, record: PlanGoal) -> dict[str, Any]:
        return {"colleagues": assignees_of(self.request.user, record.case)}

    def perform(self, data: dict[str, Any]) -> CaseTask:
        return tasks.set_goal_task(actor=self.request.user, goal_id=self.kwargs["pk"], **data)


class MoveService(PlanStep):
    """How a service stands."""

    model = SupportService
    form_class: ClassVar[type[PlainForm]] = MoveServiceForm
    title = _("How does the service stand?")

    def stands(self, record: SupportService) -> str:
        return str(record.get_outcome_display())

    def sentence(self, record: SupportService) -> Any:
        return record.get_type_display()

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, "service.moved")

    def perform(self, data: dict[str, Any]) -> Any:
        return support.move_service(actor=self.request.user, service_id=self.kwargs["pk"], **data)
