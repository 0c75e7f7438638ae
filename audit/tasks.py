"""Background jobs of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from audit.outbox import send_unfinished, send_waiting


@shared_task(name="audit.send_outbox", quiet_when_idle=True)
def send_outbox() -> int:
    """Send again what the queue did not take. May run twice: each message is locked and marked."""
    return send_waiting(at=timezone.now())


@shared_task(name="audit.take_up_unfinished", quiet_when_idle=True)
def take_up_unfinished() -> int:
    """Send again what an earlier worker took and did not end. A worker asks for it as it starts."""
    return send_unfinished(at=timezone.now())
