"""Contact, safety plans and crises for programs: the same services, the same refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.texts import shown_answers, shown_text
from cases.choices import (
    AttemptOutcome,
    ConflictRelation,
    ContactChannel,
    CrisisKind,
    SafetyRisk,
    Weekday,
)
from cases.models import ContactAttempt, CrisisFlag, SafeContact, SafetyPlan
from cases.selectors import was_acknowledged
from cases.services import safe_contact, safety
from core.api import IF_KNOWN, ScopedViewSet
from core.choices import YesNoUnknown
from core.requests import session_mark
from core.serializers import NothingSerializer, StrictSerializer


class SafeContactRowSerializer(serializers.ModelSerializer[SafeContact]):
    """That there are instructions, and until when; they are read one at a time."""

    class Meta:
        model = SafeContact
        fields: Any = ("id", "case", "person", "confirmed_at", "expires_at", "created_at")
        read_only_fields: Any = fields


class SafeContactSerializer(SafeContactRowSerializer):
    """The instructions. `number` stays empty until they were acknowledged in this session."""

    instructions = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    acknowledged = serializers.SerializerMethodField()

    class Meta(SafeContactRowSerializer.Meta):
        fields: Any = (
            *SafeContactRowSerializer.Meta.fields,
            "do_not_contact",
            "survivor_initiates_only",
            "channel",
            "voicemail_allowed",
            "text_allowed",
            "email_allowed",
            "days",
            "from_hour",
            "until_hour",
            "answered_by",
            "interpreter",
            "instructions",
            "acknowledged",
            "number",
        )
        read_only_fields: Any = fields

    def _read(self, contact: SafeContact) -> bool:
        request = self.context["request"]
        return was_acknowledged(request.user, contact, session_mark(request._request))

    def get_instructions(self, contact: SafeContact) -> dict[str, str]:
        return shown_answers(contact, "instructions")

    def get_acknowledged(self, contact: SafeContact) -> bool:
        return self._read(contact)

    def get_number(self, contact: SafeContact) -> str:
        return shown_text(contact, "number") if self._read(contact) else ""


class SetSafeContactSerializer(StrictSerializer):
    """What `set_safe_contact` takes; what may leave a trace is off unless said otherwise."""

    participant = serializers.UUIDField()
    channel = serializers.ChoiceField(
        choices=ContactChannel.choices, required=False, allow_blank=True
    )
    do_not_contact = serializers.BooleanField(required=False)
    survivor_initiates_only = serializers.BooleanField(required=False)
    number = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phrase = serializers.CharField(max_length=500, required=False, allow_blank=True)
    never_speak_to = serializers.CharField(max_length=500, required=False, allow_blank=True)
    remarks = serializers.CharField(max_length=500, required=False, allow_blank=True)
    days = serializers.ListField(
        child=serializers.ChoiceField(choices=Weekday.choices), required=False
    )
    from_hour = serializers.TimeField(required=False, allow_null=True)
    until_hour = serializers.TimeField(required=False, allow_null=True)
    answered_by = serializers.UUIDField(required=False, allow_null=True)
    interpreter = serializers.UUIDField(required=False, allow_null=True)
    voicemail_allowed = serializers.BooleanField(required=False)
    text_allowed = serializers.BooleanField(required=False)
    email_allowed = serializers.BooleanField(required=False)


class ContactAttemptSerializer(serializers.ModelSerializer[ContactAttempt]):
    """Contact planned or made."""

    class Meta:
        model = ContactAttempt
        fields = (
            "id",
            "case",
            "person",
            "safe_contact",
            "planned_by",
            "channel",
            "planned_for",
            "permitted",
            "outside_hours",
            "outcome",
            "instructions_followed",
            "reconfirmed",
            "ended_at",
        )
        read_only_fields = fields


class PlanContactSerializer(StrictSerializer):
    """What `plan_contact` takes."""

    participant = serializers.UUIDField()
    channel = serializers.ChoiceField(choices=ContactChannel.choices)
    planned_for = serializers.DateTimeField()
    accept_outside_hours = serializers.BooleanField(required=False)
    override_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class EndContactSerializer(StrictSerializer):
    """What came of it, and whether the instructions were kept to."""

    outcome = serializers.ChoiceField(choices=AttemptOutcome.choices)
    instructions_followed = serializers.ChoiceField(choices=YesNoUnknown.choices)
    reconfirmed = serializers.ChoiceField(choices=YesNoUnknown.choices, required=False)


class SafetyPlanRowSerializer(serializers.ModelSerializer[SafetyPlan]):
    """That there is a plan; it is read one at a time."""

    class Meta:
        model = SafetyPlan
        fields: Any = ("id", "case", "person", "written_by", "status", "review_on", "created_at")
        read_only_fields: Any = fields


class SafetyPlanSerializer(SafetyPlanRowSerializer):
    """A plan with what it says."""

    plan = serializers.SerializerMethodField()

    class Meta(SafetyPlanRowSerializer.Meta):
        fields: Any = (*SafetyPlanRowSerializer.Meta.fields, "emergency_person", "plan")
        read_only_fields: Any = fields

    def get_plan(self, plan: SafetyPlan) -> dict[str, Any]:
        return shown_answers(plan, "plan")


class WriteSafetyPlanSerializer(StrictSerializer):
    """What `write_safety_plan` takes."""

    participant = serializers.UUIDField()
    risks = serializers.ListField(child=serializers.ChoiceField(choices=SafetyRisk.choices))
    measures = serializers.CharField(max_length=2000)
    warning_signs = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    other_contacts = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    emergency_contact = serializers.UUIDField(required=False, allow_null=True)
    review_on = serializers.DateField()


class CrisisSerializer(serializers.ModelSerializer[CrisisFlag]):
    """Somebody in a crisis, from when until when."""

    class Meta:
        model = CrisisFlag
        fields = ("id", "case", "person", "kind", "raised_by", "created_at", "lowered_at")
        read_only_fields = fields


class RaiseCrisisSerializer(StrictSerializer):
    """Who, and what is the matter."""

    participant = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CrisisKind.choices)


class LowerCrisisSerializer(StrictSerializer):
    """What was done."""

    what_was_done = serializers.CharField(max_length=2000)


class DeclareConflictSerializer(StrictSerializer):
    """Whose conflict (one's own when left out), and to whom."""

    relation = serializers.ChoiceField(choices=ConflictRelation.choices)
    participant = serializers.UUIDField(required=False, allow_null=True)
    user = serializers.UUIDField(required=False, allow_null=True)


class OneAtATime(ScopedViewSet):
    """A list without what is sealed; one record with it."""

    row: Any
    whole: Any
    # How the services name the record: the argument that `step` fills.
    id_of: ClassVar[str] = ""

    def step(
        self, service: Any, serializer: Any, pk: Any, renamed: Mapping[str, str] | None = None
    ) -> Response:
        """One step of a record by the service for it, on the version in `If-Match`.

        Args:
            renamed: name in the body → the service's argument, where they differ.
        """
        data = self.validated(serializer)
        values = {(renamed or {}).get(name, name): value for name, value in data.items()}
        values[self.id_of] = pk
        service(actor=self.request.user, version=self.seen_version(), **values)
        # Some services give back another record than the one they were asked about.
        return self.changed(self.model(pk=pk))

    def get_serializer_class(self) -> Any:
        return self.row if self.action == "list" else self.whole


class SafeContactViewSet(OneAtATime):
    """How people may be reached: list, read, record, acknowledge, confirm."""

    model = SafeContact
    permission = "cases.read_safety"
    lists = "safety.opened"
    reads = "safe_contact.shown"
    filterset_fields = ("case", "person")
    row = SafeContactRowSerializer
    whole = SafeContactSerializer

    @extend_schema(
        parameters=[IF_KNOWN],
        request=SetSafeContactSerializer,
        responses={201: SafeContactSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record how somebody may be reached."""
        data = self.validated(SetSafeContactSerializer)
        contact = safe_contact.set_safe_contact(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            answered_by_id=data.pop("answered_by", None),
            interpreter_id=data.pop("interpreter", None),
            version=self.seen_version(or_new=True),
            **data,
        )
        return self.changed(contact, status=201)

    @extend_schema(request=NothingSerializer, responses=SafeContactSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: Any = None) -> Response:
        """Say that one has read the instructions; the number is shown from then on."""
        self.validated(NothingSerializer)
        reading = safe_contact.acknowledge_safe_contact(
            actor=self.request.user,
            safe_contact_id=pk,
            session_mark=session_mark(self.request._request),
        )
        return self.changed(reading.safe_contact)

    @extend_schema(request=NothingSerializer, responses=SafeContactSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: Any = None) -> Response:
        """Record that the person confirmed them."""
        self.validated(NothingSerializer)
        return self.changed(
            safe_contact.reconfirm_safe_contact(actor=self.request.user, safe_contact_id=pk)
        )


class ContactAttemptViewSet(ScopedViewSet):
    """Contact planned and made: list, read, plan, end."""

    model = ContactAttempt
    permission = "cases.read_safety"
    lists = "safety.opened"
    reads = "safety.opened"
    serializer_class = ContactAttemptSerializer
    filterset_fields = ("case", "person", "outcome", "permitted")

    @extend_schema(request=PlanContactSerializer, responses={201: ContactAttemptSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan contact within the instructions."""
        data = self.validated(PlanContactSerializer)
        attempt = safe_contact.plan_contact(
            actor=self.request.user, participant_id=data.pop("participant"), **data
        )
        return self.changed(attempt, status=201)

    @extend_schema(request=EndContactSerializer, responses=ContactAttemptSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """Record what came of it."""
        data = self.validated(EndContactSerializer)
        return self.changed(
            safe_contact.end_contact(actor=self.request.user, attempt_id=pk, **data)
        )


class SafetyPlanViewSet(OneAtATime):
    """Safety plans: list, read, write, end."""

    model = SafetyPlan
    permission = "cases.read_safety"
    lists = "safety.opened"
    reads = "safety_plan.opened"
    filterset_fields = ("case", "person", "status")
    row = SafetyPlanRowSerializer
    whole = SafetyPlanSerializer

    @extend_schema(
        parameters=[IF_KNOWN],
        request=WriteSafetyPlanSerializer,
        responses={201: SafetyPlanSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a plan; it replaces the one in force."""
        data = self.validated(WriteSafetyPlanSerializer)
        plan = safety.write_safety_plan(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            emergency_contact_id=data.pop("emergency_contact", None),
            version=self.seen_version(or_new=True),
            **data,
        )
        return self.changed(plan, status=201)

    @extend_schema(request=NothingSerializer, responses=SafetyPlanSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """End a plan."""
        self.validated(NothingSerializer)
        return self.changed(safety.end_safety_plan(actor=self.request.user, plan_id=pk))


class CrisisViewSet(ScopedViewSet):
    """Who is in a crisis: list, read, raise, lower."""

    model = CrisisFlag
    permission = "cases.read_person"
    lists = "safety.opened"
    reads = "safety.opened"
    serializer_class = CrisisSerializer
    filterset_fields = ("case", "person", "kind")

    @extend_schema(request=RaiseCrisisSerializer, responses={201: CrisisSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Flag that somebody is in a crisis."""
        data = self.validated(RaiseCrisisSerializer)
        flag = safety.raise_crisis(
            actor=self.request.user, participant_id=data["participant"], kind=data["kind"]
        )
        return self.changed(flag, status=201)

    @extend_schema(request=LowerCrisisSerializer, responses=CrisisSerializer)
    @action(detail=True, methods=["post"])
    def lower(self, request: Request, pk: Any = None) -> Response:
        """Lower the flag."""
        data = self.validated(LowerCrisisSerializer)
        return self.changed(safety.lower_crisis(actor=self.request.user, crisis_id=pk, **data))
