"""`manage.py provision_keys`: the log's signing key, the key-encryption key, the system key."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from audit.acting import open_settings
from audit.events import write_event
from audit.log_key import create_log_key
from vault.key_provider import KEY_FILE, create_key_file, key_provider
from vault.keys import make_keys
from vault.models import DataKey
from vault.system import SYSTEM_OWNER


class Command(BaseCommand):
    help = "Make the log's signing key, the key-encryption key and the system key, where missing."

    def handle(self, *args: Any, **options: Any) -> None:
        create_log_key()
        path = Path(settings.LIWANAG_KEYS_DIR) / KEY_FILE
        fresh = not DataKey.objects.exists()
        if settings.LIWANAG_TRANSIT is None and not path.exists():
            if not fresh:
                self.stderr.write(
                    f"{KEY_FILE} is missing but the database holds keys wrapped by it. Restore it "
                    "from its escrow: a new one would open nothing."
                )
                raise SystemExit(1)
            create_key_file(path)
            key_provider.cache_clear()
        if not DataKey.objects.filter(owner_type=SYSTEM_OWNER[0]).exists():
            # No person is there yet: the installation itself makes its first key.
            with transaction.atomic(durable=True):
                act = uuid.uuid4()
                open_settings(actor=None, act=act)
                make_keys([SYSTEM_OWNER])
                write_event(act=act, actor=None, verb="key.made", object_type="vault.datakey")
