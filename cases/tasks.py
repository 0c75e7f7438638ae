"""Background jobs of the case file."""

from __future__ import annotations

import uuid
from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID, PAPER_CLEANER_ID
from cases import paper_progress
from cases.models import PaperFile
from cases.services import drafts, duties, paper_files, retention
from cases.services.running_out import run_out_consents as close_what_ran_out


@shared_task(
    name="cases.tell", autoretry_for=(OSError, SMTPException), retry_backoff=True, max_retries=8
)
def tell(user_id: str) -> int:
    """Mail that says nothing but "come and look" (R-P3). May run twice: the same neutral words."""
    return sum(
        send_mail(
            _("You have something new"),
            _("You have something new. Sign in."),
            None,
            [person.email],
        )
        for person in User.objects.people().filter(pk=user_id, is_active=True)
    )


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
