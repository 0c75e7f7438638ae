"""Consent and other legal bases for programs: the same services as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.consent_serializers import (
    ConsentSerializer,
    DecideGroundSerializer,
    LegalGroundSerializer,
    RecordGroundSerializer,
    StartConsentSerializer,
    WithdrawConsentSerializer,
)
from cases.models import Consent, LegalGround
from cases.services import consent, grounds
from core.api import IF_MATCH, ScopedViewSet
from core.requests import ApiRequest
from core.serializers import NothingSerializer

RENAMED = {"person": "person_id", "giver": "giver_id", "interpreter": "interpreter_id"}


def _named(data: dict[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(name, name): value for name, value in data.items()}


class ConsentViewSet(ScopedViewSet):
    """Consents one sees: list, read, start, give, refuse, withdraw."""

    model = Consent
    permission = "cases.read_consent"
    lists = "consent.listed"
    reads = "consent.opened"
    serializer_class = ConsentSerializer
    filterset_fields = ("case", "person", "status")

    @extend_schema(request=StartConsentSerializer, responses={201: ConsentSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Write down what was answered so far; nothing holds yet."""
        data = _named(self.validated(StartConsentSerializer))
        draft = consent.start_consent(actor=request.user, case_id=data.pop("case"), **data)
        return self.changed(draft, status=201)

    @extend_schema(parameters=[IF_MATCH], request=NothingSerializer, responses=ConsentSerializer)
    @action(detail=True, methods=["post"])
    def give(self, request: ApiRequest, pk: Any = None) -> Response:
        """It holds from its first day on; an earlier one is replaced."""
        self.validated(NothingSerializer)
        given = consent.give_consent(actor=request.user, consent_id=pk, version=self.seen_version())
        return self.changed(given)

    @extend_schema(parameters=[IF_MATCH], request=NothingSerializer, responses=ConsentSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: ApiRequest, pk: Any = None) -> Response:
        """Nothing was agreed to."""
        self.validated(NothingSerializer)
        refused = consent.refuse_consent(
            actor=request.user, consent_id=pk, version=self.seen_version()
        )
        return self.changed(refused)

    @extend_schema(request=WithdrawConsentSerializer, responses=ConsentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: ApiRequest, pk: Any = None) -> Response:
        """Take it back, all of it or some scopes; what rested on it stops at once."""
        data = self.validated(WithdrawConsentSerializer)
        return self.changed(consent.withdraw_consent(actor=request.user, consent_id=pk, **data))


class LegalGroundViewSet(ScopedViewSet):
    """Legal bases other than consent: list, read, record, decide, end."""

    model = LegalGround
    steps_up = frozenset({"decide"})
    lists = "ground.listed"
    reads = "ground.opened"
    serializer_class = LegalGroundSerializer
    filterset_fields = ("case", "status", "basis")

    @extend_schema(request=RecordGroundSerializer, responses={201: LegalGroundSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record why something may leave without consent."""
        data = _named(self.validated(RecordGroundSerializer))
        ground = grounds.record_legal_ground(
            actor=request.user,
            case_id=data.pop("case"),
            recipient_id=data.pop("recipient", None),
            **data,
        )
        return self.changed(ground, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=DecideGroundSerializer, responses=LegalGroundSerializer
    )
    @action(detail=True, methods=["post"])
    def decide(self, request: ApiRequest, pk: Any = None) -> Response:
        """Approve it, or not; what a no leaves without ground stops at once."""
        data = self.validated(DecideGroundSerializer)
        decided = grounds.decide_legal_ground(
            actor=request.user, ground_id=pk, version=self.seen_version(), **data
        )
        return self.changed(decided)

    @extend_schema(
        parameters=[IF_MATCH], request=NothingSerializer, responses=LegalGroundSerializer
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any = None) -> Response:
        """It applies no longer."""
        self.validated(NothingSerializer)
        ended = grounds.end_legal_ground(
            actor=self.request.user, ground_id=pk, version=self.seen_version()
        )
        return self.changed(ended)
