"""`manage.py verify_audit`: check the audit log from its rows; exit 0, or 1 and say why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from audit.archived import NotAnArchive
from audit.cosignature import WitnessKey
from audit.cosigning import NotConfigured, kept_checkpoint, witness_keys
from audit.findings import Report
from audit.log_key import LogKeyError
from audit.signed_note import NoteError, VerifierKey
from audit.verification import verify
from audit.verification_walk import Progress


class Command(BaseCommand):
    help = "Recompute the audit log and name the first bad entry. Exit 0 if it verifies, else 1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--trusted", type=Path, metavar="FILE", help="a checkpoint kept outside the database"
        )
        parser.add_argument(
            "--witness-state",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a witness's state.json, got from the witness: what it cosigned is trusted",
        )
        parser.add_argument(
            "--witness-key",
            action="append",
            metavar="VKEY",
            help="trust this witness instead of those of LIWANAG_WITNESSES (repeatable)",
        )
        parser.add_argument(
            "--write-checkpoint",
            type=Path,
            metavar="FILE",
            help="if the log verifies, keep its newest checkpoint here",
        )
        archived = parser.add_mutually_exclusive_group()
        archived.add_argument(
            "--archive",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a file of archived entries (repeatable)",
        )
        archived.add_argument(
            "--pass-over-archives",
            action="store_true",
            help="see only the hashes of what was archived and removed",
        )
        parser.add_argument(
            "--key",
            action="append",
            metavar="VKEY",
            help="trust this public key instead of the ones on this machine (repeatable)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = [VerifierKey.parse(key) for key in options["key"]] if options["key"] else None
            trusted = options["trusted"].read_text() if options["trusted"] else None
            listed = options["witness_key"]
            witnesses = [WitnessKey.parse(key) for key in listed] if listed else witness_keys()
            states = [path.read_text() for path in options["witness_state"]]
            report = verify(
                connections["auditor"],
                trusted_note=trusted,
                witnessed=[kept_checkpoint(state, witnesses) for state in states],
                witness_keys=witnesses,
                archives=None if options["pass_over_archives"] else options["archive"],
                keys=keys,
                progress=self._progress() if self.stderr.isatty() else None,
            )
        except (LogKeyError, NoteError, NotConfigured, NotAnArchive) as error:
            raise CommandError(str(error)) from None
        except (OSError, UnicodeError) as error:
            raise CommandError(f"A file cannot be read: {error}") from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not answer: {type(error).__name__}.") from None
        if not report.ok:
            if self.stderr.isatty():
                self.stderr.write("")
            self.stderr.write(self.style.ERROR(report.sentence()))
            sys.exit(1)
        self.stdout.write(report.sentence())
        if options["write_checkpoint"]:
            self._keep(report, options["write_checkpoint"])

    def _keep(self, report: Report, path: Path) -> None:
        if report.note is None:
            raise CommandError("The log is empty: there is no checkpoint to keep yet.")
        draft = path.with_name(f"{path.name}.new")
        try:
            draft.write_text(report.note)
            draft.replace(path)
        except OSError as error:
            raise CommandError(f"The checkpoint cannot be written: {error.strerror}.") from None
        self.stdout.write(f"Its newest checkpoint is kept in {path}.")

    def _progress(self) -> Progress:
        def show(done: int, total: int) -> None:
            percent = 100 * done // total if total else 100
            end = "\n" if done >= total else ""
            line = f"\r{percent:3} % of {total} entries"
            self.stderr.write(line, style_func=str, ending=end)
            self.stderr.flush()

        return show
