"""The shape of what seals system secrets, so that apps below the vault can ask for it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

_sealer: SystemSealer | None = None


class SystemSealer(Protocol):
    """Seals text for one purpose and one owner: moved to anybody else's row it does not open."""

    def seal_text(self, purpose: str, text: str, *, bound_to: UUID) -> str: ...

    def open_text(self, purpose: str, sealed: str, *, bound_to: UUID) -> str: ...


def register_system_sealer(sealer: SystemSealer) -> None:
    """Called once by the vault's `apps.py`."""
    global _sealer
    _sealer = sealer


def system_sealer() -> SystemSealer:
    """The vault's sealer for secrets of the system itself (second factors).

    Raises:
        RuntimeError: no vault is installed; a secret must never be kept in clear instead.
    """
    if _sealer is None:
        raise RuntimeError("no vault is registered")
    return _sealer
