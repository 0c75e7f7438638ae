"""Signed notes and log checkpoints in the C2SP formats, with Ed25519.

Written against https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint; the private key
stays with `cryptography`. Parsing is strict: what the specifications do not allow is refused, so
that one note has one reading.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
ROOT_SIZE = 32
DASH = "— "
# The specification asks verifiers for a limit that still accepts 16 signatures.
MAX_SIGNATURES = 100
MAX_BYTES = 1_000_000
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
VERIFIER_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
TREE_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
# Sizes live in a bigint column.
LARGEST_SIZE = 2**63 - 1


class NoteError(ValueError):
    """A note, key or checkpoint that must not be relied on. The message says why."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who signed, with which key, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """`— <key name> base64(key id || signature)` and a newline."""
        return f"{DASH}{self.name} {encode64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and the signatures under it. Parsed is not yet verified."""

    text: str
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def parse(cls, message: str | bytes) -> Note:
        """Read a note, strictly.

        Raises:
            NoteError: it is not a note of the specification's form.
        """
        message = _decode(message)
        # "The text is separated from the signatures by the last empty line in the note."
        cut = message.rfind("\n\n")
        if cut < 0:
            raise NoteError("the note has no empty line before its signatures")
        text, block = message[: cut + 1], message[cut + 2 :]
        if not block.endswith("\n"):
            raise NoteError("the note's signatures do not end in a newline")
        lines = block[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
        return cls(text, tuple(_parse_signature(line) for line in lines))

    def encode(self) -> str:
        """The whole note, ready to store or send.

        Raises:
            NoteError: the text cannot stand in a note.
        """
        _check_text(self.text)
        if not self.signatures:
            raise NoteError("a note without a signature is no note")
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def signed_by(self, *signers: SignerKey) -> Note:
        """The same note with further signatures below those it has."""
        _check_text(self.text)
        return Note(self.text, (*self.signatures, *(signer.sign(self.text) for signer in signers)))

    def verified_by(self, keys: Iterable[VerifierKey]) -> tuple[str, ...]:
        """Check every signature of a known key; ignore those of unknown ones.

        Args:
            keys: the keys that are trusted for this note.

        Returns:
            The names of the keys that signed, in the note's order.

        Raises:
            NoteError: a known key's signature is false, or no known key signed.
        """
        known: dict[tuple[str, bytes], VerifierKey] = {}
        for key in keys:
            if known.setdefault((key.name, key.key_id), key).public_bytes != key.public_bytes:
                raise NoteError(f"two keys share the name {key.name} and the same key id")
        names: list[str] = []
        for signature in self.signatures:
            verifier = known.get((signature.name, signature.key_id))
            if verifier is None:
                continue
            if not verifier.verifies(self.text, signature):
                raise NoteError(f"the signature of {signature.name} is false")
            names.append(signature.name)
        if not names:
            raise NoteError("the note is not signed by any key that is known")
        return tuple(names)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and an Ed25519 public key; as text the `vkey` that verifiers exchange."""

    name: str
    public_bytes: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_bytes) != PUBLIC_KEY_SIZE:
            raise NoteError("an Ed25519 public key has 32 bytes")

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `<name>+<key id in hex>+<base64 of type and public key>`.

        Raises:
            NoteError: it has another form, another type, or a key id that is not its own.
        """
        parts = VERIFIER_KEY.fullmatch(text)
        if parts is None:
            raise NoteError("a verifier key looks like name+8 hex digits+base64")
        material = decode64(parts[3])
        if material[:1] != ED25519:
            raise NoteError("the verifier key is not an Ed25519 key")
        key = cls(parts[1], material[1:])
        if key.key_id.hex() != parts[2]:
            raise NoteError("the verifier key's id does not belong to its key")
        return key

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key)[:4]."""
        digest = sha256(self.name.encode() + b"\n" + ED25519 + self.public_bytes).digest()
        return digest[:KEY_ID_SIZE]

    def verifies(self, text: str, signature: Signature) -> bool:
        """Whether this key made this signature of this text."""
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return False
        try:
            _public_key(self.public_bytes).verify(signature.signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode64(ED25519 + self.public_bytes)}"


class SignerKey:
    """A name and an Ed25519 private key. Its text form names the public half only."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier = VerifierKey(name, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a note's text, its last newline included."""
        signature = self._private.sign(text.encode())
        return Signature(self.verifier.name, self.verifier.key_id, signature)

    def __repr__(self) -> str:
        return f"SignerKey({self.verifier})"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's statement of its size and root: the text of a tlog-checkpoint note.

    Extension lines are not made and not accepted: the specification advises against them, and a
    log of ours has none.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Origin, decimal size and base64 root, a line each."""
        if not self.origin or "\n" in self.origin:
            raise NoteError("a checkpoint's origin is one line that is not empty")
        if self.size < 0 or len(self.root) != ROOT_SIZE:
            raise NoteError("a checkpoint needs a size and a SHA-256 root")
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a checkpoint's text.

        Raises:
            NoteError: it is not a checkpoint, or has extension lines.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise NoteError("a checkpoint has three lines: origin, size and root")
        origin, size, root = lines[:3]
        if not origin:
            raise NoteError("the checkpoint has no origin")
        if TREE_SIZE.fullmatch(size) is None or int(size) > LARGEST_SIZE:
            raise NoteError("the checkpoint's size is not a plain decimal number")
        decoded = decode64(root)
        if len(decoded) != ROOT_SIZE:
            raise NoteError("the checkpoint's root is not a SHA-256 hash")
        return cls(origin, int(size), decoded)


def sign_checkpoint(checkpoint: Checkpoint, *signers: SignerKey) -> str:
    """The signed note of a checkpoint."""
    return Note(checkpoint.text()).signed_by(*signers).encode()


def open_checkpoint(
    message: str | bytes, *, keys: Iterable[VerifierKey], origin: str
) -> Checkpoint:
    """Read and verify a signed checkpoint.

    Args:
        message: the note.
        keys: the keys that may sign for this log; one good signature is needed.
        origin: the log it must belong to.

    Raises:
        NoteError: it is malformed, of another log, or not truly signed.
    """
    note = Note.parse(message)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise NoteError(f"the checkpoint belongs to another log: {checkpoint.origin}")
    note.verified_by(keys)
    return checkpoint


@lru_cache(maxsize=64)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    # Unpacking the point costs as much as half a verification, and a log has few keys.
    return Ed25519PublicKey.from_public_bytes(raw)


def _parse_signature(line: str) -> Signature:
    if not line.startswith(DASH):
        raise NoteError("a signature line does not start with a dash and a space")
    name, space, encoded = line[len(DASH) :].partition(" ")
    if not space:
        raise NoteError("a signature line has no signature")
    _check_name(name)
    blob = decode64(encoded)
    if len(blob) <= KEY_ID_SIZE:
        raise NoteError("a signature line holds no more than a key id")
    return Signature(name, blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:])


def _decode(message: str | bytes) -> str:
    try:
        raw = message.encode() if isinstance(message, str) else bytes(message)
        if len(raw) > MAX_BYTES:
            raise NoteError("the note is longer than a megabyte")
        decoded = raw.decode()
    except UnicodeError:
        raise NoteError("the note is not UTF-8") from None
    if CONTROL.search(decoded):
        raise NoteError("the note holds a control character")
    return decoded


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("a note's text ends in a newline")
    _decode(text)


def _check_name(name: str) -> None:
    _decode(name)
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("a key name is not empty and has no space and no plus sign")


def encode64(raw: bytes) -> str:
    """Standard base64, as every part of a note is written."""
    return base64.b64encode(raw).decode()


def decode64(text: str) -> bytes:
    """The bytes of a base64 text.

    Raises:
        NoteError: it is not base64, or not in its one proper form.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeError, binascii.Error):
        raise NoteError("a part of the note is not base64") from None
    # Trailing bits and padding have one right form; another would be a second text of one value.
    if encode64(raw) != text:
        raise NoteError("a part of the note is not in the one proper base64 form")
    return raw
