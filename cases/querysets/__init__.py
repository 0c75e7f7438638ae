"""Who sees which case, and with it whom and what is written there."""

from cases.querysets.case import VIEW, CaseQuerySet, GrantQuerySet, visible_case_ids
from cases.querysets.consent import ConsentQuerySet, LegalGroundQuerySet
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

__all__ = [
    "VIEW",
    "CaseQuerySet",
    "ConsentQuerySet",
    "GrantQuerySet",
    "HouseholdMemberQuerySet",
    "HouseholdQuerySet",
    "IdentityQuerySet",
    "LegalGroundQuerySet",
    "LegalStatusChangeQuerySet",
    "NoteQuerySet",
    "NoteReaderQuerySet",
    "ParticipantQuerySet",
    "PersonQuerySet",
    "RelationshipLinkQuerySet",
    "visible_case_ids",
]
