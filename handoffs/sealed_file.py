"""The sealed file of a handoff (`.handoff`): signed by who sends it, sealed to who may open it.

Pure functions over bytes. The file is one age file and nothing else, so that the `age` command
opens it too; inside it is a ZIP of stored members: `manifest.json` (RFC 8785), `manifest.note` (a
C2SP signed note over the manifest's digest) and the files whose digests the manifest names. age
itself says nothing of the sender: the signature inside does, and the manifest names the receiver,
so that a file sealed anew for another desk is refused there. docs/handoff-format.md describes it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import pyrage
import rfc8785
from django.utils.translation import gettext as _

from audit.signed_note import Note, SignerKey, encode64
from core.errors import DomainError

FORMAT = "liwanag.handoff/2"
MANIFEST, NOTE = "manifest.json", "manifest.note"
CONTENT, READABLE, PAGE = "content.json", "readable.json", "content.html"
TYPES = {CONTENT: "application/json", READABLE: "application/json", PAGE: "text/html"}
CHUNK = 64 * 1024
# The same for every package: when it was sent stands in the manifest.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SealedFile:
    """What `seal` made.

    Attributes:
        data: the age file.
        file_digest: SHA-256 of it: what both sides can compare without opening anything.
        manifest_digest: SHA-256 of the manifest: what the sender signed.
    """

    data: bytes
    file_digest: bytes
    manifest_digest: bytes


def note_text(reference: str, manifest: bytes) -> str:
    """What the sender signs: the format, the handoff's reference, the manifest's digest."""
    return f"{FORMAT}\n{reference}\n{encode64(hashlib.sha256(manifest).digest())}\n"


def seal(
    outside: Mapping[str, Any],
    files: Mapping[str, bytes | IO[bytes]],
    *,
    signer: SignerKey,
    recipients: Sequence[str],
    archive: str,
) -> SealedFile:
    """Make the sealed file in memory.

    Args:
        outside: what the manifest says beside the files: reference, purpose, sender, receiver, …
        files: member name → its bytes, or a seekable stream that is read twice.
        signer: the sending agency's key.
        recipients: age recipients of the receiving agency.
        archive: age recipient of the sender's archive.

    Raises:
        DomainError: the receiver has no key, or one that is none.
    """
    out = io.BytesIO()
    manifest_digest = seal_into(
        out, outside, files, signer=signer, recipients=recipients, archive=archive
    )
    data = out.getvalue()
    return SealedFile(data, hashlib.sha256(data).digest(), manifest_digest)


def seal_into(
    out: IO[bytes],
    outside: Mapping[str, Any],
    files: Mapping[str, bytes | IO[bytes]],
    *,
    signer: SignerKey,
    recipients: Sequence[str],
    archive: str,
) -> bytes:
    """The same into a stream, a piece at a time; returns the manifest's SHA-256."""
    sealed_to = [_recipient(text) for text in (*recipients, archive)]
    if not recipients:
        raise DomainError(_("The receiving agency has no key yet."), field="to_agency")
    manifest = rfc8785.dumps(
        {
            **outside,
            "format": FORMAT,
            "archive": archive,
            "files": {name: _described(name, content) for name, content in files.items()},
        }
    )
    note = Note(note_text(str(outside["reference"]), manifest)).signed_by(signer).encode()
    members = {MANIFEST: manifest, NOTE: note.encode(), **files}
    pyrage.encrypt_io(_Pieces(_zipped(members)), out, sealed_to)
    return hashlib.sha256(manifest).digest()


def fields_of(content: Any, path: str = "") -> Iterator[str]:
    """Where each value of a content stands, as JSON pointers (RFC 6901), without the values."""
    if isinstance(content, Mapping):
        for name in sorted(content):
            step = name.replace("~", "~0").replace("/", "~1")
            yield from fields_of(content[name], f"{path}/{step}")
    elif isinstance(content, list | tuple):
        for place, part in enumerate(content):
            yield from fields_of(part, f"{path}/{place}")
    else:
        yield path


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise DomainError(
            _("“%(text)s…” is no key that a package can be sealed to.") % {"text": text[:12]}
        ) from None


def _described(name: str, content: bytes | IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces_of(content):
        digest.update(piece)
        size += len(piece)
    kind = TYPES.get(name, "application/octet-stream")
    return {"sha256": digest.hexdigest(), "size": size, "type": kind}


def _pieces_of(content: bytes | IO[bytes]) -> Iterator[bytes]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    stream.seek(0)
    while piece := stream.read(CHUNK):
        yield piece


class _Sink(io.RawIOBase):
    """Where the ZIP is written: holds no more than what was not taken away yet."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.waiting += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def _zipped(members: Mapping[str, bytes | IO[bytes]]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            with archive.open(zipfile.ZipInfo(name, LONG_AGO), "w") as member:
                for piece in _pieces_of(content):
                    member.write(piece)
                    yield sink.take()
    yield sink.take()


class _Pieces(io.RawIOBase):
    """A stream over pieces that are made as they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._rest or size < 0:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken
