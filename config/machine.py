"""Small things asked of the machine: closed files and folders, ports, processes, log ends."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def make_private(folder: Path) -> Path:
    """Create `folder` (and what leads to it) closed to everyone else, and return it."""
    if not folder.exists():
        if not folder.parent.exists():
            make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(file: Path, text: str, *, owner: int | None = None) -> None:
    """Write `text` to a 0600 file in one step: a reader finds the old text or the new, whole."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    if owner is not None:
        os.chown(draft, owner, -1)
    draft.replace(file)


def last_lines(file: Path, count: int = 15) -> str:
    """Return the end of a log, or a note that there is none."""
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return "(no log was written)"
    return "\n".join(lines[-count:])


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def command_of(pid: int) -> str:
    """Return a process's command line, or "" when it has ended (a zombie has none either)."""
    if Path("/proc/self").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace")
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def wait_for(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask `condition` until it holds or the time is up; return whether it held."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
