"""What the API says and takes about releases."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.errors import DomainError
from core.serializers import StrictSerializer
from reporting.choices import Tier
from reporting.measures import MEASURES
from reporting.models import StatisticsRelease
from reporting.packaging import TamperedRelease, UnknownRelease
from reporting.populations import POPULATIONS
from reporting.selectors import stored


class PeriodSerializer(StrictSerializer):
    """Whole quarters; both days are counted."""

    start = serializers.DateField()
    end = serializers.DateField()


class ShownPeriodSerializer(serializers.Serializer[StatisticsRelease]):
    start = serializers.DateField(source="period_start", read_only=True)
    end = serializers.DateField(source="period_end", read_only=True)


class ReleaseRowSerializer(serializers.ModelSerializer[StatisticsRelease]):
    """One release of a list, without its figures."""

    period = ShownPeriodSerializer(source="*", read_only=True)
    sha256 = serializers.SerializerMethodField(help_text="Digest of the frozen document, in hex.")

    class Meta:
        model = StatisticsRelease
        fields = (
            "id",
            "reference",
            "title",
            "tier",
            "measures",
            "period",
            "as_of",
            "threshold",
            "status",
            "failed_because",
            "cells_hidden",
            "sha256",
            "requested_by",
            "advised_by",
            "advised_at",
            "approved_by",
            "published_at",
            "withdrawn_at",
            "withdrawn_reason",
            "version",
        )
        read_only_fields = fields

    def get_sha256(self, release: StatisticsRelease) -> str:
        return bytes(release.digest or b"").hex()


class ReleaseSerializer(ReleaseRowSerializer):
    """One release; `figures` is the frozen document, null unless in review or published."""

    figures = serializers.SerializerMethodField()

    class Meta(ReleaseRowSerializer.Meta):
        fields: Any = (*ReleaseRowSerializer.Meta.fields, "figures")
        read_only_fields = fields

    def get_figures(self, release: StatisticsRelease) -> dict[str, Any] | None:
        if not release.has_figures:
            return None
        try:
            return stored(release).payload
        except (TamperedRelease, UnknownRelease):
            raise DomainError(
                "These figures are not what was computed and can't be shown.", code="not_intact"
            ) from None


class RequestReleaseSerializer(StrictSerializer):
    title = serializers.CharField(min_length=3, max_length=160)
    tier = serializers.ChoiceField(choices=Tier.choices, default=Tier.PARTNER)
    measures = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted({*MEASURES, *POPULATIONS})),
        allow_empty=False,
        help_text="For partners any figures that are counted, for the public one population.",
    )
    period = PeriodSerializer()


class WithdrawReleaseSerializer(StrictSerializer):
    reason = serializers.CharField(min_length=3, max_length=200)
