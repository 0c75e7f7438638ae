"""Telling people: a notice inside, and mail that says "come and look", as they chose it (R-P3).

Jobs run these; they may run twice. A notice points to an act, and its words are made when it is
read, for whoever reads it: nothing of a case stands in a mail, a job's arguments or a notice.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ByMail, Notice, NoticeChoice, User
from accounts.services.own import own_act
from audit.events import write_event
from audit.models import AuditEvent, OutboxMessage
from core.errors import DomainError

log = logging.getLogger("liwanag.notices")


# Of these people are told at once, at night too.
URGENT = frozenset(
    {
        "referral.danger_alerted",
        "glass.broken",
        "duty.alarm_raised",
        "breach.reported",
    }
)


def tell_of_act(user_id: uuid.UUID, act: uuid.UUID | None, at: datetime) -> int:
    """Note that somebody is to know of an act, and mail them where that is to be at once.

    Args:
        act: None where it is not known any more: then there is only the mail.

    Returns:
        Mails sent.
    """
    user = User.objects.people().filter(pk=user_id, is_active=True).first()
    if user is None:
        return 0
    if act is None:
        return come_and_look(user)
    verbs = set(AuditEvent.objects.all().of_act(act).values_list("verb", flat=True))
    with own_act():
        notice, _new = Notice.objects.get_or_create(
            user=user, act=act, defaults={"told_at": at, "urgent": bool(verbs & URGENT)}
        )
    choice = NoticeChoice.objects.filter(user=user).first() or NoticeChoice(user=user)
    if not _is_due(choice, notice, at):
        return 0
    return _mail(user, [notice.pk], at)


def tell_each_of_act(people: Iterable[uuid.UUID], act: uuid.UUID | None, at: datetime) -> int:
    """`tell_of_act` for several: an address that is refused keeps nobody else's mail back.

    Returns:
        Mails sent.

    Raises:
        OSError: the mail server is away, does not take us as a sender, or refused what a letter
            says; what was mailed already is not mailed again.
    """
    letters = _Letters()
    for user_id in people:
        with letters.one_to(user_id):
            letters.sent += tell_of_act(user_id, act, at)
    return letters.all_sent()


def act_of_job(job_id: str | None) -> uuid.UUID | None:
    """The act that sent a job on its way; None where it is not known any more."""
    if not job_id:
        return None
    sent_by = OutboxMessage.objects.filter(pk=job_id)
    act: uuid.UUID | None = sent_by.values_list("act", flat=True).first()
    return act


def mail_what_waits(at: datetime) -> int:
    """Send one mail to everybody whose notices waited for the end of their quiet hours, or for
    their time of day. What was seen meanwhile needs none; an address that is refused is tried
    again the next time, and keeps nobody else's mail back.

    Returns:
        Mails sent.

    Raises:
        OSError: as `tell_each_of_act`.
    """
    waiting = Notice.objects.filter(mailed_at=None, seen_at=None, user__is_active=True)
    letters = _Letters()
    for user in User.objects.people().filter(pk__in=waiting.values("user_id")):
        choice = NoticeChoice.objects.filter(user=user).first() or NoticeChoice(user=user)
        due = [notice.pk for notice in waiting.filter(user=user) if _is_due(choice, notice, at)]
        if due:
            with letters.one_to(user.pk):
                letters.sent += _mail(user, due, at)
    return letters.all_sent()


class _Letters:
    """Letters to several people, one after the other.

    An address that is refused is written down and is nobody else's matter; but where two or more
    are, and nobody's letter left, the mail server refuses us. So it may with a letter that is
    refused for what it says, as all of them say the same: an error too, once everybody had their
    turn. Any other error is the mail server's, or ours as its sender, and ends it at once.
    """

    def __init__(self) -> None:
        self.sent = 0
        self._refused: list[Exception] = []

    @contextmanager
    def one_to(self, user_id: uuid.UUID) -> Iterator[None]:
        try:
            yield
        except (SMTPRecipientsRefused, SMTPDataError) as refused:
            # By id and kind of error: an answer of a mail server names the address.
            log.warning("a letter to %s was refused: %s", user_id, type(refused).__name__)
            self._refused.append(refused)

    def all_sent(self) -> int:
        for refused in self._refused:
            if isinstance(refused, SMTPDataError) or (not self.sent and len(self._refused) > 1):
                raise refused
        return self.sent


def _is_due(choice: NoticeChoice, notice: Notice, at: datetime) -> bool:
    if notice.mailed_at is not None:
        return False
    if notice.urgent:
        return True
    here = timezone.localtime(at)
    if choice.by_mail == ByMail.NEVER or choice.is_quiet(here.time()):
        return False
    if choice.by_mail == ByMail.AT_ONCE:
        return True
    last = here.replace(
        hour=choice.daily_at.hour, minute=choice.daily_at.minute, second=0, microsecond=0
    )
    # Yesterday's, where it fell into the quiet hours: then it comes when they end.
    return notice.told_at < (last if last <= here else last - timedelta(days=1))


def _mail(user: User, notices: Iterable[uuid.UUID], at: datetime) -> int:
    """Noted first: a job that runs twice at the same time sends one mail."""
    with own_act():
        mine = Notice.objects.select_for_update().filter(pk__in=list(notices), mailed_at=None)
        if not mine.update(mailed_at=at):
            return 0
        # Inside: when the mail does not leave, it is not noted, and the next run tries again.
        return come_and_look(user)


def come_and_look(user: User) -> int:
    """Mail with the same words for everything.

    Raises:
        SMTPRecipientsRefused: by the mail server, or by us where it is no address.
        OSError: any other trouble with the mail server.
    """
    try:
        validate_email(user.email)
    except ValidationError:
        raise SMTPRecipientsRefused({}) from None
    return send_mail(
        _("You have something new"), _("You have something new. Sign in."), None, [user.email]
    )


def mark_seen(*, actor: User, notices: Iterable[uuid.UUID], at: datetime) -> int:
    """Note that somebody has seen these notices of theirs, and no others: one may have come while
    they read. Returns how many were new."""
    with own_act() as act:
        mine = Notice.objects.visible_to(actor).filter(pk__in=list(notices), seen_at=None)
        found: int = mine.update(seen_at=at)
        write_event(
            act=act,
            verb="notices.seen",
            actor=actor,
            record=actor,
            facts={"count": found},
        )
    return found


def choose_notices(
    *,
    actor: User,
    by_mail: str,
    daily_at: time,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
) -> NoticeChoice:
    """Choose how mail comes. What is urgent comes at once all the same.

    Raises:
        DomainError: an unknown way, or quiet hours with one end.
    """
    if by_mail not in ByMail.values:
        raise DomainError(_("Choose how mail comes."), field="by_mail")
    if (quiet_from is None) != (quiet_until is None):
        raise DomainError(
            _("Give both ends of the quiet hours, or neither."),
            field="quiet_until" if quiet_until is None else "quiet_from",
        )
    with own_act() as act:
        choice, _new = NoticeChoice.objects.update_or_create(
            user=actor,
            defaults={
                "by_mail": by_mail,
                "daily_at": daily_at,
                "quiet_from": quiet_from,
                "quiet_until": quiet_until,
            },
        )
        write_event(
            act=act,
            verb="notices.chosen",
            actor=actor,
            record=actor,
            facts={"by_mail": str(by_mail), "quiet_hours": quiet_from is not None},
        )
    return choice
