"""Exports for programs: ask for one, approve it, take its file. The same services as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ScopedViewSet
from core.serializers import NothingSerializer, StrictSerializer
from handoffs.choices import ExportFormat, ExportPurpose, Section, WhoSaidNo
from handoffs.exporting.files import extension_of
from handoffs.models import CaseExport
from handoffs.services import export_files, exports
from handoffs.services.exports import LONGEST_REASON


class ExportSerializer(serializers.ModelSerializer[CaseExport]):
    """One export: what was asked and what came of it. Nobody's data, and not the reason."""

    class Meta:
        model = CaseExport
        fields: Any = (
            "id",
            "reference",
            "format",
            "purpose",
            "recipient",
            "sections",
            "who_said_no",
            "asked_by",
            "created_at",
            "records",
            "state",
            "decided_by",
            "decided_at",
            "held",
            "rows",
            "left_out",
            "ready_at",
            "expires_at",
            "gone_because",
        )
        read_only_fields: Any = fields


class RequestExportSerializer(StrictSerializer):
    """What `request_export` takes."""

    format = serializers.ChoiceField(choices=ExportFormat.choices)
    purpose = serializers.ChoiceField(choices=ExportPurpose.choices)
    recipient = serializers.UUIDField(required=False, allow_null=True)
    sections = serializers.MultipleChoiceField(choices=Section.choices)
    who_said_no = serializers.ChoiceField(choices=WhoSaidNo.choices, required=False)
    open_only = serializers.BooleanField(required=False)
    opened_from = serializers.DateField(required=False, allow_null=True)
    opened_until = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ExportViewSet(ScopedViewSet):
    """One's own exports, and for whoever approves those of their agency."""

    model = CaseExport
    permission = "handoffs.read_export"
    lists = "export.listed"
    reads = "export.opened"
    steps_up = frozenset({"create", "approve", "refuse", "file", "drop"})
    serializer_class = ExportSerializer
    filterset_fields = ("state", "format", "purpose")

    @extend_schema(request=RequestExportSerializer, responses={201: ExportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a file of many cases. Ask for the export until it is ready."""
        data = self.validated(RequestExportSerializer)
        export = exports.request_export(
            actor=self.request.user,
            recipient_id=data.pop("recipient", None),
            sections=sorted(data.pop("sections")),
            at=timezone.now(),
            **data,
        )
        return self.changed(export, status=201)

    @extend_schema(request=NothingSerializer, responses=ExportSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any = None) -> Response:
        """Let it be made, as a second person."""
        self.validated(NothingSerializer)
        return self.changed(
            exports.approve_export(actor=self.request.user, export_id=pk, at=timezone.now())
        )

    @extend_schema(request=NothingSerializer, responses=ExportSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: Any = None) -> Response:
        """Do not let it be made, as a second person."""
        self.validated(NothingSerializer)
        return self.changed(
            exports.refuse_export(actor=self.request.user, export_id=pk, at=timezone.now())
        )

    @extend_schema(request=NothingSerializer, responses={200: OpenApiTypes.BINARY})
    @action(detail=True, methods=["post"])
    def file(self, request: Request, pk: Any = None) -> HttpResponse:
        """Take the file, while all that is in it may still leave."""
        self.validated(NothingSerializer)
        export, content = export_files.take_export(
            actor=self.request.user, export_id=pk, at=timezone.now()
        )
        return HttpResponse(content, content_type=extension_of(export.format)[1])

    @extend_schema(request=NothingSerializer, responses=ExportSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: Any = None) -> Response:
        """Drop the file before its time."""
        self.validated(NothingSerializer)
        return self.changed(export_files.drop_export(actor=self.request.user, export_id=pk))
