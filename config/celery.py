"""The Celery application: background jobs take an id, refetch, and call a service."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("liwanag")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
