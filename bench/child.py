"""A piece of work in a fresh process that has Django set up: `python -m bench.child`.

Fresh, so that its memory is its own and that nothing learned by an earlier turn helps a later one.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent


class WorkFailed(RuntimeError):
    """A piece of work ended with an error; it has said which on the terminal."""


def start(
    work: str,
    result: Path,
    /,
    *,
    database: str = "",
    variables: Mapping[str, str] | None = None,
    **given: Any,
) -> subprocess.Popen[Any]:
    """Start `module:function` with the given values and leave it running. See `run`."""
    command = [sys.executable, "-m", "bench.child", work, database, str(result), json.dumps(given)]
    return subprocess.Popen(command, cwd=ROOT, env=environment() | dict(variables or {}))


def run(
    work: str,
    /,
    *,
    database: str = "",
    variables: Mapping[str, str] | None = None,
    **given: Any,
) -> Any:
    """Call `module:function` in a fresh process and return what it returned.

    Args:
        work: where it is; its values and what it returns must have a JSON form.
        database: connect there in place of the settings' database.
        variables: what its environment has besides.

    Raises:
        WorkFailed: it ended with an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        code = start(work, result, database=database, variables=variables, **given).wait()
        if code != 0:
            raise WorkFailed(f"{work} ended with code {code}")
        return json.loads(result.read_text())


def environment() -> dict[str, str]:
    """The environment of every process of a bench, whose private home is in LIWANAG_HOME."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # A few sign-ins stand for a whole agency here.
        "LIWANAG_MOST_CASES": "1000000",
        **os.environ,
    }


def main(work: str, database: str, result: str, given: str) -> None:
    django.setup()
    if database:
        point_to(database)
    module, function = work.split(":")
    values: Mapping[str, Any] = json.loads(given)
    told = getattr(importlib.import_module(module), function)(**values)
    Path(result).write_text(json.dumps(told))


def point_to(database: str) -> None:
    """Let every connection of this process go to `database`, each still with its own role."""
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = database


if __name__ == "__main__":
    main(*sys.argv[1:])
