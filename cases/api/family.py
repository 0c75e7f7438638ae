"""The law about people, their relationships and households, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.choices import Kinship, LegalStatus, ParticipantRole, Source
from cases.models import HouseholdMember, RelationshipLink
from cases.services import family
from core.api import IF_KNOWN, ScopedViewSet
from core.approx_dates import UNKNOWN_DATE
from core.approx_forms import ApproxDateSerializerField
from core.serializers import StrictSerializer


class ChangeLegalStatusSerializer(StrictSerializer):
    """The next step of the law, its day and who says so."""

    to = serializers.ChoiceField(choices=LegalStatus.choices)
    happened_on = serializers.DateField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]


class GiveRoleSerializer(StrictSerializer):
    """A further role, in this case or another."""

    role = serializers.ChoiceField(choices=ParticipantRole.choices)
    legal_status = serializers.ChoiceField(choices=LegalStatus.choices, required=False)
    case = serializers.UUIDField(required=False, allow_null=True)


class RelationshipSerializer(serializers.ModelSerializer[RelationshipLink]):
    """“person is the [detail] of of_person”, with its roll-ups."""

    class Meta:
        model = RelationshipLink
        fields = (
            "id",
            "case",
            "person",
            "of_person",
            "detail",
            "htcds",
            "closeness",
            "ctdc",
            "source",
            "version",
        )
        read_only_fields = fields


class LinkPeopleSerializer(StrictSerializer):
    """What one participant is to another."""

    participant = serializers.UUIDField()
    of_participant = serializers.UUIDField()
    detail = serializers.ChoiceField(choices=Kinship.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]


class HouseholdMemberSerializer(serializers.ModelSerializer[HouseholdMember]):
    """Somebody in a household; never where it is."""

    since = ApproxDateSerializerField(read_only=True)
    until = ApproxDateSerializerField(read_only=True)

    class Meta:
        model = HouseholdMember
        fields = ("id", "case", "household", "person", "since", "until", "has_left", "source")
        read_only_fields = fields


class JoinHouseholdSerializer(StrictSerializer):
    """Who lives where since when; without a household, a new one."""

    participant = serializers.UUIDField()
    household = serializers.UUIDField(required=False, allow_null=True)
    since = ApproxDateSerializerField(required=False)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]


class LeaveHouseholdSerializer(StrictSerializer):
    """When they left, as well as it is known."""

    until = ApproxDateSerializerField()


class RelationshipViewSet(ScopedViewSet):
    """What people of one’s cases are to each other."""

    model = RelationshipLink
    permission = "cases.read_person"
    lists = "person.listed"
    reads = "person.opened"
    serializer_class = RelationshipSerializer
    filterset_fields = ("case", "person", "of_person")

    @extend_schema(
        parameters=[IF_KNOWN],
        request=LinkPeopleSerializer,
        responses={201: RelationshipSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say what one person is to another; said again with its ETag, it is put right."""
        data = self.validated(LinkPeopleSerializer)
        link = family.link_people(
            actor=self.request.user,
            participant_id=data["participant"],
            of_participant_id=data["of_participant"],
            detail=data["detail"],
            source=data["source"],
            version=self.seen_version(or_new=True),
        )
        return self.changed(link, status=201)


class HouseholdMemberViewSet(ScopedViewSet):
    """Who lives with whom."""

    model = HouseholdMember
    permission = "cases.read_person"
    lists = "person.listed"
    reads = "person.opened"
    serializer_class = HouseholdMemberSerializer
    filterset_fields = ("case", "household", "person", "has_left")

    @extend_schema(request=JoinHouseholdSerializer, responses={201: HouseholdMemberSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record that somebody lives in a household."""
        data = self.validated(JoinHouseholdSerializer)
        member = family.join_household(
            actor=self.request.user,
            participant_id=data["participant"],
            household_id=data.get("household"),
            since=data.get("since") or UNKNOWN_DATE,
            source=data["source"],
        )
        return self.changed(member, status=201)

    @extend_schema(request=LeaveHouseholdSerializer, responses=HouseholdMemberSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: Any = None) -> Response:
        """Record that somebody moved out."""
        data = self.validated(LeaveHouseholdSerializer)
        member = family.leave_household(
            actor=self.request.user, member_id=pk, until=data["until"] or UNKNOWN_DATE
        )
        return self.changed(member)
