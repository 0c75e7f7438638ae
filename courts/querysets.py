"""Who sees the courts' part of a case: whoever sees the case and whose role reads proceedings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, Subquery

from cases.querysets import standing_case_ids, visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet
from courts.choices import MOVED, OVER, STILL_WANTED, Stage


class PlannedOperationQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Sealed (L4): for whoever planned it and whoever was named, and who works on its case.

        Emergency access opens nothing of it (R-A2).
        """
        if not actor.may("courts.read_operation"):
            return self.none()
        return self.filter(
            Q(made_by_id=actor.pk) | Q(pk__in=_named(actor)),
            about_id__in=standing_case_ids(actor),
        )


class PlannedMemberQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        operations = apps.get_model("courts", "PlannedOperation").objects.visible_to(actor)
        return self.filter(operation_id__in=operations.values("pk"))


def _named(actor: Actor) -> Any:
    members = apps.get_model("courts", "PlannedOperationMember").objects
    return members.filter(user_id=actor.pk).values("operation_id")


class LawQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The law is the same for everybody who reads proceedings."""
        return self.all() if actor.may("courts.read_proceeding") else self.none()

    def holding_on(self, day: date) -> Self:
        """What is in force on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class _OfCase(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("courts.read_proceeding"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class ProceedingQuerySet(_OfCase):
    def pending(self) -> Self:
        """A court has still something to decide."""
        return self.exclude(stage__in=OVER)

    def over(self) -> Self:
        return self.filter(stage__in=OVER)

    def running(self) -> Self:
        """Somebody may still be tried for it: it is not over, or it stopped because the accused is
        at large or another court has it, and no later proceeding speaks for it."""
        changes = apps.get_model("courts", "StageChange").objects.filter(
            proceeding_id=OuterRef("pk")
        )
        later = (
            apps.get_model("courts", "Proceeding")
            .objects.filter(
                accused_id=OuterRef("accused_id"), opened_on__gte=OuterRef("reached_on")
            )
            .exclude(pk=OuterRef("pk"))
        )
        stopped = Q(stage=Stage.DISCONTINUED) & (
            Q(step__code__in=MOVED) | Q(stopped_because__in=STILL_WANTED)
        )
        return self.alias(
            stopped_because=Subquery(changes.order_by("-number").values("reason")[:1]),
            has_later=Exists(later),
        ).filter(~Q(stage__in=OVER) | stopped & Q(has_later=False))


class StageChangeQuerySet(_OfCase):
    pass


class ChargeQuerySet(_OfCase):
    pass


class VerdictQuerySet(_OfCase):
    pass


class AppealQuerySet(_OfCase):
    pass


class RulingQuerySet(_OfCase):
    pass


class SentenceQuerySet(_OfCase):
    def in_force(self) -> Self:
        """What no later decision stands in the place of."""
        return self.filter(superseded_on=None)


class AwardQuerySet(_OfCase):
    pass


class WishQuerySet(_OfCase):
    pass


class OperationQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What was conducted is known to whoever works on the case and reads operations."""
        if not actor.may("courts.read_operation"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class OutcomeQuerySet(OperationQuerySet):
    def in_force(self) -> Self:
        """The last value for each person."""
        return self.filter(replaced_by=None)


class HearingQuerySet(_OfCase):
    def ahead(self, now: datetime) -> Self:
        """Scheduled, and not over yet."""
        return self.filter(status="scheduled", starts_at__gte=now)

    def between(self, first: datetime, last: datetime) -> Self:
        """Those that begin from one moment to another, the last left out."""
        return self.filter(starts_at__gte=first, starts_at__lt=last)


class AttendanceQuerySet(_OfCase):
    pass


class FeedQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user_id=actor.pk)
