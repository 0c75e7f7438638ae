"""Who sees a case and why, who leads it, to whom it is restricted, and leave cover, by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.choices import LeadReason, Way
from cases.models import Case, CaseLead, CaseRestriction, LeaveCover
from cases.selectors.sight import (
    last_restriction,
    lead_of,
    leads_so_far,
    restriction_of,
    sight_of,
)
from cases.services import sight
from cases.services.caseload import MOST_CASES, HandedOver, transfer_caseload
from core.api import IF_KNOWN, IF_MATCH, ScopedViewSet
from core.serializers import NothingSerializer, StrictSerializer


class WaySerializer(serializers.Serializer[Any]):
    """One way by which somebody sees the case, and when it ends."""

    way = serializers.ChoiceField(choices=Way.choices)
    words = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)


class SeerSerializer(serializers.Serializer[Any]):
    """Somebody who sees the case."""

    user = serializers.UUIDField(source="user.pk")
    name = serializers.CharField(source="user.name")
    opens = serializers.BooleanField()
    reasons = WaySerializer(many=True)


class LeadSerializer(serializers.ModelSerializer[CaseLead]):
    """Who leads a case from when on."""

    class Meta:
        model = CaseLead
        fields = ("id", "case", "user", "given_by", "reason", "created_at", "until")
        read_only_fields = fields


class ChangeLeadSerializer(StrictSerializer):
    """Who leads from now on, and why."""

    user = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=LeadReason.choices)


class RestrictionSerializer(serializers.ModelSerializer[CaseRestriction]):
    """A restriction; why stands on the case's page."""

    class Meta:
        model = CaseRestriction
        fields = ("id", "case", "set_by", "created_at", "lifted_at", "version")
        read_only_fields = fields


class RestrictCaseSerializer(StrictSerializer):
    """To whom, and why."""

    teams = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)
    people = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=100)
    why = serializers.CharField(max_length=sight.MOST_WORDS)


class TransferCaseloadSerializer(StrictSerializer):
    """Which cases, from whom (null: nobody who works on cases leads them), to whom, and one reason
    for all."""

    cases = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CASES)
    from_user = serializers.UUIDField(allow_null=True)
    user = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=LeadReason.choices)


class StayedSerializer(serializers.Serializer[Any]):
    """A case that keeps its lead, and why."""

    case = serializers.CharField()
    why = serializers.CharField()


class HandedOverSerializer(serializers.Serializer[Any]):
    """What was handed over, and what stayed."""

    moved = serializers.ListField(child=serializers.UUIDField())
    left = StayedSerializer(many=True)


def handed_over(done: HandedOver) -> Any:
    """What an answer says of a handing over."""
    left = [{"case": reference, "why": why} for reference, why in done.left]
    return HandedOverSerializer({"moved": done.moved, "left": left}).data


class CoverSerializer(serializers.ModelSerializer[LeaveCover]):
    """Who covers for whom, from when until when."""

    class Meta:
        model = LeaveCover
        fields = ("id", "away", "cover", "set_by", "starts_at", "ends_at")
        read_only_fields = fields


class SetCoverSerializer(StrictSerializer):
    """Who covers on which days; for oneself where nobody else is away."""

    away = serializers.UUIDField(required=False, allow_null=True)
    cover = serializers.UUIDField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class SightActions(ScopedViewSet):
    """What `CaseViewSet` has about sight of one case."""

    @extend_schema(responses=SeerSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="who-sees", pagination_class=None)
    def who_sees(self, request: Request, pk: Any = None) -> Response:
        """Everybody who sees the case, and why."""
        with self.request._request.reading() as look:
            case = Case.objects.visible_to(self.request.user).get(pk=pk)
            look.record("case.seers_listed", case)
            return Response(SeerSerializer(sight_of(self.request.user, case).seers, many=True).data)

    @extend_schema(responses=LeadSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def lead(self, request: Request, pk: Any = None) -> Response:
        """Who leads the case; the ETag is what `change-lead` asks for."""
        with self.request._request.reading() as look:
            case = Case.objects.visible_to(self.request.user).get(pk=pk)
            look.record("case.seers_listed", case)
            found = lead_of(case.pk)
            if found is None:
                raise CaseLead.DoesNotExist
            return self._lead(found)

    @extend_schema(parameters=[IF_KNOWN], request=ChangeLeadSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"], url_path="change-lead")
    def change_lead(self, request: Request, pk: Any = None) -> Response:
        """Give the case another lead; `If-Match` is the ETag of the lead it has."""
        data = self.validated(ChangeLeadSerializer)
        lead = sight.change_lead(
            actor=self.request.user,
            case_id=pk,
            user_id=data["user"],
            reason=data["reason"],
            version=self.seen_version(or_new=True),
        )
        with self.request._request.reading():
            return self._lead(lead)

    def _lead(self, lead: CaseLead) -> Response:
        response = Response(LeadSerializer(lead).data)
        response["ETag"] = f'"{leads_so_far(lead.case_id)}"'
        return response

    @extend_schema(request=TransferCaseloadSerializer, responses=HandedOverSerializer)
    @action(detail=False, methods=["post"], url_path="transfer-caseload")
    def transfer_caseload(self, request: Request) -> Response:
        """Give many cases another lead, with one reason; each is recorded."""
        data = self.validated(TransferCaseloadSerializer)
        done = transfer_caseload(
            actor=self.request.user,
            case_ids=data["cases"],
            from_user_id=data["from_user"],
            to_user_id=data["user"],
            reason=data["reason"],
        )
        return Response(handed_over(done))

    @extend_schema(
        parameters=[IF_KNOWN], request=RestrictCaseSerializer, responses=RestrictionSerializer
    )
    @action(detail=True, methods=["post"])
    def restrict(self, request: Request, pk: Any = None) -> Response:
        """Let only some of those who see the case see it; `If-Match` is the last
        restriction's, also a lifted one's."""
        data = self.validated(RestrictCaseSerializer)
        restriction = sight.restrict_case(
            actor=self.request.user,
            case_id=pk,
            team_ids=data.get("teams", ()),
            user_ids=data.get("people", ()),
            why=data["why"],
            version=self.seen_version(or_new=True),
        )
        return _restriction(restriction)

    @extend_schema(responses=RestrictionSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def restriction(self, request: Request, pk: Any = None) -> Response:
        """The last restriction, in force or lifted; its ETag is what `restrict` asks for."""
        with self.request._request.reading() as look:
            case = Case.objects.visible_to(self.request.user).get(pk=pk)
            look.record("case.seers_listed", case)
            last = last_restriction(self.request.user, case.pk)
            if last is None:
                raise CaseRestriction.DoesNotExist
            return _restriction(last)

    @extend_schema(
        parameters=[IF_MATCH], request=NothingSerializer, responses=RestrictionSerializer
    )
    @action(detail=True, methods=["post"], url_path="lift-restriction")
    def lift_restriction(self, request: Request, pk: Any = None) -> Response:
        """Let everybody who was given sight see it again."""
        self.validated(NothingSerializer)
        with self.request._request.reading() as look:
            case = Case.objects.visible_to(self.request.user).get(pk=pk)
            look.record("case.seers_listed", case)
            standing = restriction_of(self.request.user, case.pk)
        if standing is None:
            raise CaseRestriction.DoesNotExist
        lifted = sight.lift_restriction(
            actor=self.request.user, restriction_id=standing.pk, version=self.seen_version()
        )
        return _restriction(lifted)


def _restriction(restriction: CaseRestriction) -> Response:
    response = Response(RestrictionSerializer(restriction).data)
    response["ETag"] = f'"{restriction.version}"'
    return response


class CoverViewSet(ScopedViewSet):
    """Leave cover of one's agency: list, read, arrange, end."""

    model = LeaveCover
    permission = "cases.set_cover"
    lists = "cover.listed"
    reads = "cover.listed"
    serializer_class = CoverSerializer
    filterset_fields = ("away", "cover")

    @extend_schema(request=SetCoverSerializer, responses={201: CoverSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Arrange who covers."""
        data = self.validated(SetCoverSerializer)
        leave = sight.set_cover(
            actor=self.request.user,
            away_id=data.get("away"),
            cover_id=data["cover"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )
        return self.changed(leave, status=201)

    @extend_schema(request=NothingSerializer, responses=CoverSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """They are back before the day."""
        self.validated(NothingSerializer)
        return self.changed(sight.end_cover(actor=self.request.user, cover_id=pk))
