"""`manage.py escrow_key --to FOLDER`: the key-encryption key, sealed to its two holders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from core.errors import DomainError
from vault.errors import KeyUnavailable
from vault.services.backups import escrow_key


class Command(BaseCommand):
    help = "Seal every key-encryption key that is still held to two recovery recipients."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="age1…",
            help="in place of LIWANAG_RECOVERY_RECIPIENTS; twice",
        )
        parser.add_argument(
            "--split", action="store_true", help="both holders are needed to bring it back"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = escrow_key(
                actor=User.objects.get(pk=KEY_KEEPER_ID),
                folder=options["to"],
                holders=options["recipient"] or settings.LIWANAG_RECOVERY_RECIPIENTS,
                split=options["split"],
            )
        except (DomainError, KeyUnavailable) as refused:
            raise CommandError(str(refused)) from None
        for file in written:
            self.stdout.write(str(file))
        if options["verbosity"]:
            self.stdout.write("Give each holder their own file, and keep none of them here.")
