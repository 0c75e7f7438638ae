"""Opening sealed values to show them: one that does not open says so in its own place.

A broken value must not take down the page around it, and must never read as blank: the reader
could take "nothing was written" for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import BinaryField, ExpressionWrapper, F
from django.db.models.expressions import Combinable

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


def open_together(records: Iterable[Any], names: Sequence[str]) -> None:
    """Open sealed fields of many rows of one model at once, each key looked up once.

    What opens stands in its attribute afterwards, as if it had been read; what does not stays
    sealed, and `opened` says why.
    """
    records = list(records)
    if not records:
        return
    fields: list[EncryptedTextField] = [records[0]._meta.get_field(name) for name in names]
    places = [field.where() for field in fields]
    openers: dict[Owner, Opener] = {}
    owners = [fields[0].owner_of(record) for record in records]
    load_keys(set(owners))
    for record, owner in zip(records, owners, strict=True):
        opener = openers.get(owner)
        if opener is None:
            opener = openers[owner] = Opener(owner)
        values = [record.__dict__.get(field.attname) for field in fields]
        sealed = [value.data if isinstance(value, Sealed) else b"" for value in values]
        try:
            clear = opener.open_row(record.pk, places, sealed)
        except (CannotOpen, KeyUnavailable):
            continue
        for field, data, opened_data in zip(fields, sealed, clear, strict=True):
            if data and opened_data is not None:
                record.__dict__[field.attname] = field.from_clear(opened_data)


def bare(*names: str) -> list[Combinable]:
    """Sealed columns for `values_list`, as bytes and nothing around them: for `opened_rows`."""
    return [ExpressionWrapper(F(name), output_field=BinaryField()) for name in names]


def opened_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[tuple[Owner, UUID, Sequence[bytes]]],
) -> Iterator[tuple[dict[str, str], bool]]:
    """The sealed texts of many rows, for a search: no models are made, each key is had once.

    Args:
        names: sealed text fields.
        rows: of each its owner, its id and the columns that `bare` gives, in the order of `names`.

    Yields:
        For each row, in order, the texts that are not empty by name, and whether one did not open.
    """
    rows = list(rows)
    places = [model._meta.get_field(name).where() for name in names]  # type: ignore[union-attr]
    openers: dict[Owner, Opener] = {}
    load_keys({owner for owner, _pk, _sealed in rows})
    for owner, pk, sealed in rows:
        opener = openers.get(owner)
        if opener is None:
            opener = openers[owner] = Opener(owner)
        try:
            clear = opener.open_row(pk, places, sealed)
        except Erased:
            yield {}, False  # Not a fault: it was erased in order.
            continue
        except (CannotOpen, KeyUnavailable):
            yield {}, any(sealed)
            continue
        yield (
            {name: data.decode() for name, data in zip(names, clear, strict=True) if data},
            None in clear,
        )
