"""Drafts that wait for their author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.models import Case, NoteDraft, NoteMention
from core.actors import Actor

MOST_DRAFTS = 20


@dataclass(frozen=True)
class WaitingDraft:
    """One draft: where it belongs and until when it is kept. What it says stays closed."""

    pk: UUID
    case_id: UUID
    reference: str
    saved_at: datetime
    expires_at: datetime
    is_addendum: bool


def drafts_of(actor: Actor, case: Case | None = None) -> list[WaitingDraft]:
    """The actor's own drafts, latest first; of one case where it is given."""
    drafts = NoteDraft.objects.visible_to(actor).select_related("case").defer("content")
    if case is not None:
        drafts = drafts.filter(case=case)
    return [
        WaitingDraft(
            pk=draft.pk,
            case_id=draft.case_id,
            reference=draft.case.reference,
            saved_at=draft.saved_at,
            expires_at=draft.expires_at,
            is_addendum=draft.addendum_to_id is not None,
        )
        for draft in drafts[:MOST_DRAFTS]
    ]


def notes_to_read(actor: Actor) -> list[tuple[UUID, str, str]]:
    """(note id, case reference, author) of the notes somebody asked `actor` to read."""
    waiting = (
        NoteMention.objects.visible_to(actor)
        .waiting(actor)
        .select_related("case", "note__author")
        .order_by("created_at")[:MOST_DRAFTS]
    )
    return [
        (mention.note_id, mention.case.reference, mention.note.author.name) for mention in waiting
    ]
