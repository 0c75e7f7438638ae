"""Secrets of the system itself (second factors, kept forms), sealed under one system key."""

from __future__ import annotations

import base64
import binascii
import uuid

from vault.envelope import seal, unseal
from vault.errors import CannotOpen
from vault.models import KeyOwner

# The owner of system secrets; a fixed id, since there is one system.
SYSTEM_OWNER = (KeyOwner.SYSTEM.value, uuid.UUID("5a1e0000-0000-4000-8000-000000000001"))


class VaultSystemSealer:
    """`core.sealing.SystemSealer` on the vault.

    The associated data names the purpose and the person or record the text belongs to, so a sealed
    text copied into another person's row does not open there.
    """

    def seal_text(self, purpose: str, text: str, *, bound_to: uuid.UUID) -> str:
        sealed = seal(text.encode(), where=f"system.{purpose}", owner=SYSTEM_OWNER, row=bound_to)
        return base64.b64encode(sealed).decode()

    def open_text(self, purpose: str, sealed: str, *, bound_to: uuid.UUID) -> str:
        """Open what `seal_text` made for this purpose and owner.

        Raises:
            CannotOpen: it was changed, belongs to somebody else, or its key is gone.
        """
        where = f"system.{purpose}"
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise CannotOpen(where) from None
        return unseal(raw, where=where, owner=SYSTEM_OWNER, row=bound_to).decode()
