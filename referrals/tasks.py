"""Background jobs of the referral desk."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from referrals.services import oncall


@shared_task(
    name="referrals.escalate_danger",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def escalate_danger() -> int:
    """Call more people where nobody answered. May run twice: a step is told of once."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return oncall.escalate_danger(actor=keeper, at=timezone.now())
