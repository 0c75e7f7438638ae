"""`manage.py serve`: web, worker, beat and the audit sequencer in one terminal, until Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.processes import serve


class Command(BaseCommand):
    help = "Serve the product's four processes until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="the web server's port (default: 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        code = serve(port=options["port"], say=self._say)
        if code:
            sys.exit(code)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
