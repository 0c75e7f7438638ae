"""Lead identifiers for programs: sealed, and counted. What was told is in no answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.choices import Platform
from core.api import ScopedViewSet
from core.serializers import StrictSerializer
from handoffs.choices import LeadKind, LeadToldBy
from handoffs.models import LeadIdentifier
from handoffs.services.leads import LONGEST, seal_lead
from referrals.models import Referral


class LeadSerializer(serializers.ModelSerializer[LeadIdentifier]):
    """That something was sealed, and what became of it."""

    class Meta:
        model = LeadIdentifier
        fields: Any = (
            "id",
            "created_at",
            "case",
            "referral",
            "kind",
            "platform",
            "told_by",
            "recorded_by",
            "released_in",
            "purged_at",
        )
        read_only_fields: Any = fields


class SealLeadSerializer(StrictSerializer):
    """What `seal_lead` takes; one of case and referral."""

    case = serializers.UUIDField(required=False)
    referral = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=LeadKind.choices)
    value = serializers.CharField(max_length=LONGEST)
    told_by = serializers.ChoiceField(choices=LeadToldBy.choices)
    platform = serializers.ChoiceField(choices=Platform.choices, required=False, allow_blank=True)


class LeadViewSet(ScopedViewSet):
    """What was sealed to the cases and referrals one sees."""

    model = LeadIdentifier
    permission = "handoffs.count_leads"
    lists = "lead.listed"
    reads = "lead.counted"
    names = {"referral": Referral}
    serializer_class = LeadSerializer
    filterset_fields = ("case", "referral", "kind")

    @extend_schema(request=SealLeadSerializer, responses={201: LeadSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Seal a lead. It is in no answer, this one included."""
        data = self.validated(SealLeadSerializer)
        lead = seal_lead(
            actor=self.request.user,
            case_id=data.pop("case", None),
            referral_id=data.pop("referral", None),
            **data,
        )
        return self.changed(lead, status=201)
