"""`manage.py retire_key_epoch`: destroy replaced key-encryption keys whose time is over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from core.errors import DomainError
from vault.errors import KeyUnavailable
from vault.services.epochs import retire_key_epoch


class Command(BaseCommand):
    help = "Destroy old key-encryption keys that are due; backups wrapped by them open no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("epoch", nargs="?", default="", help="this one, not all that are due")
        parser.add_argument(
            "--early", action="store_true", help="before its day; name the epoch for that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["early"] and not options["epoch"]:
            raise CommandError("Name the epoch that is to be destroyed before its day.")
        try:
            gone = retire_key_epoch(
                actor=User.objects.get(pk=KEY_KEEPER_ID),
                at=timezone.now(),
                name=options["epoch"],
                early=options["early"],
            )
        except (DomainError, KeyUnavailable) as refused:
            raise CommandError(str(refused)) from None
        for name in gone:
            self.stdout.write(f"Destroyed {name}.")
        if not gone and options["verbosity"]:
            self.stdout.write("No key-encryption key is due.")
