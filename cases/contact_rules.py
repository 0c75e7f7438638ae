"""What safe-contact instructions allow, at a moment and by a channel. Pure: no reads, no writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.choices import LEAVES_A_TRACE, ContactChannel, Weekday
from cases.models import SafeContact

# R-C4: instructions that nobody confirmed for a month are no instructions.
VALID_FOR = timedelta(days=30)


@dataclass(frozen=True)
class ContactAnswer:
    """Whether contact is allowed, why not, and what to be warned of.

    Attributes:
        code: empty when allowed; else `absent`, `expired`, `do_not_contact`,
            `survivor_initiates_only` or `channel_not_allowed`.
        reason: the same in words, with the way out.
        outside_hours: allowed, yet not at this hour (R-C3).
    """

    allowed: bool
    code: str = ""
    reason: str = ""
    outside_hours: bool = False


def may_contact(contact: SafeContact | None, channel: str, at: datetime) -> ContactAnswer:
    """Whether somebody may be contacted by `channel` at `at` (R-C2, R-C3)."""
    if contact is None:
        return _no(
            "absent",
            _("How to reach this person safely was never recorded. Record it first."),
        )
    if contact.do_not_contact:
        return _no("do_not_contact", _("This person must not be contacted."))
    if contact.survivor_initiates_only:
        return _no(
            "survivor_initiates_only",
            _("This person makes contact themselves. Wait until they do."),
        )
    if contact.expires_at <= at:
        return _no(
            "expired",
            _("The safe-contact instructions have run out. Confirm them with the person first."),
        )
    needed = LEAVES_A_TRACE.get(ContactChannel(channel))
    if needed and not getattr(contact, needed):
        return _no(
            "channel_not_allowed",
            _("“%(channel)s” is not allowed: it may be found by others. Choose another way.")
            % {"channel": ContactChannel(channel).label},
        )
    return ContactAnswer(True, outside_hours=not in_safe_hours(contact, at))


def in_safe_hours(contact: SafeContact, at: datetime) -> bool:
    """Whether the local day and hour are among the safe ones; all are where none were named."""
    local = timezone.localtime(at)
    if contact.days and Weekday.values[local.weekday()] not in contact.days:
        return False
    start, end = contact.from_hour, contact.until_hour
    if start is None or end is None:
        return True
    now = local.time()
    if start <= end:
        return start <= now <= end
    return now >= start or now <= end  # past midnight


def _no(code: str, reason: str) -> ContactAnswer:
    return ContactAnswer(False, code=code, reason=reason)
