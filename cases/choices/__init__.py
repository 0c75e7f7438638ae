"""Code lists of the case file, by noun."""

from cases.choices.case import TEAM_REASONS, GrantReason, JusticeStage, ProtectionStage, Risk
from cases.choices.disclosure import LegalBasis
from cases.choices.emergency import EmergencyReason
from cases.choices.note import RESTRICTED_KINDS, NoteKind
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
from cases.choices.rights import (
    ErasureGround,
    ErasureStatus,
    RefusalGround,
    RetentionReason,
)

__all__ = [
    "ALLEGED_OFFENDERS",
    "CLEARED",
    "LEGAL_STEPS",
    "OTHER_END",
    "RESTRICTED_KINDS",
    "ROLL_UPS",
    "TEAM_REASONS",
    "Closeness",
    "EmergencyReason",
    "ErasureGround",
    "ErasureStatus",
    "Gender",
    "GrantReason",
    "HtcdsRelationship",
    "IdentityPurpose",
    "JusticeStage",
    "Kinship",
    "LedCategory",
    "LegalBasis",
    "LegalStatus",
    "NoteKind",
    "ParticipantRole",
    "ProtectionStage",
    "RefusalGround",
    "RetentionReason",
    "Risk",
    "Source",
]
