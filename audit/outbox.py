"""The outbox: a job leaves for the queue only after its act has committed, and never gets lost.

The row is written in the act's transaction and sent on commit; beat sends again whatever is older
than a minute and unsent, so that a Redis outage or a crash between commit and send loses nothing.
A job may therefore arrive twice, and every task may run twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.models import OutboxMessage

RESEND_AFTER = timedelta(minutes=1)


def send_after_commit(act: uuid.UUID, task: str, ids: Sequence[str]) -> None:
    """Write the message now and send it when the transaction commits."""
    message = OutboxMessage.objects.create(act=act, task=task, ids=list(ids))

    # A function with a name: Django says it when the sending fails.
    def send_it() -> None:
        send(message.pk)

    # robust: a failure to send must not turn a committed act into an error page.
    transaction.on_commit(send_it, robust=True)


def send(message_id: uuid.UUID) -> bool:
    """Hand one message to Celery. False when the queue is away; beat tries again."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, sent_at=None)
            .first()
        )
        if message is None:
            return True
        try:
            current_app.send_task(message.task, args=message.ids)
        except (OperationalError, OSError):
            return False
        message.sent_at = timezone.now()
        message.save(update_fields=["sent_at"])
    return True


def send_waiting(*, at: datetime) -> int:
    """Send what has waited longer than a minute. Returns how many left."""
    waiting = OutboxMessage.objects.filter(sent_at=None, created_at__lt=at - RESEND_AFTER)
    sent = 0
    for message_id in waiting.order_by("created_at").values_list("pk", flat=True)[:1000]:
        if not send(message_id):
            break
        sent += 1
    return sent
