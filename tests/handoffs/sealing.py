"""A sealed file made of plain values, and the keys around it: no database, no case."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.signed_note import SignerKey
from handoffs.sealed_file import CONTENT, PAGE, READABLE, SealedFile, seal
from handoffs.services.keys import make_agency_key, make_archive_key

SECRET = "Marikit Halimbawa"


@dataclass
class Key:
    """An age identity in a file, as a partner keeps it."""

    private: Any = field(default_factory=pyrage.x25519.Identity.generate)

    @property
    def public(self) -> str:
        return str(self.private.to_public())

    def in_file(self, folder: Path, name: str = "key.txt") -> Path:
        file = folder / name
        file.write_text(f"# public key: {self.public}\n{self.private}\n")
        return file


def signer(name: str = "liwanag.example/log/TANGLAW") -> SignerKey:
    return SignerKey(name, Ed25519PrivateKey.generate())


def outside(sender: SignerKey, receiver: Key, **over: Any) -> dict[str, Any]:
    """What a manifest says beside its files."""
    said = {
        "reference": "H-7QK4-29",
        "purpose": "Find the place",
        "sent_at": "2026-11-29T10:00:00+08:00",
        "expires_on": (date.today() + timedelta(days=90)).isoformat(),  # noqa: DTZ011
        "onward_sharing": "not allowed",
        "sender": {"name": "Tanglaw Foundation", "code": "TANGLAW", "key": str(sender.verifier)},
        "receiver": {
            "name": "Northern Cyber Response Unit",
            "code": "NCRU",
            "recipients": [receiver.public],
        },
    }
    return said | over


def files() -> dict[str, bytes]:
    return {
        CONTENT: json.dumps({"identities": [{"details": {"first_name": SECRET}}]}).encode(),
        READABLE: json.dumps({"reference": "H-7QK4-29", "outside": [], "sections": []}).encode(),
        PAGE: f"<!doctype html><title>H-7QK4-29</title><p>{SECRET}</p>".encode(),
    }


def sealed(sender: SignerKey, receiver: Key, archive: Key, **over: Any) -> SealedFile:
    return seal(
        outside(sender, receiver, **over),
        files(),
        signer=sender,
        recipients=[receiver.public],
        archive=archive.public,
    )


def wrapped(key: Key, to: Key | None = None) -> str:
    """A copy of a key as the browser makes it: sealed to what its officer alone has."""
    other = to or Key()
    to_officer = pyrage.x25519.Recipient.from_str(other.public)
    return pyrage.encrypt(str(key.private).encode(), [to_officer], armored=True).decode()


@dataclass
class Keys:
    """The desk's key and the two holders of the archive."""

    desk: Key = field(default_factory=Key)
    first: Key = field(default_factory=Key)
    second: Key = field(default_factory=Key)


def give_keys(cast: Any) -> Keys:
    """Make the cyber unit's key and our archive's, through the services."""
    keys = Keys()
    make_agency_key(
        actor=cast.partner, recipient=keys.desk.public, way="passphrase", copy=wrapped(keys.desk)
    )
    make_archive_key(
        actor=cast.dpo,
        holders=[(cast.dpo.pk, keys.first.public), (cast.auditor.pk, keys.second.public)],
    )
    return keys
