"""Who sees which case, and with it whom and what is written there."""

from cases.querysets.case import (
    VIEW,
    CaseQuerySet,
    GrantQuerySet,
    UserGrantQuerySet,
    standing_case_ids,
    visible_case_ids,
)
from cases.querysets.emergency import BreakGlassQuerySet
from cases.querysets.family import (
    HouseholdMemberQuerySet,
    HouseholdQuerySet,
    RelationshipLinkQuerySet,
)
from cases.querysets.note import NoteQuerySet, NoteReaderQuerySet
from cases.querysets.person import (
    IdentityQuerySet,
    LegalStatusChangeQuerySet,
    ParticipantQuerySet,
    PersonQuerySet,
)
from cases.querysets.rights import ErasureRequestQuerySet, LegalHoldQuerySet

__all__ = [
    "VIEW",
    "BreakGlassQuerySet",
    "CaseQuerySet",
    "ErasureRequestQuerySet",
    "GrantQuerySet",
    "HouseholdMemberQuerySet",
    "HouseholdQuerySet",
    "IdentityQuerySet",
    "LegalHoldQuerySet",
    "LegalStatusChangeQuerySet",
    "NoteQuerySet",
    "NoteReaderQuerySet",
    "ParticipantQuerySet",
    "PersonQuerySet",
    "RelationshipLinkQuerySet",
    "UserGrantQuerySet",
    "standing_case_ids",
    "visible_case_ids",
]
