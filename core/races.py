"""When two people do the same at once, and the database lets only one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from core.errors import DomainError


@contextmanager
def only_one(constraint: str, otherwise: DomainError) -> Iterator[None]:
    """Tell whoever came second what happened, in the words of `otherwise`.

    Some of what a service looks for before it writes it can't see: a row that another transaction
    has not committed, or one of a case that is not the actor's. The constraint sees it.

    Args:
        constraint: its name; any other one broken is a fault and raised as it is.
        otherwise: raised instead; leaving the act with it rolls everything back.
    """
    try:
        yield
    except IntegrityError as clash:
        diag = getattr(clash.__cause__, "diag", None)
        if getattr(diag, "constraint_name", None) != constraint:
            raise
        raise otherwise from None
