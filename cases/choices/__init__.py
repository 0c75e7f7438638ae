"""Code lists of the case file, by noun."""

from cases.choices.case import TEAM_REASONS, GrantReason, JusticeStage, ProtectionStage, Risk
from cases.choices.disclosure import LegalBasis
from cases.choices.emergency import EmergencyReason
from cases.choices.note import (
    HEALTH_KINDS,
    LEGAL_KINDS,
    RESTRICTED_KINDS,
    InterviewPlace,
    NoteKind,
)
from cases.choices.person import (
    ALLEGED_OFFENDERS,
    CLEARED,
    LEGAL_STEPS,
    OTHER_END,
    ROLL_UPS,
    Closeness,
    Gender,
    HtcdsRelationship,
    IdentityPurpose,
    Kinship,
    LedCategory,
    LegalStatus,
    ParticipantRole,
    Source,
)

__all__ = [
    "ALLEGED_OFFENDERS",
    "CLEARED",
    "HEALTH_KINDS",
    "LEGAL_KINDS",
    "LEGAL_STEPS",
    "OTHER_END",
    "RESTRICTED_KINDS",
    "ROLL_UPS",
    "TEAM_REASONS",
    "Closeness",
    "EmergencyReason",
    "Gender",
    "GrantReason",
    "HtcdsRelationship",
    "IdentityPurpose",
    "InterviewPlace",
    "JusticeStage",
    "Kinship",
    "LedCategory",
    "LegalBasis",
    "LegalStatus",
    "NoteKind",
    "ParticipantRole",
    "ProtectionStage",
    "Risk",
    "Source",
]
