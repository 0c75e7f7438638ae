"""Who sees whom: the people of the cases one sees."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class ParticipantQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))


class PersonQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """People take part in a case the actor sees."""
        participants = apps.get_model("cases", "CaseParticipant").objects
        return self.filter(pk__in=participants.visible_to(actor).values("person_id"))


class IdentityQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.show_identity"):
            return self.none()
        people = apps.get_model("cases", "Person").objects
        return self.filter(person_id__in=people.visible_to(actor).values("pk"))
