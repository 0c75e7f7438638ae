"""What the API says and takes about referrals: fields by name, nothing sealed in lists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.choices import DutyTrigger, ErasureGround, LegalBasis
from core.choices import Side
from core.serializers import StrictSerializer
from referrals.choices import (
    Channel,
    ContentOrigin,
    DeclineReason,
    DetectionMethod,
    HarmType,
    Outcome,
    OverrideReason,
    SilenceReason,
    SourceCategory,
)
from referrals.models import Referral
from referrals.selectors import unreadable_of
from referrals.selectors.matching import Match
from referrals.services.asking import WORDS_LIMIT
from referrals.services.desk import OpenedSummary
from referrals.services.intake import (
    DANGER_CHOICES,
    LINE_LIMIT,
    MOST_CHILDREN,
    PLACE_LIMIT,
    SUMMARY_LIMIT,
)
from vault.opening import opened


class ReferralRowSerializer(serializers.ModelSerializer[Referral]):
    """One referral of a list: coded fields only."""

    # The case's id, where the asker sees the case.
    case = serializers.UUIDField(source="seen_case_id", read_only=True, allow_null=True)
    triage_due = serializers.DateTimeField(read_only=True)

    class Meta:
        model = Referral
        fields: Any = (
            "id",
            "reference",
            "status",
            "team",
            "assigned_to",
            "received_at",
            "source_category",
            "source_agency",
            "source_name",
            "originating_country",
            "side",
            "detection_method",
            "harm_types",
            "content_origin",
            "children_estimate",
            "immediate_danger",
            "country",
            "admin1",
            "legal_basis",
            "acknowledged_at",
            "acknowledged_by_way_of",
            "triage_due",
            "triaged_at",
            "waiting_since",
            "decided_at",
            "decline_reason",
            "redirected_to",
            "redirected_to_name",
            "outcome",
            "closed_at",
            "case",
            "version",
        )
        read_only_fields: Any = fields


class ReferralSerializer(ReferralRowSerializer):
    """One referral. Its summary and subject are opened by an action of their own."""

    source_reference = serializers.SerializerMethodField()
    unreadable = serializers.SerializerMethodField()

    class Meta(ReferralRowSerializer.Meta):
        fields: Any = (*ReferralRowSerializer.Meta.fields, "source_reference", "unreadable")
        read_only_fields = fields

    def get_source_reference(self, referral: Referral) -> str:
        return str(opened(referral, "source_reference").value)

    def get_unreadable(self, referral: Referral) -> list[str]:
        return unreadable_of(referral)


class QuestionSerializer(serializers.Serializer[Any]):
    """One question to the source, opened."""

    asked_at = serializers.DateTimeField(source="record.asked_at", read_only=True)
    answer_due = serializers.DateTimeField(source="record.answer_due", read_only=True)
    chasers = serializers.IntegerField(source="record.chasers", read_only=True)
    ended_at = serializers.DateTimeField(source="record.ended_at", read_only=True, allow_null=True)
    end = serializers.CharField(source="record.end", read_only=True)
    question = serializers.CharField(read_only=True)
    answer = serializers.CharField(read_only=True)


class FeedbackGivenSerializer(serializers.Serializer[Any]):
    """One feedback to the source, opened."""

    given_at = serializers.DateTimeField(source="record.given_at", read_only=True)
    outcome = serializers.CharField(source="record.outcome", read_only=True)
    way = serializers.CharField(source="record.way", read_only=True)
    not_permitted = serializers.CharField(source="record.not_permitted", read_only=True)
    words = serializers.CharField(read_only=True)


class OpenedSummarySerializer(serializers.Serializer[OpenedSummary]):
    """The L3 part; `unreadable` names what does not open."""

    id = serializers.UUIDField(source="referral.pk", read_only=True)
    summary = serializers.CharField(read_only=True)
    subject = serializers.DictField(read_only=True, allow_null=True)
    decision_note = serializers.CharField(read_only=True)
    platform = serializers.CharField(read_only=True)
    questions = QuestionSerializer(many=True, read_only=True)
    feedback = FeedbackGivenSerializer(many=True, read_only=True)
    unreadable = serializers.ListField(child=serializers.CharField(), read_only=True)


class LogReferralSerializer(StrictSerializer):
    """What `log_referral` takes."""

    team = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="One of your own teams; without one, the rules of your agency say it.",
    )
    override_reason = serializers.ChoiceField(
        choices=OverrideReason.choices,
        required=False,
        allow_blank=True,
        help_text="Why another team takes it than the rules say.",
    )
    received_at = serializers.DateTimeField()
    source_category = serializers.ChoiceField(choices=SourceCategory.choices)
    content_origin = serializers.ChoiceField(choices=ContentOrigin.choices)
    immediate_danger = serializers.ChoiceField(choices=DANGER_CHOICES)
    legal_basis = serializers.ChoiceField(choices=LegalBasis.choices)
    harm_types = serializers.ListField(
        child=serializers.ChoiceField(choices=HarmType.choices), required=False
    )
    summary = serializers.CharField(max_length=SUMMARY_LIMIT, required=False, allow_blank=True)
    source_name = serializers.CharField(max_length=LINE_LIMIT, required=False, allow_blank=True)
    source_reference = serializers.CharField(
        max_length=LINE_LIMIT, required=False, allow_blank=True
    )
    source_agency = serializers.UUIDField(required=False, allow_null=True)
    originating_country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    detection_method = serializers.ChoiceField(choices=DetectionMethod.choices, required=False)
    children_estimate = serializers.IntegerField(
        min_value=1, max_value=MOST_CHILDREN, required=False, allow_null=True
    )
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    admin1 = serializers.CharField(max_length=PLACE_LIMIT, required=False, allow_blank=True)
    subject = serializers.DictField(required=False)
    even_if_known = serializers.BooleanField(
        required=False,
        help_text="Log it though one of your desks has a referral with this number.",
    )


class MatchSerializer(serializers.Serializer[Match]):
    """One referral or person that may be the same."""

    code = serializers.CharField(source="what", read_only=True)
    where = serializers.CharField(source="who", read_only=True)
    why = serializers.CharField(read_only=True)
    strength = serializers.IntegerField(
        read_only=True, help_text="3: the same number; 2: a name written so; 1: it sounds like it."
    )


class HandedOnSerializer(serializers.ModelSerializer[Referral]):
    """A referral that the rules put onto a desk the asker does not see."""

    class Meta:
        model = Referral
        fields: Any = ("id", "reference", "team")
        read_only_fields: Any = fields


class AcceptReferralSerializer(StrictSerializer):
    """A case to join; without one, a new case is opened."""

    case = serializers.UUIDField(required=False, allow_null=True)


class DeclineReferralSerializer(StrictSerializer):
    """Why it is not ours."""

    reason = serializers.ChoiceField(choices=DeclineReason.choices)


class NoteReferralDutySerializer(StrictSerializer):
    """What `note_referral_duty` takes."""

    rule = serializers.CharField(max_length=40)
    trigger = serializers.ChoiceField(choices=DutyTrigger.choices)
    learned_at = serializers.DateTimeField()


class RequestReferralErasureSerializer(StrictSerializer):
    """Why it should be erased."""

    ground = serializers.ChoiceField(choices=ErasureGround.choices)


class WaySerializer(StrictSerializer):
    """How the source was reached."""

    way = serializers.ChoiceField(choices=Channel.choices)


class AskSourceSerializer(WaySerializer):
    """What the source is asked, and how."""

    question = serializers.CharField(max_length=WORDS_LIMIT)


class AnswerSerializer(StrictSerializer):
    """What the source answered."""

    answer = serializers.CharField(max_length=WORDS_LIMIT)


class NoteSerializer(StrictSerializer):
    """Why, for the colleagues."""

    note = serializers.CharField(max_length=WORDS_LIMIT)


class RedirectSerializer(NoteSerializer):
    """Whose it is: an agency of the list, or the name of another."""

    agency = serializers.UUIDField(required=False, allow_null=True)
    agency_name = serializers.CharField(max_length=LINE_LIMIT, required=False, allow_blank=True)


class DuplicateSerializer(StrictSerializer):
    """The reference of the earlier referral."""

    reference = serializers.CharField(max_length=20)


class FeedbackSerializer(StrictSerializer):
    """What the source was told, or why it may not be told."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    way = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True)
    not_permitted = serializers.ChoiceField(
        choices=SilenceReason.choices, required=False, allow_blank=True
    )
    words = serializers.CharField(max_length=WORDS_LIMIT, required=False, allow_blank=True)
