"""`manage.py restore MANIFEST --identity FILE`: bring a backup back into an empty database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.log_key import add_public_keys, create_log_key
from config.database_shell import connection_variables, find_program
from config.private_postgres import PrivateServerError
from core.errors import DomainError
from core.provisioning import role_statements
from vault.age import identities
from vault.backup_files import read_manifest, restore_from
from vault.errors import KeyUnavailable
from vault.services.backups import record_restore


class Command(BaseCommand):
    help = "Restore a backup into an empty database, put the walls up and verify the audit log."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("manifest", type=Path)
        parser.add_argument("--identity", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._restore(options["manifest"], options["identity"])
        except (DomainError, KeyUnavailable, PrivateServerError) as refused:
            raise CommandError(str(refused)) from None

    def _restore(self, file: Path, identity: Path) -> None:
        if settings.DEBUG or settings.LIWANAG_DEMO:
            # R-D8: error pages with values, a clock that is moved, passwords everybody knows.
            raise DomainError(
                "People's data is not brought into a demonstration, nor where LIWANAG_DEBUG shows "
                "its pages. Unset LIWANAG_DEBUG and LIWANAG_DEMO, and restore again."
            )
        manifest = read_manifest(file)
        opened_by = identities(identity)
        if manifest.log_origin != settings.LIWANAG_LOG_ORIGIN:
            raise DomainError(
                f"Set LIWANAG_LOG_ORIGIN to {manifest.log_origin}: the log keeps its name."
            )
        database = str(conninfo_to_dict(settings.LIWANAG_ADMIN_DSN)["dbname"])
        _make_empty(database)
        self.stdout.write("Bringing the rows back …")
        restore_from(
            file.with_name(manifest.dump),
            manifest,
            program=find_program("pg_restore"),
            database=database,
            variables=connection_variables(),
            opened_by=opened_by,
        )
        call_command("provision_database", verbosity=0)
        add_public_keys(manifest.log_keys)
        create_log_key()
        self.stdout.write("Verifying the audit log …")
        with tempfile.NamedTemporaryFile("w", suffix=".note") as trusted:
            trusted.write(manifest.log_checkpoint)
            trusted.flush()
            known = {"trusted": Path(trusted.name)} if manifest.log_checkpoint else {}
            call_command("verify_audit", stdout=self.stdout, stderr=self.stderr, **known)
        try:
            missing = record_restore(actor=User.objects.get(pk=KEY_KEEPER_ID), manifest=manifest)
        except KeyUnavailable as no_key:
            missing = [str(no_key)]
        if missing:
            self.stdout.write("Restored, but texts stay closed until their key is back:")
            for name in missing:
                self.stdout.write(f"  {name}")
            self.stdout.write("Bring it back with `manage.py recover_key`.")
        else:
            self.stdout.write("Restored: the log verifies and every key is here.")


def _make_empty(database: str) -> None:
    """Make the database where there is none, and the roles.

    Raises:
        DomainError: tables are there already; nothing is ever overwritten.
    """
    with psycopg.connect(
        make_conninfo(settings.LIWANAG_ADMIN_DSN, dbname="postgres"), autocommit=True
    ) as server:
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if known.fetchone() is None:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(database)
                )
            )
    with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
        found = admin.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        row = found.fetchone()
        if row is not None and row[0]:
            raise DomainError(
                f"The database {database} is not empty. Restore into an empty one; "
                "LIWANAG_DATABASE names another on the same server."
            )
        for statement in role_statements(settings.LIWANAG_ROLE_PASSWORDS):
            admin.execute(statement)
