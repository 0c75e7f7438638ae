"""Whether the log is being kept as promised: nothing waits for its place, witnesses answer.

Quick enough for a page. It says what is late, not whether what stands in the log is true: that is
`audit.verification`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.cosigning import LastCosigned, NotConfigured, configured, last_cosigned
from audit.waiting import Waiting, waiting_events


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the log that a person must look at, in words."""

    code: str
    title: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How the log stands.

    Attributes:
        waiting: events older than a minute that have no place in the log.
        cosigned: how far witnesses vouch for it; None where none is set up or readable.
        alarms: what somebody must look at; empty when all is well.
    """

    waiting: Waiting
    cosigned: LastCosigned | None
    alarms: tuple[Alarm, ...]


def log_health(at: datetime | None = None, *, full: bool = False) -> LogHealth:
    """Look at the log as the auditor's role.

    Args:
        at: the moment to judge by; now when left out.
        full: look for waiting events in all of the log, not only near its end.

    Raises:
        DatabaseError, psycopg.Error: the database did not answer.
    """
    at = at or timezone.now()
    waiting = waiting_events(connections["auditor"], at, full=full)
    alarms = [_of_waiting(waiting)] if waiting.count else []
    cosigned = None
    try:
        cosigned = last_cosigned(at) if configured() else None
    except NotConfigured as unusable:
        alarms.append(Alarm("witnesses", _("The witnesses cannot be asked"), str(unusable)))
    if cosigned is not None and cosigned.overdue:
        alarms.append(_of_witnesses(cosigned))
    return LogHealth(waiting, cosigned, tuple(alarms))


def _of_waiting(waiting: Waiting) -> Alarm:
    return Alarm(
        "waiting",
        ngettext(
            "%(count)d event has waited more than a minute for its place in the log",
            "%(count)d events have waited more than a minute for their place in the log",
            waiting.count,
        )
        % {"count": waiting.count},
        _(
            "Until then only grants protect them. See that the sequencer runs, and read what it "
            "says before you start it again."
        ),
    )


def _of_witnesses(cosigned: LastCosigned) -> Alarm:
    return Alarm(
        "cosigned",
        _("No witness has signed the log for a day"),
        _(
            "Witnesses vouch for %(size)d entries. Ask them with manage.py ask_witnesses, and look "
            "why they do not answer."
        )
        % {"size": cosigned.size},
    )
