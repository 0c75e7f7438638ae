"""Opening sealed values to show them: one that does not open says so in its own place.

A broken value must not take down the page around it, and must never read as blank: the reader
could take "nothing was written" for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from audit.current import now_acting
from audit.events import write_event
from vault.envelope import Opener
from vault.errors import ERASED, UNREADABLE, CannotOpen, Erased, KeyUnavailable
from vault.fields import EncryptedTextField, Sealed
from vault.keys import Owner, load_keys


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


def told(record: models.Model, name: str) -> Any:
    """As `opened`, and what does not open is written into the log at once, under whoever acts or
    reads now: for where no view stands between the value and the page."""
    said = opened(record, name)
    who = None if said.readable else now_acting()
    if who is not None:
        write_event(
            act=who.id, actor=who.actor, verb="text.unreadable", record=record, fields=[name]
        )
    return said.value


def opened_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Any]
) -> Iterator[tuple[dict[str, str], bool]]:
    """The sealed texts of many rows, for a search: no models are made, each key is had once.

    Args:
        names: sealed text fields of one owner.
        rows: of `values_list("pk", <the owner's columns>, *names, named=True)`.

    Yields:
        For each row, in order, the texts that are not empty by name, and whether one did not open.
    """
    rows = list(rows)
    fields: list[EncryptedTextField] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    places = [(name, field.where()) for name, field in zip(names, fields, strict=True)]
    openers: dict[Owner, Opener] = {}
    owners = [fields[0].owner_of(row) for row in rows]
    load_keys(set(owners))
    for row, owner in zip(rows, owners, strict=True):
        opener = openers.get(owner)
        if opener is None:
            opener = openers[owner] = Opener(owner)
        texts: dict[str, str] = {}
        broken, row_text = False, str(row.pk)
        for name, where in places:
            value = getattr(row, name)
            if not isinstance(value, Sealed):
                continue
            try:
                texts[name] = opener.open(
                    value.data, where=where, row=row.pk, row_text=row_text
                ).decode()
            except Erased:
                continue  # Not a fault: it was erased in order.
            except (CannotOpen, KeyUnavailable):
                broken = True
        yield texts, broken
