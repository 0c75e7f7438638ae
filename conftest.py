"""Gives a test run servers of its own before Django's settings are read.

The first process of a run makes a home of its own and starts PostgreSQL and Redis there; the
workers of `pytest -n` find it in their environment and share them. The home lies in memory where
the machine has room for it, since copying a database of 600 small files for each test takes 15
times as long on a disk; otherwise under LIWANAG_HOME/tests. With DATABASE_URL and REDIS_URL set,
the run uses those servers. The demo's servers are never used.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import secrets
import shutil
from pathlib import Path

from config import local_services
from config.env import Environment
from config.machine import make_private

OWN_HOME = "LIWANAG_TEST_HOME"
MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own in it is used, closed to others
ENOUGH_BYTES = 4 * 1024**3


def _homes() -> Path:
    """Where the homes of this checkout's test runs lie."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES
    if "LIWANAG_HOME" in os.environ or not in_memory:
        return make_private(Environment(os.environ).home / "tests")
    root = Path(__file__).resolve().parent
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    return make_private(MEMORY / f"liwanag-{os.getuid()}-{mark}" / "tests")


def _start_servers() -> None:
    """Start or share this run's servers and leave them when this process ends."""
    first = OWN_HOME not in os.environ
    if first:
        homes = _homes()
        local_services.remove_abandoned(homes)
        os.environ[OWN_HOME] = str(homes / secrets.token_hex(4))
    home = Path(os.environ[OWN_HOME])
    os.environ["LIWANAG_HOME"] = str(home)
    os.environ.pop("LIWANAG_KEYS", None)
    machine = Environment(os.environ)
    if first:
        # Registered first, so it runs last: after this process has left the servers.
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    if machine.private_database or machine.private_redis:
        membership = local_services.join(
            home,
            durable=False,
            postgres=machine.private_database,
            redis=machine.private_redis,
            pg_bin=machine.postgres_bin,
        )
        atexit.register(local_services.leave, membership)


_start_servers()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

# tests/conftest.py and its helpers import models.
import django  # noqa: E402

django.setup()
