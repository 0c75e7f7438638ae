"""Background jobs of the case file: the clock, and mail that says nothing but "come and look".

Every task may run twice. A task gets the id of a person, never of a case (R-P3, R-P4).
"""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.service_accounts import CLOCK_ID
from cases.services.clock import run_out_consents
from cases.services.duties import alert_overdue


@shared_task(
    name="cases.tell_person",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=True,
    max_retries=8,
)
def tell_person(user_id: str) -> int:
    """Tell one person that something waits for them. Returns mails sent."""
    people = User.objects.people().filter(pk=user_id, is_active=True)
    return sum(
        send_mail(
            _("You have something new"),
            _("You have something new. Sign in."),
            None,
            [person.email],
        )
        for person in people
    )


@shared_task(name="cases.look_at_the_clock", quiet_when_idle=True)
def look_at_the_clock() -> int:
    """Tell two people of every duty to report that is overdue, and close consents whose last day
    has passed. Returns how many records changed; a second run finds nothing to do.
    """
    now = timezone.now()
    keeper = User.objects.get(pk=CLOCK_ID)
    return alert_overdue(actor=keeper, at=now) + run_out_consents(
        actor=keeper, on=timezone.localdate(now), at=now
    )
