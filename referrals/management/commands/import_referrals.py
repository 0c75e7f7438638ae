"""`manage.py import_referrals --format htcds FILE`: a case sheet onto a team's desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Team, User
from accounts.service_accounts import IMPORTER_ID
from core.errors import Denied, DomainError
from referrals.choices import ImportFormat
from referrals.htcds import AddressColumns
from referrals.services.importing import ImportReport, import_referrals
from vault.errors import KeyUnavailable

LISTED = 50
SOME_REFUSED = 3


class Command(BaseCommand):
    help = (
        "Put the rows of an HTCDS case sheet (XLSX, XLSM, CSV in UTF-8) on a team's desk. Rows "
        "with faults are listed and written to a rejects file, the others kept; importing a file "
        "again adds nothing. Ends with 0 when every row was kept or known, 3 when some were "
        "refused, 1 when the file could not be taken at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the case sheet")
        parser.add_argument("--format", choices=ImportFormat.values, default=ImportFormat.HTCDS)
        parser.add_argument("--team", default="", help="name or id of the team whose desk it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing; say what would happen"
        )
        parser.add_argument(
            "--rejects",
            type=Path,
            help="where refused rows go; <file>.rejects.csv beside the file when not given",
        )
        parser.add_argument(
            "--ignore-unknown", action="store_true", help="leave out columns HTCDS does not have"
        )
        parser.add_argument(
            "--address-columns",
            choices=[choice.value for choice in AddressColumns],
            help="for an official sheet that lost its row of labels",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        importer = User.objects.get(pk=IMPORTER_ID)
        team = _team(importer, options["team"])
        rejects = _Rejects(options["file"], options["rejects"], dry_run=options["dry_run"])
        with ExitStack() as stack:
            try:
                file = stack.enter_context(options["file"].open("rb"))
            except OSError as error:
                raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
            try:
                report = import_referrals(
                    actor=importer,
                    file=file,
                    team_id=team.pk,
                    format=options["format"],
                    dry_run=options["dry_run"],
                    ignore_unknown=options["ignore_unknown"],
                    address_columns=options["address_columns"],
                    rejects=rejects.opener(stack),
                    progress=self._progress(),
                )
            except (DomainError, KeyUnavailable) as error:
                raise CommandError(str(error)) from None
            except KeyboardInterrupt:
                raise CommandError(
                    "Stopped. What was imported is kept whole; run it again for the rest.",
                    returncode=130,
                ) from None
            except Denied:
                raise CommandError(
                    "The import service may not import onto this team's desk."
                ) from None
        self._tell(report, rejects)
        if report.refused:
            raise SystemExit(SOME_REFUSED)

    def _progress(self) -> Callable[[int, int], None] | None:
        if not self.stderr.isatty():
            return None

        def show(done: int, of: int) -> None:
            self.stderr.write(
                f"\r{done:,} of {of:,} rows", style_func=str, ending="\n" if done >= of else ""
            )

        return show

    def _tell(self, report: ImportReport, rejects: _Rejects) -> None:
        would = "would be " if report.dry_run else ""
        self.stdout.write(
            f"{report.rows:,} rows: {report.kept:,} {would}kept, {report.known:,} known from an "
            f"earlier import, {len(report.repeated):,} repeated in this file, "
            f"{report.refused:,} refused."
        )
        if report.left_out:
            names = ", ".join(f"{column.heading} ({column.letter})" for column in report.left_out)
            self.stdout.write(f"Columns left out: {names}.")
        for repeated in report.repeated[:LISTED]:
            self.stdout.write(f"  row {repeated.row}: says the same as row {repeated.first}.")
        for error in report.errors[:LISTED]:
            column = f", column {error.column}" if error.column else ""
            field = f" ({error.field})" if error.field else ""
            self.stdout.write(f"  row {error.row}{column}{field}: {error.message}")
        if report.error_count > LISTED:
            self.stdout.write(f"  and {report.error_count - LISTED:,} more faults.")
        if rejects.path and report.refused:
            self.stdout.write(
                f"Refused rows are in {rejects.path}. It holds personal data: correct it, import "
                "it again and delete it."
            )


class _Rejects:
    """The rejects file: made when there is a first refused row, readable by its owner only."""

    def __init__(self, source: Path, chosen: Path | None, *, dry_run: bool) -> None:
        self.path = chosen
        if chosen is None and not dry_run and os.access(source.parent, os.W_OK):
            self.path = _free_name(source)
        if chosen is not None and chosen.exists():
            raise CommandError(f"{chosen} is there already. Choose another name for --rejects.")
        if chosen is not None and not os.access(chosen.parent, os.W_OK):
            raise CommandError(f"{chosen.parent} cannot be written to. Choose another --rejects.")

    def opener(self, stack: ExitStack) -> Callable[[], TextIO] | None:
        path = self.path
        if path is None:
            return None

        def open_it() -> TextIO:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            return stack.enter_context(os.fdopen(handle, "w", encoding="utf-8-sig", newline=""))

        return open_it


def _free_name(source: Path) -> Path:
    path = source.with_name(f"{source.stem}.rejects.csv")
    number = 2
    while path.exists():
        path = source.with_name(f"{source.stem}.rejects-{number}.csv")
        number += 1
    return path


def _team(importer: User, wanted: str) -> Team:
    """The team by name or id, or the only one the import service serves."""
    teams = list(
        Team.objects.of_member(importer, timezone.now()).select_related("agency").order_by("name")
    )
    found = [team for team in teams if wanted in ("", team.name, str(team.pk))]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{team.name} ({team.agency.short_code})" for team in teams) or "none"
    raise CommandError(f"Say with --team whose desk it is. The import service serves: {names}.")
