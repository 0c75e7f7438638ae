"""The registers for programs: entries with every version, written by the same services."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.texts import shown_answers
from cases.choices import RegisterKind
from cases.forms.register import RegisterForm
from cases.models import RegisterEntry, RegisterVersion
from cases.registers import REGISTERS
from cases.services import registers
from core.api import ScopedViewSet
from core.errors import DomainError
from core.serializers import StrictSerializer


class RegisterVersionSerializer(serializers.ModelSerializer[RegisterVersion]):
    """What an entry said from a moment on."""

    answers: Any = serializers.SerializerMethodField()

    class Meta:
        model = RegisterVersion
        fields = ("number", "created_at", "made_by", "due_at", "is_done", "answers")
        read_only_fields = fields

    def get_answers(self, version: RegisterVersion) -> dict[str, Any]:
        return shown_answers(version, "answers")


class RegisterEntrySerializer(serializers.ModelSerializer[RegisterEntry]):
    """One entry of a register with its versions, newest first."""

    versions: Any = RegisterVersionSerializer(many=True, read_only=True)

    class Meta:
        model = RegisterEntry
        fields = ("id", "reference", "register", "created_at", "versions")
        read_only_fields = fields


class OpenEntrySerializer(StrictSerializer):
    """A new entry: the register, and answers by the names of its questions."""

    register = serializers.ChoiceField(choices=RegisterKind.choices)
    answers = serializers.DictField()


class AmendEntrySerializer(StrictSerializer):
    """A further version: all answers anew, and the number of the version that was read."""

    seen = serializers.IntegerField(min_value=1)
    answers = serializers.DictField()


class RegisterEntryViewSet(ScopedViewSet):
    """The registers of breaches, requests, processing and transfers."""

    model = RegisterEntry
    permission = "cases.read_register"
    lists = "register.listed"
    reads = "register.read"
    serializer_class = RegisterEntrySerializer
    filterset_fields = ("register",)

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("versions")

    @extend_schema(request=OpenEntrySerializer, responses={201: RegisterEntrySerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a new entry."""
        data = self.validated(OpenEntrySerializer)
        entry = registers.open_entry(
            actor=self.request.user,
            register=data["register"],
            answers=_typed(data["register"], data["answers"]),
            at=timezone.now(),
        )
        return self.changed(entry, status=201)

    @extend_schema(request=AmendEntrySerializer, responses=RegisterEntrySerializer)
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: Any = None) -> Response:
        """Say anew what the entry says; what it said before stays."""
        data = self.validated(AmendEntrySerializer)
        with self.request._request.reading():
            entry = self.get_queryset().get(pk=pk)
        registers.amend_entry(
            actor=self.request.user,
            entry_id=entry.pk,
            answers=_typed(entry.register, data["answers"]),
            seen=data["seen"],
            at=timezone.now(),
        )
        return self.changed(entry)


def _typed(register: str, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as the page's own form reads them."""
    form = RegisterForm(answers, book=REGISTERS[register])
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise DomainError(str(problems[0]), field=name)
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}
