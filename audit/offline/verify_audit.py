#!/usr/bin/env python3
"""Check an exported audit log, entries chosen from it, or the proof of one event, alone.

One file; needs Python 3.11 and `cryptography`, nothing of the product. It recomputes every leaf,
the tree's root and every signature, and ends with 0 when all hold, or with 1 and the first bad
line.

    python verify_audit.py audit.jsonl --key LOG-VKEY --witness-key VKEY --trusted state.json
    python verify_audit.py archive-1.jsonl archive-2.jsonl audit.jsonl --key LOG-VKEY …
    python verify_audit.py event.tlog-proof --key LOG-VKEY --witness-key VKEY

`--key` is the log's public key as you got it from its operator, on paper if you can. `--trusted` is
what a witness holds: its `state.json`, or a checkpoint you kept. Without it a log that was cut off,
or rewritten with its own key, may pass, since the export is then the only account of itself.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "liwanag-audit-export@v1"
# Entries that were searched for, with the roots of what lies between them.
SELECTION = "liwanag-audit-selection@v1"
# Entries that left the live table: an export that the log signed as a whole.
ARCHIVE = "liwanag-audit-archive@v1"
PROOF = "c2sp.org/tlog-proof@v1"
LONGEST_LINE = 16 * 1024 * 1024
LOG, WITNESS = b"\x01", b"\x04"
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")
SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
ENTRY = re.compile(
    rb'\{"n":(0|[1-9][0-9]{0,18}),"leaf":"([A-Za-z0-9+/]{43}=)","event":(null|\{.*\})\}'
)
HEADER = {"format", "origin", "size", "first", "end", "vkeys", "checkpoint", "left", "right"}


class Bad(Exception):
    """The first thing that is wrong, as a sentence."""


@dataclass
class Key:
    """A public key: of the log (kind 1) or of a witness (kind 4)."""

    name: str
    kind: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str, kind: bytes) -> Key:
        parts = VKEY.fullmatch(text)
        material = decode(parts[3]) if parts else b""
        if parts is None or material[:1] != kind or len(material) != 33:
            raise Bad(f"This is not a public key of the right kind: {text}")
        key = cls(parts[1], kind, material[1:])
        if key.id.hex() != parts[2]:
            raise Bad(f"The id of this public key is not its own: {text}")
        return key

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def signed(self, text: str, blob: bytes) -> int:
        """The time a witness cosigned at, or 0 for the log; Bad when the signature is false."""
        at, signature, message = 0, blob, text
        if self.kind == WITNESS:
            at, signature = int.from_bytes(blob[:8]), blob[8:]
            message = f"cosignature/v1\ntime {at}\n{text}"
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except (InvalidSignature, ValueError):
            raise Bad(f"the signature of {self.name} is false") from None
        return at


@dataclass
class Checkpoint:
    """A signed size and root, its signatures checked."""

    size: int
    root: bytes
    cosigned: dict[str, int]


@dataclass
class Keys:
    """Whom the auditor trusts; `log` is empty until the export's own keys are taken."""

    log: list[Key]
    witnesses: list[Key]

    def open(self, note: str, origin: str) -> Checkpoint:
        """Read a checkpoint of this log; Bad when it is not signed with a trusted log key."""
        text, gap, block = note.partition("\n\n")
        parts = text.split("\n")
        if not gap or len(parts) != 3 or not NUMBER.fullmatch(parts[1]) or block[-1:] != "\n":
            raise Bad("a checkpoint has another form")
        if parts[0] != origin:
            raise Bad(f"a checkpoint belongs to another log: {parts[0]}")
        root, cosigned, signed = decode(parts[2]), {}, False
        if len(root) != 32:
            raise Bad("a checkpoint's root is not a hash")
        for line in block[:-1].split("\n"):
            found = SIGNATURE.fullmatch(line)
            if found is None:
                raise Bad("a signature line has another form")
            blob = decode(found[2])
            for key in self.log + self.witnesses:
                if (key.name, key.id) == (found[1], blob[:4]):
                    at = key.signed(text + "\n", blob[4:])
                    signed |= key.kind == LOG
                    if key.kind == WITNESS:
                        cosigned[key.name] = at
        if not signed:
            raise Bad("a checkpoint is not signed with a key that is trusted for this log")
        return Checkpoint(int(parts[1]), root, cosigned)


@dataclass
class Tree:
    """The right edge of a growing RFC 6962 tree: complete subtrees, largest first."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, width: int, root: bytes) -> None:
        self.size += width
        while self.peaks and self.peaks[-1][0] == width:
            root = node(self.peaks.pop()[1], root)
            width *= 2
        self.peaks.append((width, root))

    def add_parts(self, end: int, hashes: list[str], where: str) -> None:
        """Pass over leaves that are not in the export by the roots of their subtrees."""
        for text in hashes:
            rest = end - self.size
            if rest <= 0:
                raise Bad(f"it has too many hashes {where}")
            width = 1 << rest.bit_length() - 1
            self.add(min(width, self.size & -self.size) if self.size else width, decode(text))
        if self.size != end:
            raise Bad(f"it has too few hashes {where}")

    def root(self) -> bytes:
        if not self.peaks:
            return sha256(b"").digest()
        root = self.peaks[-1][1]
        for _width, peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def leaf(payload: bytes) -> bytes:
    return sha256(b"\x00" + payload).digest()


def decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Bad("a part is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Bad("a part is not in the one proper base64 form")
    return raw


class Export:
    """One walk through an export; `say` collects what the auditor should know."""

    def __init__(self, file: BinaryIO, keys: Keys, trusted: list[str]) -> None:
        self.file, self.keys, self.trusted_texts = file, keys, trusted
        self.line, self.digest = 0, sha256()
        self.tree, self.say = Tree(), list[str]()
        self.entries, self.chosen, self.compared = 0, False, set[int]()
        self.archive, self.signed_by = False, ""
        self.cosigned: dict[str, tuple[int, int]] = {}
        # Where the walk last agreed with a signed root, as (entry, line).
        self.sound = (0, 1)
        # Where the entries of this file begin and end, and the tree's right edge there.
        self.first = self.end = 0
        self.edge: list[bytes] = []
        self.left: list[str] = []

    def verify(self) -> list[str]:
        """Check everything; Bad names the first bad line."""
        header = self._header()
        first, end, size = header["first"], header["end"], header["size"]
        try:
            head = self.keys.open(header["checkpoint"], header["origin"])
            self.tree.add_parts(first, header["left"], "before the export")
        except Bad as bad:
            raise _at(1, bad) from None
        if head.size != size:
            raise Bad(f"Line 1 speaks of {size} entries, its checkpoint of {head.size}.")
        trusted = self._trusted(header, head)
        self._note_cosignatures(head)
        self.sound = (first, 1)
        self._compare(trusted)
        seal = self._walk(header, trusted)
        self.first, self.end, self.left = first, end, header["left"]
        self.edge = [root for _width, root in self.tree.peaks]
        try:
            self.tree.add_parts(size, header["right"], "after the export")
        except Bad as bad:
            raise _at(1, bad) from None
        if self.tree.root() != head.root:
            raise self._between(end)
        self._compare(trusted)
        if apart := set(trusted) - self.compared:
            raise Bad(
                f"What was kept elsewhere is of {min(apart)} entries; entries chosen from the log "
                "cannot be compared with it. Ask for an export of all of it."
            )
        self._sealed(seal)
        if self.archive:
            if not self.signed_by:
                raise Bad("The archive does not bear the log's signature.")
            self.say.append(f"The archive as a whole is signed by {self.signed_by}.")
        self._witnesses(size, end)
        if trusted:
            sizes = ", ".join(f"{known:,}" for known in sorted(trusted))
            self.say.append(f"They continue what was kept elsewhere (of {sizes} entries).")
        else:
            self.say.append(
                "Nothing was compared with a witness's memory or a kept checkpoint: a log cut off "
                "or rewritten with its own key would look the same. Use --trusted."
            )
        self.say.insert(
            0,
            f"The selection verifies: {self.entries:,} entries out of {size:,}."
            if self.chosen
            else f"The export verifies: entries {first} to {end - 1} of {size:,}.",
        )
        return self.say

    def continues(self, before: Export) -> None:
        """See that this file goes on where another ended, in the same log."""
        if self.first != before.end:
            raise Bad(
                f"it begins at entry {self.first}, and the file before ends ahead of "
                f"{before.end}: entries in between are missing."
            )
        if [decode(text) for text in self.left] != before.edge:
            raise Bad("it does not continue the file before: they are of different logs.")

    def _header(self) -> dict[str, Any]:
        raw = self._read()
        try:
            header: Any = json.loads(raw)
        except (ValueError, RecursionError):
            header = {}
        known = isinstance(header, dict) and set(header) == HEADER
        if not known or header["format"] not in (FORMAT, SELECTION, ARCHIVE):
            raise Bad("Line 1 is not the header of an export of an audit log.")
        self.chosen = header["format"] == SELECTION
        self.archive = header["format"] == ARCHIVE
        numbers: list[Any] = [header["first"], header["end"], header["size"]]
        if any(type(number) is not int for number in numbers) or numbers != sorted(numbers):
            raise Bad("Line 1 has numbers that cannot be.")
        lists = [header["vkeys"], header["left"], header["right"]]
        texts = [[header["origin"], header["checkpoint"]], *lists]
        whole = all(
            isinstance(some, list) and all(isinstance(text, str) for text in some) for some in texts
        )
        if numbers[0] < 0 or numbers[2] >= 2**63 or not whole:
            raise Bad("Line 1 has parts that cannot be.")
        try:
            own = [Key.parse(text, LOG) for text in header["vkeys"]]
        except Bad as bad:
            raise _at(1, bad) from None
        found: dict[str, Any] = header
        if not self.keys.log:
            self.keys.log = own
            self.say.append(
                "WARNING: no --key was given, so the export's own key was believed: "
                + ", ".join(header["vkeys"])
            )
        return found

    def _trusted(self, header: dict[str, Any], head: Checkpoint) -> dict[int, bytes]:
        """{size: root} of what is kept elsewhere; Bad when this export cannot contain it."""
        known: dict[int, bytes] = {}
        for text in self.trusted_texts:
            try:
                kept = self.keys.open(_note_of(text, header["origin"]), header["origin"])
            except Bad as bad:
                raise Bad(f"What was kept elsewhere does not hold: {bad}.") from None
            if kept.size > head.size:
                raise Bad(
                    f"The log ends after {head.size} entries, and {kept.size} were vouched for: "
                    f"the entries from {head.size} on are missing."
                )
            if known.setdefault(kept.size, kept.root) != kept.root:
                raise Bad(f"Two different logs of {kept.size} entries are kept elsewhere.")
            if not (header["first"] <= kept.size <= header["end"] or kept.size == head.size):
                raise Bad(
                    f"What was kept elsewhere is of {kept.size} entries; this export cannot be "
                    f"compared with it. Ask for one that holds entry {kept.size}."
                )
        return known

    def _walk(self, header: dict[str, Any], trusted: dict[int, bytes]) -> bytes:
        """Check all lines up to the last; gives the last."""
        end = header["end"]
        while True:
            before = self.digest.copy()
            raw = self._read()
            found = ENTRY.fullmatch(raw)
            if found is not None:
                self._entry(found, end)
                self._compare(trusted)
            elif self.chosen and raw.startswith(b'{"pass":'):
                self._pass_over(raw, end)
                self._compare(trusted)
            elif raw.startswith(b'{"checkpoint":'):
                self._checkpoint(raw, header["origin"])
            elif self.archive and raw.startswith(b'{"signature":') and self.tree.size == end:
                self._signature(raw, header, before.hexdigest())
            elif raw.startswith(b'{"lines":') and self.tree.size == end:
                self.digest = before
                return raw
            else:
                what = f" where entry {self.tree.size} should be" if self.tree.size < end else ""
                raise Bad(f"Line {self.line}{what} is damaged.")

    def _entry(self, found: re.Match[bytes], end: int) -> None:
        number, place = int(found[1]), self.tree.size
        if number != place or place >= end:
            missing = f"entry {place} is missing" if number > place else "it is out of place"
            raise Bad(f"Line {self.line} holds entry {number}: {missing}.")
        if found[3] == b"null":
            raise Bad(f"Line {self.line}: the event of entry {number} was removed from the log.")
        recorded = decode(found[2].decode())
        if leaf(found[3]) != recorded:
            raise Bad(
                f"Line {self.line} (entry {number}, event {_id_of(found[3])}) was changed: it does "
                "not match its leaf."
            )
        self.tree.add(1, recorded)
        self.entries += 1

    def _pass_over(self, raw: bytes, end: int) -> None:
        """Pass over entries that were not chosen."""
        try:
            found = json.loads(raw)
            if set(found) != {"pass", "roots"} or type(found["pass"]) is not int:
                raise Bad("it has another form")
            if not self.tree.size < found["pass"] <= end or type(found["roots"]) is not list:
                raise Bad("it leads nowhere")
            self.tree.add_parts(found["pass"], found["roots"], "between two entries")
        except (ValueError, TypeError, RecursionError, Bad) as error:
            raise _at(self.line, error) from None

    def _checkpoint(self, raw: bytes, origin: str) -> None:
        try:
            note = json.loads(raw)
            if set(note) != {"checkpoint"} or type(note["checkpoint"]) is not str:
                raise Bad("a checkpoint has another form")
            checkpoint = self.keys.open(note["checkpoint"], origin)
        except (ValueError, TypeError, RecursionError, Bad) as error:
            raise _at(self.line, error) from None
        if checkpoint.size != self.tree.size:
            raise Bad(f"Line {self.line} holds the checkpoint of another place.")
        if checkpoint.root != self.tree.root():
            raise self._between(self.tree.size)
        self.sound = (checkpoint.size, self.line)
        self._note_cosignatures(checkpoint)

    def _signature(self, raw: bytes, header: dict[str, Any], digest: str) -> None:
        """The log's word on this archive: its entries, and all lines up to here."""
        place = f"{header['first']} {header['end']} {header['size']}"
        text = f"{ARCHIVE}\n{header['origin']}\n{place}\n{digest}\n"
        try:
            note = json.loads(raw)
            said, gap, block = note["signature"].partition("\n\n")
            if set(note) != {"signature"} or not gap or said + "\n" != text:
                raise Bad("the archive's signature is of something else")
            for line in block.splitlines():
                found = SIGNATURE.fullmatch(line)
                blob = decode(found[2]) if found else b""
                for key in self.keys.log:
                    if found and (key.name, key.id) == (found[1], blob[:4]):
                        key.signed(text, blob[4:])
                        self.signed_by = key.name
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Bad) as error:
            raise _at(self.line, error) from None
        if not self.signed_by:
            raise Bad(f"Line {self.line}: the archive is not signed with a key that is trusted.")

    def _between(self, end: int) -> Bad:
        return Bad(
            f"The entries {self.sound[0]} to {end - 1} (line {self.sound[1] + 1} and after) do not "
            f"give the root that was signed: one or more were changed together with their leaves."
        )

    def _compare(self, trusted: dict[int, bytes]) -> None:
        known = trusted.get(self.tree.size)
        if known is not None:
            self.compared.add(self.tree.size)
        if known is not None and known != self.tree.root():
            raise Bad(
                f"The first {self.tree.size} entries (up to line {self.line}) are not those that "
                "were kept elsewhere: the log was rewritten by somebody with its key."
            )

    def _note_cosignatures(self, checkpoint: Checkpoint) -> None:
        for name, at in checkpoint.cosigned.items():
            self.cosigned[name] = max(self.cosigned.get(name, (-1, 0)), (checkpoint.size, at))

    def _sealed(self, seal: bytes) -> None:
        last = {"lines": self.line - 1, "sha256": self.digest.hexdigest()}
        if seal != json.dumps(last, separators=(",", ":")).encode():
            raise Bad("The last line does not fit the file: something in it was changed or lost.")
        if self.file.read(1):
            raise Bad("Something stands after the last line.")

    def _witnesses(self, size: int, end: int) -> None:
        for key in self.keys.witnesses:
            if key.name not in self.cosigned:
                raise Bad(f"No checkpoint in this file is cosigned by {key.name}.")
            upto, at = self.cosigned[key.name]
            when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))
            later = f"; {size - upto:,} later ones are not yet" if upto < size else ""
            self.say.append(f"{key.name} cosigned {upto:,} entries on {when}{later}.")

    def _read(self) -> bytes:
        raw = self.file.readline(LONGEST_LINE)
        self.line += 1
        if not raw.endswith(b"\n"):
            raise Bad(
                f"The file ends at line {self.line}: entry {self.tree.size} and all after it, and "
                "the last line, are missing."
            )
        self.digest.update(raw)
        return raw[:-1]


def verify_proof(text: str, keys: Keys) -> list[str]:
    """Check a tlog-proof that carries its event; the log's name is that of the key."""
    head, _gap, note = text.partition("\n\n")
    lines = iter(head.split("\n")[1:])
    extra = next(lines, "")
    if not extra.startswith("extra "):
        raise Bad("The proof does not carry its event: ask for one made with --with-event.")
    payload = decode(extra.removeprefix("extra "))
    label, _space, index = next(lines, "").partition(" ")
    if label != "index" or not NUMBER.fullmatch(index):
        raise Bad("The proof has no index.")
    if not keys.log:
        raise Bad("A proof needs --key.")
    checkpoint = keys.open(note, keys.log[0].name)
    place, last, root = int(index), checkpoint.size - 1, leaf(payload)
    if place > last:
        raise Bad("The proof is of an entry that its checkpoint does not have.")
    for text_of in lines:
        beside = decode(text_of)
        if len(beside) != 32 or last == 0:
            raise Bad("The proof has a line that is no hash, or one too many.")
        if place & 1 or place == last:
            root = node(beside, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node(root, beside)
        place, last = place >> 1, last >> 1
    if last or root != checkpoint.root:
        raise Bad("The event is not in the log: the proof does not lead to the signed root.")
    missing = [key.name for key in keys.witnesses if key.name not in checkpoint.cosigned]
    if missing:
        raise Bad(f"The checkpoint is not cosigned by {missing[0]}.")
    return [f"Event {_id_of(payload)} is entry {index} of the {checkpoint.size:,} in the log."]


def _at(line: int, problem: Exception) -> Bad:
    return Bad(f"Line {line} does not hold: {problem}.")


def _id_of(payload: bytes) -> str:
    try:
        return str(json.loads(payload)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "that cannot be read"


def _note_of(text: str, origin: str) -> str:
    """The checkpoint in a witness's state file, or the text itself."""
    if not text.startswith("{"):
        return text
    try:
        seen = json.loads(text)["logs"][origin]
        return str(seen["note"]) + str(seen["cosignature"])
    except (ValueError, KeyError, TypeError):
        raise Bad("the witness's state does not know this log") from None


def verify(
    file: BinaryIO, *, keys: list[str], witness_keys: list[str], trusted: list[str]
) -> list[str]:
    """Check an export or a proof; what to tell the auditor, or Bad."""
    return verify_all([file], keys=keys, witness_keys=witness_keys, trusted=trusted)


def verify_all(
    files: list[BinaryIO], *, keys: list[str], witness_keys: list[str], trusted: list[str]
) -> list[str]:
    """Check archives and what goes on from them, or one proof; Bad names the first fault.

    What is kept elsewhere is compared with the last file, whose log holds all the others.
    """
    log, witnesses = [Key.parse(key, LOG) for key in keys], []
    say: list[str] = []
    before: Export | None = None
    for number, file in enumerate(files, 1):
        last = number == len(files)
        if last:
            witnesses = [Key.parse(key, WITNESS) for key in witness_keys]
        if len(files) == 1 and file.read(len(PROOF)) == PROOF.encode():
            text = PROOF + file.read(LONGEST_LINE).decode()
            return verify_proof(text, Keys(log, witnesses))
        file.seek(0)
        export = Export(file, Keys(list(log), witnesses), trusted if last else [])
        try:
            said = export.verify()
            if before is not None:
                export.continues(before)
        except Bad as bad:
            raise Bad(f"File {number}: {bad}" if len(files) > 1 else str(bad)) from None
        say += said if last else said[:1]
        before, log = export, export.keys.log
    return say


def main(arguments: list[str] | None = None) -> Iterator[str]:
    parser = argparse.ArgumentParser(description="Check an exported audit log, or one proof.")
    parser.add_argument("files", type=Path, nargs="+", metavar="file")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY")
    parser.add_argument("--witness-key", action="append", default=[], metavar="VKEY")
    parser.add_argument("--trusted", action="append", default=[], type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        trusted = [path.read_text() for path in options.trusted]
        with ExitStack() as open_files:
            files = [open_files.enter_context(path.open("rb")) for path in options.files]
            yield from verify_all(
                files, keys=options.key, witness_keys=options.witness_key, trusted=trusted
            )
    except (Bad, OSError, UnicodeError) as error:
        sys.exit(f"NOT VERIFIED: {error}")


if __name__ == "__main__":
    for sentence in main():
        sys.stdout.write(f"{sentence}\n")
