"""The product as an installation runs it: web, worker and sequencer as processes of their own.

They work on a clone of the tests' database and know nothing of the test that drives them.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from psycopg import sql

from config.env import Environment
from config.processes import Child, choose_port, commands, open_log
from core.provisioning import database_statements
from tests.conftest import admin_connection

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = ("web", "worker", "sequencer")
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Product:
    """A product that answers at `address`."""

    address: str
    database: str
    variables: dict[str, str]
    home: Path
    children: tuple[Child, ...]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` against this product, as its administrator would."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def faults(self) -> str:
        """What the processes wrote to their logs that nobody should have to read."""
        return "".join(
            f"{child.name}: {line}\n"
            for child in self.children
            for line in child.log.read_text(errors="replace").splitlines()
            if "Traceback" in line or "ERROR" in line or "CRITICAL" in line
        )

    def ended(self) -> list[str]:
        """The processes that are not running any more."""
        return [
            child.name
            for child in self.children
            if child.process is None or child.process.poll() is not None
        ]

    def events(self, verb: str) -> int:
        """How many events of this kind stand in the log."""
        with admin_connection(self.database) as admin:
            row = admin.execute("SELECT count(*) FROM audit_event WHERE verb = %s", [verb])
            return int(row.fetchone()[0])  # type: ignore[index]

    @contextmanager
    def worker_paused(self) -> Iterator[None]:
        """Hold the worker still, as when it is busy with something else."""
        (worker,) = (child for child in self.children if child.name == "worker")
        worker.tell(signal.SIGSTOP)
        try:
            yield
        finally:
            worker.tell(signal.SIGCONT)

    def wait_for_sequencer(self) -> None:
        """Return once every event has its place in the log."""
        with admin_connection(self.database) as admin:
            wait_until(
                lambda: (
                    admin.execute(
                        "SELECT NOT EXISTS (SELECT FROM audit_event e WHERE NOT EXISTS"
                        " (SELECT FROM audit_leaf l WHERE l.event_id = e.id))"
                    ).fetchone()
                    == (True,)
                ),
                "the sequencer has not taken in every event",
            )


def wait_until(holds: object, otherwise: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask again and again; fail with `otherwise` when it does not come true in time."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{otherwise} after {seconds:.0f} seconds")
        time.sleep(0.1)


@contextmanager
def served(template: str, *, worker: str) -> Iterator[Product]:
    """Serve a clone of `template`; `worker` is the name of the test process (xdist)."""
    database = f"journey_{worker}_{secrets.token_hex(4)}"
    with admin_connection("postgres") as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
    try:
        with admin_connection(database) as admin:
            for statement in database_statements(database):
                admin.execute(statement)
        yield from _processes(database, worker)
    finally:
        with admin_connection("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def _processes(database: str, worker: str) -> Iterator[Product]:
    machine = Environment(os.environ)
    port = choose_port(random.randrange(20_000, 30_000))
    address = f"http://localhost:{port}"
    variables = {
        **os.environ,
        "LIWANAG_DATABASE": database,
        "LIWANAG_PUBLIC_URL": address,
        "LIWANAG_DEMO": "0",
        "LIWANAG_DEBUG": "0",
        "REDIS_URL": _own_redis(machine.redis_url(), worker),
        "PYTHONUNBUFFERED": "1",
    }
    children = tuple(
        Child(name, command, open_log(machine.home, f"{database}-{name}"))
        for name, command in commands(port, machine.home).items()
        if name in PROCESSES
    )
    product = Product(address, database, variables, machine.home, children)
    try:
        for child in children:
            child.start(time.monotonic(), variables)
        wait_until(lambda: product.ended() or _answers(address), "the web server does not answer")
        assert not product.ended(), f"{product.ended()} did not start:\n{_last_words(product)}"
        yield product
    finally:
        _stop(children)


def _own_redis(url: str, worker: str) -> str:
    """Another numbered database of the tests' Redis: workers must not take each other's jobs.

    Number 0 is the one that the other tests clear.
    """
    number = 1 + int(worker.removeprefix("gw")) % 14 if worker.startswith("gw") else 15
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/calendar/", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _last_words(product: Product) -> str:
    return "\n".join(
        f"--- {child.name}\n{child.log.read_text(errors='replace')[-2000:]}"
        for child in product.children
    )


def _stop(children: tuple[Child, ...]) -> None:
    for child in children:
        child.tell(signal.SIGTERM)
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            child.tell(signal.SIGKILL)
            child.process.wait()
