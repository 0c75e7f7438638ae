"""Secrets of the system itself (second factors), sealed under one system key."""

from __future__ import annotations

import base64
import uuid

from vault.envelope import seal, unseal
from vault.models import KeyOwner

# The owner of system secrets; a fixed id, since there is one system.
SYSTEM_OWNER = (KeyOwner.SYSTEM.value, uuid.UUID("5a1e0000-0000-4000-8000-000000000001"))


class VaultSystemSealer:
    """`core.sealing.SystemSealer` on the vault."""

    def seal_text(self, purpose: str, text: str) -> str:
        sealed = seal(
            text.encode(), where=f"system.{purpose}", owner=SYSTEM_OWNER, row=SYSTEM_OWNER[1]
        )
        return base64.b64encode(sealed).decode()

    def open_text(self, purpose: str, sealed: str) -> str:
        return unseal(
            base64.b64decode(sealed),
            where=f"system.{purpose}",
            owner=SYSTEM_OWNER,
            row=SYSTEM_OWNER[1],
        ).decode()
