"""Erasures, legal holds and copies for people, for programs: the services of the pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_text
from cases.choices import AskedBy, ErasureGround, RefusalGround
from cases.models import Case, ErasureRequest, LegalHold, SubjectCopy
from cases.selectors.copies import PersonalCopy
from cases.services import copies, erasure, holds
from core.api import ScopedViewSet
from core.errors import Denied
from core.serializers import NothingSerializer, StrictSerializer

EITHER = ("cases.request_erasure", "cases.read_erasure")


class ErasureSerializer(serializers.ModelSerializer[ErasureRequest]):
    """An erasure asked for: codes and counts, nobody's data."""

    class Meta:
        model = ErasureRequest
        fields = (
            "id",
            "reference",
            "person",
            "case",
            "kind",
            "record_id",
            "case_reference",
            "person_code",
            "whole_case",
            "ground",
            "named_in",
            "speaks_for_keeping",
            "requested_by",
            "created_at",
            "status",
            "decided_by",
            "decided_at",
            "refused_because",
            "receipt",
        )
        read_only_fields = fields


class RequestErasureSerializer(StrictSerializer):
    """A person's place in a case, why, and whether the notes of that case go too."""

    participant = serializers.UUIDField()
    ground = serializers.ChoiceField(choices=ErasureGround.choices)
    whole_case = serializers.BooleanField(default=False)


class RequestTextsErasureSerializer(StrictSerializer):
    """A case in which nobody is left."""

    case = serializers.UUIDField()
    ground = serializers.ChoiceField(choices=ErasureGround.choices)


class RefuseErasureSerializer(StrictSerializer):
    because = serializers.ChoiceField(choices=RefusalGround.choices)


class ErasureViewSet(ScopedViewSet):
    """Erasures: asked for by one, decided by another, with a receipt."""

    model = ErasureRequest
    lists = "erasure.listed"
    reads = "erasure.opened"
    steps_up = frozenset({"approve", "refuse"})
    serializer_class = ErasureSerializer
    filterset_fields = ("status", "case", "person")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Read by whoever asks and by whoever decides; each action asks its own in its service.
        if request.method in ("GET", "HEAD") and not any(map(self.request.user.may, EITHER)):
            raise Denied(EITHER[0])

    @extend_schema(request=RequestErasureSerializer, responses={201: ErasureSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a person to be erased."""
        data = self.validated(RequestErasureSerializer)
        asked = erasure.request_erasure(
            actor=self.request.user,
            participant_id=data.pop("participant"),
            at=timezone.now(),
            **data,
        )
        return self.changed(asked, status=201)

    @extend_schema(request=RequestTextsErasureSerializer, responses={201: ErasureSerializer})
    @action(detail=False, methods=["post"])
    def texts(self, request: Request) -> Response:
        """Ask for the shared texts of a case in which nobody is left."""
        data = self.validated(RequestTextsErasureSerializer)
        asked = erasure.request_texts_erasure(
            actor=self.request.user,
            case_id=data["case"],
            ground=data["ground"],
            at=timezone.now(),
        )
        return self.changed(asked, status=201)

    @extend_schema(request=NothingSerializer, responses=ErasureSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any = None) -> Response:
        """Erase, as a second person. It can't be taken back."""
        self.validated(NothingSerializer)
        return self.changed(
            erasure.approve_erasure(actor=self.request.user, request_id=pk, at=timezone.now())
        )

    @extend_schema(request=RefuseErasureSerializer, responses=ErasureSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: Any = None) -> Response:
        """Keep the data, with a ground, as a second person."""
        data = self.validated(RefuseErasureSerializer)
        return self.changed(
            erasure.refuse_erasure(
                actor=self.request.user, request_id=pk, at=timezone.now(), **data
            )
        )


class HoldRowSerializer(serializers.ModelSerializer[LegalHold]):
    """That a hold was placed, by whom, until when."""

    stands: Any = serializers.SerializerMethodField()

    class Meta:
        model = LegalHold
        fields: Any = (
            "id",
            "case",
            "case_reference",
            "placed_by",
            "created_at",
            "until",
            "released_by",
            "released_at",
            "stands",
        )
        read_only_fields: Any = fields

    def get_stands(self, hold: LegalHold) -> bool:
        return hold.stands(timezone.localdate())


class HoldSerializer(HoldRowSerializer):
    """The same with its words, for whoever sees the case; empty for anybody else."""

    authority = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()

    class Meta(HoldRowSerializer.Meta):
        fields: Any = (*HoldRowSerializer.Meta.fields, "authority", "why")
        read_only_fields: Any = fields

    def _words(self, hold: LegalHold, name: str) -> str:
        user = self.context["request"].user
        if not Case.objects.visible_to(user).filter(pk=hold.case_id).exists():
            return ""
        return shown_text(hold, name)

    def get_authority(self, hold: LegalHold) -> str:
        return self._words(hold, "authority")

    def get_why(self, hold: LegalHold) -> str:
        return self._words(hold, "why")


class PlaceHoldSerializer(StrictSerializer):
    """Who asks that nothing is erased, why, and until when; no day: until it is released."""

    case = serializers.UUIDField()
    authority = serializers.CharField(max_length=160)
    why = serializers.CharField(max_length=2_000)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class HoldViewSet(OneAtATime):
    """Legal holds: list, read, place, release."""

    model = LegalHold
    lists = "hold.listed"
    reads = "hold.opened"
    filterset_fields = ("case",)
    row = HoldRowSerializer
    whole = HoldSerializer

    @extend_schema(request=PlaceHoldSerializer, responses={201: HoldSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Forbid erasing anything of a case."""
        data = self.validated(PlaceHoldSerializer)
        hold = holds.place_hold(
            actor=self.request.user, case_id=data.pop("case"), at=timezone.now(), **data
        )
        return self.changed(hold, status=201)

    @extend_schema(request=NothingSerializer, responses=HoldSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: Any = None) -> Response:
        """Release it; the clock of keeping runs again."""
        self.validated(NothingSerializer)
        return self.changed(
            holds.release_hold(actor=self.request.user, hold_id=pk, at=timezone.now())
        )


class CopySerializer(serializers.ModelSerializer[SubjectCopy]):
    """Where a copy for a person stands. It holds no text."""

    class Meta:
        model = SubjectCopy
        fields = (
            "id",
            "case",
            "person",
            "participant",
            "asked_for_by",
            "asked_by",
            "created_at",
            "status",
            "decided_by",
            "decided_at",
        )
        read_only_fields = fields


class RequestCopySerializer(StrictSerializer):
    """A survivor's or child's place in a case, and who asks."""

    participant = serializers.UUIDField()
    asked_for_by = serializers.ChoiceField(choices=AskedBy.choices)


class FactSerializer(serializers.Serializer[Any]):
    label: Any = serializers.CharField()
    value = serializers.CharField()


class TextSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    label: Any = serializers.CharField()
    text = serializers.CharField()


class PartSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    facts = FactSerializer(many=True)
    texts = TextSerializer(many=True)


class PersonalCopySerializer(serializers.Serializer[Any]):
    """What is kept about the person, in plain words and without anybody else.

    `taken_out` counts names, codes and numbers of others that were taken out; `held_back` sealed
    notes that are talked about with the person instead.
    """

    code = serializers.CharField()
    parts = PartSerializer(many=True)
    taken_out = serializers.IntegerField()
    held_back = serializers.IntegerField()


def as_json(made: PersonalCopy) -> dict[str, Any]:
    """A copy in the shape of `PersonalCopySerializer`."""
    return {
        "code": made.code,
        "parts": [
            {
                "title": part.title,
                "facts": [
                    {"label": str(label), "value": str(value)} for label, value in part.facts
                ],
                "texts": [
                    {"day": day.isoformat(), "label": str(label), "text": str(text)}
                    for day, label, text in part.texts
                ],
            }
            for part in made.parts
        ],
        "taken_out": made.taken_out,
        "held_back": made.held_back,
    }


class CopyViewSet(ScopedViewSet):
    """Copies for people: asked for by one, read through and released by another."""

    model = SubjectCopy
    permission = "cases.request_copy"
    lists = "copy.listed"
    reads = "copy.opened"
    steps_up = frozenset({"release", "refuse", "show"})
    serializer_class = CopySerializer
    filterset_fields = ("status", "case", "person")

    @extend_schema(request=RequestCopySerializer, responses={201: CopySerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a copy of what is kept about a person."""
        data = self.validated(RequestCopySerializer)
        copy = copies.request_copy(
            actor=self.request.user,
            participant_id=data["participant"],
            asked_for_by=data["asked_for_by"],
            at=timezone.now(),
        )
        return self.changed(copy, status=201)

    @extend_schema(request=NothingSerializer, responses=CopySerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: Any = None) -> Response:
        """Let it be handed over, as a second person who has read it through."""
        self.validated(NothingSerializer)
        return self.changed(
            copies.release_copy(actor=self.request.user, copy_id=pk, at=timezone.now())
        )

    @extend_schema(request=NothingSerializer, responses=CopySerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: Any = None) -> Response:
        """Do not let it leave."""
        self.validated(NothingSerializer)
        return self.changed(
            copies.refuse_copy(actor=self.request.user, copy_id=pk, at=timezone.now())
        )

    @extend_schema(request=NothingSerializer, responses=PersonalCopySerializer)
    @action(detail=True, methods=["post"])
    def show(self, request: Request, pk: Any = None) -> Response:
        """Open the copy; each opening is in the log."""
        self.validated(NothingSerializer)
        _copy, made = copies.show_copy(actor=self.request.user, copy_id=pk, at=timezone.now())
        return Response(as_json(made))
