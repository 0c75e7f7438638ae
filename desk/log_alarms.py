"""What is late about the audit log, as cards for auditors and protection officers."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from audit.health import Alarm, log_health
from desk.cards import Card


def log_alarms(at: datetime) -> tuple[Alarm, ...]:
    """What somebody must look at now; empty when the log is kept as promised."""
    return log_health(at).alarms


def cards_of_alarms(actor: User, at: datetime) -> list[Card]:
    """The alarms for My work; none for those to whom the log is not open."""
    if not (actor.may("audit.read_log") and actor.of_the_house):
        return []
    return [
        Card(
            what=alarm.title,
            who=alarm.what_to_do,
            due=None,
            url=reverse("audit_trail:events"),
            icon="audit",
            urgent=True,
        )
        for alarm in log_alarms(at)
    ]
