"""Who sees the courts' part of a case: whoever sees the case and whose role reads proceedings."""

from __future__ import annotations

from typing import Any, Self

from cases.querysets import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class _OfCase(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("courts.read_proceeding"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class ProceedingQuerySet(_OfCase):
    def pending(self) -> Self:
        return self.exclude(stage__in=("final", "discontinued"))


class ChargeQuerySet(_OfCase):
    pass


class VerdictQuerySet(_OfCase):
    pass
