#!/usr/bin/env python
"""The command line of Liwanag. It starts the private servers when none are given and none run."""

from __future__ import annotations

import os
import sys

# These say something about the code alone; every other command may need the database.
WITHOUT_SERVERS = {"help", "--help", "-h", "version", "--version", "check", "spectacular"}


def main() -> int:
    """Run one management command; return the exit code of a failed start."""
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        print("Django is not installed here. Run `make env`, then .venv/bin/python manage.py")
        return 1
    from config import env, local_services
    from config.private_postgres import PrivateServerError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not WITHOUT_SERVERS.intersection(sys.argv[1:3]) and len(sys.argv) > 1:
        try:
            local_services.ensure_running(
                env.home,
                postgres=env.current.private_database,
                redis=env.current.private_redis,
                pg_bin=env.current.postgres_bin,
            )
        except PrivateServerError as problem:
            print(problem, file=sys.stderr)
            return 1
    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
