"""The Celery application: background jobs take an id, refetch, and call a service."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Every run of a job is in the log.
app = Celery("liwanag", task_cls="audit.jobs:AuditedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
