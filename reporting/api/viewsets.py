"""Releases for programs: the same scope, the same services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ScopedViewSet
from core.serializers import NothingSerializer
from reporting.api.serializers import (
    ReleaseRowSerializer,
    ReleaseSerializer,
    RequestReleaseSerializer,
    WithdrawReleaseSerializer,
)
from reporting.models import StatisticsRelease
from reporting.services import releases


class ReleaseViewSet(ScopedViewSet):
    """Releases of one's own agency: list, read, request, publish, withdraw."""

    model = StatisticsRelease
    permission = "reporting.read_release"
    lists = "release.listed"
    reads = "release.opened"
    steps_up = frozenset({"publish"})
    filterset_fields = ("status",)

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return found.defer("payload") if self.action == "list" else found

    def get_serializer_class(self) -> Any:
        return ReleaseRowSerializer if self.action == "list" else ReleaseSerializer

    @extend_schema(request=RequestReleaseSerializer, responses={201: ReleaseSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a release; a background job computes it."""
        data = self.validated(RequestReleaseSerializer)
        period = data.pop("period")
        asked = releases.request_release(
            actor=self.request.user, period_start=period["start"], period_end=period["end"], **data
        )
        return self.changed(asked, status=201)

    @extend_schema(request=NothingSerializer, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: Any = None) -> Response:
        """Approve it; the person who asked for it can't."""
        self.validated(NothingSerializer)
        return self.changed(releases.publish_release(actor=self.request.user, release_id=pk))

    @extend_schema(request=NothingSerializer, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def advise(self, request: Request, pk: Any = None) -> Response:
        """Say, as survivor advisor, that the public may read it."""
        self.validated(NothingSerializer)
        return self.changed(releases.advise_release(actor=self.request.user, release_id=pk))

    @extend_schema(request=WithdrawReleaseSerializer, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any = None) -> Response:
        """Take it back, or call it off, with a reason."""
        data = self.validated(WithdrawReleaseSerializer)
        return self.changed(
            releases.withdraw_release(actor=self.request.user, release_id=pk, **data)
        )
