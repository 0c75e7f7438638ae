"""`manage.py ask_witnesses`: have the newest checkpoint cosigned now, and say what came of it."""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from audit.cosigning import NotConfigured, ask_all, configured


class Command(BaseCommand):
    help = "Ask every configured witness to cosign the audit log. Exit 0 if all did, else 1."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not configured():
                raise CommandError("No witness is configured: set LIWANAG_WITNESSES.")
            outcomes = ask_all(connections["sequencer"])
        except NotConfigured as error:
            raise CommandError(str(error)) from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not answer: {type(error).__name__}.") from None
        if not outcomes:
            raise CommandError("The audit log is empty: there is nothing to cosign yet.")
        for outcome in outcomes:
            if outcome.problem:
                self.stderr.write(self.style.ERROR(f"{outcome.witness}: {outcome.problem}"))
            else:
                self.stdout.write(f"{outcome.witness} has cosigned {outcome.size} entries.")
        if any(outcome.problem for outcome in outcomes):
            sys.exit(1)
