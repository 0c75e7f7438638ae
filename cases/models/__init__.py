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
from cases.models.emergency import BreakGlass
from cases.models.family import Household, HouseholdMember, RelationshipLink
from cases.models.note import CaseNote, NoteDraft, NoteMention, NoteReader, key_owner
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
    "BreakGlass",
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
    "NoteDraft",
    "NoteMention",
    "NoteReader",
    "Person",
    "PersonIdentity",
    "RelationshipLink",
    "case_reference",
    "ground_reference",
    "key_owner",
    "survivor_code",
]
