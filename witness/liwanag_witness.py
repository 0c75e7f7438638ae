#!/usr/bin/env python3
# ruff: noqa: T201
"""A witness of an audit log: remembers how far the log was, and signs only what continues it.

One file; needs Python 3.11 and `cryptography`. Run it where nobody who administers the log can
write. It speaks https://c2sp.org/tlog-witness and signs https://c2sp.org/tlog-cosignature
(Ed25519). It stores one size, one hash and one signed text for each log, and sees no entries.

    python liwanag_witness.py init FOLDER --name partner.example/witness --log VKEY
    python liwanag_witness.py serve FOLDER --port 8811
    python liwanag_witness.py show FOLDER
"""

from __future__ import annotations

import argparse
import base64
import binascii
import fcntl
import json
import os
import re
import secrets
import ssl
import sys
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

KEY, STATE, LOGS, LOCK, EVIDENCE = (
    "witness.key",
    "state.json",
    "logs.vkeys",
    "witness.lock",
    "evidence",
)
FORMAT = "liwanag-witness-state@v1"
LOG_KEY, COSIGNING_KEY = b"\x01", b"\x04"
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")
SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
MOST_BYTES, MOST_HASHES, MOST_EVIDENCE, SECONDS = 64 * 1024, 63, 1_000, 10
EMPTY_ROOT = sha256(b"").digest()

Keys = dict[str, list[bytes]]


class Refusal(Exception):
    """A request that is not cosigned, with the answer that the protocol gives it."""

    def __init__(self, status: int, reason: str, size: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.size = status, reason, size


class Unusable(Exception):
    """The witness's own folder cannot be relied on; it must not start."""


def decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "a part is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Refusal(400, "a part is not in the one proper base64 form")
    return raw


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def read_vkey(text: str) -> tuple[str, bytes]:
    """A log's name and public key from its vkey."""
    parts = VKEY.fullmatch(text)
    material = decode(parts[3]) if parts else b""
    if parts is None or material[:1] != LOG_KEY or len(material) != 33:
        raise Unusable(f"This is not the public key of a log: {text}")
    if key_id(parts[1], LOG_KEY, material[1:]).hex() != parts[2]:
        raise Unusable(f"The id of this key is not its own: {text}")
    return parts[1], material[1:]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def continues(first: int, old: bytes, second: int, new: bytes, proof: list[bytes]) -> bool:
    """Whether the tree of `second` leaves only appends to that of `first`: RFC 9162, 2.1.4.2."""
    if first == second:
        return not proof and old == new
    if first == 0:
        # Nothing to continue: the first tree seen is taken as it is.
        return not proof
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, old)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(beside, before), node(beside, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old and after == new


class Request:
    """The parts of one `add-checkpoint` request, read strictly."""

    def __init__(self, body: bytes) -> None:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise Refusal(400, "the request is not UTF-8") from None
        head, gap, self.note = text.partition("\n\n")
        lines = head.split("\n")
        old = lines.pop(0)
        if not gap or not old.startswith("old ") or not SIZE.fullmatch(old[4:]):
            raise Refusal(400, "the request does not start with the old size")
        if len(lines) > MOST_HASHES:
            raise Refusal(400, "the proof is too long")
        self.old, self.proof = int(old[4:]), [decode(line) for line in lines]
        if any(len(value) != 32 for value in self.proof):
            raise Refusal(400, "a line of the proof is not a hash")
        self.text, gap, signatures = self.note.partition("\n\n")
        self.text += "\n"
        parts = self.text.split("\n")
        if not gap or not signatures.endswith("\n") or len(parts) != 4 or not parts[0]:
            raise Refusal(400, "the checkpoint has another form")
        if not SIZE.fullmatch(parts[1]) or int(parts[1]) >= 2**63:
            raise Refusal(400, "the checkpoint's size is not a plain number")
        self.origin, self.size, self.root = parts[0], int(parts[1]), decode(parts[2])
        if len(self.root) != 32:
            raise Refusal(400, "the checkpoint's root is not a hash")
        self.signatures = [SIGNATURE.fullmatch(line) for line in signatures[:-1].split("\n")]
        if len(self.signatures) > 100 or None in self.signatures:
            raise Refusal(400, "a signature line has another form")

    def signed_by(self, keys: list[bytes]) -> str:
        """The note with the trusted signatures alone; unknown ones are dropped."""
        kept = ""
        for line in self.signatures:
            assert line is not None  # noqa: S101 - checked on reading
            blob = decode(line[2])
            for public in keys:
                if (line[1], blob[:4]) != (self.origin, key_id(self.origin, LOG_KEY, public)):
                    continue
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], self.text.encode())
                except (InvalidSignature, ValueError):
                    raise Refusal(403, "a signature of the log is false") from None
                kept += f"{line[0]}\n"
        if not kept:
            raise Refusal(403, "no signature is by a key trusted for this log")
        return f"{self.text}\n{kept}"


class Witness:
    """The key, the logs it trusts and what it has cosigned; one process a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = threading.Lock()
        self._held = (folder / LOCK).open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unusable("Another witness works in this folder.") from None
        self.name, self._private = read_key(folder)
        self.public = self._private.public_key().public_bytes_raw()
        self.logs = read_logs(folder)
        self.state = read_state(folder, self.name)

    def add_checkpoint(self, body: bytes) -> str:
        """Check a request, remember its checkpoint and cosign it.

        Raises:
            Refusal: it is not to be cosigned; nothing was remembered but, where the log itself
                contradicts what it signed before, the evidence.
        """
        request = Request(body)
        keys = self.logs.get(request.origin)
        if keys is None:
            raise Refusal(404, "this log is not known here")
        note = request.signed_by(keys)
        if request.old > request.size:
            raise Refusal(400, "the old size is larger than the new one")
        # One at a time, from the comparison to the disk: two requests must not both continue one.
        with self._turn:
            seen = self.state["logs"].get(request.origin)
            size, root = (seen["size"], decode(seen["root"])) if seen else (0, EMPTY_ROOT)
            if request.size == size and request.root != root:
                self._keep_evidence(request, note, seen)
                raise Refusal(409, "another tree of the size cosigned before", size)
            if request.old != size:
                raise Refusal(409, f"the size cosigned last is {size}", size)
            if not continues(size, root, request.size, request.root, request.proof):
                self._keep_evidence(request, note, seen)
                raise Refusal(422, "the proof does not show that only entries were added")
            now = max(int(time.time()), seen["cosigned_at"] if seen else 0)
            message = f"cosignature/v1\ntime {now}\n{request.text}".encode()
            blob = key_id(self.name, COSIGNING_KEY, self.public) + now.to_bytes(8)
            blob += self._private.sign(message)
            line = f"— {self.name} {base64.b64encode(blob).decode()}\n"
            logs = self.state["logs"] | {
                request.origin: {
                    "size": request.size,
                    "root": base64.b64encode(request.root).decode(),
                    "note": note,
                    "cosignature": line,
                    "cosigned_at": now,
                }
            }
            state = self.state | {"logs": logs}
            write_whole(self.folder / STATE, json.dumps(state, indent=1).encode() + b"\n", 0o600)
            self.state = state
        return line

    def _keep_evidence(self, request: Request, note: str, seen: dict[str, Any] | None) -> None:
        """Keep what the log signed against itself; without it the refusal is only our word."""
        folder = self.folder / EVIDENCE
        folder.mkdir(mode=0o700, exist_ok=True)
        name = sha256(f"{request.old} {request.proof} {note}".encode()).hexdigest()[:32]
        if (folder / name).exists() or len(list(folder.iterdir())) >= MOST_EVIDENCE:
            return
        kept = {"old": request.old, "proof": [value.hex() for value in request.proof]}
        kept |= {"refused": note, "cosigned": seen, "at": int(time.time())}
        write_whole(folder / name, json.dumps(kept, indent=1).encode() + b"\n", 0o400)


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Replace a file so that it is on the disk, old or new and whole, whatever happens."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_key(folder: Path) -> tuple[str, Ed25519PrivateKey]:
    """The witness's name (the file's first line) and its key."""
    path = folder / KEY
    try:
        if path.stat().st_mode & 0o077:
            raise Unusable(f"{path} is open to others: chmod 0400, and make a new witness.")
        name, _, pem = path.read_text().partition("\n")
        private = load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, TypeError):
        raise Unusable(f"{path} cannot be read. Run init first.") from None
    if not isinstance(private, Ed25519PrivateKey) or not VKEY.fullmatch(f"{name}+00000000+A"):
        raise Unusable(f"{path} is not the key of a witness.")
    return name, private


def read_logs(folder: Path) -> Keys:
    """{log's name: its public keys}."""
    logs: Keys = {}
    try:
        lines = (folder / LOGS).read_text().split()
    except OSError:
        raise Unusable(f"{folder / LOGS} cannot be read.") from None
    for line in lines:
        name, public = read_vkey(line)
        logs.setdefault(name, []).append(public)
    if not logs:
        raise Unusable(f"{folder / LOGS} names no log.")
    return logs


def read_state(folder: Path, name: str) -> dict[str, Any]:
    """What was cosigned. A witness without its memory would sign anything: it must not start."""
    try:
        state: dict[str, Any] = json.loads((folder / STATE).read_text())
        whole = state["format"] == FORMAT and state["witness"] == name
        for seen in state["logs"].values():
            whole &= isinstance(seen["size"], int) and len(decode(seen["root"])) == 32
            whole &= isinstance(seen["cosigned_at"], int)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Refusal):
        whole = False
    if not whole:
        raise Unusable(
            f"{folder / STATE} is missing or damaged. A witness that has lost its memory must not "
            "go on under its name: make a new one in another folder."
        )
    return state


class Handler(BaseHTTPRequestHandler):
    """`POST /add-checkpoint` and nothing else."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "witness", ""
    timeout = SECONDS
    witness: Witness

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        # What is not read must not be taken for the next request.
        self.close_connection |= not length.isdecimal() or int(length) > MOST_BYTES
        if self.path != "/add-checkpoint":
            self.close_connection = True
            return self._answer(404, "There is nothing here.\n")
        if self.close_connection and not (length.isdecimal() and int(length) <= MOST_BYTES):
            return self._answer(400, "The request is too long or of unknown length.\n")
        try:
            answer = self.witness.add_checkpoint(self.rfile.read(int(length)))
        except Refusal as refusal:
            self.log_message("refused (%d): %s", refusal.status, refusal.reason)
            if refusal.size is not None:
                return self._answer(refusal.status, f"{refusal.size}\n", "text/x.tlog.size")
            return self._answer(refusal.status, f"{refusal.reason}\n")
        except OSError as error:
            self.log_message("not cosigned, the disk refused: %s", error.strerror)
            return self._answer(500, "The checkpoint could not be stored.\n")
        self.log_message("cosigned")
        return self._answer(200, answer)

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Said once, by the outcome."""

    def log_message(self, format: str, *args: Any) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        print(now, format % args, file=sys.stderr, flush=True)


def init(folder: Path, name: str, logs: list[str]) -> None:
    """Make the key and an empty memory. Never over an existing one."""
    for line in logs:
        read_vkey(line)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any((folder / file).exists() for file in (KEY, STATE, LOGS)):
        raise Unusable(f"{folder} holds a witness already.")
    if not VKEY.fullmatch(f"{name}+00000000+A"):
        raise Unusable("A name has no space and no plus sign, such as partner.example/witness.")
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    write_whole(folder / KEY, f"{name}\n".encode() + pem, 0o400)
    write_whole(folder / LOGS, "".join(f"{line}\n" for line in logs).encode(), 0o600)
    empty = {"format": FORMAT, "witness": name, "logs": {}}
    write_whole(folder / STATE, json.dumps(empty, indent=1).encode() + b"\n", 0o600)


def vkey_of(folder: Path) -> str:
    """The witness's public key, for those who check its signatures."""
    name, private = read_key(folder)
    public = private.public_key().public_bytes_raw()
    material = base64.b64encode(COSIGNING_KEY + public).decode()
    return f"{name}+{key_id(name, COSIGNING_KEY, public).hex()}+{material}"


class Server(ThreadingHTTPServer):
    """Takes callers that come at the same moment; the library's queue of five resets the sixth."""

    request_queue_size = 128
    daemon_threads = True


def serve(options: argparse.Namespace) -> None:
    witness = Witness(options.folder)
    handler = type("WitnessHandler", (Handler,), {"witness": witness})
    server = Server((options.host, options.port), handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.certificate_key)
        # The handshake belongs into the request's own thread, under its timeout.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    print(f"{witness.name} listens on {server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def show(folder: Path) -> None:
    print("Public key:", vkey_of(folder))
    for origin, seen in read_state(folder, read_key(folder)[0])["logs"].items():
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seen["cosigned_at"]))
        print(f"{origin}: {seen['size']} entries, cosigned {when}")
    kept = len(list((folder / EVIDENCE).iterdir())) if (folder / EVIDENCE).exists() else 0
    if kept:
        print(f"{kept} contradictions of a log are kept in {folder / EVIDENCE}.")


def main() -> None:
    parser = argparse.ArgumentParser(description="A witness of an audit log.")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("init", help="make the witness's key and its empty memory")
    one.add_argument("folder", type=Path)
    one.add_argument("--name", required=True, help="such as partner.example/witness")
    one.add_argument("--log", action="append", required=True, metavar="VKEY", dest="logs")
    one = commands.add_parser("serve", help="cosign what the logs submit")
    one.add_argument("folder", type=Path)
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8811)
    one.add_argument("--certificate", type=Path, metavar="PEM")
    one.add_argument("--certificate-key", type=Path, metavar="PEM")
    one = commands.add_parser("show", help="the public key, and what was cosigned last")
    one.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        if options.command == "init":
            init(options.folder, options.name, options.logs)
            print(vkey_of(options.folder))
        elif options.command == "serve":
            serve(options)
        else:
            show(options.folder)
    except (Unusable, Refusal, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
