"""Every run of a background job is in the log: started, finished, failed, or to be tried again.

What a job does to the data is in its own act; this says that it ran at all, so that a job nobody
asked for, or one that never ended, shows. An event holds the task's name and ids, nothing else.
All events of one run share the run's id as their request id.

A job of the outbox is closed there together with the event of its end. Until then it is sent
again (`audit.outbox`), so neither a killed worker nor a database that goes away loses it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from celery import Task, shared_task
from celery.exceptions import Retry
from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from audit.events import write_event
from audit.outbox import has_ended, note_end
from audit.request_id import current_request_id

# The database is away or the connection broke: the job must not be lost for want of its event.
AWAY = (OperationalError, InterfaceError)
MOST_TRIES = 8
LONGEST_PAUSE = 600

logger = logging.getLogger("liwanag.jobs")


def steady_task(name: str, *, also: tuple[type[Exception], ...] = (), **options: Any) -> Any:
    """Make a function a job that is tried again, ever later, while the database is away.

    Args:
        name: as the outbox and the clock call it.
        also: other errors that pass by themselves.
        options: as `celery.shared_task` takes them.
    """
    return shared_task(
        name=name,
        autoretry_for=(*AWAY, *also),
        retry_backoff=True,
        max_retries=MOST_TRIES,
        **options,
    )


class AuditedTask(Task):  # type: ignore[misc]  # Celery ships no types
    """The base of all tasks of this installation; `config.celery` sets it.

    Attributes:
        quiet_when_idle: for what beat runs all day: a run that returns nothing true leaves no
            event. A failure always does.
    """

    abstract = True
    quiet_when_idle = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the job as the worker calls it. Called directly, as from a test, it only runs."""
        request = self.request
        if request.called_directly or request.id is None:
            return super().__call__(*args, **kwargs)
        run = _as_uuid(request.id) or uuid.uuid4()
        token = current_request_id.set(run)
        try:
            return self._recorded(run, super().__call__, args, kwargs)
        finally:
            current_request_id.reset(token)

    def _recorded(
        self, run: uuid.UUID, work: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        if self._or_retry(lambda: has_ended(run)):
            return None
        if not self.quiet_when_idle:
            self._or_retry(lambda: self._record("job.started", run, args))
        try:
            answer = work(*args, **kwargs)
        except Retry:
            self._record_failure("job.postponed", run, args)
            raise
        except AWAY as away:
            if self.request.retries < MOST_TRIES:
                self._record_failure("job.postponed", run, args)
                self._try_again(away)
            # It stays open in the outbox: the database was away, the job itself was not tried.
            self._record_failure("job.failed", run, args, error=type(away).__name__)
            raise
        except Exception as failure:
            self._record_failure("job.failed", run, args, ended=True, error=type(failure).__name__)
            raise
        if answer or not self.quiet_when_idle:
            self._or_retry(lambda: self._record("job.finished", run, args, ended=True))
        else:
            self._or_retry(lambda: note_end(run))
        return answer

    def _or_retry(self, step: Callable[[], Any]) -> Any:
        """A job whose event cannot be written is done again: every task may run twice."""
        try:
            return step()
        except AWAY as away:
            self._try_again(away)

    def _try_again(self, away: Exception) -> NoReturn:
        pause = min(2**self.request.retries, LONGEST_PAUSE)
        raise self.retry(exc=away, countdown=pause, max_retries=MOST_TRIES) from None

    def _record_failure(
        self, verb: str, run: uuid.UUID, args: Any, *, ended: bool = False, **facts: str
    ) -> None:
        """What went wrong must come out as it is, even when the log is away too."""
        try:
            self._record(verb, run, args, outcome="failed", ended=ended, **facts)
        except DatabaseError as away:
            # The kind only: a driver's message may quote what it was given.
            logger.error("%s of %s was not recorded: %s", verb, self.name, type(away).__name__)

    def _record(
        self,
        verb: str,
        run: uuid.UUID,
        args: Any,
        *,
        outcome: str = "done",
        ended: bool = False,
        **facts: str,
    ) -> None:
        with transaction.atomic():
            if ended:
                note_end(run)
            write_event(
                act=run,
                actor=None,
                verb=verb,
                facts={
                    "task": str(self.name),
                    "ids": [str(one) for one in args if _as_uuid(one)],
                    "try": int(self.request.retries or 0) + 1,
                    **facts,
                },
                outcome=outcome,
            )


def _as_uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
