"""What another team told that may be about somebody we know, for programs: list it, answer it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ScopedViewSet
from core.serializers import StrictSerializer
from referrals.choices import MatchAnswer
from referrals.models import HiddenMatch
from referrals.selectors.hidden import unanswered_matches
from referrals.services.hidden_matches import answer_match


class HiddenMatchSerializer(serializers.ModelSerializer[HiddenMatch]):
    """The code of their referral, why it may be the same, and what of ours it may be."""

    answer = serializers.CharField(read_only=True)

    class Meta:
        model = HiddenMatch
        fields: Any = (
            "id",
            "created_at",
            "reference",
            "told_by",
            "why",
            "ours",
            "case",
            "person",
            "answer",
            "answered_at",
        )
        read_only_fields: Any = fields


class AnswerMatchSerializer(StrictSerializer):
    """What `answer_match` takes; only "talk" is shown to the other desk."""

    answer = serializers.ChoiceField(choices=MatchAnswer.choices)


class HiddenMatchViewSet(ScopedViewSet):
    """Matches that wait for an answer of one's own or a colleague's: of the team that has the other
    record. Whoever logged the referral is shown nothing here, answered or not."""

    model = HiddenMatch
    permission = "referrals.answer_match"
    lists = "referral.matches_listed"
    reads = "referral.match_opened"
    serializer_class = HiddenMatchSerializer
    filterset_fields = ("why",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return HiddenMatch.objects.none()
        # What was answered is gone from here: an answer of theirs would show whose record it is.
        return unanswered_matches(self.request.user)

    @extend_schema(request=AnswerMatchSerializer, responses=HiddenMatchSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: Any = None) -> Response:
        """Ask the other desk to talk to you, or say that it is somebody else."""
        data = self.validated(AnswerMatchSerializer)
        answered = answer_match(actor=self.request.user, match_id=pk, answer=data["answer"])
        with self.request._request.reading():
            return Response(self.get_serializer(answered).data)
