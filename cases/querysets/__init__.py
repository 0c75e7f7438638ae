"""Who sees which case, and with it whom and what is written there."""

from cases.querysets.case import (
    VIEW,
    CaseQuerySet,
    GrantQuerySet,
    UserGrantQuerySet,
    standing_case_ids,
    visible_case_ids,
)
from cases.querysets.consent import ConsentQuerySet, LegalGroundQuerySet
from cases.querysets.emergency import BreakGlassQuerySet
from cases.querysets.family import (
    HouseholdMemberQuerySet,
    HouseholdQuerySet,
    RelationshipLinkQuerySet,
)
from cases.querysets.note import (
    NoteDraftQuerySet,
    NoteMentionQuerySet,
    NoteQuerySet,
    NoteReaderQuerySet,
    kinds_at_l3,
)
from cases.querysets.person import (
    IdentityQuerySet,
    LegalStatusChangeQuerySet,
    ParticipantQuerySet,
    PersonQuerySet,
)

__all__ = [
    "VIEW",
    "BreakGlassQuerySet",
    "CaseQuerySet",
    "ConsentQuerySet",
    "GrantQuerySet",
    "HouseholdMemberQuerySet",
    "HouseholdQuerySet",
    "IdentityQuerySet",
    "LegalGroundQuerySet",
    "LegalStatusChangeQuerySet",
    "NoteDraftQuerySet",
    "NoteMentionQuerySet",
    "NoteQuerySet",
    "NoteReaderQuerySet",
    "ParticipantQuerySet",
    "PersonQuerySet",
    "RelationshipLinkQuerySet",
    "UserGrantQuerySet",
    "kinds_at_l3",
    "standing_case_ids",
    "visible_case_ids",
]
