"""Acts on one's own account, for which no role gives or takes the right."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from audit.acting import open_settings


@contextmanager
def own_act() -> Iterator[uuid.UUID]:
    """An act on one's own account, or on the way into it. The link, the password or the session of
    the person themselves is the authority, so there is no permission to ask for. Whoever opens it
    writes its event with `audit.events.write_event`."""
    with transaction.atomic(durable=True):
        act = uuid.uuid4()
        open_settings(actor=None, act=act)
        yield act
