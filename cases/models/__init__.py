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
from cases.models.emergency import BreakGlass
from cases.models.family import Household, HouseholdMember, RelationshipLink
from cases.models.note import CaseNote, NoteReader
from cases.models.person import (
    CaseParticipant,
    LegalStatusChange,
    Person,
    PersonIdentity,
    survivor_code,
)
from cases.models.rights import ErasureRequest, LegalHold

__all__ = [
    "OPEN_STAGES",
    "STAGE_STEPS",
    "BreakGlass",
    "Case",
    "CaseGroupObjectPermission",
    "CaseNote",
    "CaseParticipant",
    "CaseUserObjectPermission",
    "ErasureRequest",
    "Grant",
    "Household",
    "HouseholdMember",
    "LegalHold",
    "LegalStatusChange",
    "NoteReader",
    "Person",
    "PersonIdentity",
    "RelationshipLink",
    "case_reference",
    "survivor_code",
]
