"""Drafts that wait for their author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

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


def my_drafts(actor: Actor) -> QuerySet[NoteDraft]:
    """The actor's own drafts, latest first; their words stay sealed."""
    drafts: QuerySet[NoteDraft] = NoteDraft.objects.visible_to(actor)
    return drafts.select_related("case").defer("content")


def drafts_of(actor: Actor, case: Case) -> list[WaitingDraft]:
    """The actor's own drafts of one case, latest first."""
    drafts = my_drafts(actor).filter(case=case)
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


def notes_to_read(actor: Actor) -> QuerySet[NoteMention]:
    """The notes somebody asked `actor` to read, the longest waiting first."""
    waiting: QuerySet[NoteMention] = NoteMention.objects.visible_to(actor).waiting(actor)
    return (
        waiting.select_related("case", "note__author")
        .only("case__reference", "note__author__name", "note", "case", "created_at")
        .order_by("created_at")
    )
