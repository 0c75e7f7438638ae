"""Opening sealed values to show them: one that does not open says so in its own place.

A broken value must not take down the page around it, and must never read as blank: the reader
could take "nothing was written" for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from vault.errors import ERASED, UNREADABLE, CannotOpen, Erased, KeyUnavailable


@dataclass(frozen=True)
class Opened:
    """A value, or the words that stand in its place.

    Attributes:
        value: the clear value; `UNREADABLE` where `readable` is false.
        readable: whoever shows it records `text.unreadable` for the row when this is false.
    """

    value: Any
    readable: bool = True


def opened(record: models.Model, name: str) -> Opened:
    """The value of `record`'s sealed field `name`, never an exception and never ciphertext."""
    try:
        return Opened(getattr(record, name))
    except Erased:
        # Not a fault: nobody is to be alarmed by what was erased in order.
        return Opened(str(ERASED))
    except (CannotOpen, KeyUnavailable):
        return Opened(str(UNREADABLE), readable=False)
