"""Appeals, sentences and awards for programs: the same scope, the same services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api import IF_KNOWN, IF_MATCH, ScopedViewSet
from core.requests import ApiRequest
from core.serializers import StrictSerializer
from courts.choices import (
    AppealBy,
    AppealOutcome,
    AwardKind,
    Currency,
    RulingResult,
    Runs,
    SentenceKind,
    SentenceOrder,
    Wish,
)
from courts.models import (
    Appeal,
    AppealRuling,
    CompensationAward,
    Proceeding,
    ReleaseWish,
    Sentence,
)
from courts.services import appeals, releases, sentences

MONTHS = {"min_value": 0, "max_value": 2400, "required": False, "allow_null": True, "default": None}
SUM = {"max_digits": 14, "decimal_places": 2}
DAY = {"required": False, "allow_null": True, "default": None}


class RulingSerializer(serializers.ModelSerializer[AppealRuling]):
    class Meta:
        model = AppealRuling
        fields = ("charge", "result", "decided_on")
        read_only_fields = fields


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    rulings = RulingSerializer(many=True, read_only=True)

    class Meta:
        model = Appeal
        fields = (
            "id",
            "proceeding",
            "by",
            "court",
            "filed_on",
            "outcome",
            "decided_on",
            "rulings",
            "version",
        )
        read_only_fields = fields


class SentenceSerializer(serializers.ModelSerializer[Sentence]):
    class Meta:
        model = Sentence
        fields = (
            "id",
            "proceeding",
            "charge",
            "kind",
            "imposed_on",
            "min_months",
            "max_months",
            "runs",
            "custodial_months_expected",
            "custodial_months_actual",
            "fine_amount",
            "fine_currency",
            "fine_paid",
            "orders",
            "release_expected_on",
            "released_on",
            "supervision_until",
            "superseded_on",
            "version",
        )
        read_only_fields = fields


class AwardSerializer(serializers.ModelSerializer[CompensationAward]):
    class Meta:
        model = CompensationAward
        fields = (
            "id",
            "proceeding",
            "person",
            "kind",
            "amount",
            "currency",
            "awarded_on",
            "paid",
            "paid_on",
            "version",
        )
        read_only_fields = fields


class WishSerializer(serializers.ModelSerializer[ReleaseWish]):
    class Meta:
        model = ReleaseWish
        fields = ("id", "proceeding", "person", "wish", "asked_on", "version")
        read_only_fields = fields


class FileAppealSerializer(StrictSerializer):
    proceeding = serializers.UUIDField()
    by = serializers.ChoiceField(choices=AppealBy.choices)
    filed_on = serializers.DateField()
    court = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class ChargeRulingSerializer(StrictSerializer):
    charge = serializers.UUIDField()
    result = serializers.ChoiceField(choices=RulingResult.choices)


class DecideAppealSerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=AppealOutcome.choices)
    decided_on = serializers.DateField()
    rulings = ChargeRulingSerializer(many=True, required=False, default=list)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class RecordSentenceSerializer(StrictSerializer):
    proceeding = serializers.UUIDField()
    charge = serializers.UUIDField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=SentenceKind.choices)
    imposed_on = serializers.DateField()
    min_months = serializers.IntegerField(**MONTHS)  # type: ignore[arg-type]
    max_months = serializers.IntegerField(**MONTHS)  # type: ignore[arg-type]
    runs = serializers.ChoiceField(
        choices=Runs.choices, required=False, allow_blank=True, default=""
    )
    custodial_months_expected = serializers.IntegerField(**MONTHS)  # type: ignore[arg-type]
    fine_amount = serializers.DecimalField(**SUM, **DAY)  # type: ignore[arg-type]
    fine_currency = serializers.ChoiceField(
        choices=Currency.choices, required=False, allow_blank=True, default=""
    )
    orders = serializers.ListField(
        child=serializers.ChoiceField(choices=SentenceOrder.choices), required=False, default=list
    )
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class RecordReleaseSerializer(StrictSerializer):
    custodial_months_expected = serializers.IntegerField(**MONTHS)  # type: ignore[arg-type]
    custodial_months_actual = serializers.IntegerField(**MONTHS)  # type: ignore[arg-type]
    release_expected_on = serializers.DateField(**DAY)  # type: ignore[arg-type]
    released_on = serializers.DateField(**DAY)  # type: ignore[arg-type]
    supervision_until = serializers.DateField(**DAY)  # type: ignore[arg-type]
    fine_paid = serializers.DecimalField(**SUM, **DAY)  # type: ignore[arg-type]


class AwardCompensationSerializer(StrictSerializer):
    proceeding = serializers.UUIDField()
    person = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AwardKind.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.ChoiceField(choices=Currency.choices)
    awarded_on = serializers.DateField()


class RecordPaymentSerializer(StrictSerializer):
    paid = serializers.DecimalField(max_digits=14, decimal_places=2)
    paid_on = serializers.DateField()


class RecordWishSerializer(StrictSerializer):
    proceeding = serializers.UUIDField()
    person = serializers.UUIDField()
    wish = serializers.ChoiceField(choices=Wish.choices)
    asked_on = serializers.DateField()


class _OutcomeViewSet(ScopedViewSet):
    permission = "courts.read_proceeding"
    lists = "proceeding.listed"
    reads = "proceeding.opened"
    filterset_fields = ("proceeding",)
    names = {"proceeding": Proceeding}


class AppealViewSet(_OutcomeViewSet):
    """Appeals of the proceedings one sees: list, read, file, decide."""

    model = Appeal
    serializer_class = AppealSerializer

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("rulings")

    @extend_schema(request=FileAppealSerializer, responses={201: AppealSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record an appeal."""
        data = self.validated(FileAppealSerializer)
        filed = appeals.file_appeal(
            actor=request.user, proceeding_id=data.pop("proceeding"), **data
        )
        return self.changed(filed, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=DecideAppealSerializer, responses=AppealSerializer
    )
    @action(detail=True, methods=["post"])
    def decide(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record what the higher court decided, charge by charge."""
        data = self.validated(DecideAppealSerializer)
        rulings = {one["charge"]: one["result"] for one in data.pop("rulings")}
        return self.changed(
            appeals.decide_appeal(
                actor=request.user,
                appeal_id=pk,
                version=self.seen_version(),
                rulings=rulings,
                **data,
            )
        )


class SentenceViewSet(_OutcomeViewSet):
    """Sentences of the proceedings one sees: list, read, record, how they are served."""

    model = Sentence
    serializer_class = SentenceSerializer

    @extend_schema(request=RecordSentenceSerializer, responses={201: SentenceSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record what was imposed."""
        data = self.validated(RecordSentenceSerializer)
        recorded = sentences.record_sentence(
            actor=request.user,
            proceeding_id=data.pop("proceeding"),
            charge_id=data.pop("charge"),
            **data,
        )
        return self.changed(recorded, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=RecordReleaseSerializer, responses=SentenceSerializer
    )
    @action(detail=True, methods=["post"])
    def release(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record how it is served."""
        data = self.validated(RecordReleaseSerializer)
        return self.changed(
            sentences.record_release(
                actor=request.user, sentence_id=pk, version=self.seen_version(), **data
            )
        )


class AwardViewSet(_OutcomeViewSet):
    """What survivors were awarded: list, read, record, what was paid."""

    model = CompensationAward
    serializer_class = AwardSerializer

    @extend_schema(request=AwardCompensationSerializer, responses={201: AwardSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record an award."""
        data = self.validated(AwardCompensationSerializer)
        awarded = releases.award_compensation(
            actor=request.user,
            proceeding_id=data.pop("proceeding"),
            person_id=data.pop("person"),
            **data,
        )
        return self.changed(awarded, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=RecordPaymentSerializer, responses=AwardSerializer
    )
    @action(detail=True, methods=["post"])
    def paid(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record what was paid of it so far."""
        data = self.validated(RecordPaymentSerializer)
        return self.changed(
            releases.record_payment(
                actor=request.user, award_id=pk, version=self.seen_version(), **data
            )
        )


class WishViewSet(_OutcomeViewSet):
    """Whether survivors want to hear of a release: list, read, record."""

    model = ReleaseWish
    serializer_class = WishSerializer

    @extend_schema(
        parameters=[IF_KNOWN], request=RecordWishSerializer, responses={201: WishSerializer}
    )
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record a survivor's answer; saying it again needs the version that was read."""
        data = self.validated(RecordWishSerializer)
        kept = releases.record_wish(
            actor=request.user,
            proceeding_id=data.pop("proceeding"),
            person_id=data.pop("person"),
            version=self.seen_version(or_new=True),
            **data,
        )
        return self.changed(kept, status=201)
