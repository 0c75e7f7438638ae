"""A private installation for one run, in a temporary home. Django follows in child processes."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import child
from bench.talk import say
from config import local_services
from config.env import Environment
from config.machine import make_private

# Of the person who calls; a bench must not meet their servers, keys or demo.
OTHERS = ("DATABASE_URL", "REDIS_URL", "LIWANAG_KEYS", "LIWANAG_DEMO", "LIWANAG_PUBLIC_URL")


@contextmanager
def installed(like: Path | None = None) -> Iterator[Path]:
    """Make an installation in a temporary home, and remove it afterwards.

    Its database is written through to the disk like that of a real one.

    Args:
        like: a folder with the plain dump `dump.sql` and the folder `keys` of an installation to
            take over, in place of founding one. Its people work if `people.json` names them, and
            otherwise the bench's own join them.
    """
    machine = Environment(os.environ)
    homes = make_private(machine.home / "bench")
    local_services.remove_abandoned(homes)
    home = homes / secrets.token_hex(4)
    for name in [name for name in os.environ if name.startswith(OTHERS)]:
        del os.environ[name]
    os.environ["LIWANAG_HOME"] = str(home)
    say("Starting a private PostgreSQL and Redis, and provisioning them …")
    try:
        with local_services.running(home, durable=True, pg_bin=machine.postgres_bin):
            if like is None:
                child.run("bench.installation:provision")
            else:
                shutil.copytree(like / "keys", home / "keys", dirs_exist_ok=True)
                people = not (like / "people.json").exists()
                child.run("bench.installation:restore", dump=str(like / "dump.sql"), people=people)
            yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
