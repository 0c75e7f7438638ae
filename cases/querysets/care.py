"""Who sees what a survivor went through, where they are placed, and what was found."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Q

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

READ_HARM = "cases.read_harm"


class OfHarm(ScopedQuerySet[Any]):
    """Level 3: for roles that work with survivors or their case in court."""

    def visible_to(self, actor: Actor) -> Self:
        if not actor.may(READ_HARM):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class SurvivorContextQuerySet(OfHarm):
    pass


class HarmRecordQuerySet(OfHarm):
    pass


class PlacementQuerySet(OfHarm):
    def current(self) -> Self:
        return self.filter(until=None)


class CustodyQuerySet(OfHarm):
    def current(self) -> Self:
        return self.filter(until=None)


class PlacementReaderQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Who may know where somebody lives is shown to whoever sees the case."""
        return self.filter(case_id__in=visible_case_ids(actor))


class PlacementAddressQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Level 4: named people alone, whatever their role (R-P8)."""
        readers = apps.get_model("cases", "PlacementReader").objects
        return self.filter(
            case_id__in=visible_case_ids(actor),
            placement_id__in=readers.filter(user_id=actor.pk).values("placement_id"),
        )


class MaterialQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Of a visible case; without one, one's own, and all of the agency's for who sees to it."""
        own = Q(case=None, agency_id=actor.agency_id)
        if not actor.may("cases.see_to_material"):
            own &= Q(found_by_id=actor.pk)
        return self.filter(Q(case_id__in=visible_case_ids(actor)) | own)


class MaterialStepQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        found = apps.get_model("cases", "MaterialFound").objects
        return self.filter(material_id__in=found.visible_to(actor).values("pk"))
