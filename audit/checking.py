"""Checking the whole log by a clock, so that a page can say when it was last found whole.

The outcome is one row that people read. Whoever can rewrite the log can write that row too: the
pages say so, and point to the witnesses and to the auditor's own program.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connections
from django.utils import timezone

from audit.acting import acting
from audit.cosigning import NotConfigured, witness_keys
from audit.models import LogCheck
from audit.reviewing import open_review
from audit.verification import verify
from core.actors import Actor

# A check asked for again within this time has its answer already.
FRESH = timedelta(seconds=30)


def ask_for_check(*, actor: Actor) -> None:
    """Have the whole log checked in the background.

    Raises:
        Denied: the actor may not read the log; recorded.
    """
    with acting(actor) as act:
        act.authorise("audit.read_log")
        act.record("log.check_asked")
        act.after_commit("desk.check_log")


def check_log(*, actor: Actor, at: datetime | None = None) -> LogCheck | None:
    """Recompute the whole log and keep the outcome. A million entries take half a minute.

    What is found wrong opens one review that is due within the hour, however often it is found.

    Returns:
        The outcome; None when the log was checked a moment ago.

    Raises:
        Denied: the actor may not check the log.
        LogKeyError: the log's public keys cannot be read.
        DatabaseError, psycopg.Error: the database failed.
    """
    at = at or timezone.now()
    if LogCheck.objects.visible_to(actor).filter(created_at__gt=at - FRESH).exists():
        return None
    try:
        keys = witness_keys()
    except NotConfigured:
        keys = []
    began = time.monotonic()
    report = verify(connections["auditor"], witness_keys=keys)
    with acting(actor) as act:
        act.authorise("audit.watch_log")
        check = LogCheck(
            entries=report.entries,
            checkpoints=report.checkpoints,
            waiting=report.waiting,
            cosigned=report.cosigned,
            problem=report.problem.kind if report.problem else "",
            sentence=report.sentence(),
            seconds=int(time.monotonic() - began),
        )
        check.save(force_insert=True)
        act.record(
            "log.checked",
            check,
            facts={
                "entries": report.entries,
                "problem": check.problem,
                "witnesses": len(report.cosigned),
            },
        )
        if report.problem is not None:
            open_review(
                act,
                kind="damaged_log",
                about=check,
                facts={
                    "problem": report.problem.kind.replace(" ", "_"),
                    "entry": report.problem.position or 0,
                },
                mark=f"{report.problem.kind}:{report.problem.position}:{report.problem.event_id}",
            )
    return check
