"""Background jobs on the log: its check, and the watch for unusual reading. Each may run twice."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError

from accounts.models import User
from accounts.service_accounts import WATCHER_ID
from audit.checking import check_log as check_whole_log
from desk.services.watching import watch_log as look_through


@shared_task(
    name="desk.check_log",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=5,
)
def check_log() -> None:
    """Check the whole log as the log watch; what was checked a moment ago is not checked again."""
    check_whole_log(actor=User.objects.get(pk=WATCHER_ID))


@shared_task(
    name="desk.watch_log",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=5,
    quiet_when_idle=True,
)
def watch_log() -> int:
    """Look through what is new in the log as the log watch. Returns how many entries it was."""
    return look_through(actor=User.objects.get(pk=WATCHER_ID))
