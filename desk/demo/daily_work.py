"""The fictional work on the case of the demonstration: what was reported, planned and agreed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from cases.services.duties import note_duty, report_duty
from cases.services.tasks import set_task


def record_work(caseworker: User, case_id: UUID) -> str:
    """Tell social welfare in time, the police still to be told."""
    now = timezone.now()
    told = note_duty(
        actor=caseworker,
        case_id=case_id,
        rule="social_welfare",
        trigger="abuse_disclosed",
        learned_at=now - timedelta(minutes=35),
    )
    report_duty(
        actor=caseworker,
        duty_id=told.pk,
        version=told.version,
        how="written",
        reported_at=now - timedelta(minutes=10),
        office="Social welfare office, Northern Province",
        receipt_number="SWO-2026-0311",
    )
    note_duty(
        actor=caseworker,
        case_id=case_id,
        rule="police",
        trigger="alleged_offender_known",
        learned_at=now - timedelta(minutes=20),
    )
    today = timezone.localdate()
    for what, days in (
        ("Ask the school whether both can stay until six", 0),
        ("Call the aunt about the visit, within the safe hours", 1),
        ("Look how the first week at the shelter went", 7),
    ):
        set_task(
            actor=caseworker,
            case_id=case_id,
            what=what,
            due_on=today + timedelta(days=days),
            kind="follow_up" if days == 7 else "task",
        )
    return "social welfare told within 48 hours, with receipt; the police still to be told"
