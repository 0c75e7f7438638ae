"""Imports for programs: bring a file, ask how far it is and what came of it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ScopedViewSet
from core.serializers import StrictSerializer
from referrals.choices import ImportFormat
from referrals.htcds import AddressColumns
from referrals.incoming.own import DAY_FIRST, MONTH_FIRST, ColumnMap
from referrals.models import ImportBatch
from referrals.selectors.imports import findings_for
from referrals.services.import_jobs import request_import
from referrals.services.intake import LINE_LIMIT


class ImportRowSerializer(serializers.ModelSerializer[ImportBatch]):
    """One import of a list: counts."""

    class Meta:
        model = ImportBatch
        fields: Any = (
            "id",
            "format",
            "state",
            "dry_run",
            "team",
            "started_by",
            "created_at",
            "finished_at",
            "rows_in_all",
            "rows_kept",
            "rows_known",
            "rows_refused",
            "fields_left_out",
        )
        read_only_fields: Any = fields


class ImportSerializer(ImportRowSerializer):
    """One import, with what came of it: faults without what stood there, for whoever brought it."""

    findings = serializers.SerializerMethodField()

    class Meta(ImportRowSerializer.Meta):
        fields: Any = (*ImportRowSerializer.Meta.fields, "findings")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_findings(self, batch: ImportBatch) -> dict[str, Any] | None:
        return findings_for(self.context["request"].user, batch)


class BringImportSerializer(StrictSerializer):
    """What `request_import` takes; a form of several parts (multipart), the file one of them."""

    team = serializers.UUIDField()
    format = serializers.ChoiceField(choices=ImportFormat.choices)
    dry_run = serializers.BooleanField(required=False)
    ignore_unknown = serializers.BooleanField(required=False)
    address_columns = serializers.ChoiceField(
        choices=[choice.value for choice in AddressColumns], required=False, allow_blank=True
    )
    into_cases = serializers.BooleanField(required=False)
    columns = serializers.JSONField(
        required=False,
        help_text="Of an own spreadsheet: an object of headings and HTCDS fields; `own_number` for "
        "the sheet's own number.",
    )
    date_order = serializers.ChoiceField(
        choices=[DAY_FIRST, MONTH_FIRST], required=False, allow_blank=True
    )
    report_number = serializers.CharField(max_length=LINE_LIMIT, required=False, allow_blank=True)
    file = serializers.FileField(max_length=LINE_LIMIT)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        columns, order = data.pop("columns", None), data.pop("date_order", "")
        if data["format"] != ImportFormat.OWN:
            return data
        plain = isinstance(columns, dict) and all(
            isinstance(target, str) for target in columns.values()
        )
        if not plain:
            raise serializers.ValidationError(
                {"columns": "Name the columns: an object of headings and HTCDS fields."}
            )
        return {**data, "columns": ColumnMap(columns, order)}


class ImportViewSet(ScopedViewSet):
    """Imports onto one's desks: list, read, bring a file."""

    model = ImportBatch
    permission = "referrals.import_referrals"
    lists = "referral.imports_listed"
    reads = "referral.import_opened"
    filterset_fields = ("format", "state")
    # What `core.uploads` lets in at this address.
    takes_file = 20 * 1024 * 1024
    parser_classes = (JSONParser, MultiPartParser)

    def get_serializer_class(self) -> Any:
        return ImportRowSerializer if self.action == "list" else ImportSerializer

    @extend_schema(
        request={"multipart/form-data": BringImportSerializer}, responses={202: ImportSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Bring a file to be imported by a job. Ask for the import until it is finished."""
        data = self.validated(BringImportSerializer)
        file = data.pop("file")
        batch = request_import(
            actor=self.request.user,
            team_id=data.pop("team"),
            files=[(file.name, file)],
            **data,
        )
        return self.changed(batch, status=202)
