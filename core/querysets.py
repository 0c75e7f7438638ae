"""One way to read: every model with case data is read through `visible_to`."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Case, Exists, Value, When

from core.actors import Actor

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Base of every domain queryset. What `actor` may not see does not exist for them."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows `actor` may see.

        Raises:
            NotImplementedError: the model has not said who sees it, so nobody does.
        """
        raise NotImplementedError(f"{self.model.__name__} has not said who may see it")

    def locked(self) -> Self:
        """The same rows, locked until the act ends, without locking what they point to."""
        return self.select_for_update(of=("self",))


def row_by_row(condition: Exists) -> Case:
    """The same condition, asked of each row that everything else has let through.

    PostgreSQL makes a join of a bare EXISTS, and then walks all that somebody may see to find the
    few rows that an index would have given it. Inside a CASE it leaves it alone.
    """
    return Case(When(condition, then=Value(True)), default=Value(False))


def scoped_manager(queryset: type[ScopedQuerySet[Any]]) -> Any:
    """A manager over `queryset` that related lookups use too."""
    return queryset.as_manager()
