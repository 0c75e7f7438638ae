"""What can be wrong with keys and sealed text."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Unreadable

UNREADABLE = _("This text cannot be read. It was reported.")
ERASED = _("This was erased.")


class KeyUnavailable(RuntimeError):
    """The key-encryption key is missing, unsafe or another one."""


class CannotOpen(Unreadable):
    """A ciphertext did not open: changed, moved to another row, field or owner, or key erased."""

    def __init__(self, where: str) -> None:
        super().__init__(str(UNREADABLE), field=where)


class Erased(CannotOpen):
    """The owner's key was destroyed by an erasure: nothing is wrong, and nothing is left."""

    code = "erased"

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.message = str(ERASED)
