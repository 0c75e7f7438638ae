"""The one way to read: the database knows who asks, and the reading is in the log before the page.

`ReadingMiddleware` opens the block around every safe request, rendering included. Unsafe requests
open their own around validation and re-display, and `acting` for the write.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from audit.acting import open_settings
from audit.events import case_of, write_event
from audit.verbs import looks
from core.actors import Actor

_current: ContextVar[Reading | None]


@dataclass(frozen=True)
class About:
    """The record a reading opened first, as its entry in the log names it."""

    object_type: str
    object_id: uuid.UUID
    case_id: uuid.UUID | None


class Reading:
    """One look at the data by one person; its events share one id."""

    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor
        self.id = uuid.uuid4()
        self.about: About | None = None

    def record(
        self,
        verb: str,
        record: models.Model | None = None,
        *,
        object_type: str = "",
        object_id: uuid.UUID | None = None,
        fields: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        purpose: str = "",
        case_id: uuid.UUID | None = None,
    ) -> None:
        """Write that something is being opened, listed, searched or taken out.

        Raises:
            DatabaseError: it could not be written; the read then fails.
        """
        write_event(
            act=self.id,
            actor=self.actor,
            verb=verb,
            record=record,
            object_type=object_type,
            object_id=object_id,
            fields=fields,
            facts=facts,
            purpose=purpose,
            case_id=case_id,
        )
        if self.about is None and verb in looks():
            if record is not None:
                object_type, object_id = record._meta.label_lower, record.pk
                case_id = case_id or case_of(record)
            if object_id is not None:
                self.about = About(object_type, object_id, case_id)


def read_so_far() -> About | None:
    """What the open reading has shown; None outside one, and where it showed no single record."""
    look = _current.get()
    return look.about if look else None


_current = ContextVar("current_reading", default=None)


@contextmanager
def reading(actor: Actor | None) -> Iterator[Reading]:
    """Open a reading of `actor` in a transaction of its own, or join the one open for them."""
    parent = _current.get()
    if parent is not None:
        yield parent
        return
    look = Reading(actor)
    token = _current.set(look)
    try:
        with transaction.atomic(durable=True):
            open_settings(actor=actor.pk if actor else None, act=None)
            yield look
    finally:
        _current.reset(token)
