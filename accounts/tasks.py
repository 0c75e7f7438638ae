"""Mail of the door: neutral words, and a link that works once (R-P3).

Every task may run twice: the worst is a second mail with the same link.
"""

from __future__ import annotations

from smtplib import SMTPException

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.invitation_links import link_to
from accounts.models import Invitation, User
from accounts.service_accounts import HOUSEKEEPER_ID
from accounts.services import directory, notices
from core.ui.dates import spell

RETRY = {
    "autoretry_for": (OSError, SMTPException),
    "retry_backoff": True,
    "max_retries": 8,
}


@shared_task(name="accounts.mail_invitation", **RETRY)
def mail_invitation(invitation_id: str) -> int:
    """Send an invited person their link, while it opens. Returns mails sent."""
    invitation = Invitation.objects.select_related("user").filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open(timezone.now()):
        return 0
    words = _(
        "You are invited. This link works once, until %(day)s:\n\n%(link)s\n\n"
        "If you do not expect this, do nothing: nobody can use it but you."
    ) % {
        "day": spell(timezone.localtime(invitation.expires_at).date()),
        "link": link_to(invitation.pk),
    }
    return send_mail(_("You are invited"), words, None, [invitation.user.email])


AGAIN = {
    "autoretry_for": (OperationalError, InterfaceError),
    "retry_backoff": True,
    "max_retries": 8,
}


@shared_task(name="accounts.close_ended_accounts", **AGAIN)
def close_ended_accounts() -> int:
    """Close accounts past their last day. May run twice: then there is none left."""
    housekeeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return directory.close_ended_accounts(actor=housekeeper, today=timezone.localdate())


@shared_task(name="accounts.drop_old_sessions", **AGAIN)
def drop_old_sessions() -> int:
    """Drop sessions that open nothing any more, and what was kept in them. May run twice."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    live = Session.objects.values("session_key")
    dropped, _each = UserSession.objects.exclude(session_key__in=live).delete()
    return dropped


@shared_task(name="accounts.mail_notices", quiet_when_idle=True, **RETRY)
def mail_notices() -> int:
    """Mail those whose notices waited for their hour. May run twice: then nothing waits."""
    return notices.mail_what_waits(timezone.now())
