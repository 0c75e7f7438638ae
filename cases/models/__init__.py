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
from cases.models.consent import Consent, LegalGround, ground_reference
from cases.models.family import Household, HouseholdMember, RelationshipLink
from cases.models.note import CaseNote, NoteReader
from cases.models.person import (
    CaseParticipant,
    LegalStatusChange,
    Person,
    PersonIdentity,
    survivor_code,
)

__all__ = [
    "OPEN_STAGES",
    "STAGE_STEPS",
    "Case",
    "CaseGroupObjectPermission",
    "CaseNote",
    "CaseParticipant",
    "CaseUserObjectPermission",
    "Consent",
    "Grant",
    "Household",
    "HouseholdMember",
    "LegalGround",
    "LegalStatusChange",
    "NoteReader",
    "Person",
    "PersonIdentity",
    "RelationshipLink",
    "case_reference",
    "ground_reference",
    "survivor_code",
]
