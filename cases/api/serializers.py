"""What the API says and takes about cases: fields by name, nothing sealed in lists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.choices import (
    CasePurpose,
    Gender,
    GrantReason,
    IdentityPurpose,
    InterviewPlace,
    JusticeReason,
    JusticeStage,
    LedCategory,
    LegalStatus,
    ManyReason,
    NoteKind,
    ParticipantRole,
    PersonNeed,
    ProtectionStage,
    Risk,
)
from cases.models import Case, CaseNote, CaseParticipant, Person
from cases.services.notes import PARTS
from core.choices import Sensitivity, YesNoUnknown
from core.languages import LANGUAGES
from core.serializers import StrictSerializer
from vault.opening import opened


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case; its people and notes have addresses of their own."""

    class Meta:
        model = Case
        fields = (
            "id",
            "reference",
            "lead_agency",
            "opened_on",
            "protection_stage",
            "justice_stage",
            "justice_reason",
            "risk",
            "country",
            "admin1",
            "version",
        )
        read_only_fields = fields


class OpenManySerializer(StrictSerializer):
    """What many cases are to be opened for."""

    reason = serializers.ChoiceField(choices=ManyReason.choices)


class StatePurposeSerializer(StrictSerializer):
    """Why somebody opens a case; the sentence is asked of whoever is in none of its teams."""

    purpose = serializers.ChoiceField(choices=CasePurpose.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1_000)


class OpenCaseSerializer(StrictSerializer):
    """What `open_case` takes."""

    team = serializers.UUIDField()
    opened_on = serializers.DateField(required=False, allow_null=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    admin1 = serializers.CharField(max_length=80, required=False, allow_blank=True)
    risk = serializers.ChoiceField(choices=Risk.choices, required=False)


class ChangeStageSerializer(StrictSerializer):
    """The next stage."""

    to = serializers.ChoiceField(choices=ProtectionStage.choices)


class AssessRiskSerializer(StrictSerializer):
    """The risk now."""

    risk = serializers.ChoiceField(choices=Risk.choices)


class MoveJusticeTrackSerializer(StrictSerializer):
    """The next stage; why, where it rests or ends without a court."""

    to = serializers.ChoiceField(choices=JusticeStage.choices)
    reason = serializers.ChoiceField(
        choices=JusticeReason.choices, required=False, allow_blank=True
    )


class AssignTeamSerializer(StrictSerializer):
    """Which team, why, and until when."""

    team = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=GrantReason.choices)
    until = serializers.DateTimeField(required=False, allow_null=True)


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody by code, never who they are."""

    class Meta:
        model = Person
        fields = (
            "id",
            "code",
            "gender",
            "birth_year",
            "citizenships",
            "languages",
            "interpreter_needed",
            "disability",
            "needs",
            "version",
        )
        read_only_fields = fields


class RecordNeedsSerializer(StrictSerializer):
    """What `record_needs` takes; the answers replace those that stand there."""

    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(LANGUAGES)), required=False
    )
    interpreter_needed = serializers.ChoiceField(choices=YesNoUnknown.choices, required=False)
    disability = serializers.ChoiceField(choices=YesNoUnknown.choices, required=False)
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonNeed.choices), required=False
    )


class ParticipantSerializer(serializers.ModelSerializer[CaseParticipant]):
    """A person in a case. `label` is the word to show: it follows the legal status."""

    person = PersonSerializer(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    led_category = serializers.ChoiceField(choices=LedCategory.choices, read_only=True)

    class Meta:
        model = CaseParticipant
        fields = (
            "id",
            "case",
            "person",
            "role",
            "legal_status",
            "label",
            "led_category",
            "safeguarded_on",
        )
        read_only_fields = fields


class AddParticipantSerializer(StrictSerializer):
    """What `add_participant` takes; `identity` is sealed."""

    case = serializers.UUIDField()
    role = serializers.ChoiceField(choices=ParticipantRole.choices)
    legal_status = serializers.ChoiceField(choices=LegalStatus.choices, required=False)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False)
    birth_year = serializers.IntegerField(required=False, allow_null=True)
    citizenships = serializers.ListField(
        child=serializers.CharField(max_length=2), required=False, max_length=20
    )
    identity = serializers.DictField(required=False)


class ShowIdentitySerializer(StrictSerializer):
    """What for."""

    purpose = serializers.ChoiceField(choices=IdentityPurpose.choices)


class CorrectIdentitySerializer(StrictSerializer):
    """What is put right, by the version of the identity as it was seen (0 where there is none)."""

    version = serializers.IntegerField(min_value=0)
    reason = serializers.CharField(max_length=600)
    changes = serializers.DictField(required=False, default=dict)
    remove = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, max_length=40
    )


class IdentitySerializer(serializers.Serializer[Any]):
    """Who somebody is, once opened."""

    person = serializers.UUIDField(read_only=True)
    details = serializers.DictField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class NoteRowSerializer(serializers.ModelSerializer[CaseNote]):
    """A note of a list: when, by whom, what kind. Its text is opened one note at a time."""

    class Meta:
        model = CaseNote
        fields: Any = (
            "id",
            "case",
            "kind",
            "sensitivity",
            "author",
            "occurred_at",
            "person",
            "addendum_to",
            "corrects",
            "interview_place",
            "interview_agency",
            "created_at",
        )
        read_only_fields: Any = fields


NOTE_TEXTS = ("facts_reported", "facts_said_by", *PARTS[1:])


class NoteSerializer(NoteRowSerializer):
    """A note with its text. `unreadable` names the parts that did not open."""

    facts_reported = serializers.SerializerMethodField()
    facts_said_by = serializers.SerializerMethodField()
    observations = serializers.SerializerMethodField()
    professional_assessment = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    unreadable = serializers.SerializerMethodField()

    class Meta(NoteRowSerializer.Meta):
        fields: Any = (*NoteRowSerializer.Meta.fields, *NOTE_TEXTS, "unreadable")
        read_only_fields: Any = fields

    def get_facts_reported(self, note: CaseNote) -> str:
        return str(opened(note, "facts_reported").value)

    def get_facts_said_by(self, note: CaseNote) -> str:
        return str(opened(note, "facts_said_by").value)

    def get_observations(self, note: CaseNote) -> str:
        return str(opened(note, "observations").value)

    def get_professional_assessment(self, note: CaseNote) -> str:
        return str(opened(note, "professional_assessment").value)

    def get_actions(self, note: CaseNote) -> str:
        return str(opened(note, "actions").value)

    def get_unreadable(self, note: CaseNote) -> list[str]:
        return [name for name in NOTE_TEXTS if not opened(note, name).readable]


class WriteNoteSerializer(StrictSerializer):
    """What `write_note` takes."""

    case = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    occurred_at = serializers.DateTimeField()
    person = serializers.UUIDField(required=False, allow_null=True)
    facts_reported = serializers.CharField(required=False, allow_blank=True)
    facts_said_by = serializers.CharField(required=False, allow_blank=True, max_length=200)
    observations = serializers.CharField(required=False, allow_blank=True)
    professional_assessment = serializers.CharField(required=False, allow_blank=True)
    actions = serializers.CharField(required=False, allow_blank=True)
    sensitivity = serializers.ChoiceField(
        choices=Sensitivity.choices, required=False, allow_null=True
    )
    addendum_to = serializers.UUIDField(required=False, allow_null=True)
    corrects = serializers.BooleanField(required=False)
    interview_place = serializers.ChoiceField(
        choices=InterviewPlace.choices, required=False, allow_blank=True
    )
    interview_agency = serializers.UUIDField(required=False, allow_null=True)
    mentions = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=100)
    readers = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=100)


class ChangeLevelSerializer(StrictSerializer):
    """Another level for a signed note."""

    level = serializers.ChoiceField(choices=Sensitivity.choices)


class CheckNoteSerializer(StrictSerializer):
    """The texts of a note that is not signed yet."""

    case = serializers.UUIDField()
    person = serializers.UUIDField(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    sensitivity = serializers.ChoiceField(
        choices=Sensitivity.choices, required=False, allow_null=True
    )
    facts_reported = serializers.CharField(required=False, allow_blank=True)
    facts_said_by = serializers.CharField(required=False, allow_blank=True)
    observations = serializers.CharField(required=False, allow_blank=True)
    professional_assessment = serializers.CharField(required=False, allow_blank=True)
    actions = serializers.CharField(required=False, allow_blank=True)


class WordSerializer(serializers.Serializer[Any]):
    """One word to reconsider."""

    part = serializers.CharField(read_only=True)
    written = serializers.CharField(read_only=True)
    instead = serializers.CharField(read_only=True)
    why = serializers.CharField(read_only=True)


class NoticedSerializer(serializers.Serializer[Any]):
    """What to look at once more before a note is signed; nothing of it blocks."""

    words = WordSerializer(many=True, read_only=True)
    names_in = serializers.ListField(child=serializers.CharField(), read_only=True)
    long = serializers.BooleanField(read_only=True)
