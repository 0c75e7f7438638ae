"""`manage.py audit_health`: whether the log is kept as promised; exit 0, or 1 and say what is late.

For a monitor to run every minute. Whether the log is true is `verify_audit`'s to say.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.health import log_health


class Command(BaseCommand):
    help = "Say whether events wait for their place in the log and whether witnesses sign it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--full", action="store_true", help="look through the whole log, not only its end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            health = log_health(full=options["full"])
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not answer: {type(error).__name__}.") from None
        for alarm in health.alarms:
            self.stderr.write(self.style.ERROR(f"{alarm.title}. {alarm.what_to_do}"))
        if health.alarms:
            sys.exit(1)
        vouched = (
            f" Witnesses vouch for {health.cosigned.size} entries."
            if health.cosigned
            else " No witness is set up."
        )
        self.stdout.write(f"Every event older than a minute has its place.{vouched}")
