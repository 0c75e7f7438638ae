"""`manage.py demo`: run the main job on made-up content through the services, then serve it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError, ProgrammingError
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.models import User
from audit.models import AuditEvent
from config.processes import Supervisor, serve
from desk.demo.people import ADMIN, CYBER_UNIT, TANGLAW, invite_everybody
from desk.demo.story import Story, steps

MARK = "demo-story.done"
CLEARED_AT = 3


def next_clearing(now: datetime) -> datetime:
    """When a training room is cleared next: at three in the night, where the house stands."""
    here = timezone.localtime(now)
    tonight = here.replace(hour=CLEARED_AT, minute=0, second=0, microsecond=0)
    return tonight if tonight > here else tonight + timedelta(days=1)


def real_people_work_here() -> bool:
    """Whether the database holds anybody who is not made up."""
    try:
        return bool(User.objects.people().filter(is_demo=False).exists())
    except (OperationalError, ProgrammingError):
        # No tables yet, or not even the roles that would read them.
        return False
    finally:
        connections.close_all()


class Command(BaseCommand):
    help = "Run the main job on made-up content, then serve it until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="run every step, then stop")
        parser.add_argument("--reset", action="store_true", help="start over with fresh content")
        parser.add_argument("--port", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LIWANAG_DEMO:
            raise CommandError("Run `make demo`: it sets LIWANAG_DEMO, without which this refuses.")
        self.port, self.is_night = options["port"], False
        self.check_only = options["check"]
        self.mark = settings.LIWANAG_HOME / MARK
        if options["reset"] or (self.check_only and not self.mark.exists()):
            self._start_over()
        self._provision()
        if not User.objects.filter(is_demo=True).exists():
            self._say("Inviting the made-up people of the demonstration …")
            invite_everybody()
        code = serve(port=self.port, say=self._say, meanwhile=self._run)
        if code:
            sys.exit(code)
        if self.is_night:
            # A new process: nothing of the keys and connections of yesterday is left in it.
            again = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--reset"]
            os.execv(sys.executable, again + ([f"--port={self.port}"] if self.port else []))  # noqa: S606

    def _run(self, address: str, supervisor: Supervisor) -> None:
        """In a thread, once the processes run: the story, then the screen."""
        try:
            held = self._tell_story() if self.check_only or not self.mark.exists() else True
            if held:
                self._screen(address)
            if self.check_only or not held:
                supervisor.stop(failed=not held)
            elif settings.LIWANAG_TRAINING:
                connections.close_all()
                self._wait_for_the_night(supervisor)
        finally:
            connections.close_all()

    def _wait_for_the_night(self, supervisor: Supervisor) -> None:
        ends = next_clearing(timezone.now())
        while not supervisor.stopping:
            if timezone.now() >= ends:
                self.is_night = True
                supervisor.stop()
                return
            time.sleep(5)

    def _tell_story(self) -> bool:
        story = Story()
        everything = list(steps())
        for number, (name, step) in enumerate(everything, 1):
            began = time.monotonic()
            self._say(f"[{number}/{len(everything)}] {name} …")
            try:
                words = step(story)
            except Exception as failure:  # noqa: BLE001 (the screen says which step did not hold)
                self._say(f"      did not hold: {type(failure).__name__}: {failure}")
                return False
            self._say(f"      {words} ({time.monotonic() - began:.1f} s)")
            story.told.append(words)
        self.mark.write_text("\n".join(story.told) + "\n", encoding="utf-8")
        return True

    def _screen(self, address: str) -> None:
        lines = ["", "What the demonstration did", ""]
        lines += [f"  · {words}" for words in self.mark.read_text(encoding="utf-8").splitlines()]
        lines += [
            "",
            f"Liwanag is at {address}",
            "",
            f"Sign in with the password “{PASSWORD}” and the code the next page shows.",
            "(These sign-ins are refused everywhere but in the demonstration.)",
            "",
        ]
        people = [(email, role.label) for email, _n, _t, role in (*TANGLAW, *CYBER_UNIT)]
        lines += [f"  {email:<28} {label}" for email, label in people]
        lines += [f"  {ADMIN:<28} Agency administrator", ""]
        if not self.check_only:
            lines.append(
                "A training room: all of it is cleared at three each night. Ctrl-C stops it."
                if settings.LIWANAG_TRAINING
                else "Ctrl-C stops it; `make demo` goes on where it stopped."
            )
        self._say("\n".join(lines))

    def _provision(self) -> None:
        """Bring the database up to date; quick when it is."""
        try:
            current = AuditEvent.objects.exists() and not self._waiting_migrations()
        except (OperationalError, ProgrammingError):
            # No tables yet, or not even the roles that would read them.
            current = False
        if not current:
            self._say("Making the database: roles, tables, grants, row security, keys …")
            connections.close_all()
            call_command("provision_database", verbosity=0)
            call_command("provision_keys", verbosity=0)

    def _waiting_migrations(self) -> bool:
        executor = MigrationExecutor(connections["owner"])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _start_over(self) -> None:
        """Drop everything the demo made: the database's content, keys and the mark.

        Raises:
            CommandError: somebody real works there.
        """
        if real_people_work_here():
            raise CommandError(
                "People who are not made up work in this installation. Nothing is dropped."
            )
        self._say("Starting over: the content of the demonstration is dropped …")
        connections.close_all()
        with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
            admin.execute("DROP SCHEMA IF EXISTS public CASCADE")
            admin.execute("CREATE SCHEMA public")
        shutil.rmtree(settings.LIWANAG_KEYS_DIR, ignore_errors=True)
        self.mark.unlink(missing_ok=True)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
