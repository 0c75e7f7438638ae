"""The Celery application: background jobs take an id, refetch, and call a service."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Every run of a job is in the log.
app = Celery("liwanag", task_cls="audit.jobs:AuditedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator,unused-ignore]  # Celery ships no types
def take_up_unfinished(**_: Any) -> None:
    """Have what a killed worker held done at once; the queue gives it back only after an hour."""
    app.send_task("audit.take_up_unfinished")
