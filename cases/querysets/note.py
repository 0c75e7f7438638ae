"""Who reads which note: the level, the author, and those named."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Q

from cases.querysets.case import standing_case_ids, visible_case_ids
from core.actors import Actor
from core.choices import Sensitivity
from core.querysets import ScopedQuerySet


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
            | Q(author_id=actor.pk)
            | Q(pk__in=named.values("note_id"))
        )


class NoteReaderQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        notes = apps.get_model("cases", "CaseNote").objects
        return self.filter(note_id__in=notes.visible_to(actor).values("pk"))
