"""Mail of the door: neutral words, and a link that works once (R-P3).

Every task may run twice: the worst is a second mail with the same link.
"""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.invitation_links import link_to
from accounts.models import Invitation
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
