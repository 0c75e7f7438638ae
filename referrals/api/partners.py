"""For partners' systems: submit a referral, and ask how far it is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.partner_access import SystemAuthentication
from core.api import ScopedViewSet
from referrals.api.serializers import LogReferralSerializer
from referrals.choices import Status
from referrals.models import Referral
from referrals.services.submitting import submit_referral

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="New for each referral, the same when you send it again: 8 to 200 printable "
    "characters. 422 when it came with another body before.",
)
# What is told of each status. That it became a case, or why it did not, is told by people.
TOLD = {
    Status.RECEIVED: "received",
    Status.IN_TRIAGE: "in_triage",
    Status.NEEDS_INFORMATION: "needs_information",
}
DECIDED = "decided"


class SubmitReferralSerializer(LogReferralSerializer):
    """What a system may say: no desk, since that is known, and no other agency."""

    def get_fields(self) -> dict[str, Any]:
        fields = dict(super().get_fields())
        for name in ("team", "override_reason", "source_agency", "even_if_known"):
            del fields[name]
        return fields


class SubmittedSerializer(serializers.ModelSerializer[Referral]):
    """The same however often it is asked for under one key."""

    submitted_at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = Referral
        fields: Any = ("id", "reference", "submitted_at")
        read_only_fields: Any = fields


class SubmissionStatusSerializer(SubmittedSerializer):
    status = serializers.SerializerMethodField()

    class Meta(SubmittedSerializer.Meta):
        fields: Any = (*SubmittedSerializer.Meta.fields, "status", "acknowledged_at")
        read_only_fields: Any = fields

    def get_status(self, referral: Referral) -> str:
        """received, in_triage, needs_information, withdrawn or decided."""
        if referral.status == Status.WITHDRAWN:
            return str(Status.WITHDRAWN)
        return TOLD.get(Status(referral.status), DECIDED)


class PartnerReferralViewSet(ScopedViewSet):
    """Referrals that this system submitted."""

    authentication_classes = (SystemAuthentication,)
    http_method_names = ("get", "head", "options", "post")
    model = Referral
    permission = "referrals.submit_referral"
    lists = "referral.listed"
    reads = "referral.status_asked"
    serializer_class = SubmissionStatusSerializer

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return found.only("id", "reference", "created_at", "status", "acknowledged_at", "version")

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=SubmitReferralSerializer,
        responses={201: SubmittedSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Submit a referral. The same key and body make it once and are answered alike."""
        done = submit_referral(
            actor=self.request.user,
            key=request.headers.get("Idempotency-Key", ""),
            body=request._request.body,
            values=self.validated(SubmitReferralSerializer),
        )
        response = Response(SubmittedSerializer(done.referral).data, status=201)
        if done.again:
            response["Idempotency-Replayed"] = "true"
        return response
