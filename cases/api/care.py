"""Harm, placement and custody for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_answers
from cases.choices import (
    FLAGS,
    PARTICULARS,
    PHASES,
    ContentOrigin,
    CustodyKind,
    DecisionMaker,
    HarmType,
    MissingAnswer,
    PlacementEnd,
    PlacementKind,
    Platform,
    SafeguardedHow,
    Schooling,
    TraffickingStatus,
)
from cases.models import Custody, HarmRecord, Placement, SurvivorContext
from cases.services import care, harm
from core.api import IF_KNOWN, ScopedViewSet
from core.approx_forms import ApproxDateSerializerField
from core.choices import YesNoUnknown
from core.serializers import NothingSerializer, StrictSerializer


class SurvivorContextRowSerializer(serializers.ModelSerializer[SurvivorContext]):
    """What is counted about a survivor's exploitation; the particulars are read one at a time."""

    first_abuse = ApproxDateSerializerField(read_only=True)
    last_abuse = ApproxDateSerializerField(read_only=True)

    class Meta:
        model = SurvivorContext
        fields: Any = (
            "id",
            "case",
            "participant",
            "person",
            "trafficking_status",
            "decided_by",
            "decided_on",
            "age_when_first",
            "age_missing",
            "first_abuse",
            "last_abuse",
            "safeguarded_how",
            "lives_with_alleged_offender",
            "version",
        )
        read_only_fields: Any = fields


class SurvivorContextSerializer(SurvivorContextRowSerializer):
    """The same with its particulars (HTCDS codes)."""

    particulars = serializers.SerializerMethodField()

    class Meta(SurvivorContextRowSerializer.Meta):
        fields: Any = (*SurvivorContextRowSerializer.Meta.fields, "particulars")
        read_only_fields: Any = fields

    def get_particulars(self, context: SurvivorContext) -> dict[str, Any]:
        return shown_answers(context, "particulars")


class ParticularsSerializer(StrictSerializer):
    """HTCDS codes, sealed under the person's key."""

    control = serializers.ListField(
        child=serializers.ChoiceField(choices=PARTICULARS["control"].choices), required=False
    )
    recruitment = serializers.ListField(
        child=serializers.ChoiceField(choices=PARTICULARS["recruitment"].choices), required=False
    )
    exploitation = serializers.ListField(
        child=serializers.ChoiceField(choices=PARTICULARS["exploitation"].choices), required=False
    )
    sex_exploitation = serializers.ListField(
        child=serializers.ChoiceField(choices=PARTICULARS["sex_exploitation"].choices),
        required=False,
    )


class RecordSurvivorContextSerializer(StrictSerializer):
    """What `record_survivor_context` takes."""

    participant = serializers.UUIDField()
    trafficking_status = serializers.ChoiceField(
        choices=TraffickingStatus.choices, required=False, allow_blank=True
    )
    decided_by = serializers.ChoiceField(
        choices=DecisionMaker.choices, required=False, allow_blank=True
    )
    decided_on = serializers.DateField(required=False, allow_null=True)
    age_when_first = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    age_missing = serializers.ChoiceField(
        choices=MissingAnswer.choices, required=False, allow_blank=True
    )
    first_abuse = ApproxDateSerializerField(required=False)
    last_abuse = ApproxDateSerializerField(required=False)
    safeguarded_on = serializers.DateField(required=False, allow_null=True)
    safeguarded_how = serializers.ChoiceField(
        choices=SafeguardedHow.choices, required=False, allow_blank=True
    )
    lives_with_alleged_offender = serializers.ChoiceField(
        choices=YesNoUnknown.choices, required=False
    )
    schooling = serializers.ChoiceField(choices=Schooling.choices, required=False, allow_blank=True)
    particulars = ParticularsSerializer(required=False)


class HarmSerializer(serializers.ModelSerializer[HarmRecord]):
    """A kind of harm; answers that nobody asked for say so."""

    since = ApproxDateSerializerField(read_only=True)
    until = ApproxDateSerializerField(read_only=True)

    class Meta:
        model = HarmRecord
        fields: Any = (
            "id",
            "case",
            "participant",
            "person",
            "harm_type",
            "content_origin",
            "since",
            "until",
            *FLAGS,
            *PHASES,
            "version",
        )
        read_only_fields: Any = fields


class RecordHarmSerializer(StrictSerializer):
    """What `record_harm` takes; `content_origin` is always asked."""

    participant = serializers.UUIDField()
    harm_type = serializers.ChoiceField(choices=HarmType.choices)
    content_origin = serializers.ChoiceField(choices=ContentOrigin.choices)
    since = ApproxDateSerializerField(required=False)
    until = ApproxDateSerializerField(required=False)
    flags = serializers.DictField(
        child=serializers.ChoiceField(choices=YesNoUnknown.choices), required=False
    )
    platforms = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=Platform.choices)),
        required=False,
    )

    def validate_flags(self, value: dict[str, str]) -> dict[str, str]:
        return self._named(value, FLAGS)

    def validate_platforms(self, value: dict[str, Any]) -> dict[str, Any]:
        return self._named(value, PHASES)

    def _named(self, value: Any, names: Any) -> Any:
        strangers = sorted(set(value) - set(names))
        if strangers:
            raise serializers.ValidationError(f"Not known here: {', '.join(strangers)}")
        return value


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    """A placement by kind and days; never where it is."""

    class Meta:
        model = Placement
        fields = (
            "id",
            "case",
            "person",
            "kind",
            "with_person",
            "since",
            "until",
            "ended_because",
            "follow_up_on",
        )
        read_only_fields = fields


class PlacePersonSerializer(StrictSerializer):
    """What `place_person` takes; name, address and phone are for named people alone."""

    participant = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PlacementKind.choices)
    since = serializers.DateField()
    with_participant = serializers.UUIDField(required=False, allow_null=True)
    order = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=200, required=False, allow_blank=True)
    readers = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)


class EndPlacementSerializer(StrictSerializer):
    """When and why it ended, with the turnover receipt."""

    until = serializers.DateField()
    because = serializers.ChoiceField(choices=PlacementEnd.choices)
    receipt = serializers.CharField(max_length=200, required=False, allow_blank=True)
    received_by = serializers.CharField(max_length=200, required=False, allow_blank=True)
    follow_up_on = serializers.DateField(required=False, allow_null=True)


class PlacementAddressSerializer(serializers.Serializer[Any]):
    """Where a placement is, once opened by somebody named for it."""

    placement = serializers.UUIDField(read_only=True)
    details = serializers.DictField(read_only=True)


class CustodySerializer(serializers.ModelSerializer[Custody]):
    """Who has custody, from when until when."""

    class Meta:
        model = Custody
        fields = ("id", "case", "person", "kind", "custodian", "since", "until")
        read_only_fields = fields


class RecordCustodySerializer(StrictSerializer):
    """What `record_custody` takes."""

    participant = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CustodyKind.choices)
    since = serializers.DateField()
    custodian = serializers.UUIDField(required=False, allow_null=True)
    authority = serializers.CharField(max_length=200, required=False, allow_blank=True)
    order_reference = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SurvivorContextViewSet(OneAtATime):
    """What survivors went through: list, read, record."""

    model = SurvivorContext
    permission = "cases.read_harm"
    lists = "placement.opened"
    reads = "survivor_context.opened"
    filterset_fields = ("case", "person")
    row = SurvivorContextRowSerializer
    whole = SurvivorContextSerializer

    @extend_schema(
        parameters=[IF_KNOWN],
        request=RecordSurvivorContextSerializer,
        responses={201: SurvivorContextSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record what is known; said again with the ETag that was read, it replaces."""
        data = self.validated(RecordSurvivorContextSerializer)
        context = harm.record_survivor_context(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            version=self.seen_version(or_new=True),
            **data,
        )
        return self.changed(context, status=201)


class HarmViewSet(ScopedViewSet):
    """Harms: list, read, record."""

    model = HarmRecord
    permission = "cases.read_harm"
    lists = "placement.opened"
    reads = "placement.opened"
    serializer_class = HarmSerializer
    filterset_fields = ("case", "person", "harm_type", "content_origin")

    @extend_schema(
        parameters=[IF_KNOWN], request=RecordHarmSerializer, responses={201: HarmSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record a kind of harm; said again with the ETag that was read, it is put right."""
        data = self.validated(RecordHarmSerializer)
        record = harm.record_harm(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            version=self.seen_version(or_new=True),
            **data,
        )
        return self.changed(record, status=201)


class PlacementViewSet(ScopedViewSet):
    """Placements: list, read, begin, end, show where (named people alone)."""

    model = Placement
    permission = "cases.read_harm"
    lists = "placement.opened"
    reads = "placement.opened"
    serializer_class = PlacementSerializer
    filterset_fields = ("case", "person", "kind")

    @extend_schema(request=PlacePersonSerializer, responses={201: PlacementSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record where somebody lives from a day on."""
        data = self.validated(PlacePersonSerializer)
        placement = care.place_person(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            with_participant_id=data.pop("with_participant", None),
            reader_ids=data.pop("readers", ()),
            **data,
        )
        return self.changed(placement, status=201)

    @extend_schema(request=EndPlacementSerializer, responses=PlacementSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """Record that a placement ended."""
        data = self.validated(EndPlacementSerializer)
        return self.changed(care.end_placement(actor=self.request.user, placement_id=pk, **data))

    @extend_schema(request=NothingSerializer, responses=PlacementAddressSerializer)
    @action(detail=True, methods=["post"], url_path="show-address")
    def show_address(self, request: Request, pk: Any = None) -> Response:
        """Open where it is; for those named, and written down."""
        self.validated(NothingSerializer)
        details = care.show_placement_address(actor=self.request.user, placement_id=pk)
        return Response(PlacementAddressSerializer({"placement": pk, "details": details}).data)


class CustodyViewSet(ScopedViewSet):
    """Custody: list, read, record."""

    model = Custody
    permission = "cases.read_harm"
    lists = "placement.opened"
    reads = "placement.opened"
    serializer_class = CustodySerializer
    filterset_fields = ("case", "person", "kind")

    @extend_schema(request=RecordCustodySerializer, responses={201: CustodySerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record who has custody from a day on."""
        data = self.validated(RecordCustodySerializer)
        custody = care.record_custody(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            custodian_id=data.pop("custodian", None),
            **data,
        )
        return self.changed(custody, status=201)
