"""Sequencers as they run in the world: processes of their own on the test's database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from audit import sequencing

PROCESS = """
import json, sys
import django
from django.conf import settings
from django.core.management import call_command
django.setup()
from django.db import connections
given = json.load(sys.stdin)
connections["sequencer"].settings_dict.update(given["database"])
settings.LIWANAG_KEYS_DIR = given["keys"]
settings.LIWANAG_LOG_ORIGIN = given["origin"]
settings.LIWANAG_WITNESSES = given["witnesses"]
call_command("run_sequencer", *given["options"])
"""


def start_sequencer(keys_dir: Path, *options: str) -> subprocess.Popen[str]:
    """`manage.py run_sequencer` with this test's database and keys; its output is a pipe."""
    database = connections["sequencer"].settings_dict
    given = {
        "database": {
            name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
        },
        "keys": str(keys_dir),
        "origin": settings.LIWANAG_LOG_ORIGIN,
        "witnesses": settings.LIWANAG_WITNESSES,
        "options": ["--interval", "0.05", *options],
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(sequencing.__file__).parent.parent,
        env=dict(os.environ),
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    process.stdin = None
    return process


@contextmanager
def sequencers(keys_dir: Path, count: int, *options: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Several at once; all are ended afterwards."""
    processes = [start_sequencer(keys_dir, *options) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()
