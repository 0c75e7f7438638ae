"""Tasks and follow-ups for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.sight import HandedOverSerializer, handed_over
from cases.api.texts import shown_text
from cases.choices import TaskKind
from cases.models import CaseTask
from cases.services import tasks
from cases.services.caseload import MOST_CASES, hand_over_tasks
from core.api import IF_MATCH
from core.serializers import StrictSerializer


class TaskRowSerializer(serializers.ModelSerializer[CaseTask]):
    """Who does something by when; what it is, is read one at a time."""

    class Meta:
        model = CaseTask
        fields: Any = (
            "id",
            "case",
            "person",
            "kind",
            "assignee",
            "due_on",
            "status",
            "set_by",
            "ended_by",
            "ended_at",
            "version",
        )
        read_only_fields: Any = fields


class TaskSerializer(TaskRowSerializer):
    """A task with its words."""

    what = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta(TaskRowSerializer.Meta):
        fields: Any = (*TaskRowSerializer.Meta.fields, "what", "result")
        read_only_fields: Any = fields

    def get_what(self, task: CaseTask) -> str:
        return shown_text(task, "what")

    def get_result(self, task: CaseTask) -> str:
        return shown_text(task, "result")


class SetTaskSerializer(StrictSerializer):
    """What `set_task` takes; without an assignee it is one's own."""

    case = serializers.UUIDField()
    what = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    assignee = serializers.UUIDField(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=TaskKind.choices, required=False)
    person = serializers.UUIDField(required=False, allow_null=True)


class HandTaskSerializer(StrictSerializer):
    """Who does it now, and by when."""

    assignee = serializers.UUIDField()
    due_on = serializers.DateField()


class FinishTaskSerializer(StrictSerializer):
    """What came of it."""

    result = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CancelTaskSerializer(StrictSerializer):
    """Why it will not be done."""

    reason = serializers.CharField(max_length=2000)


class HandOverTasksSerializer(StrictSerializer):
    """Which tasks of whom, to whom."""

    tasks = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CASES)
    from_user = serializers.UUIDField()
    to_user = serializers.UUIDField()


class TaskViewSet(OneAtATime):
    """Tasks: list, read, set, hand on, finish, cancel."""

    model = CaseTask
    permission = "cases.read_task"
    lists = "task.listed"
    reads = "task.opened"
    filterset_fields = ("case", "person", "assignee", "status", "kind", "due_on")
    row = TaskRowSerializer
    whole = TaskSerializer
    id_of = "task_id"

    @extend_schema(request=SetTaskSerializer, responses={201: TaskSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set a task."""
        data = self.validated(SetTaskSerializer)
        task = tasks.set_task(
            actor=self.request.user,
            case_id=data.pop("case"),
            assignee_id=data.pop("assignee", None),
            person_id=data.pop("person", None),
            **data,
        )
        return self.changed(task, status=201)

    @extend_schema(
        parameters=[IF_MATCH],
        request=HandTaskSerializer,
        responses=TaskSerializer,
    )
    @action(detail=True, methods=["post"])
    def hand(self, request: Request, pk: Any = None) -> Response:
        """Give it to somebody else, or another day."""
        return self.step(tasks.hand_task, HandTaskSerializer, pk, {"assignee": "assignee_id"})

    @extend_schema(
        parameters=[IF_MATCH],
        request=FinishTaskSerializer,
        responses=TaskSerializer,
    )
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: Any = None) -> Response:
        """Write down that it is done."""
        return self.step(tasks.finish_task, FinishTaskSerializer, pk)

    @extend_schema(
        parameters=[IF_MATCH],
        request=CancelTaskSerializer,
        responses=TaskSerializer,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: Any = None) -> Response:
        """Write down that it will not be done, and why."""
        return self.step(tasks.cancel_task, CancelTaskSerializer, pk)

    @extend_schema(request=HandOverTasksSerializer, responses=HandedOverSerializer, filters=False)
    @action(detail=False, methods=["post"], url_path="hand-over", pagination_class=None)
    def hand_over(self, request: Request) -> Response:
        """Give the tasks of somebody who leaves to a colleague; each is recorded."""
        data = self.validated(HandOverTasksSerializer)
        done = hand_over_tasks(
            actor=self.request.user,
            task_ids=data["tasks"],
            from_user_id=data["from_user"],
            to_user_id=data["to_user"],
        )
        return Response(handed_over(done))
