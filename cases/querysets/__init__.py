"""Who sees which case, and with it whom and what is written there."""

from cases.querysets.case import VIEW, CaseQuerySet, GrantQuerySet, visible_case_ids
from cases.querysets.note import NoteQuerySet, NoteReaderQuerySet
from cases.querysets.person import IdentityQuerySet, ParticipantQuerySet, PersonQuerySet

__all__ = [
    "VIEW",
    "CaseQuerySet",
    "GrantQuerySet",
    "IdentityQuerySet",
    "NoteQuerySet",
    "NoteReaderQuerySet",
    "ParticipantQuerySet",
    "PersonQuerySet",
    "visible_case_ids",
]
