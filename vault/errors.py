"""What can be wrong with keys and sealed text."""

from __future__ import annotations

from core.errors import Unreadable


class KeyUnavailable(RuntimeError):
    """The key-encryption key is missing, unsafe or another one."""


class CannotOpen(Unreadable):
    """A ciphertext did not open: changed, moved to another row, field or owner, or key erased."""

    def __init__(self, where: str) -> None:
        super().__init__("This text cannot be read. It was reported.", field=where)
