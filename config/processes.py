"""The product's processes run together: web, Celery worker, beat and the audit sequencer.

One supervisor starts them, starts one again when it ends by itself, and stops all of them when it
is told to. Each writes its own log under LIWANAG_HOME/logs; the terminal hears only what a person
must know. An installation with a service manager runs the same four commands there instead.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import FrameType
from urllib.parse import urlsplit

from config import env
from config.machine import last_lines, make_private

ROOT = Path(__file__).resolve().parent.parent

GRACE_SECONDS = 8.0
# A process that lives this long has started; one that dies sooner, this often in a row, can't.
SETTLED_SECONDS = 5.0
TRIES = 4
LONGEST_PAUSE = 30.0
LOG_LIMIT = 5_000_000

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
# Loaded here because next to nothing is safe between a fork and an exec.
LIBC = ctypes.CDLL(None)


@dataclass
class Child:
    """One process: its command, how often it failed in a row, and when to try again."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_try: float = 0.0

    def start(self, now: float, variables: dict[str, str]) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = now
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def ended(self) -> int | None:
        """Return the exit code of a process that has ended since it was last asked."""
        if self.process is None:
            return None
        code = self.process.poll()
        if code is not None:
            self.process = None
        return code

    def tell(self, what: signal.Signals) -> None:
        """Send a signal to the process, and a kill to all that it started."""
        if self.process is None or self.process.poll() is not None:
            return
        if what is signal.SIGKILL:
            os.killpg(self.process.pid, what)
        else:
            self.process.send_signal(what)


def _die_with_parent() -> None:
    """Have the kernel end this child when the supervisor is killed."""
    LIBC.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def commands(port: int, home: Path) -> dict[str, list[str]]:
    """Return the command of each process, by name."""
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "config.celery", "--quiet"]
    return {
        "web": [
            *[python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"],
            *["--port", str(port), "--workers", "1", "--blocking-threads", "4"],
            *["--no-ws", "--log-level", "warning", "config.wsgi:application"],
        ],
        "worker": [
            *[*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING"],
            *["--without-gossip", "--without-mingle"],
        ],
        "beat": [
            *[*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
            *["--schedule", str(home / "run" / "celerybeat-schedule")],
        ],
        "sequencer": [python, "manage.py", "run_sequencer"],
    }


def choose_port(wanted: int) -> int:
    """Return the first port from `wanted` on that nothing uses, on IPv4 or IPv6."""
    for port in range(wanted, min(wanted + 100, 65536)):
        # The browser asks ::1 first when it reads localhost.
        if not listens("127.0.0.1", port) and not listens("::1", port) and _may_bind(port):
            return port
    raise OSError(f"Every port from {wanted} to {wanted + 99} is in use.")


def listens(host: str, port: int) -> bool:
    """Whether something answers there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _may_bind(port: int) -> bool:
    with socket.socket() as probe:
        # A connection that closed just now doesn't make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Supervisor:
    """Runs the children until told to stop or until one of them can't start."""

    children: list[Child]
    variables: dict[str, str]
    say: Callable[[str], None]
    grace: float = GRACE_SECONDS
    stopping: bool = field(default=False, init=False)
    failed: bool = field(default=False, init=False)

    def run(self, *, ready: Callable[[], bool], announce: Callable[[], str]) -> int:
        """Start all, say `announce` once `ready`, and return the exit code: 0 when told to stop."""
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        announced = False
        try:
            while not self.stopping:
                now = time.monotonic()
                failed = next(
                    (child for child in self.children if not self._keep(child, now)), None
                )
                if failed is not None:
                    self.say(f"The {failed.name} can't start. {failed.log} ends with:")
                    self.say(last_lines(failed.log))
                    return 1
                if not announced and ready():
                    announced = True
                    self.say(announce())
                time.sleep(0.1)
            return 1 if self.failed else 0
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self, *, failed: bool = False) -> None:
        """End the run from another thread; `failed` makes its exit code 1."""
        self.failed = failed
        self.stopping = True

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _keep(self, child: Child, now: float) -> bool:
        """See that the child runs or will be tried again; False once it has failed too often."""
        code = child.ended()
        if code is not None:
            settled = now - child.started >= SETTLED_SECONDS
            child.failures = 1 if settled else child.failures + 1
            if child.failures >= TRIES:
                return False
            child.next_try = now + min(0.5 * 2 ** (child.failures - 1), LONGEST_PAUSE)
            if settled:
                self.say(f"The {child.name} ended (code {code}); it is started again.")
        if child.process is None and now >= child.next_try and not self.stopping:
            child.start(now, self.variables)
        return True

    def _stop_all(self) -> None:
        """Ask every child to end, and end what has not after the grace time."""
        for child in self.children:
            child.tell(signal.SIGTERM)
        end = time.monotonic() + self.grace
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.tell(signal.SIGKILL)
                child.process.wait()


def open_log(home: Path, name: str) -> Path:
    """Return the log of one process, the long log of earlier runs put aside."""
    log = make_private(home / "logs") / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)
    return log


def serve(
    *,
    port: int | None = None,
    say: Callable[[str], None] = print,
    meanwhile: Callable[[str, Supervisor], None] | None = None,
) -> int:
    """Serve until Ctrl-C or SIGTERM.

    `port` defaults to that of LIWANAG_PUBLIC_URL; when it is taken the next free one is used and
    said. `meanwhile` runs in a thread of its own once the web server answers, with the address and
    the supervisor, which it may stop. Returns 0 when told to stop, 1 when a process can't start.
    """
    wanted = port or urlsplit(env.public_url).port or 8000
    chosen = choose_port(wanted)
    if chosen != wanted:
        say(f"Port {wanted} is in use; using {chosen}.")
    address = env.public_url
    if urlsplit(address).scheme == "http" and urlsplit(address).hostname == "localhost":
        address = f"http://localhost:{chosen}"
    variables = dict(os.environ) | {"LIWANAG_PUBLIC_URL": address}
    children = [
        Child(name, command, open_log(env.home, name))
        for name, command in commands(chosen, env.home).items()
    ]
    supervisor = Supervisor(children, variables, say)

    def announce() -> str:
        if meanwhile is None:
            return f"Liwanag is at {address} — Ctrl-C stops it."
        Thread(target=meanwhile, args=(address, supervisor), daemon=True).start()
        return "The web server, worker, beat and audit sequencer are running."

    return supervisor.run(ready=lambda: listens("127.0.0.1", chosen), announce=announce)
