"""Code lists of the case file, by noun."""

from cases.choices.case import GrantReason, JusticeStage, ProtectionStage, Risk
from cases.choices.disclosure import LegalBasis
from cases.choices.note import RESTRICTED_KINDS, NoteKind
from cases.choices.person import (
    ALLEGED_OFFENDERS,
    Gender,
    IdentityPurpose,
    LegalStatus,
    ParticipantRole,
)

__all__ = [
    "ALLEGED_OFFENDERS",
    "RESTRICTED_KINDS",
    "Gender",
    "GrantReason",
    "IdentityPurpose",
    "JusticeStage",
    "LegalBasis",
    "LegalStatus",
    "NoteKind",
    "ParticipantRole",
    "ProtectionStage",
    "Risk",
]
