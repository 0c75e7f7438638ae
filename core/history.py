"""Field history: what stood in a record before each change, joined to the act that changed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar

import pghistory
from django.db import models
from django.db.models.expressions import Func, Value
from django.db.models.functions import Cast

from core.actors import Actor
from core.querysets import ScopedQuerySet
from core.records import ONLY_IN_ACT

T = TypeVar("T", bound=type[models.Model])


class HistoryQuerySet(ScopedQuerySet[Any]):
    """A record's history is seen by whoever sees the record."""

    def visible_to(self, actor: Actor) -> Self:
        tracked: Any = self.model.pgh_tracked_model
        return self.filter(id__in=tracked._default_manager.visible_to(actor).values("pk"))


def keeps_history(
    *fields: str, queryset: type[HistoryQuerySet] = HistoryQuerySet
) -> Callable[[T], T]:
    """Decorate a model: every insert and update copies the named fields to `<Model>Event`.

    `queryset` says who sees a version, where that is not everybody who sees the record.

    A record's versions are found by its id, newest first, however long the table grows.

    Sealed fields stay out: their ciphertext is bound to its own row and dies with its key.
    The trigger fills `act` from the transaction's setting, so no code can forget it.
    """

    def decorate(model: T) -> T:
        # None leaves the column out; the library's stubs do not say so.
        none: Any = None
        tracked: T = pghistory.track(
            pghistory.InsertEvent("made"),
            pghistory.UpdateEvent("changed"),
            fields=["id", *fields],
            obj_field=none,
            context_field=none,
            model_name=f"{model.__name__}Event",
            attrs={
                "act": models.UUIDField(
                    null=True,
                    db_default=Cast(
                        Func(Value("liwanag.act"), Value(True), function="current_setting"),
                        models.UUIDField(),
                    ),
                ),
                "objects": queryset.as_manager(),
            },
            meta={
                "triggers": [ONLY_IN_ACT],
                "indexes": [
                    models.Index(fields=["id", "-pgh_id"], name=f"of_{model.__name__.lower()}"[:30])
                ],
            },
        )(model)
        return tracked

    return decorate
