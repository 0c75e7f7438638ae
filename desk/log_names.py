"""Codes for the ids in the log: C-7QK4-29 instead of a row of digits.

Who reads the log for the house gets them from the database's own functions (`audit.walls`) and
sees no record by that. Everybody else gets the codes of what they see anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from audit.models import AuditEvent
from cases.models import Case, CaseParticipant, Person
from handoffs.models import Handoff
from referrals.models import Referral

APPS = ("cases", "referrals", "handoffs")


def reads_for_the_house(reader: User) -> bool:
    return reader.of_the_house and reader.may("audit.read_log")


def codes_of(events: Iterable[AuditEvent], reader: User) -> dict[UUID, str]:
    """id → code, for the cases, people, referrals and handoffs the events name."""
    events = list(events)
    return codes_of_ids(
        [pk for event in events for pk in (event.object_id, event.case_id) if pk], reader
    )


def codes_of_ids(ids: Iterable[UUID], reader: User) -> dict[UUID, str]:
    """id → code, for those ids that have one the reader may know."""
    ids = set(ids)
    if not ids:
        return {}
    if reads_for_the_house(reader):
        return _ask("SELECT id, name FROM liwanag_log_names_{}(%s)", list(ids))
    found: dict[UUID, str] = {}
    for query, field, code in _scoped(reader):
        found |= dict(query.filter(**{f"{field}__in": ids}).values_list(field, code))
    return found


def ids_of(code: str, reader: User) -> list[UUID]:
    """Everything in the log that goes by this code; nothing for those who do not read it."""
    if not reads_for_the_house(reader):
        return []
    with connection.cursor() as cursor:
        ids: list[UUID] = []
        for app in APPS:
            cursor.execute(f"SELECT liwanag_log_ids_{app}(%s)", [code])
            ids += cursor.fetchone()[0] or []
    return ids


def _ask(query: str, ids: list[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    with connection.cursor() as cursor:
        for app in APPS:
            cursor.execute(query.format(app), [ids])
            found |= dict(cursor.fetchall())
    return found


def _scoped(reader: User) -> Iterable[tuple[QuerySet[Any], str, str]]:
    """(what the reader sees, the id's field, the code's field)."""
    people = Person.objects.visible_to(reader)
    return (
        (Case.objects.visible_to(reader), "pk", "reference"),
        (people, "pk", "code"),
        (people, "identity__pk", "code"),
        (CaseParticipant.objects.visible_to(reader), "pk", "person__code"),
        (Referral.objects.visible_to(reader), "pk", "reference"),
        (Handoff.objects.visible_to(reader), "pk", "reference"),
    )
