"""Look at the database from below: `psql`, or a plain `pg_dump` into a file.

Both sign in as the login that provisions (the private server's superuser, or that of
DATABASE_URL). What they show goes round the application's rules and is not in its audit log.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from config import env
from config.local_services import ensure_running
from config.private_postgres import PrivateServerError, bundled_bin

# libpq reads these; a password on the command line would stand in the process list.
VARIABLES = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "options": "PGOPTIONS",
}


def find_program(name: str) -> str:
    """Return PostgreSQL's program: of the private server's kind, else the machine's."""
    folder = env.current.postgres_bin
    if folder is None and env.current.private_database:
        folder = bundled_bin()
    if folder is not None and (folder / name).is_file():
        return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise PrivateServerError(f"There is no {name} here. Install PostgreSQL's client programs.")
    return found


def connection_variables() -> dict[str, str]:
    """Return this process's environment with the provisioning login added."""
    parts = conninfo_to_dict(env.admin_dsn())
    return dict(os.environ) | {
        VARIABLES[name]: str(value) for name, value in parts.items() if name in VARIABLES
    }


def main(arguments: list[str]) -> int:
    """Run `psql [ARGUMENT…]` or `dump FILE`; return the program's exit code."""
    action, *rest = arguments
    try:
        if env.current.private_database:
            ensure_running(env.home, redis=False, pg_bin=env.current.postgres_bin)
        if action == "psql":
            # Ctrl-C is psql's: it cancels a query there. A handler of ours isn't passed on.
            signal.signal(signal.SIGINT, lambda *_: None)
            return subprocess.run(
                [find_program("psql"), *rest], env=connection_variables(), check=False
            ).returncode
        return _dump(Path(rest[0]))
    except PrivateServerError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's answer to its user
        return 1


def _dump(target: Path) -> int:
    """Write a plain dump nobody else can read; a failed one leaves no file."""
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        dumped = subprocess.run(
            [find_program("pg_dump"), "--format=plain"],
            env=connection_variables(),
            stdout=handle,
            check=False,
        )
    if dumped.returncode != 0:
        draft.unlink()
        return dumped.returncode
    draft.replace(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
