"""The outbox: a job leaves for the queue only after its act has committed, and never gets lost.

The row is written in the act's transaction and sent on commit. It stays open until the job has
ended and the event of its end is in the log. Beat sends again what is older than a minute and
unsent (the queue was away, or the web server died between commit and sending), and what was sent a
quarter of an hour ago and has not ended. A worker that starts sends all that has not ended: what
its predecessor held when it was killed would otherwise wait for an hour in the queue.

A job may therefore arrive twice, and every task may run twice; one that has ended is not run again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.models import OutboxMessage

RESEND_AFTER = timedelta(minutes=1)
# Longer than any pause between the tries of a job: one that waits for its next try is not lost.
UNFINISHED_AFTER = timedelta(minutes=15)
AT_ONCE = 1000


def send_after_commit(act: uuid.UUID, task: str, ids: Sequence[str]) -> None:
    """Write the message now and send it when the transaction commits."""
    message = OutboxMessage.objects.create(act=act, task=task, ids=list(ids))

    # A function with a name: Django says it when the sending fails.
    def send_it() -> None:
        send(message.pk)

    # robust: a failure to send must not turn a committed act into an error page.
    transaction.on_commit(send_it, robust=True)


def send(message_id: uuid.UUID, *, unless_since: datetime | None = None) -> bool:
    """Hand one message to Celery; the job's id is the message's.

    Args:
        unless_since: send it again if it was sent before that moment; None: only if never sent.

    Returns:
        False when the queue is away; beat tries again.
    """
    due = Q(sent_at=None)
    if unless_since is not None:
        due |= Q(sent_at__lt=unless_since)
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(due, pk=message_id, done_at=None)
            .first()
        )
        if message is None:
            return True
        try:
            current_app.send_task(message.task, args=message.ids, task_id=str(message.pk))
        except (OperationalError, OSError):
            return False
        message.sent_at = timezone.now()
        message.save(update_fields=["sent_at"])
    return True


def send_waiting(*, at: datetime) -> int:
    """Send what has waited longer than a minute, or has not ended for long. Returns how many."""
    return _send_all(
        Q(sent_at=None, created_at__lt=at - RESEND_AFTER) | Q(sent_at__lt=at - UNFINISHED_AFTER),
        sent_before=at - UNFINISHED_AFTER,
    )


def send_unfinished(*, at: datetime) -> int:
    """Send all that was sent before `at` and has not ended. Returns how many."""
    return _send_all(Q(sent_at__lt=at), sent_before=at)


def _send_all(due: Q, *, sent_before: datetime) -> int:
    waiting = OutboxMessage.objects.filter(due, done_at=None)
    sent = 0
    for message_id in waiting.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]:
        if not send(message_id, unless_since=sent_before):
            break
        sent += 1
    return sent


def has_ended(job_id: uuid.UUID) -> bool:
    """Whether this job came from the outbox and has ended."""
    return OutboxMessage.objects.filter(pk=job_id, done_at__isnull=False).exists()


def note_end(job_id: uuid.UUID) -> None:
    """Close the message of a job; nothing happens where it came from elsewhere, as from beat."""
    OutboxMessage.objects.filter(pk=job_id, done_at=None).update(done_at=timezone.now())
