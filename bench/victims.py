"""The product's processes as a kill and a service manager see them, the database among them.

Each runs under its own role's login, as in an installation: web, worker, beat, Redis, two
sequencers (one at work and one idle) and, outside of what is killed, one witness.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connections

from audit import log_key
from bench.report import ROOT
from config import env
from config.local_services import services_at
from config.machine import command_of, free_port, last_lines, wait_for
from config.processes import Child, commands, listens, open_log

WITNESS = ROOT / "witness" / "liwanag_witness.py"
DATABASE = "database"
SEQUENCERS = ("sequencer", "second sequencer")
REDIS = "redis"
KINDS = ("web", "worker", "beat", REDIS, "sequencer", DATABASE)
START_SECONDS = 60


@dataclass
class Witness:
    """A real witness in a folder of its own, outside of what an administrator controls."""

    folder: Path
    vkey: str = ""
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Make its key, if it has none, and let it listen."""
        program = [sys.executable, "-P", "-s", str(WITNESS)]
        made = subprocess.run(
            [
                *[*program, "init", str(self.folder), "--name", "partner.example/witness"],
                *["--log", str(log_key.verifier_keys()[-1])],
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        self.vkey = made.stdout.strip()
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*program, "serve", str(self.folder), "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.port = int((self.process.stdout.readline() if self.process.stdout else "").split()[-1])

    @property
    def setting(self) -> str:
        """Its entry of LIWANAG_WITNESSES."""
        return f"http://127.0.0.1:{self.port}|{self.vkey}"

    @property
    def state(self) -> str:
        """What it remembers."""
        return (self.folder / "state.json").read_text()

    @property
    def contradictions(self) -> int:
        """How many logs it was shown that do not continue the one it cosigned."""
        kept = self.folder / "evidence"
        return len(list(kept.iterdir())) if kept.exists() else 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()


class Victims:
    """What is killed and comes back, always at the same addresses."""

    def __init__(self, witness: Witness) -> None:
        self.web_port = free_port()
        services = services_at(env.home)
        if services is None or services.postgres_port is None or services.redis_port is None:
            raise RuntimeError("the private servers do not run")
        self.postgres_port, self.redis_port = services.postgres_port, services.redis_port
        self.server = services.postgres(env.home, durable=True)
        self.redis = services.redis(env.home, durable=True)
        self.variables = self._variables(witness)
        wanted = commands(self.web_port, env.home)
        often = ["--interval", "0.2", "--witness-interval", "0.5"]
        listed = {
            "web": wanted["web"],
            "worker": wanted["worker"],
            "beat": wanted["beat"],
            **{name: [*wanted["sequencer"], *often] for name in SEQUENCERS},
        }
        self.children = {
            name: Child(name, command, open_log(env.home, name.replace(" ", "-")))
            for name, command in listed.items()
        }
        self.at_work = SEQUENCERS[0]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.web_port}"

    def start(self) -> None:
        """Start all but the database and Redis, which run."""
        for name in self.children:
            self._start(name)
        self._wait_for_web()

    def kill(self, kinds: Iterable[str]) -> None:
        """kill -9, all in one moment."""
        kinds = set(kinds)
        if DATABASE in kinds:
            self._kill_database()
        if REDIS in kinds:
            self.redis.kill()
        for name in self._named(kinds):
            process = self.children[name].process
            if process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def bring_back(self, kinds: Iterable[str]) -> None:
        """Start what was killed, as a service manager would, and wait until people are served."""
        kinds = set(kinds)
        for name in self._named(kinds):
            self._start(name)
        if "sequencer" in kinds:
            # The idle one took over; next time it is its turn.
            self.at_work = next(name for name in SEQUENCERS if name != self.at_work)
        if DATABASE in kinds:
            self.server.start(self.postgres_port)
        if REDIS in kinds:
            self.redis.start(self.redis_port)
        self._wait_for_web()

    def ended_by_themselves(self) -> list[str]:
        """Who ended though nobody killed them."""
        return [
            name
            for name, child in self.children.items()
            if child.process is None or child.process.poll() is not None
        ]

    def last_words(self, name: str) -> str:
        """The end of its log, which says why it ended."""
        return last_lines(self.children[name].log)

    def stop(self) -> None:
        for child in self.children.values():
            child.tell(signal.SIGTERM)
        for child in self.children.values():
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.tell(signal.SIGKILL)
                child.process.wait()

    def _named(self, kinds: set[str]) -> list[str]:
        named = [name for name in ("web", "worker", "beat") if name in kinds]
        # With the database both lose their connections anyhow; otherwise the idle one takes over.
        return named + ([self.at_work] if "sequencer" in kinds else [])

    def _start(self, name: str) -> None:
        self.children[name].start(0.0, self.variables)

    def _wait_for_web(self) -> None:
        if not wait_for(lambda: listens("127.0.0.1", self.web_port), seconds=START_SECONDS):
            raise RuntimeError(f"web did not start:\n{last_lines(self.children['web'].log)}")

    def _kill_database(self) -> None:
        """The server and every process it has, so that nothing of it can finish a thing."""
        pid = int((self.server.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGSTOP)  # it must not start or restart one meanwhile
        processes = [*_children_of(pid), pid]
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        for one in processes:
            if not wait_for(partial(_is_gone, one), seconds=START_SECONDS):
                raise RuntimeError("the database could not be killed")

    def _variables(self, witness: Witness) -> dict[str, str]:
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_URL", "LIWANAG_DATABASE"))
        }
        urls = {
            f"DATABASE_URL_{alias.upper()}": _url(alias)
            for alias in ("sequencer", "auditor", "reporting")
        }
        return (
            variables
            | urls
            | {
                "DATABASE_URL": _url("default"),
                "DATABASE_URL_APP": _url("default"),
                "REDIS_URL": env.redis_url(),
                "SECRET_KEY": settings.SECRET_KEY,
                "LIWANAG_KEYS": str(env.keys_dir),
                "LIWANAG_PUBLIC_URL": self.address,
                "LIWANAG_LOG_ORIGIN": log_key.origin(),
                "LIWANAG_WITNESSES": witness.setting,
            }
        )


def _url(alias: str) -> str:
    found = connections[alias].settings_dict
    login = f"{found['USER']}:{found['PASSWORD']}"
    return f"postgresql://{login}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def _children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = (map(int, line.split()) for line in listed.splitlines())
    return [child for child, parent in pairs if parent == pid]


def _is_gone(pid: int) -> bool:
    # A zombie has no command line any more, and holds nothing.
    return command_of(pid) == ""
