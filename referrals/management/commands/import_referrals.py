"""`manage.py import_referrals --format htcds|odk|cybertip|own PATH…`: files onto a team's desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Team, User
from accounts.service_accounts import IMPORTER_ID
from audit.reading import reading
from core.errors import Denied, DomainError
from referrals.choices import ImportFormat
from referrals.htcds import AddressColumns
from referrals.incoming import Document
from referrals.incoming.own import ColumnMap
from referrals.selectors.own_sheets import saved_mappings
from referrals.services.import_report import ImportReport
from referrals.services.importing import import_referrals
from vault.errors import KeyUnavailable

LISTED = 50
SOME_REFUSED = 3
# One entry a file: all files of a call are one import.
DOCUMENT_FORMATS = frozenset({ImportFormat.CYBERTIP, ImportFormat.ODK})


class Command(BaseCommand):
    help = (
        "Put what files hold on a team's desk. Sheets (--format htcds, or own: XLSX, XLSM, CSV in "
        "UTF-8) are imported one by one; CyberTipline reports (--format cybertip: XML) and "
        "submissions of the survey form (--format odk: XML, or one table) all together, and a "
        "folder stands for the .xml files in it. Entries with faults are listed and written to a "
        "rejects file, the others kept; importing again adds nothing. Ends with 0 when everything "
        "was kept or known, 3 when some was refused, 1 when a file could not be taken at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="what to import")
        parser.add_argument("--format", choices=ImportFormat.values, default=ImportFormat.HTCDS)
        parser.add_argument("--team", default="", help="name or id of the team whose desk it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing; say what would happen"
        )
        parser.add_argument(
            "--rejects",
            type=Path,
            help="where refused entries go; <file>.rejects.csv beside the file when not given",
        )
        parser.add_argument(
            "--ignore-unknown", action="store_true", help="leave out columns HTCDS does not have"
        )
        parser.add_argument(
            "--columns",
            default="",
            metavar="NAME",
            help="with --format own: the name under which the team kept what the columns hold",
        )
        parser.add_argument(
            "--address-columns",
            choices=[choice.value for choice in AddressColumns],
            help="for an official sheet that lost its row of labels",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        importer = User.objects.get(pk=IMPORTER_ID)
        team = _team(importer, options["team"])
        paths: list[Path] = options["paths"]
        together = options["format"] in DOCUMENT_FORMATS
        options["columns"] = _columns(importer, team, options["format"], options["columns"])
        if options["rejects"] and len(paths) > 1 and not together:
            raise CommandError("Import one sheet at a time where --rejects names a file.")
        refused = 0
        for group in [_files_of(paths)] if together else [[path] for path in paths]:
            rejects = _Rejects(group[0], options["rejects"], dry_run=options["dry_run"])
            report = self._import(importer, team, group, rejects, options)
            if not together and len(paths) > 1:
                self.stdout.write(f"{group[0]}:")
            self._tell(report, rejects)
            refused += report.refused
        if refused:
            raise SystemExit(SOME_REFUSED)

    def _import(
        self,
        importer: User,
        team: Team,
        paths: list[Path],
        rejects: _Rejects,
        options: dict[str, Any],
    ) -> ImportReport:
        with ExitStack() as stack:
            documents = [
                Document(number, path.name, cast("BinaryIO", _LateFile(path)))
                if len(paths) > 1
                else Document(number, path.name, stack.enter_context(_opened(path)))
                for number, path in enumerate(paths, 1)
            ]
            try:
                return import_referrals(
                    actor=importer,
                    documents=documents,
                    team_id=team.pk,
                    format=options["format"],
                    dry_run=options["dry_run"],
                    ignore_unknown=options["ignore_unknown"],
                    address_columns=options["address_columns"],
                    columns=options["columns"],
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

    def _progress(self) -> Callable[[int, int], None] | None:
        if not self.stderr.isatty():
            return None

        def show(done: int, of: int) -> None:
            self.stderr.write(
                f"\r{done:,} of {of:,} rows", style_func=str, ending="\n" if done >= of else ""
            )

        return show

    def _tell(self, report: ImportReport, rejects: _Rejects) -> None:
        many, one = ("reports", "report") if report.kind == "xml" else ("rows", "row")
        would = "would be " if report.dry_run else ""
        self.stdout.write(
            f"{report.rows:,} {many}: {report.kept:,} {would}kept, {report.known:,} known from an "
            f"earlier import, {len(report.repeated):,} repeated in this file, "
            f"{len(report.changed):,} changed and not taken again, {report.refused:,} refused."
        )
        if report.left_out:
            self.stdout.write(f"Columns left out: {', '.join(report.left_out)}.")
        if report.withheld:
            self.stdout.write(
                f"{report.withheld:,} fields left out on purpose: names, accounts, addresses, "
                "links, chats, hashes and other details that belong to the police."
            )
        self._list(
            [
                f"{one} {number}: the desk has a referral with this number, and it says something "
                "else now. Compare them."
                for number in report.changed
            ]
        )
        self._list(
            [
                f"{one} {two.row}: has the same number as {one} {two.first} and says something "
                f"else. Both {would or 'are '}kept: look whether they are one child."
                for two in report.same_number
            ]
        )
        self._list(
            [
                f"{one} {number}: holds a code that is not known, kept as text at the end of what "
                "was reported. Look at it when you decide."
                for number in report.to_review
            ]
        )
        self._list(
            [
                f"{one} {repeated.row}: says the same as {one} {repeated.first}."
                for repeated in report.repeated
            ]
        )
        for error in report.errors[:LISTED]:
            letter = "" if report.kind == "xml" else "column "
            column = f", {letter}{error.column}" if error.column else ""
            field = f" ({error.field})" if error.field else ""
            self.stdout.write(f"  {one} {error.row}{column}{field}: {error.message}")
        if report.error_count > LISTED:
            self.stdout.write(f"  and {report.error_count - LISTED:,} more faults.")
        if rejects.path and report.refused:
            self.stdout.write(
                f"Refused {many} are in {rejects.path}. It holds personal data: correct it, import "
                "it again and delete it."
            )

    def _list(self, lines: list[str]) -> None:
        for line in lines[:LISTED]:
            self.stdout.write(f"  {line}")
        if len(lines) > LISTED:
            self.stdout.write(f"  and {len(lines) - LISTED:,} more of these.")


class _LateFile:
    """A file that is opened for each reading: thousands are not held open at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def seek(self, offset: int) -> int:
        self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self._at)
            data = file.read(size)
        self._at += len(data)
        return data


def _columns(importer: User, team: Team, format: str, name: str) -> ColumnMap | None:
    if format != ImportFormat.OWN:
        return None
    with reading(importer):
        saved = saved_mappings(importer, team.pk)
    if name in saved:
        return saved[name]
    names = ", ".join(sorted(saved)) or "none"
    raise CommandError(
        "Say with --columns what the sheet's columns hold, by a name the team kept on the page "
        f"Import. Kept: {names}."
    )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _files_of(paths: list[Path]) -> list[Path]:
    """The files, a folder's own among them, in order."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.xml")) if path.is_dir() else [path]
        if not inside:
            raise CommandError(f"There is no .xml file in {path}.")
        found += inside
    for path in found:
        _opened(path).close()
    return found


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
