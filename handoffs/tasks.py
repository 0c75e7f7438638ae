"""Telling people of handoffs: a notice, and mail that says nothing but "come and look" (R-P3).

Every task may run twice: each person is told once of an act. A task gets the id of a person or an
agency, never of a handoff: but for the round that stops what nothing carries, a worker sees no
handoffs.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.service_accounts import HOUSEKEEPER_ID
from accounts.services import notices
from audit.jobs import AuditedTask, steady_task
from core.errors import Denied
from handoffs.export_progress import export_progress
from handoffs.models import CaseExport
from handoffs.services import export_files
from handoffs.services.keys import keep_keys_in_order
from handoffs.services.reminding import remind_of_answers
from handoffs.services.stopping import expire_unanswered, stop_what_time_ended
from vault.errors import KeyUnavailable

DESK_ROLES = (Role.PARTNER_OFFICER, Role.INVESTIGATOR, Role.PROSECUTOR)
RETRY = {
    "autoretry_for": (OSError, SMTPException, OperationalError, InterfaceError),
    "retry_backoff": True,
    "max_retries": 8,
}


@shared_task(name="handoffs.tell_sender", bind=True, **RETRY)
def tell_sender(self: Any, user_id: str) -> int:
    """Tell one person of the sender's: who composed a handoff of its answer, who holds half of the
    archive's key of their half. Returns mails sent."""
    act = notices.act_of_job(self.request.id)
    return notices.tell_of_act(uuid.UUID(user_id), act, timezone.now())


@shared_task(name="handoffs.tell_desk", bind=True, **RETRY)
def tell_desk(self: Any, agency_id: str) -> int:
    """Tell the officers of a desk that something came, or ended. Returns mails sent."""
    now = timezone.now()
    officers = Membership.objects.live(now).filter(team__agency_id=agency_id, role__in=DESK_ROLES)
    people = User.objects.people().filter(pk__in=officers.values("user_id"), is_active=True)
    act = notices.act_of_job(self.request.id)
    return notices.tell_each_of_act(people.values_list("pk", flat=True), act, now)


@shared_task(
    name="handoffs.stop_uncovered",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def stop_uncovered() -> int:
    """Stop what time alone has ended. May run twice: then there is nothing left to stop."""
    return stop_what_time_ended(actor=User.objects.get(pk=HOUSEKEEPER_ID))


@shared_task(
    name="handoffs.expire_unanswered",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def expire() -> int:
    """Let expire what nobody answered by its last day. May run twice."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return expire_unanswered(actor=keeper, on=timezone.localdate())


@shared_task(
    name="handoffs.remind_of_answers",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def remind() -> int:
    """Remind whoever has to answer a handoff. May run twice: the second finds them reminded."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return remind_of_answers(actor=keeper, on=timezone.localdate())


@shared_task(
    name="handoffs.keep_keys_in_order",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    max_retries=8,
    quiet_when_idle=True,
)
def keep_keys() -> int:
    """Drop copies of desk keys whose officers' roles ended. May run twice."""
    return keep_keys_in_order(actor=User.objects.get(pk=HOUSEKEEPER_ID))


class ExportJob(AuditedTask):
    """The job of an export. Where it ends for good without a file, its page says so."""

    abstract = True

    def on_failure(self, exc: Any, task_id: Any, args: Any, kwargs: Any, einfo: Any) -> None:
        export, actor = uuid.UUID(args[0]), User.objects.get(pk=args[1])
        # Whoever lost the role meanwhile sees the export no more: it is given up after a day.
        with suppress(Denied, CaseExport.DoesNotExist):
            export_files.stop_export(actor=actor, export_id=export)
        export_progress.tell(export, 0, 0, settled=True)


@steady_task("handoffs.build_export", base=ExportJob, also=(KeyUnavailable,))
def build_export(export_id: str, user_id: str) -> None:
    """Make the file of an export, in the name of whoever asked. May run twice: made once."""
    export = uuid.UUID(export_id)
    export_files.build_export(
        actor=User.objects.get(pk=user_id),
        export_id=export,
        progress=lambda done, of: export_progress.tell(export, done, of),
    )
    export_progress.tell(export, 0, 0, settled=True)


@steady_task("handoffs.drop_old_exports", quiet_when_idle=True)
def drop_old_exports() -> int:
    """Drop files of exports whose time is over. May run twice: then there is none left."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return export_files.drop_old_exports(actor=keeper, at=timezone.now())
