"""The one way to write: one transaction, one permission check, at least one audit event.

    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.accept_handoff", handoff)
        handoff.accept(...)
        handoff.save()
        act.record("handoff.accepted", handoff)

Leaving the block without both `authorise` and `record` rolls everything back. An inner act joins
the outer one; its failure dooms the outer even if somebody catches it. A refusal (`Denied`) is
recorded by the outermost exit, in a transaction of its own, after the work is rolled back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction

from audit.events import case_of, write_event, write_events
from audit.outbox import send_after_commit
from core.actors import Actor
from core.errors import Denied


class ActNotClosed(RuntimeError):
    """A service left its act without asking permission or without recording what it did."""


class ActDoomed(RuntimeError):
    """An inner act failed and the failure was swallowed; the outer act cannot stand."""


_current: ContextVar[Act | None]


class Act:
    """What a service holds while it works. Made by `acting`, never by hand."""

    def __init__(self, actor: Actor, root: Act | None) -> None:
        self.actor = actor
        self.root = root or self
        self.id: uuid.UUID = root.id if root else uuid.uuid4()
        self.authorised = False
        self.recorded = 0
        self.doomed: BaseException | None = None

    def authorise(
        self, permission: str, record: models.Model | None = None, *, verdict: bool = True
    ) -> None:
        """Ask once whether the actor may.

        Args:
            permission: a permission of the role table (`accounts.roles`).
            record: what it is about, so that a refusal says so in the log.
            verdict: a policy's answer where the role alone is not enough.

        Raises:
            Denied: the role lacks the permission or the policy says no.
        """
        if not (self.actor.may(permission) and verdict):
            raise Denied(
                permission,
                object_type=record._meta.label_lower if record is not None else "",
                object_id=record.pk if record is not None else None,
                case_id=case_of(record) if record is not None else None,
            )
        self.authorised = True

    def record(
        self,
        verb: str,
        record: models.Model | None = None,
        *,
        fields: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        purpose: str = "",
        case_id: uuid.UUID | None = None,
        commitment: bytes | None = None,
    ) -> None:
        """Write the event of what is being done. See `audit.events.write_event`."""
        write_event(
            act=self.id,
            actor=self.actor,
            verb=verb,
            record=record,
            fields=fields,
            facts=facts,
            purpose=purpose,
            case_id=case_id,
            commitment=commitment,
        )
        self.recorded += 1

    def record_each(
        self,
        verb: str,
        records: Sequence[models.Model],
        *,
        facts: Sequence[Mapping[str, Any]],
    ) -> None:
        """Write one event for each record of a batch. See `audit.events.write_events`."""
        write_events(act=self.id, actor=self.actor, verb=verb, records=records, facts=facts)
        self.recorded += len(records)

    def after_commit(self, task: str, *ids: str) -> None:
        """Have a background job start once this act has committed; survives a Redis outage.

        Args:
            task: the Celery task's name.
            ids: ids only; a task refetches what it needs.
        """
        send_after_commit(self.id, task, ids)


_current = ContextVar("current_act", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[Act]:
    """Open an act of `actor`, or join the one already open.

    Raises:
        ActNotClosed: the block ended without `authorise` and `record`.
        ActDoomed: an inner act failed and was swallowed.
        Denied: the actor may not; recorded before it leaves here.
    """
    parent = _current.get()
    if parent is not None:
        yield from _joined(actor, parent)
        return
    act = Act(actor, None)
    token = _current.set(act)
    try:
        with transaction.atomic(durable=True):
            open_settings(actor=actor.pk, act=act.id)
            yield act
            if isinstance(act.doomed, Denied):
                raise act.doomed
            if act.doomed is not None:
                raise ActDoomed("an inner act failed") from act.doomed
            _check_closed(act)
    except Denied as refusal:
        record_refusal(act.id, actor, refusal)
        raise
    finally:
        _current.reset(token)


def _joined(actor: Actor, parent: Act) -> Iterator[Act]:
    if actor.pk != parent.actor.pk:
        raise ActNotClosed("an act has one actor; the inner act names another")
    act = Act(actor, parent.root)
    token = _current.set(act)
    try:
        yield act
        _check_closed(act)
    except BaseException as failure:
        parent.root.doomed = failure
        raise
    finally:
        _current.reset(token)


def _check_closed(act: Act) -> None:
    if not act.authorised:
        raise ActNotClosed("nobody asked whether this may be done: call act.authorise")
    if not act.recorded:
        raise ActNotClosed("what was done was not recorded: call act.record")


def open_settings(*, actor: uuid.UUID | None, act: uuid.UUID | None) -> None:
    """Tell the database, for this transaction only, who asks and whether an act is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('liwanag.actor', %s, true), set_config('liwanag.act', %s, true)",
            [str(actor or ""), str(act or "")],
        )


def record_refusal(act_id: uuid.UUID, actor: Actor | None, refusal: Denied) -> None:
    """Record that somebody asked for what is not theirs to do, outside the rolled-back work."""
    with transaction.atomic():
        write_event(
            act=act_id,
            actor=actor,
            verb="act.refused",
            object_type=refusal.object_type,
            object_id=refusal.object_id,  # type: ignore[arg-type]
            case_id=refusal.case_id,  # type: ignore[arg-type]
            facts={"permission": refusal.permission},
            outcome="refused",
        )
