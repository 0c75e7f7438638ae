"""Running background jobs in a test: what the outbox holds, by the real tasks, without a worker."""

from __future__ import annotations

from uuid import UUID

from celery import current_app

from audit.models import OutboxMessage


class Jobs:
    """`run_jobs()` runs every job that committed acts have sent since it was last called."""

    def __init__(self) -> None:
        self._done: set[UUID] = set()

    def __call__(self) -> list[str]:
        """Run them in the order they were sent; what a job raises comes out here. Returns the
        names of the tasks that ran."""
        current_app.loader.import_default_modules()
        ran = []
        for message in OutboxMessage.objects.order_by("created_at", "pk"):
            if message.pk in self._done:
                continue
            self._done.add(message.pk)
            current_app.tasks[message.task](*message.ids)
            ran.append(message.task)
        return ran
