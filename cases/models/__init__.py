"""The case file: a case, the people in it, and what was written down."""

from cases.models.case import (
    OPEN_STAGES,
    STAGE_STEPS,
    Case,
    CaseGroupObjectPermission,
    CaseUserObjectPermission,
    Grant,
    case_reference,
)
from cases.models.note import CaseNote, NoteReader
from cases.models.person import CaseParticipant, Person, PersonIdentity, survivor_code

__all__ = [
    "OPEN_STAGES",
    "STAGE_STEPS",
    "Case",
    "CaseGroupObjectPermission",
    "CaseNote",
    "CaseParticipant",
    "CaseUserObjectPermission",
    "Grant",
    "NoteReader",
    "Person",
    "PersonIdentity",
    "case_reference",
    "survivor_code",
]
