"""Who sees how somebody is reached and kept safe."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

READ_SAFETY = "cases.read_safety"


class OfSafety(ScopedQuerySet[Any]):
    """Records of visible cases, for roles that work with survivors."""

    def visible_to(self, actor: Actor) -> Self:
        if not actor.may(READ_SAFETY):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class SafeContactQuerySet(OfSafety):
    def version_of(self, case_id: Any, person_id: Any) -> int:
        """How many of a person's instructions one case holds: what a change is decided on."""
        numbers = self.filter(case_id=case_id, person_id=person_id).order_by("-version")
        return numbers.values_list("version", flat=True).first() or 0

    def newest_of(self, person_id: Any) -> Any:
        """The one that counts for a person, or None."""
        return self.filter(person_id=person_id).order_by("-created_at").first()


class ContactReadingQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What one acknowledged oneself."""
        return self.filter(case_id__in=visible_case_ids(actor), user_id=actor.pk)


class ContactAttemptQuerySet(OfSafety):
    def open(self) -> Self:
        return self.filter(outcome="planned")

    def permitted_and_tried(self) -> Self:
        """What counts as trying to reach somebody (R-C6): within the instructions, and done."""
        return self.filter(permitted=True, outcome__in=("no_answer", "somebody_else"))


class SafetyPlanQuerySet(OfSafety):
    def version_of(self, case_id: Any, person_id: Any) -> int:
        """How many plans one case holds for a person: what a change is decided on."""
        numbers = self.filter(case_id=case_id, person_id=person_id).order_by("-version")
        return numbers.values_list("version", flat=True).first() or 0

    def in_force(self) -> Self:
        return self.filter(status="active")

    def overdue(self, on: date) -> Self:
        return self.filter(status="active", review_on__lt=on)


class CrisisFlagQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the case must see that somebody in it is in danger."""
        return self.filter(case_id__in=visible_case_ids(actor))

    def raised(self) -> Self:
        return self.filter(lowered_at=None)


class ConflictBlockQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Blocks of the cases one sees, and one's own."""
        return self.filter(Q(case_id__in=visible_case_ids(actor)) | Q(user_id=actor.pk))

    def in_force(self) -> Self:
        return self.filter(lifted_at=None)
