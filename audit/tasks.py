"""Background jobs of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from audit.outbox import send_waiting


@shared_task(name="audit.send_outbox", quiet_when_idle=True)
def send_outbox() -> int:
    """Send again what the queue did not take. May run twice: each message is locked and marked."""
    return send_waiting(at=timezone.now())
