"""`manage.py make_recovery_identity FILE`: a holder's own key, made where it will be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault.age import make_identity


class Command(BaseCommand):
    help = "Make an age identity in a new file and print its recipient (as age-keygen does)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(make_identity(options["file"]))
        except OSError as refused:
            raise CommandError(f"{options['file'].name}: {refused.strerror}") from None
