"""Spares a developer's next run the migrations: a dump of the provisioned database, kept in memory.

The dump is named after everything that shapes the schema (migrations, models, walls, provisioning),
so a change of any of them makes a new one. Roles, grants and row security are applied anew on every
run all the same. A run that sets CI, or has nowhere in memory to keep it, always migrates.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command

from config.database_shell import connection_variables, find_program
from core.provisioning import database_statements, role_statements

ROOT = Path(__file__).resolve().parent.parent
SHAPING = (
    "*/migrations/*.py",
    "*/models/*.py",
    "*/models.py",
    "*/apps.py",
    "*/roles.py",
    "*/walls.py",
    "*/*_walls.py",
    "*/fields.py",
    "*/triggers.py",
    "*/law/*.json",
    "*/sql/*",
    "core/*.py",
    "core/management/commands/*.py",
    "requirements.txt",
)
KEPT = 3


def provision() -> None:
    """Make roles, tables and walls in the run's own empty database."""
    kept = _kept()
    if kept is None:
        call_command("provision_database", verbosity=0)
    elif kept.exists():
        _restore(kept)
        call_command("provision_database", skip_migrate=True, verbosity=0)
        kept.touch()
    else:
        call_command("provision_database", verbosity=0)
        _keep(kept)


def _kept() -> Path | None:
    """Where the dump of this very schema lies or would lie."""
    homes = Path(settings.LIWANAG_HOME).parent
    if "CI" in os.environ or not homes.is_relative_to("/dev/shm"):  # noqa: S108 - see conftest.py
        return None
    mark = hashlib.sha256()
    for path in sorted({found for pattern in SHAPING for found in ROOT.glob(pattern)}):
        if path.is_file() and ".venv" not in path.parts:
            mark.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    mark.update(find_program("postgres").encode())
    return homes.parent / "templates" / f"{mark.hexdigest()[:24]}.dump"


def _keep(target: Path) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}")
    subprocess.run(
        [find_program("pg_dump"), "--format=custom", "--compress=0", f"--file={draft}"],
        env=connection_variables(),
        check=True,
    )
    draft.replace(target)
    for old in sorted(target.parent.glob("*.dump"), key=os.path.getmtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _restore(kept: Path) -> None:
    with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
        for statement in role_statements(settings.LIWANAG_ROLE_PASSWORDS):
            admin.execute(statement)
        for statement in database_statements(admin.info.dbname):
            admin.execute(statement)
    variables = connection_variables()
    subprocess.run(
        [
            find_program("pg_restore"),
            "--exit-on-error",
            "--single-transaction",
            "--clean",
            "--if-exists",
            "--dbname",
            variables["PGDATABASE"],
            str(kept),
        ],
        env=variables,
        check=True,
    )
