"""`manage.py rotate_keys`: a new key-encryption key; data keys wrapped anew, notes untouched."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from core.errors import DomainError
from vault.errors import KeyUnavailable
from vault.services.epochs import BATCH, rotate_keys


class Command(BaseCommand):
    help = "Begin a new key-encryption key and wrap every data key anew. May be run again any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="data keys in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        loud = options["verbosity"] > 0

        def progress(done: int, of: int) -> None:
            if loud:
                self.stdout.write(f"{done:,} of {of:,} data keys")

        try:
            rotation = rotate_keys(
                actor=User.objects.get(pk=KEY_KEEPER_ID),
                at=timezone.now(),
                batch=max(1, options["batch"]),
                progress=progress,
            )
        except (DomainError, KeyUnavailable) as refused:
            raise CommandError(str(refused)) from None
        if loud:
            begun = "Finished the rotation to" if rotation.resumed else "In use now:"
            self.stdout.write(f"{begun} {rotation.epoch}. Give it to its escrow before you go on:")
            self.stdout.write("  manage.py escrow_key --to FOLDER")
        if rotation.unreadable:
            raise CommandError(
                f"{len(rotation.unreadable)} data keys do not open and stayed as they are. "
                "The audit log names them."
            )
