"""What a person gets to read about who opened their record: plain words, and nobody else in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, User
from accounts.roles import SERVICE_ROLES
from audit.models import AuditEvent
from cases.choices import ParticipantRole
from cases.models import CaseParticipant, PersonIdentity
from desk.audit_sentences import purpose_in_words, roles_in_words
from desk.selectors.integrity import integrity
from desk.selectors.openings import opening_verbs

# Whose report this is: those the work is for.
FOR = (ParticipantRole.SURVIVOR, ParticipantRole.AT_RISK_CHILD)
# Records that are about one person; those about somebody else are no part of this report.
ABOUT_ONE = ("cases.person", "cases.personidentity", "cases.caseparticipant")
MOST_LINES = 2_000

# The first word of a verb → what was opened, to the person it is about.
PARTS: tuple[tuple[str, str | Promise], ...] = (
    ("identity", gettext_lazy("your name, your birth date and how to reach you")),
    ("person", gettext_lazy("the record about you")),
    ("participant", gettext_lazy("the record about you")),
    ("case", gettext_lazy("your case file")),
    ("note", gettext_lazy("notes in your case file")),
    ("handoff", gettext_lazy("what was prepared for another organisation")),
    ("package", gettext_lazy("what another organisation was sent")),
    ("referral", gettext_lazy("the first report that reached us")),
    ("proceeding", gettext_lazy("the court part of your case")),
    ("paper", gettext_lazy("papers in your case file")),
    ("consent", gettext_lazy("what was agreed about passing things on")),
    ("ground", gettext_lazy("what was agreed about passing things on")),
    ("plan", gettext_lazy("plans and assessments in your case file")),
    ("assessment", gettext_lazy("plans and assessments in your case file")),
    ("safety", gettext_lazy("what is done to keep people safe")),
    ("safety_plan", gettext_lazy("what is done to keep people safe")),
    ("safe_contact", gettext_lazy("how to reach people safely")),
    ("placement", gettext_lazy("where people of your case live")),
    ("survivor_context", gettext_lazy("what happened to people of your case")),
    ("family", gettext_lazy("the family part of your case file")),
    ("conference", gettext_lazy("what was talked about in meetings on your case")),
    ("task", gettext_lazy("the list of what is to be done in your case")),
    ("duty", gettext_lazy("what had to be reported to the authorities")),
    ("copy", gettext_lazy("a copy that was asked for")),
    ("page", gettext_lazy("a page of your case file, to print it")),
)
ELSEWHERE = gettext_lazy("another part of your case file")


@dataclass(frozen=True)
class Subject:
    """Whose report it is: their code, the ids that are theirs, and the cases that are looked at."""

    person_id: UUID
    code: str
    ids: list[UUID]
    case_ids: list[UUID]


@dataclass(frozen=True)
class Line:
    """One line: on this day somebody in this role opened this, for this reason."""

    day: date
    who: str
    what: str
    why: str
    times: int


@dataclass(frozen=True)
class AccessReport:
    """The whole report."""

    code: str
    lines: list[Line]
    is_cut: bool
    names_staff: bool
    answer: str
    is_whole: bool


def subject_of_place(actor: User, place: CaseParticipant) -> Subject:
    """The person of a case the actor works on, as far as this case goes."""
    identities = PersonIdentity.objects.filter(person_id=place.person_id).values_list(
        "pk", flat=True
    )
    places = CaseParticipant.objects.visible_to(actor).filter(
        case_id=place.case_id, person_id=place.person_id
    )
    ids = [place.person_id, *identities, *places.values_list("pk", flat=True)]
    return Subject(place.person_id, place.person.code, ids, [place.case_id])


def subject_in_log(id_or_code: str) -> Subject | None:
    """The person of an id or a code, for whoever audits the house; None for anybody else's eyes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM liwanag_log_person(%s)", [id_or_code])
        row = cursor.fetchone()
    return Subject(*row) if row else None


def access_report(actor: User, subject: Subject, at: datetime) -> AccessReport:
    """Who opened what about this person, newest day first, without anybody else's data.

    Staff stand there as role and agency; by name only where the installation's policy says so.
    """
    own = Q(object_id__in=subject.ids)
    of_case = Q(case_id__in=subject.case_ids) & ~Q(object_type__in=ABOUT_ONE)
    rows: list[dict[str, Any]] = list(
        AuditEvent.objects.filter(own | of_case)
        .filter(verb__in=opening_verbs(), outcome="done")
        .exclude(role__in=[str(role) for role in SERVICE_ROLES])
        .order_by()
        .annotate(day=TruncDate("at"))
        .values("day", "actor_id", "agency_id", "role", "verb", "purpose")
        .annotate(times=Count("pk"))
        .order_by("-day", "agency_id", "role")[: MOST_LINES + 1]
    )
    names: dict[UUID, str] = {}
    if settings.LIWANAG_STAFF_NAMES:
        people = User.objects.filter(pk__in={row["actor_id"] for row in rows})
        # Another organisation's people are theirs to name.
        names = dict(people.filter(agency_id=actor.agency_id).values_list("pk", "name"))
    agencies = dict(
        Agency.objects.filter(pk__in={row["agency_id"] for row in rows}).values_list("pk", "name")
    )
    found = integrity(actor, at)
    return AccessReport(
        code=subject.code,
        lines=_lines(rows[:MOST_LINES], names, agencies),
        is_cut=len(rows) > MOST_LINES,
        names_staff=bool(settings.LIWANAG_STAFF_NAMES),
        answer=found.answer,
        is_whole=found.is_good,
    )


def _lines(
    rows: list[dict[str, Any]], names: dict[UUID, str], agencies: dict[UUID, str]
) -> list[Line]:
    """One line for each day, person in a role, part and reason."""
    times: dict[tuple[date, str, str, str], int] = {}
    for row in rows:
        who = ", ".join(
            filter(
                None,
                (
                    names.get(row["actor_id"], ""),
                    roles_in_words(row["role"]),
                    agencies.get(row["agency_id"], ""),
                ),
            )
        )
        key = (
            row["day"],
            who or _("Somebody whose role is not recorded"),
            part_of(row["verb"]),
            purpose_in_words(row["purpose"]) if row["purpose"] else "",
        )
        times[key] = times.get(key, 0) + row["times"]
    return [Line(*key, times=n) for key, n in times.items()]


def part_of(verb: str) -> str:
    """What was opened, in words for the person it is about."""
    first = verb.split(".")[0]
    return str(next((words for prefix, words in PARTS if prefix == first), ELSEWHERE))
