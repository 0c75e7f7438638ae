"""`manage.py read_audit_archive FILE --as EMAIL [--code CODE] [--person EMAIL]`: what left the log.

The audit pages list the live table; entries that were archived are read here, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from audit import log_key
from audit.archived import ArchivedEntries, NotAnArchive, archives_of, digest_of, event_of
from audit.log_key import LogKeyError
from audit.models import AuditEvent
from audit.reading import reading
from desk.audit_sentences import sentences
from desk.log_names import ids_of, reads_for_the_house

AT_ONCE = 200


class Command(BaseCommand):
    help = "Show entries of an archive of the audit log, checked first, in the pages' own words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as",
            required=True,
            dest="email",
            metavar="EMAIL",
            help="who reads; they must be allowed to read the log, and it is recorded",
        )
        parser.add_argument("--code", default="", help="of a case, person, referral or handoff")
        parser.add_argument("--person", default="", metavar="EMAIL", help="whose entries")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="DAY")

    def handle(self, *args: Any, **options: Any) -> None:
        reader, path = self._person(options["email"]), options["file"]
        # As on the pages: archives hold every agency's entries.
        if not reads_for_the_house(reader):
            raise CommandError("This person may not read the whole audit log.")
        whose = self._person(options["person"]).pk if options["person"] else None
        try:
            archives = archives_of(connections["auditor"])
            entries = ArchivedEntries(archives, [path], log_key.verifier_keys())
            digest = digest_of(path)
        except (NotAnArchive, LogKeyError) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        archive = next(one for one in archives if one.sha256 == digest)
        with reading(reader) as look:
            look.record(
                "log.searched",
                object_type="audit.auditarchive",
                facts={"first": archive.first, "end": archive.end, "sha256": digest.hex()},
            )
            ids = set(ids_of(options["code"].upper(), reader)) if options["code"] else None
            found = 0
            matching = (
                event
                for event in _events(entries, archive.first, archive.end)
                if _matches(event, ids, whose, options["since"], options["until"])
            )
            while some := list(islice(matching, AT_ONCE)):
                for said in sentences(some, reader):
                    found += 1
                    when = timezone.localtime(said.at)
                    self.stdout.write(f"{when:%Y-%m-%d %H:%M}  {said.sentence}")
        self.stdout.write(
            f"{found} of the {archive.end - archive.first} entries {archive.first} to "
            f"{archive.end - 1}; the file is the log's own and whole."
        )

    def _person(self, email: str) -> Any:
        try:
            return get_user_model().objects.get_by_natural_key(email)
        except ObjectDoesNotExist:
            raise CommandError(f"Nobody has the e-mail address {email} here.") from None


def _events(entries: ArchivedEntries, first: int, end: int) -> Iterator[AuditEvent]:
    for position in range(first, end):
        payload = entries.payload(position)
        if payload is None:
            continue
        yield event_of(payload)


def _matches(
    event: AuditEvent,
    ids: set[UUID] | None,
    whose: UUID | None,
    since: date | None,
    until: date | None,
) -> bool:
    day = timezone.localtime(event.at).date()
    return (
        (ids is None or bool({event.case_id, event.object_id} & ids))
        and (whose is None or event.actor_id == whose)
        and (since is None or day >= since)
        and (until is None or day <= until)
    )
