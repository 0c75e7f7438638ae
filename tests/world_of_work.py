"""What the world of the walks holds of the work on a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.services.duties import note_duty
from cases.services.tasks import set_task
from referrals.services.duties import note_referral_duty


def add_work(world: Any) -> None:
    """What the law makes us tell: of the waiting referral, overdue; and of the case. A task."""
    worker, now = world.cast.caseworker, timezone.now()
    world.waiting_duty = note_referral_duty(
        actor=world.cast.intake,
        referral_id=world.waiting.pk,
        rule="social_welfare",
        trigger="abuse_disclosed",
        learned_at=now - timedelta(hours=50),
    )
    world.duty = note_duty(
        actor=worker,
        case_id=world.case_id,
        rule="social_welfare",
        trigger="immediate_danger",
        learned_at=now - timedelta(hours=1),
    )
    world.task = set_task(
        actor=worker,
        case_id=world.case_id,
        what="Ask the school about Monday",
        due_on=timezone.localdate(),
        person_id=world.survivor.person_id,
    )
