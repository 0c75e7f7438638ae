"""`manage.py run_sequencer`: the process that gives every audit event its place in the log."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from audit import cosigning, structure
from audit.cosigning import NotConfigured
from audit.log_key import LogKeyError
from audit.sequencing import LogInconsistent, sequence_all, serve


class Command(BaseCommand):
    help = "Turn audit events into leaves of the Merkle log and sign its checkpoints."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="sequence everything that is committed, then stop"
        )
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between steps (default 0.5)"
        )
        parser.add_argument(
            "--witness-interval",
            type=float,
            default=cosigning.INTERVAL,
            help="seconds between asking the witnesses to cosign (default 60)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection, stop = connections["sequencer"], threading.Event()
        try:
            if options["once"]:
                count = sequence_all(connection)
                if options["verbosity"]:
                    self.stdout.write(f"{count} events entered the audit log.")
                return
            witnesses = cosigning.start(stop, interval=options["witness_interval"])
            structure.start(stop)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            serve(connection, stop, interval=options["interval"])
            if witnesses is not None:
                witnesses.join(cosigning.TIMEOUT)
        except (LogKeyError, NotConfigured) as error:
            raise CommandError(str(error)) from None
        except LogInconsistent as error:
            raise CommandError(f"The audit log is not being signed: {error}.") from None
        finally:
            # What was started beside it ends with it, also when it could not start.
            stop.set()
