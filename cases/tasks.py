"""Background jobs of the case file."""

from __future__ import annotations

import uuid
from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID, PAPER_CLEANER_ID
from accounts.services import notices
from cases.models import PaperFile
from cases.paper_progress import paper_progress
from cases.services import drafts, duties, paper_files, retention
from cases.services.running_out import run_out_consents as close_what_ran_out


@shared_task(
    name="cases.tell",
    bind=True,
    autoretry_for=(OSError, SMTPException, OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
)
def tell(self: Any, user_id: str) -> int:
    """Tell somebody of the act that sent this: a notice, and mail as they chose. May run twice."""
    act = notices.act_of_job(self.request.id)
    return notices.tell_of_act(uuid.UUID(user_id), act, timezone.now())


@shared_task(
    name="cases.drop_old_drafts",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
)
def drop_old_drafts() -> int:
    """Drop drafts that nobody came back to. May run twice: then there is nothing left to drop."""
    return drafts.drop_old_drafts(actor=User.objects.get(pk=HOUSEKEEPER_ID))


@shared_task(
    name="cases.alert_overdue_duties",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def alert_overdue_duties() -> int:
    """Tell two people of every overdue duty to report. May run twice: each is told of once."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return duties.alert_overdue_duties(actor=keeper, at=timezone.now())


@shared_task(
    name="cases.list_due_for_review",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
)
def list_due_for_review() -> int:
    """List what has been kept long enough. May run twice: what is listed is not listed again."""
    return retention.list_due(actor=User.objects.get(pk=HOUSEKEEPER_ID), at=timezone.now())


@shared_task(
    name="cases.clean_paper",
    # The database is away or the connection broke: it stays waiting until the next try.
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
)
def clean_paper(file_id: str) -> None:
    """Check a file that waits. May run twice: a settled one stays as it is."""
    file = uuid.UUID(file_id)
    cleaner = User.objects.get(pk=PAPER_CLEANER_ID)
    try:
        paper_files.clean_paper(
            actor=cleaner,
            file_id=file,
            progress=lambda done, of: paper_progress.tell(file, done, of),
        )
    except PaperFile.DoesNotExist:
        return
    paper_progress.tell(file, 0, 0, settled=True)


@shared_task(
    name="cases.run_out_consents",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def run_out_consents() -> int:
    """Close consents whose last day has passed. May run twice: then there is none left."""
    now = timezone.now()
    return close_what_ran_out(
        actor=User.objects.get(pk=HOUSEKEEPER_ID), on=timezone.localdate(now), at=now
    )
