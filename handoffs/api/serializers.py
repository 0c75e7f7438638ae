"""What the API says and takes about handoffs. The case stands there for the sender alone."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.choices import LegalBasis
from core.serializers import StrictSerializer
from handoffs.choices import (
    DeclineReason,
    Kind,
    Outcome,
    Reply,
    ReturnReason,
    Section,
    Urgency,
)
from handoffs.models import Handoff
from handoffs.policies import is_sender
from handoffs.services.drafting import LONGEST_PURPOSE
from vault.opening import told


class HandoffSerializer(serializers.ModelSerializer[Handoff]):
    """The outside of a handoff: the same for both sides but for the case it came from."""

    case = serializers.SerializerMethodField()
    from_agency = serializers.CharField(source="from_agency.name", read_only=True)
    to_agency = serializers.CharField(source="to_agency.name", read_only=True)
    purpose = serializers.CharField(source="purpose_shown", read_only=True)
    question = serializers.SerializerMethodField()
    outcome_words = serializers.SerializerMethodField()
    return_reason = serializers.SerializerMethodField()
    is_sealed = serializers.SerializerMethodField()

    class Meta:
        model = Handoff
        fields = (
            "id",
            "reference",
            "kind",
            "status",
            "return_reason",
            "authorised_at",
            "case",
            "from_agency",
            "to_agency",
            "purpose",
            "urgency",
            "answer_by",
            "sections",
            "sent_at",
            "answered_at",
            "decline_reason",
            "revoked_at",
            "revoked_because",
            "stop_confirmed_at",
            "question",
            "reply",
            "outcome",
            "outcome_words",
            "completed_at",
            "is_sealed",
            "expires_on",
            "version",
        )
        read_only_fields = fields

    def get_is_sealed(self, handoff: Handoff) -> bool:
        """Sealed to the receiver's own key: take the file, nothing here opens it."""
        return bool(handoff.sealed_to)

    def get_question(self, handoff: Handoff) -> str:
        """What the receiver asked; empty where they asked nothing."""
        return str(told(handoff, "question"))

    def get_return_reason(self, handoff: Handoff) -> str:
        """Why a second person gave it back; empty for the receiver, whose business it is not."""
        user: Any = self.context["request"].user
        return handoff.return_reason if is_sender(user, handoff) else ""

    def get_outcome_words(self, handoff: Handoff) -> str:
        """What the receiver said in words of what came of it."""
        return str(told(handoff, "outcome_words"))

    def get_case(self, handoff: Handoff) -> str | None:
        """The id of the case; null for the receiver, who never sees it."""
        user: Any = self.context["request"].user
        return str(handoff.case_id) if is_sender(user, handoff) else None


class ComposeHandoffSerializer(StrictSerializer):
    case = serializers.UUIDField()
    to_agency = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    purpose = serializers.CharField(max_length=LONGEST_PURPOSE)
    legal_basis = serializers.ChoiceField(choices=LegalBasis.choices)
    basis_reason = serializers.CharField(required=False, allow_blank=True, max_length=600)
    sections = serializers.ListField(
        child=serializers.ChoiceField(choices=Section.choices), allow_empty=False
    )
    answer_by = serializers.DateField()
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.ROUTINE)


class ReturnHandoffSerializer(StrictSerializer):
    reason = serializers.ChoiceField(choices=ReturnReason.choices)


class SeenSerializer(StrictSerializer):
    """For sending and for authorising: what was looked at."""

    seen = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z",
        required=False,
        default="",
        help_text="SHA-256 of the RFC 8785 form of the content last looked at; asked when given.",
    )


class DeclineHandoffSerializer(StrictSerializer):
    reason = serializers.ChoiceField(choices=DeclineReason.choices)


class AskSenderSerializer(StrictSerializer):
    question = serializers.CharField(max_length=600, help_text="Without names.")


class ReplySerializer(StrictSerializer):
    reply = serializers.ChoiceField(choices=Reply.choices)


class CompleteSerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    words = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=600, help_text="Without names."
    )


class OpenPackageSerializer(StrictSerializer):
    read_instructions = serializers.BooleanField(
        default=False,
        help_text="You read how each person may be reached. Their numbers are covered otherwise.",
    )


class SealedFileSerializer(serializers.Serializer[Any]):
    """A sealed file: one age file, for `verify_handoff.py` or the `age` command."""

    name = serializers.CharField()
    file = serializers.CharField(help_text="Base64.")
    sha256 = serializers.CharField(help_text="Of the file; it stands on the transmittal letter.")


class PackageSerializer(serializers.Serializer[Any]):
    """What was sent, and the digest it was checked against, whatever is covered here."""

    package = serializers.JSONField()
    digest = serializers.CharField()
