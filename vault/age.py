"""age recipients and identities: who a file is sealed to, and what opens it."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage
from django.utils.translation import gettext as _

from core.errors import DomainError


def recipients(listed: Sequence[str]) -> list[Any]:
    """Parsed `age1…` recipients, each once.

    Raises:
        DomainError: none, or one that is no recipient.
    """
    found = []
    for text in dict.fromkeys(one.strip() for one in listed if one.strip()):
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError:
            raise DomainError(_("“%(text)s…” is no age recipient.") % {"text": text[:12]}) from None
    if not found:
        raise DomainError(_("Name at least one recipient (age1…) to seal it to."))
    return found


def identities(file: Path) -> list[Any]:
    """The identities (`AGE-SECRET-KEY-1…`) of a file as age-keygen writes it.

    Raises:
        DomainError: it is missing, readable by others, or holds none.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = file.read_text()
    except (OSError, UnicodeError):
        raise DomainError(
            _("The identity file %(name)s can't be read.") % {"name": file.name}
        ) from None
    if mode & 0o077:
        raise DomainError(
            _(
                "%(name)s can be read by others: run chmod 0400 on it, and make a new one if "
                "somebody else had access."
            )
            % {"name": file.name}
        )
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            try:
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
            except pyrage.IdentityError:
                raise DomainError(
                    _("%(name)s holds a line that is no age identity.") % {"name": file.name}
                ) from None
    if not found:
        raise DomainError(_("%(name)s holds no age identity.") % {"name": file.name})
    return found


def make_identity(file: Path) -> str:
    """Make an identity in a new file of mode 0400; returns its recipient.

    Raises:
        FileExistsError: a file is there; it is never overwritten.
    """
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as out:
        out.write(f"# public key: {recipient}\n{identity}\n")
    return recipient
