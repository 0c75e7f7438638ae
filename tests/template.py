"""Spares a developer's next run the migrations: a dump of the migrated database, kept in memory.

A dump's list names the migrations in it, each with the digest of its file, and the files they
load. A run restores the dump that is nearest to its checkout, one with nothing in it that the
checkout lacks or has otherwise, and migrates the rest; checkouts of one machine share the dumps.
Roles, grants, walls and row security are in no dump and applied on every run. A run that sets CI,
or has nowhere in memory to keep a dump, always migrates from the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command

from config.database_shell import connection_variables, find_program
from config.machine import make_private
from core.provisioning import database_statements, role_statements

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 - see conftest.py
MIGRATIONS = "*/migrations/[0-9]*.py"
# What migrations read beside themselves, and the packages that bring migrations of their own.
READ_BY_THEM = ("*/law/*.json", "*/sql/*", "requirements.txt")
KEPT = 8


def provision() -> None:
    """Make roles, tables and walls in the run's own empty database."""
    folder = _folder()
    if folder is None:
        call_command("provision_database", verbosity=0)
        return
    _make_roles()
    present = _present()
    base = _nearest(folder, present)
    if base is not None:
        _restore(base)
    if base is None or json.loads(base.read_text()) != present:
        call_command("migrate", verbosity=0, interactive=False)
        _keep(folder, present)
    call_command("provision_database", skip_migrate=True, verbosity=0)


def _folder() -> Path | None:
    """Where the dumps lie, or None where none are kept."""
    homes = Path(settings.LIWANAG_HOME).parent
    if "CI" in os.environ or not homes.is_relative_to(MEMORY):
        return None
    return make_private(MEMORY / f"liwanag-{os.getuid()}-templates")


def _present() -> dict[str, str]:
    """Every file that shapes the tables → its digest, and the server's program."""
    found = {path for pattern in (MIGRATIONS, *READ_BY_THEM) for path in ROOT.glob(pattern)}
    digests = {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(found)
        if ".venv" not in path.parts and path.is_file()
    }
    return {**digests, "server": find_program("postgres")}


def _nearest(folder: Path, present: dict[str, str]) -> Path | None:
    """The list of the fullest dump of which everything is present, other files unchanged."""
    beside = {name for name in present if "/migrations/" not in name}
    usable = []
    for path in folder.glob("*.json"):
        listed = json.loads(path.read_text())
        same = listed.items() <= present.items() and beside <= listed.keys()
        if same and path.with_suffix(".dump").exists():
            usable.append((len(listed), path))
    return max(usable)[1] if usable else None


def _keep(folder: Path, present: dict[str, str]) -> None:
    name = hashlib.sha256(json.dumps(present).encode()).hexdigest()[:24]
    target = folder / f"{name}.dump"
    draft = target.with_suffix(f".{os.getpid()}")
    subprocess.run(
        [find_program("pg_dump"), "--format=custom", "--compress=0", f"--file={draft}"],
        env=connection_variables(),
        check=True,
    )
    draft.replace(target)
    # The list last, whole: a dump without its list is not looked at.
    listed = draft.with_suffix(".list")
    listed.write_text(json.dumps(present))
    listed.replace(target.with_suffix(".json"))
    for old in sorted(folder.glob("*.dump"), key=os.path.getmtime)[:-KEPT]:
        old.with_suffix(".json").unlink(missing_ok=True)
        old.unlink(missing_ok=True)


def _make_roles() -> None:
    with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
        for statement in role_statements(settings.LIWANAG_ROLE_PASSWORDS):
            admin.execute(statement)
        for statement in database_statements(admin.info.dbname):
            admin.execute(statement)


def _restore(base: Path) -> None:
    dump = base.with_suffix(".dump")
    dump.touch()
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
            str(dump),
        ],
        env=variables,
        check=True,
    )
