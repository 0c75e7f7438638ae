"""Starts the locked-in process and listens to it. Memory only: pipes, no file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cases.papers.child import FRAME
from cases.papers.limits import LOOK_SECONDS, MOST_ANSWER, WALL_SECONDS
from cases.papers.refusals import Refused, Why

ROOT = Path(__file__).resolve().parents[2]
# -I: no environment, no user's packages, no path but our own.
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from cases.papers.child import main; main()"

Progress = Callable[[int, int], None]


@dataclass
class Answer:
    """What came back.

    Attributes:
        data: what was made: a PDF, or text.
        pages: how many pages a PDF has; of a cleaned one, how many were kept.
        locks: which locks held and how much memory was used (`child`).
    """

    data: bytes = b""
    pages: int = 0
    locks: dict[str, Any] | None = None


def ask(wanted: str, file: bytes, progress: Progress | None = None) -> Answer:
    """Have the locked-in process do what `child` says by `wanted`.

    Raises:
        Refused: the file is not taken; a process that dies or takes too long is a damaged file.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )
    late = threading.Timer(
        LOOK_SECONDS if wanted.startswith("check") else WALL_SECONDS, process.kill
    )
    late.daemon = True
    late.start()
    try:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        # It answers nothing before it has read everything, so this cannot lock up.
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(wanted.encode() + b"\n")
            pipe.write(file)
        return _listen(process.stdout, progress)
    finally:
        late.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _listen(pipe: IO[bytes], progress: Progress | None) -> Answer:
    answer, heard = Answer(), 0
    while True:
        head = pipe.read(FRAME.size)
        if len(head) < FRAME.size:
            # It ended without its last word: killed, crashed, or out of memory.
            raise Refused(Why.DAMAGED)
        kind, length = FRAME.unpack(head)
        heard += length
        if heard > MOST_ANSWER:
            raise Refused(Why.BOMB)
        body = pipe.read(length)
        if len(body) < length:
            raise Refused(Why.DAMAGED)
        if kind == b"R":
            said = body.decode("ascii", "replace")
            raise Refused(Why(said) if said in set(Why) else Why.DAMAGED)
        if kind == b"P" and progress is not None:
            done, of = body.split()
            progress(int(done), int(of))
        elif kind == b"I":
            answer.pages = int(body)
        elif kind == b"D":
            answer.data = body
        elif kind == b"L":
            answer.locks = json.loads(body)
            return answer
