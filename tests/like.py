"""The tests' own installation, for processes that need one of their own to take over: written
through to the disk, since what they do to it is what a kill or a bench does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

from config.database_shell import connection_variables, find_program

# Of the tests' servers, which are in memory: a process that makes its own must not meet them.
ELSEWHERE = ("LIWANAG_HOME", "LIWANAG_TEST_HOME", "LIWANAG_KEYS")


def take_along(template: str, folder: Path) -> Path:
    """A folder with a dump of the provisioned database and its keys, as `bench --like` takes it."""
    shutil.copytree(settings.LIWANAG_KEYS_DIR, folder / "keys")
    subprocess.run(
        [find_program("pg_dump"), f"--file={folder / 'dump.sql'}"],
        env=connection_variables() | {"PGDATABASE": template},
        check=True,
    )
    return folder


def elsewhere() -> dict[str, str]:
    """The environment of such a process."""
    return {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
