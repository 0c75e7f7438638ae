"""Who sees whom: the people of the cases one sees."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef

from cases.choices import ALLEGED_OFFENDERS, CLEARED
from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet, row_by_row


class ParticipantQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))

    def alleged_offenders(self) -> Self:
        """Alleged offenders who were not cleared."""
        return self.filter(role__in=ALLEGED_OFFENDERS).exclude(legal_status__in=CLEARED)

    def cleared(self) -> Self:
        return self.filter(legal_status__in=CLEARED)


class PersonQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """People take part in a case the actor sees."""
        participants = apps.get_model("cases", "CaseParticipant").objects
        return self.filter(pk__in=participants.visible_to(actor).values("person_id"))


class IdentityQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Who somebody is, for roles that may open it; sealed for whoever was cleared (R-A6)."""
        if not actor.may("cases.show_identity"):
            return self.none()
        people = apps.get_model("cases", "Person").objects
        places = apps.get_model("cases", "CaseParticipant").objects.visible_to(actor)
        # Somebody who was cleared and has no other place in a case is nobody's business any more.
        others = places.exclude(legal_status__in=CLEARED)
        return self.filter(person_id__in=people.visible_to(actor).values("pk")).filter(
            person_id__in=others.values("person_id")
        )


class PersonTokenQuerySet(IdentityQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Found is only who may be opened; asked row by row, since a look-up finds few of many."""
        if not actor.may("cases.show_identity"):
            return self.none()
        places = apps.get_model("cases", "CaseParticipant").objects.visible_to(actor)
        uncleared = places.exclude(legal_status__in=CLEARED)
        return self.filter(row_by_row(Exists(uncleared.filter(person_id=OuterRef("person_id")))))


class IdentityCorrectionQuerySet(IdentityQuerySet):
    """What stood before is seen by whoever may open what stands now."""


class LegalStatusChangeQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))
