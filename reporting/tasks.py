"""The background job that computes a release."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.db import InterfaceError, OperationalError

from accounts.models import User
from accounts.service_accounts import STATISTICIAN_ID
from reporting.models import StatisticsRelease
from reporting.services import releases


@shared_task(
    name="reporting.compute_release",
    # The database is away or the connection broke: it stays computing until the next try.
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
)
def compute_release(release_id: str) -> None:
    """Compute a release as the statistics service. May run twice: a settled release stays as it
    is, and one that is gone asks for nothing.
    """
    statistician = User.objects.get(pk=STATISTICIAN_ID)
    try:
        releases.compute_release(actor=statistician, release_id=uuid.UUID(release_id))
    except StatisticsRelease.DoesNotExist:
        return
