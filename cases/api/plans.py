"""Plans, goals and services for programs: the same services, the same refusals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_text
from cases.choices import (
    GoalStatus,
    PlanAnswer,
    ServiceOutcome,
    ServiceType,
    TookPart,
    WhoseWords,
)
from cases.models import CasePlan, PlanGoal, SupportService
from cases.services import plans, support
from core.api import IF_MATCH
from core.serializers import NothingSerializer, StrictSerializer


class PlanRowSerializer(serializers.ModelSerializer[CasePlan]):
    """How a plan stands."""

    class Meta:
        model = CasePlan
        fields: Any = (
            "id",
            "case",
            "person",
            "status",
            "answer",
            "agreed_on",
            "review_on",
            "submitted_by",
            "approved_by",
            "approved_at",
            "version",
        )
        read_only_fields: Any = fields


class PlanSerializer(PlanRowSerializer):
    """A plan, and what a supervisor asked to be changed."""

    why_returned = serializers.SerializerMethodField()

    class Meta(PlanRowSerializer.Meta):
        fields: Any = (*PlanRowSerializer.Meta.fields, "why_returned")
        read_only_fields: Any = fields

    def get_why_returned(self, plan: CasePlan) -> str:
        return shown_text(plan, "why_returned")


class GoalRowSerializer(serializers.ModelSerializer[PlanGoal]):
    """That there is a goal, and how it stands."""

    class Meta:
        model = PlanGoal
        fields: Any = (
            "id",
            "plan",
            "case",
            "person",
            "whose_words",
            "status",
            "ended_on",
            "version",
        )
        read_only_fields: Any = fields


class GoalSerializer(GoalRowSerializer):
    """A goal in the survivor's words."""

    words = serializers.SerializerMethodField()
    what_we_do = serializers.SerializerMethodField()

    class Meta(GoalRowSerializer.Meta):
        fields: Any = (*GoalRowSerializer.Meta.fields, "words", "what_we_do")
        read_only_fields: Any = fields

    def get_words(self, goal: PlanGoal) -> str:
        return shown_text(goal, "words")

    def get_what_we_do(self, goal: PlanGoal) -> str:
        return shown_text(goal, "what_we_do")


class ServiceRowSerializer(serializers.ModelSerializer[SupportService]):
    """A service by kind, days and outcome."""

    class Meta:
        model = SupportService
        fields: Any = (
            "id",
            "case",
            "person",
            "goal",
            "type",
            "provider",
            "outcome",
            "requested_on",
            "started_on",
            "ended_on",
            "sessions",
            "version",
        )
        read_only_fields: Any = fields


class ServiceSerializer(ServiceRowSerializer):
    """A service with what is to be remembered."""

    provider_name = serializers.SerializerMethodField()
    remark = serializers.SerializerMethodField()

    class Meta(ServiceRowSerializer.Meta):
        fields: Any = (*ServiceRowSerializer.Meta.fields, "provider_name", "remark")
        read_only_fields: Any = fields

    def get_provider_name(self, service: SupportService) -> str:
        return shown_text(service, "provider_name")

    def get_remark(self, service: SupportService) -> str:
        return shown_text(service, "remark")


class AddGoalSerializer(StrictSerializer):
    """What `add_goal` takes; the plan is made with the first goal."""

    participant = serializers.UUIDField()
    words = serializers.CharField(max_length=1000)
    whose_words = serializers.ChoiceField(choices=WhoseWords.choices)
    what_we_do = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class EndGoalSerializer(StrictSerializer):
    """What came of it."""

    status = serializers.ChoiceField(choices=GoalStatus.choices)


class SubmitPlanSerializer(StrictSerializer):
    """What the survivor answered, and when it is looked at again."""

    answer = serializers.ChoiceField(choices=PlanAnswer.choices)
    review_on = serializers.DateField()


class ReturnPlanSerializer(StrictSerializer):
    """What should be changed."""

    reason = serializers.CharField(max_length=1000)


class ReviewPlanSerializer(StrictSerializer):
    """Who took part, what changed, and the next time."""

    took_part = serializers.ChoiceField(choices=TookPart.choices)
    what_changed = serializers.CharField(max_length=4000)
    next_on = serializers.DateField()
    held_on = serializers.DateField(required=False, allow_null=True)


class AskServiceSerializer(StrictSerializer):
    """What `ask_service` takes."""

    participant = serializers.UUIDField()
    type = serializers.ChoiceField(choices=ServiceType.choices)
    provider = serializers.UUIDField(required=False, allow_null=True)
    provider_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    goal = serializers.UUIDField(required=False, allow_null=True)
    requested_on = serializers.DateField(required=False, allow_null=True)
    remark = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class MoveServiceSerializer(StrictSerializer):
    """How it stands since when."""

    outcome = serializers.ChoiceField(choices=ServiceOutcome.choices)
    on = serializers.DateField()
    sessions = serializers.IntegerField(min_value=0, max_value=2000, required=False)


class PlanViewSet(OneAtATime):
    """Case plans: list, read, submit, approve, return, review."""

    model = CasePlan
    permission = "cases.read_plan"
    lists = "plan.listed"
    reads = "plan.opened"
    filterset_fields = ("case", "person", "status")
    row = PlanRowSerializer
    whole = PlanSerializer
    id_of = "plan_id"

    @extend_schema(parameters=[IF_MATCH], request=SubmitPlanSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: Any = None) -> Response:
        """The survivor answered; a supervisor is asked."""
        return self.step(plans.submit_plan, SubmitPlanSerializer, pk)

    @extend_schema(parameters=[IF_MATCH], request=NothingSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any = None) -> Response:
        """Stand behind it, as a supervisor who did not submit it."""
        return self.step(plans.approve_plan, NothingSerializer, pk)

    @extend_schema(parameters=[IF_MATCH], request=ReturnPlanSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: Any = None) -> Response:
        """Ask for a change first."""
        return self.step(plans.return_plan, ReturnPlanSerializer, pk)

    @extend_schema(parameters=[IF_MATCH], request=ReviewPlanSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: Any = None) -> Response:
        """Write down that it was looked at again."""
        return self.step(plans.review_plan, ReviewPlanSerializer, pk)


class GoalViewSet(OneAtATime):
    """Goals: list, read, add, end."""

    model = PlanGoal
    permission = "cases.read_plan"
    lists = "plan.listed"
    reads = "plan.opened"
    filterset_fields = ("case", "person", "plan", "status")
    row = GoalRowSerializer
    whole = GoalSerializer
    id_of = "goal_id"

    @extend_schema(request=AddGoalSerializer, responses={201: GoalSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a goal in the survivor's words."""
        data = self.validated(AddGoalSerializer)
        goal = plans.add_goal(
            actor=self.request.user, participant_id=data.pop("participant"), **data
        )
        return self.changed(goal, status=201)

    @extend_schema(parameters=[IF_MATCH], request=EndGoalSerializer, responses=GoalSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """Say what came of it."""
        return self.step(plans.end_goal, EndGoalSerializer, pk)


class SupportServiceViewSet(OneAtATime):
    """Services for survivors: list, read, ask, move."""

    model = SupportService
    permission = "cases.read_plan"
    lists = "plan.listed"
    reads = "plan.opened"
    filterset_fields = ("case", "person", "goal", "type", "outcome", "provider")
    row = ServiceRowSerializer
    whole = ServiceSerializer
    id_of = "service_id"

    @extend_schema(request=AskServiceSerializer, responses={201: ServiceSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write down that a service was asked for."""
        data = self.validated(AskServiceSerializer)
        service = support.ask_service(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            provider_id=data.pop("provider", None),
            goal_id=data.pop("goal", None),
            **data,
        )
        return self.changed(service, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=MoveServiceSerializer, responses=ServiceSerializer
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: Any = None) -> Response:
        """Say how it stands."""
        return self.step(support.move_service, MoveServiceSerializer, pk)
