#!/usr/bin/env python3
"""Check and open the sealed file of a handoff (`.handoff`), alone and without a network.

One file; needs Python 3.11, `cryptography`, and either `pyrage` or the `age` command; nothing of
the product. It opens the file with your key, checks who signed it, that nothing in it was changed,
that it was made for you and that it has not expired.

    python verify_handoff.py H-7QK4-29.handoff --identity my-key.txt --key SENDER-VKEY --out folder

    python verify_handoff.py … --half first.age --half second.age --identity a.txt --identity b.txt

`--identity` is your agency's key as `age-keygen` writes it (`AGE-SECRET-KEY-1…`). `--key` is the
sender's public key as you got it from them: it stands on the transmittal letter. Without it the
file may be whole and still come from somebody else. `--half` is for the sender's archive: two
people, each with the half sealed to their own key, open the sender's copy together.

Ends with 0 when all holds, with 1 when it must not be used (the reason is one sentence), with 2
when all holds but nobody said whose signature it has to bear.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import io
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "liwanag.handoff/2"
MANIFEST, NOTE = "manifest.json", "manifest.note"
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")
SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
PUBLIC = re.compile(r"age1[02-9ac-hj-np-z]{58}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LARGEST = 1024 * 1024 * 1024
UNPROVEN = 2
# What is said of a file that holds, beside its sender and receiver.
TOLD = ("reference", "purpose", "sent_at", "expires_on", "onward_sharing")


class Bad(Exception):
    """Why the file must not be used, as a sentence."""


@dataclass
class Opened:
    """A file that holds: what its sender said of it, and what is in it."""

    manifest: dict[str, Any]
    files: dict[str, bytes]
    signer: str
    proven: bool


# Files with age identities, or the lines of one.
Keys = Sequence[Path] | Path | str


def check(
    data: bytes,
    identity: Keys,
    key: str = "",
    on: date | None = None,
    expired_too: bool = False,
) -> Opened:
    """Open a sealed file and check all of it.

    Args:
        identity: files with the receiver's age identities, one of them, or its lines.
        key: the sender's public key (`name+8 hex digits+base64`); empty where it is not known.
        on: the day it is checked for; today when left out.
        expired_too: open it after its last day as well, for a court.

    Raises:
        Bad: it must not be used.
    """
    members = unpacked(decrypted(data, identity))
    manifest = read_manifest(members)
    vkey = manifest["sender"]["key"]
    if key and key.strip() != vkey:
        raise Bad("it is signed by another sender than the one whose key you gave")
    check_signature(members[NOTE], manifest["reference"], members[MANIFEST], vkey)
    for name, said in manifest["files"].items():
        content = members[name]
        if len(content) != said["size"] or sha256(content).hexdigest() != said["sha256"]:
            raise Bad(f"{name} is not what its sender put into it")
    meant_for = {*manifest["receiver"]["recipients"], manifest["archive"]}
    if not meant_for & recipients_of(identity):
        raise Bad("it was made for another desk than yours")
    last = date.fromisoformat(manifest["expires_on"])
    if (on or datetime.now(UTC).date()) > last and not expired_too:
        raise Bad(f"it expired on {last.isoformat()}: ask the sender for a new one")
    files = {name: members[name] for name in manifest["files"]}
    return Opened(manifest, files, vkey.split("+")[0], proven=bool(key))


def decrypted(data: bytes, identity: Keys) -> bytes:
    """What is inside the age file. Raises Bad."""
    try:
        import pyrage
    except ImportError:
        return by_command(data, files_of(identity))
    known = [one for place in listed(identity) for _text, one in identities(place)]
    try:
        return bytes(pyrage.decrypt(data, known))
    except pyrage.DecryptError:
        raise Bad("it is not sealed to this key, or it was changed on its way") from None


def listed(identity: Keys) -> list[Path | str]:
    """Each file, or the lines, that an identity is looked for in."""
    return [identity] if isinstance(identity, Path | str) else list(identity)


def files_of(identity: Keys) -> list[Path]:
    """The same as files alone, as the age command takes them. Raises Bad."""
    files = [place for place in listed(identity) if isinstance(place, Path)]
    if len(files) != len(listed(identity)):
        raise Bad("pyrage is not here; the archive's two halves need it")
    return files


def by_command(data: bytes, files: Sequence[Path]) -> bytes:
    """The same by the `age` (or `rage`) command. Raises Bad."""
    command = shutil.which("age") or shutil.which("rage")
    if command is None:
        raise Bad("neither pyrage nor the age command is here: install one of them")
    named = [word for file in files for word in ("--identity", str(file))]
    done = subprocess.run(
        [command, "--decrypt", *named],
        input=data,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Bad("it is not sealed to this key, or it was changed on its way")
    return done.stdout


def whole_of(halves: Sequence[Path], keys: Sequence[Path]) -> str:
    """The archive's identity out of its two halves, each opened by its holder's key. Raises Bad."""
    try:
        import pyrage
    except ImportError:
        raise Bad("pyrage is not here; the archive's two halves need it") from None
    known = [one for file in keys for _text, one in identities(file)]
    try:
        first, second = (
            base64.b64decode(pyrage.decrypt(half.read_bytes(), known), validate=True)
            for half in halves
        )
        whole = bytes(a ^ b for a, b in zip(first, second, strict=True)).decode("ascii")
    except pyrage.DecryptError:
        raise Bad("a half of the archive's key opens with none of the keys given") from None
    except (ValueError, OSError):
        raise Bad("give the two halves of one archive's key") from None
    return whole


def identities(file: Path | str) -> list[tuple[str, Any]]:
    """(text, pyrage identity) of each line of an identity file. Raises Bad."""
    import pyrage

    named = file.name if isinstance(file, Path) else "what the halves make"
    try:
        text = file.read_text() if isinstance(file, Path) else file
        lines = [line.strip() for line in text.splitlines()]
        texts = [line for line in lines if line and not line.startswith("#")]
        found = [(text, pyrage.x25519.Identity.from_str(text)) for text in texts]
    except (OSError, UnicodeError, pyrage.IdentityError):
        raise Bad(f"{named} is no file with an age identity") from None
    if not found:
        raise Bad(f"{named} holds no age identity")
    return found


def recipients_of(identity: Keys) -> set[str]:
    """The public halves of identities. Raises Bad."""
    try:
        import pyrage  # noqa: F401
    except ImportError:
        command = shutil.which("age-keygen") or shutil.which("rage-keygen")
        if command is None:
            raise Bad("age-keygen is not here: it comes with the age command") from None
        found: set[str] = set()
        for file in files_of(identity):
            done = subprocess.run([command, "-y", str(file)], capture_output=True, check=False)
            found |= set(PUBLIC.findall(done.stdout.decode(errors="replace")))
        return found
    places = listed(identity)
    return {str(known.to_public()) for place in places for _text, known in identities(place)}


def unpacked(inside: bytes) -> dict[str, bytes]:
    """name → bytes of every member. Raises Bad."""
    try:
        with zipfile.ZipFile(io.BytesIO(inside)) as archive:
            names = [member.filename for member in archive.infolist()]
            if any(member.compress_type for member in archive.infolist()):
                raise Bad("what is in it is packed as no handoff is")
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise Bad("it is larger than any handoff")
            if len(names) != len(set(names)) or not all(map(SAFE_NAME.fullmatch, names)):
                raise Bad("the names of what is in it are not those of a handoff")
            return {name: archive.read(name) for name in names}
    except (
        *(zipfile.BadZipFile, struct.error, zlib.error, EOFError, OSError),
        *(NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError),
    ):
        raise Bad("there is no handoff inside") from None


def read_manifest(members: dict[str, bytes]) -> dict[str, Any]:
    """The manifest, its form checked. Raises Bad."""
    try:
        manifest = json.loads(members[MANIFEST])
        files, receiver, sender = (manifest[name] for name in ("files", "receiver", "sender"))
        named = {MANIFEST, NOTE, *files}
        texts = (
            *(manifest[name] for name in TOLD),
            *(manifest["archive"], receiver["name"], sender["name"], sender["key"]),
            *receiver["recipients"],
            *(said["sha256"] for said in files.values()),
        )
        date.fromisoformat(manifest["expires_on"])
        # Text that no file can hold is none; anything but text is refused by the joining.
        "".join(texts).encode()
        whole = isinstance(receiver["recipients"], list)
        whole = whole and all(type(said["size"]) is int for said in files.values())
        whole = whole and DAY.fullmatch(manifest["expires_on"]) is not None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise Bad("its manifest is not that of a handoff") from None
    if manifest.get("format") != FORMAT or not whole:
        raise Bad("it has a form that this program does not know; a newer one may")
    if named != set(members):
        raise Bad("it holds other files than its sender put into it")
    return dict(manifest)


def check_signature(note: bytes, reference: str, manifest: bytes, vkey: str) -> None:
    """Whether the key signed this manifest. Raises Bad."""
    text = f"{FORMAT}\n{reference}\n{base64.b64encode(sha256(manifest).digest()).decode()}\n"
    parts = VKEY.fullmatch(vkey)
    material = base64_of(parts[3]) if parts else b""
    if parts is None or material[:1] != b"\x01" or len(material) != 33:
        raise Bad("its sender's key is none")
    key_id = sha256(parts[1].encode() + b"\n" + material).digest()[:4]
    if key_id.hex() != parts[2]:
        raise Bad("the id of its sender's key is not its own")
    try:
        said, gap, block = note.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Bad("its signature has another form") from None
    lines = block[:-1].split("\n")
    if not gap or said + "\n" != text or block[-1:] != "\n" or len(lines) > 16:
        raise Bad("its signature belongs to another manifest")
    for line in lines:
        signature = SIGNATURE.fullmatch(line)
        if signature is None:
            raise Bad("its signature has another form")
        blob = base64_of(signature[2])
        if (signature[1], blob[:4]) != (parts[1], key_id):
            continue
        try:
            Ed25519PublicKey.from_public_bytes(material[1:]).verify(blob[4:], text.encode())
        except (InvalidSignature, ValueError):
            break
        return
    raise Bad("its signature is not that of the sender it names")


def base64_of(text: str) -> bytes:
    """The bytes of a base64 text in its one proper form. Raises Bad."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("a part of it is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Bad("a part of it is not base64 in its one proper form")
    return raw


def write_out(opened: Opened, folder: Path) -> list[Path]:
    """Put what is inside into a new folder only its owner reads. Raises Bad."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise Bad(f"{folder} is there already: name a new folder") from None
    written = []
    for name, content in opened.files.items():
        place = folder / name
        place.write_bytes(content)
        place.chmod(0o600)
        written.append(place)
    return written


def told(opened: Opened, digest: str) -> list[str]:
    """What is said of a file that holds."""
    manifest = opened.manifest
    said = {name: plain(manifest[name]) for name in TOLD}
    return [
        f"{said['reference']}: whole, for {plain(manifest['receiver']['name'])}",
        f"  from          {plain(manifest['sender']['name'])}",
        f"  purpose       {said['purpose']}",
        f"  sent          {said['sent_at']}",
        f"  open until    {said['expires_on']}",
        f"  passing it on {said['onward_sharing']}",
        f"  signed with   {plain(manifest['sender']['key'])}",
        f"  fingerprint   {digest}",
    ]


def plain(text: str) -> str:
    """The text with whatever moves a terminal's cursor or turns its writing spelt out."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def say(where: Any, text: str) -> None:
    """Write to a terminal of any encoding."""
    encoding = getattr(where, "encoding", None) or "utf-8"
    where.write(text.encode(encoding, "backslashreplace").decode(encoding))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Check and open the sealed file of a handoff, without a network."
    )
    parser.add_argument("file", type=Path, help="the .handoff file")
    parser.add_argument(
        "--identity", type=Path, required=True, action="append", help="file with your age identity"
    )
    parser.add_argument(
        "--half", type=Path, action="append", default=[], help="a half of the archive's key"
    )
    parser.add_argument("--key", default="", help="the sender's public key, from their letter")
    parser.add_argument("--out", type=Path, help="a new folder for what is inside")
    parser.add_argument(
        "--expired-too", action="store_true", help="open it after its last day as well"
    )
    chosen = parser.parse_args(arguments)
    try:
        data = chosen.file.read_bytes()
        identity: Keys = chosen.identity
        if chosen.half:
            identity = whole_of(chosen.half, chosen.identity)
        opened = check(data, identity, chosen.key, expired_too=chosen.expired_too)
        written = write_out(opened, chosen.out) if chosen.out else []
    except (Bad, OSError) as problem:
        say(sys.stderr, f"REFUSED: {problem}\n")
        return 1
    lines = told(opened, sha256(data).hexdigest())
    lines += [f"  written       {place}" for place in written]
    say(sys.stdout, "\n".join(lines) + "\n")
    if not opened.proven:
        say(
            sys.stderr,
            "Nobody said whose key it has to be. Compare “signed with” with the letter that came "
            "with it, or give --key.\n",
        )
        return UNPROVEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
