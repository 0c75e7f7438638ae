"""Background jobs on the log: the check of all of it. Each may run twice."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError

from accounts.models import User
from accounts.service_accounts import WATCHER_ID
from audit.checking import check_log as check_whole_log


@shared_task(
    name="desk.check_log",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=5,
)
def check_log() -> None:
    """Check the whole log as the log watch; what was checked a moment ago is not checked again."""
    check_whole_log(actor=User.objects.get(pk=WATCHER_ID))
