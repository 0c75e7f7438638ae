"""Witness cosignatures: Ed25519 `cosignature/v1` of https://c2sp.org/tlog-cosignature.

A cosignature says: at this time, this was the largest tree that the witness has seen of the log,
and it only appended to all that the witness has seen before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.signed_note import (
    KEY_ID_SIZE,
    PUBLIC_KEY_SIZE,
    VERIFIER_KEY,
    NoteError,
    Signature,
    VerifierKey,
    decode64,
    encode64,
)

COSIGNATURE = b"\x04"
TIME_SIZE = 8
SIGNATURE_SIZE = 64
LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)\n")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and public key; as text a vkey of signature type 4."""

    name: str
    public_bytes: bytes

    def __post_init__(self) -> None:
        # The rules for names and lengths are those of every key of a note.
        VerifierKey(self.name, self.public_bytes)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Read `<name>+<key id in hex>+<base64 of type and public key>`.

        Raises:
            NoteError: it has another form, is no cosigning key, or its id is not its own.
        """
        parts = VERIFIER_KEY.fullmatch(text)
        if parts is None:
            raise NoteError("a witness key looks like name+8 hex digits+base64")
        material = decode64(parts[3])
        if material[:1] != COSIGNATURE or len(material) != 1 + PUBLIC_KEY_SIZE:
            raise NoteError("the witness key is not an Ed25519 cosigning key")
        key = cls(parts[1], material[1:])
        if key.key_id.hex() != parts[2]:
            raise NoteError("the witness key's id does not belong to its key")
        return key

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x04 || public key)[:4]."""
        material = self.name.encode() + b"\n" + COSIGNATURE + self.public_bytes
        return sha256(material).digest()[:KEY_ID_SIZE]

    def cosigned_at(self, text: str, signature: Signature) -> int | None:
        """When this witness cosigned a checkpoint's text, in POSIX seconds; None if it did not."""
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return None
        if len(signature.signature) != TIME_SIZE + SIGNATURE_SIZE:
            return None
        time = int.from_bytes(signature.signature[:TIME_SIZE])
        if time >= 2**63:
            return None
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        try:
            public = Ed25519PublicKey.from_public_bytes(self.public_bytes)
            public.verify(signature.signature[TIME_SIZE:], message)
        except (InvalidSignature, ValueError):
            return None
        return time

    def verifies(self, text: str, signature: Signature) -> bool:
        """Whether this witness cosigned this text at any time, as a note's other keys are asked."""
        return self.cosigned_at(text, signature) is not None

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode64(COSIGNATURE + self.public_bytes)}"


def parse_lines(text: str) -> list[Signature]:
    """The signature lines of a witness's answer.

    Raises:
        NoteError: something else than signature lines is among them.
    """
    found = LINE.findall(text)
    if not found or "".join(f"— {name} {blob}\n" for name, blob in found) != text:
        raise NoteError("the answer is not made of signature lines")
    signatures = []
    for name, encoded in found:
        blob = decode64(encoded)
        signatures.append(Signature(name, blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:]))
    return signatures


def is_cosigned(lines: str, text: str, key: WitnessKey) -> bool:
    """Whether one of these signature lines is this witness's, under this checkpoint's text."""
    try:
        return any(key.verifies(text, signature) for signature in parse_lines(lines))
    except NoteError:
        return False
