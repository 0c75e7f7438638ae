"""The private PostgreSQL and Redis of a checkout, shared by whoever needs them just now.

Every process that uses the servers holds a shared lock on `run/users.lock`; the kernel drops it
however the process ends. Whoever gets that lock exclusively knows that nobody is left, and stops
the servers: the last one out does so on leaving, and a watcher (a process that sleeps in the
kernel until then) does so after a crash or a kill. `run/turn.lock` lets one process at a time
start or stop. Nothing else decides whether the servers are in use, so nothing can be stale.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from config.machine import make_private, wait_for, write_private
from config.private_postgres import PrivatePostgres, PrivateServerError
from config.private_redis import PrivateRedis

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90.0

_joined: dict[Path, Membership] = {}


@dataclass(frozen=True)
class Services:
    """Where the running servers listen, on 127.0.0.1. None: that one was not asked for.

    `postgres_bin` is the folder of the binaries when they are not the bundled ones.
    """

    postgres_port: int | None = None
    redis_port: int | None = None
    postgres_bin: str | None = None

    def postgres(self, home: Path, *, durable: bool = True) -> PrivatePostgres:
        """Return the handle of the PostgreSQL of `home`."""
        folder = Path(self.postgres_bin) if self.postgres_bin else None
        password = credentials(home)["superuser"]
        return PrivatePostgres(home, password, bin_folder=folder, durable=durable)

    def redis(self, home: Path, *, durable: bool = True) -> PrivateRedis:
        """Return the handle of the Redis of `home`."""
        return PrivateRedis(home, credentials(home)["redis"], durable=durable)


@dataclass
class Membership:
    """A process's place among the users of the servers: who took it, and its lock until it left."""

    home: Path
    pid: int
    services: Services
    lock: int | None


@contextmanager
def running(
    home: Path,
    *,
    durable: bool = True,
    postgres: bool = True,
    redis: bool = True,
    pg_bin: Path | None = None,
) -> Iterator[Services]:
    """Join the servers of `home`, starting what does not run, and leave them afterwards.

    `durable=False` is for tests: nothing is forced to the disk, nothing outlives a power cut.
    Raises PrivateServerError with the end of the server's log when one does not start.
    """
    membership = join(home, durable=durable, postgres=postgres, redis=redis, pg_bin=pg_bin)
    try:
        yield membership.services
    finally:
        leave(membership)


def ensure_running(
    home: Path, *, postgres: bool = True, redis: bool = True, pg_bin: Path | None = None
) -> Services | None:
    """Join the servers of `home` until this process ends; a second call changes nothing.

    Returns None when neither server is wanted.
    """
    if not (postgres or redis):
        return None
    if home not in _joined or _joined[home].pid != os.getpid():
        _joined[home] = join(home, durable=True, postgres=postgres, redis=redis, pg_bin=pg_bin)
        atexit.register(leave, _joined[home])
    return _joined[home].services


def services_at(home: Path) -> Services | None:
    """Return where the servers of `home` were last started, or None when they were stopped."""
    try:
        return Services(**json.loads((home / "run" / "services.json").read_text()))
    except OSError:
        return None


def credentials(home: Path) -> dict[str, str]:
    """Return the passwords of the private servers, made once and kept in a 0600 file."""
    file = home / "credentials.json"
    if not file.exists():
        make_private(home)
        names = ("superuser", "app", "sequencer", "auditor", "reporting", "redis")
        made = json.dumps({name: secrets.token_urlsafe(32) for name in names})
        draft = home / f"credentials.{secrets.token_hex(8)}"
        write_private(draft, made)
        # A hard link lands whole or not at all, so two first starts agree on the passwords.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    known: dict[str, str] = json.loads(file.read_text())
    return known


def join(
    home: Path, *, durable: bool, postgres: bool, redis: bool, pg_bin: Path | None
) -> Membership:
    """Take a place among the users, start what is missing and return the membership."""
    home = home.absolute()
    make_private(home / "run")
    with _turn(home):
        lock = _open_lock(home)
        try:
            _lock_with_patience(lock, fcntl.LOCK_SH, "The private servers are still stopping")
            found = services_at(home) or Services(postgres_bin=str(pg_bin) if pg_bin else None)
            wanted = found
            if postgres:
                server = found.postgres(home, durable=durable)
                if found.postgres_port is None or not server.answers(found.postgres_port):
                    server.stop()
                    wanted = replace(wanted, postgres_port=server.start())
            if redis:
                cache = found.redis(home, durable=durable)
                if found.redis_port is None or not cache.answers(found.redis_port):
                    wanted = replace(wanted, redis_port=cache.start())
            if wanted != found:
                write_private(home / "run" / "services.json", json.dumps(asdict(wanted)))
                _watch(home)
        except BaseException:
            os.close(lock)
            raise
    return Membership(home, os.getpid(), wanted, lock)


def leave(membership: Membership) -> None:
    """Give the place up and, as the last one out, stop the servers.

    A second call changes nothing, and neither does one from a forked child that inherited the
    membership: its parent still uses it.
    """
    if membership.pid != os.getpid() or membership.lock is None:
        return
    with _turn(membership.home):
        # Unlocked by name and not only closed: a forked child has a copy of the descriptor.
        fcntl.flock(membership.lock, fcntl.LOCK_UN)
        os.close(membership.lock)
        membership.lock = None
        _joined.pop(membership.home, None)
        if not _stop_when_unused(membership.home):
            # Either others use the servers, and this lock is had at once, or the watcher was
            # first, and it is had when the servers have stopped.
            lock = _open_lock(membership.home)
            _lock_with_patience(lock, fcntl.LOCK_SH, "The private servers are still stopping")
            os.close(lock)


def remove_abandoned(folder: Path) -> None:
    """Delete the homes in `folder` that nobody uses, such as those of killed test runs."""
    for home in folder.glob("*"):
        # A home younger than that may belong to a run that is about to take its place.
        settled = time.time() - home.stat().st_mtime > 60
        if settled and (home / "run" / "users.lock").exists() and _stop_when_unused(home):
            shutil.rmtree(home, ignore_errors=True)


def _stop_when_unused(home: Path, *, wait: bool = False) -> bool:
    """Stop the servers if nobody uses them now, or with `wait` as soon as nobody does."""
    lock = _open_lock(home)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        found = services_at(home)
        if found is not None:
            if found.postgres_port is not None:
                found.postgres(home).stop()
            if found.redis_port is not None:
                found.redis(home).stop(found.redis_port)
            (home / "run" / "services.json").unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    """Let one process at a time start or stop the servers of `home`."""
    descriptor = os.open(home / "run" / "turn.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock_with_patience(descriptor, fcntl.LOCK_EX, "Another process is starting the servers")
        yield
    finally:
        os.close(descriptor)


def _open_lock(home: Path) -> int:
    return os.open(home / "run" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _lock_with_patience(descriptor: int, kind: int, reason: str) -> None:
    def taken() -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    if not wait_for(taken, seconds=PATIENCE):
        raise PrivateServerError(f"{reason}, and has been for {PATIENCE:.0f} seconds.")


def _watch(home: Path) -> None:
    """Start the watcher, apart from this process's terminal, signals and children."""
    watcher = [sys.executable, "-m", "config.local_services", str(home)]
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *watcher],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


if __name__ == "__main__":
    _stop_when_unused(Path(sys.argv[1]), wait=True)
