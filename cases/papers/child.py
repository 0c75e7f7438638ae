"""What runs locked in: bytes come in by the standard input, an answer goes out by the output.

The first line of the input says what is wanted: `check pdf`, `clean pdf`, `check docx`,
`clean docx`, or `probe`. Everything after it is the file. Answers are frames: a letter, a length,
a body. `P` is progress (two numbers), `R` a refusal (its code), `D` what was made, `I` a number of
pages, `L` which locks hold and how much memory was used.
"""

from __future__ import annotations

import codecs
import json
import os
import socket
import struct
import sys

FRAME = struct.Struct(">cI")
PIECE = 1 << 20


def send(kind: bytes, body: bytes) -> None:
    """Write one frame, however many writes it takes."""
    data = memoryview(FRAME.pack(kind, len(body)) + body)
    while data:
        data = data[os.write(1, data) :]


def main() -> None:
    """Lock in, read, answer. Called by `process` in a fresh interpreter."""
    # All of it before the locks: afterwards nothing can be opened, not even a module.
    import pypdfium2
    from PIL import Image, ImageFilter  # noqa: F401

    from cases.papers import docx, rebuilt, rendering, structure
    from cases.papers.lockdown import lock_in
    from cases.papers.refusals import Refused, Why

    _warm_up(pypdfium2, Image)
    # Opened while anything still can be: it tells of this process alone.
    status = os.open("/proc/self/status", os.O_RDONLY)
    locks = lock_in()
    wanted, file = _input()
    try:
        if wanted == "probe":
            send(b"D", json.dumps(_probe()).encode())
        elif wanted == "check pdf":
            send(b"I", str(structure.check_pdf(file)).encode())
        elif wanted == "clean pdf":
            structure.check_pdf(file)
            pages = rendering.black_and_white(
                file, lambda done, of: send(b"P", f"{done} {of}".encode())
            )
            send(b"I", str(len(pages)).encode())
            send(b"D", rebuilt.write_pdf(pages))
        elif wanted in ("check docx", "clean docx"):
            send(b"D", docx.text_of(file).encode())
        told = {
            "namespaces": locks.namespaces,
            "filter": locks.filter,
            "kilobytes": _most_memory(status),
        }
        send(b"L", json.dumps(told).encode())
    except Refused as refused:
        send(b"R", str(refused.why).encode())
    except MemoryError:
        send(b"R", str(Why.BOMB).encode())
    except Exception:  # noqa: BLE001
        # Whatever a stranger's file makes a library say: it may quote the file, so nobody hears it.
        send(b"R", str(Why.DAMAGED).encode())
    sys.stderr = None
    os._exit(0)


def _warm_up(pypdfium2: object, image: object) -> None:
    """Use each library once, so that what it loads on first use is loaded."""
    document = pypdfium2.PdfDocument.new()  # type: ignore[attr-defined]
    page = document.new_page(100, 100)
    page.render(scale=0.5, grayscale=True).to_pil()
    page.close()
    document.close()
    for encoding in ("cp437", "cp1252", "latin-1", "utf-16", "utf-8", "ascii"):
        codecs.lookup(encoding)
    small = image.new("L", (64, 64), 255)  # type: ignore[attr-defined]
    small.resize((8, 8)).convert("1").tobytes()


def _most_memory(status: int) -> int:
    """The most this process held at once. `getrusage` would count what its parent held, too."""
    os.lseek(status, 0, os.SEEK_SET)
    for line in os.read(status, 1 << 14).splitlines():
        if line.startswith(b"VmHWM:"):
            return int(line.split()[1])
    return 0


def _input() -> tuple[str, bytes]:
    read = bytearray()
    while piece := os.read(0, PIECE):
        read += piece
    wanted, _line, _file = bytes(read[:40]).partition(b"\n")
    # In place: the file is as large as all the rest of this process.
    del read[: len(wanted) + 1]
    return wanted.decode("ascii", "replace"), bytes(read)


def _probe() -> dict[str, str]:
    """Try what must not work, and say what came of it (for a test and for operators)."""

    def outcome(attempt: object) -> str:
        try:
            attempt()  # type: ignore[operator]
        except OSError as error:
            return f"refused {error.errno}"
        return "worked"

    return {
        "open": outcome(lambda: os.open("/etc/passwd", os.O_RDONLY)),
        "write": outcome(lambda: os.open("/tmp/paper", os.O_CREAT | os.O_WRONLY)),  # noqa: S108
        "socket": outcome(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "local socket": outcome(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        "fork": outcome(os.fork),
        "list": outcome(lambda: os.scandir("/")),
        "environment": " ".join(sorted(os.environ)),
    }
