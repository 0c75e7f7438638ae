"""The rules that say which team takes a referral, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ScopedViewSet
from core.serializers import NothingSerializer, StrictSerializer
from referrals.choices import HarmType, SourceCategory
from referrals.models import RoutingRule
from referrals.services.intake import DANGER_CHOICES
from referrals.services.routing import MOST_RULES, end_routing_rule, set_routing_rule


class RoutingRuleSerializer(serializers.ModelSerializer[RoutingRule]):
    """One rule; an empty answer asks nothing."""

    immediate_danger = serializers.ChoiceField(
        choices=DANGER_CHOICES,
        read_only=True,
        allow_blank=True,
    )

    class Meta:
        model = RoutingRule
        fields: Any = (
            "id",
            "position",
            "source_category",
            "country",
            "harm_type",
            "immediate_danger",
            "team",
            "set_by",
            "created_at",
            "ended_at",
        )
        read_only_fields: Any = fields


class SetRoutingRuleSerializer(StrictSerializer):
    """What `set_routing_rule` takes."""

    position = serializers.IntegerField(min_value=1, max_value=MOST_RULES)
    team = serializers.UUIDField()
    source_category = serializers.ChoiceField(
        choices=SourceCategory.choices, required=False, allow_blank=True
    )
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    harm_type = serializers.ChoiceField(choices=HarmType.choices, required=False, allow_blank=True)
    immediate_danger = serializers.ChoiceField(
        choices=DANGER_CHOICES,
        required=False,
        allow_blank=True,
    )


class RoutingRuleViewSet(ScopedViewSet):
    """Rules of one's agency: list, read, add, end."""

    model = RoutingRule
    permission = "referrals.read_referral"
    lists = "routing.listed"
    reads = "routing.listed"
    serializer_class = RoutingRuleSerializer

    @extend_schema(request=SetRoutingRuleSerializer, responses={201: RoutingRuleSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a rule."""
        data = self.validated(SetRoutingRuleSerializer)
        rule = set_routing_rule(actor=self.request.user, team_id=data.pop("team"), **data)
        return self.changed(rule, status=201)

    @extend_schema(request=NothingSerializer, responses=RoutingRuleSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """End a rule."""
        self.validated(NothingSerializer)
        return self.changed(end_routing_rule(actor=self.request.user, rule_id=pk))
