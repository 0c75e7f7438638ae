"""`manage.py recover_key FILE … --identity FILE …`: bring a key-encryption key back from escrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from vault.age import identities
from vault.errors import KeyUnavailable
from vault.escrow import open_escrow, put_back


class Command(BaseCommand):
    help = "Put a key-encryption key back in its place from its holders' escrow files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--identity", action="append", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            opened_by = [one for file in options["identity"] for one in identities(file)]
            raw = open_escrow([file.read_bytes() for file in options["files"]], opened_by)
            place = put_back(raw, Path(settings.LIWANAG_KEYS_DIR))
        except (DomainError, KeyUnavailable, OSError) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{place.name} is back in its place.")
