"""Who reads which note: the level, the kind, the author, and those named (domain.md 5, matrix)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Now

from cases.choices import HEALTH_KINDS, LEGAL_KINDS
from cases.querysets.case import standing_case_ids, visible_case_ids
from core.actors import Actor
from core.choices import Sensitivity
from core.querysets import ScopedQuerySet

# Permission → the kinds it opens at L3, for roles whose level is L2 otherwise.
OPENED_AT_L3: dict[str, tuple[str, ...]] = {
    "cases.read_health_note": tuple(HEALTH_KINDS),
    "cases.read_legal_note": tuple(LEGAL_KINDS),
}


def kinds_at_l3(actor: Actor) -> list[str]:
    """The kinds of note that `actor` reads at L3 although their level is lower."""
    return [
        kind
        for permission, kinds in OPENED_AT_L3.items()
        if actor.may(permission)
        for kind in kinds
    ]


class NoteQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Notes of visible cases up to the actor's level, their own, those naming them."""
        if not actor.may("cases.read_note"):
            return self.none()
        named = apps.get_model("cases", "NoteReader").objects.filter(user_id=actor.pk)
        # What is sealed opens to nobody by emergency access, named or not (R-A2).
        within = Q(sensitivity__lt=Sensitivity.SEALED) | Q(case_id__in=standing_case_ids(actor))
        return self.filter(within, case_id__in=visible_case_ids(actor)).filter(
            Q(sensitivity__lte=actor.clearance)
            | Q(sensitivity=Sensitivity.RESTRICTED, kind__in=kinds_at_l3(actor))
            | Q(author_id=actor.pk)
            | Q(pk__in=named.values("note_id"))
        )


class NoteDraftQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own drafts in cases one sees; the housekeeping service finds those out of date."""
        if actor.may("cases.drop_old_drafts"):
            return self.expired()
        return self.filter(author_id=actor.pk, case_id__in=visible_case_ids(actor))

    def expired(self, at: datetime | None = None) -> Self:
        """Drafts whose time is over, by the database's clock when no other is given."""
        return self.filter(expires_at__lt=at or Now())


class NoteReaderQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        notes = apps.get_model("cases", "CaseNote").objects
        return self.filter(note_id__in=notes.visible_to(actor).values("pk"))


class NoteMentionQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Mentions of oneself, and those in one's own notes, as long as one reads the note."""
        notes = apps.get_model("cases", "CaseNote").objects
        return self.filter(Q(user_id=actor.pk) | Q(note__author_id=actor.pk)).filter(
            note_id__in=notes.visible_to(actor).values("pk")
        )

    def waiting(self, actor: Actor) -> Self:
        """Those that ask `actor` to read and that they have not answered yet."""
        return self.filter(user_id=actor.pk, read_at=None)
