"""Mail that says nothing but "come and look" (R-P3)."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from accounts.models import User


@shared_task(
    name="cases.tell", autoretry_for=(OSError, SMTPException), retry_backoff=True, max_retries=8
)
def tell(user_id: str) -> int:
    """Tell one person that something waits for them. May run twice: the same neutral words."""
    return sum(
        send_mail(
            _("You have something new"),
            _("You have something new. Sign in."),
            None,
            [person.email],
        )
        for person in User.objects.people().filter(pk=user_id, is_active=True)
    )
