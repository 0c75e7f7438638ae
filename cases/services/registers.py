"""Keeping the registers: an entry is opened, then amended by a further version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import Role
from audit.acting import acting
from cases.choices import BreachNature, RegisterKind
from cases.models import RegisterEntry, RegisterVersion
from cases.registers import REGISTERS, Question, Register
from cases.text_rules import check_text
from core.errors import Conflict, DomainError
from core.races import only_one
from core.references import new_reference

MOST_LINE, MOST_TEXT = 200, 4_000
MOST_PEOPLE = 10_000_000


def open_entry(
    *, actor: User, register: str, answers: Mapping[str, Any], at: datetime
) -> RegisterEntry:
    """Write a new entry into a register of the actor's agency.

    Args:
        register: one of `RegisterKind`.
        answers: by the names of the register's questions; unknown names are left out.

    Raises:
        Denied: not a keeper of registers.
        DomainError: a needed answer is missing, or an answer is none of the choices.
    """
    with acting(actor) as act:
        act.authorise("cases.write_register")
        book = _book(register)
        entry, _version = _write(actor, book, _checked(book, answers, at), number=1)
        act.record("register.opened", entry, facts={"register": book.kind, "number": 1})
    return entry


def amend_entry(
    *, actor: User, entry_id: UUID, answers: Mapping[str, Any], seen: int, at: datetime
) -> RegisterVersion:
    """Say anew what an entry says. What it said before stays readable.

    Args:
        seen: number of the version that was changed.

    Raises:
        RegisterEntry.DoesNotExist: not visible to the actor.
        Conflict: somebody wrote a further version since.
        DomainError: as `open_entry`.
    """
    with acting(actor) as act:
        entry = RegisterEntry.objects.visible_to(actor).get(pk=entry_id)
        act.authorise("cases.write_register", entry)
        newest = entry.versions.order_by("-number").values_list("number", flat=True)[0]
        changed = Conflict(_("Somebody changed this meanwhile. Look at it and change it again."))
        if newest != seen:
            raise changed
        book = _book(entry.register)
        checked = _checked(book, answers, at)
        with only_one("each_version_once", changed):
            _same, version = _write(actor, book, checked, number=newest + 1, entry=entry)
        act.record(
            "register.amended",
            entry,
            facts={"register": book.kind, "number": version.number, "done": version.is_done},
        )
    return version


def report_breach(*, actor: User, nature: str, what: str, at: datetime) -> None:
    """Tell the agency's data protection officer that something went wrong with data.

    The 72 hours run from this moment. Whoever reports cannot read the register.

    Raises:
        Denied: the role may not.
        DomainError: an unknown kind, or no words.
    """
    with acting(actor) as act:
        act.authorise("cases.report_breach")
        if nature not in BreachNature.values:
            raise DomainError(_("Choose what happened."), field="nature")
        book = REGISTERS[RegisterKind.BREACHES]
        answers = {"known_at": at, "nature": nature, "what": what}
        entry, _version = _write(actor, book, _checked(book, answers, at), number=1)
        act.record("breach.reported", entry)
        for officer in officers_of(actor.agency_id, at):
            act.after_commit("cases.tell", str(officer))


def officers_of(agency_id: UUID | None, at: datetime) -> list[UUID]:
    """The data protection officers of an agency."""
    live = Membership.objects.live(at).filter(
        team__agency_id=agency_id, role=Role.DATA_PROTECTION_OFFICER, user__is_active=True
    )
    return sorted(set(live.values_list("user_id", flat=True)))


def _book(register: str) -> Register:
    if register not in REGISTERS:
        raise DomainError(_("Choose one of the registers."), field="register")
    return REGISTERS[register]


def _write(
    actor: User,
    book: Register,
    answers: dict[str, Any],
    *,
    number: int,
    entry: RegisterEntry | None = None,
) -> tuple[RegisterEntry, RegisterVersion]:
    if entry is None:
        entry = RegisterEntry(
            agency=actor.agency, register=book.kind, reference=new_reference(book.prefix)
        )
        entry.save(force_insert=True)
    version = RegisterVersion(
        entry=entry,
        agency_id=entry.agency_id,
        number=number,
        answers=answers,
        due_at=book.due(answers),
        is_done=book.done(answers),
        made_by_id=actor.pk,
    )
    version.save(force_insert=True)
    return entry, version


def _checked(book: Register, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in book.questions:
        value = given.get(question.name)
        # 0 is an answer, and equals False.
        if value is False or value in (None, "", []):
            if question.needed:
                raise DomainError(
                    _("Fill this in: %(label)s") % {"label": question.label}, field=question.name
                )
            continue
        answers[question.name] = _answer(question, value, at)
    return answers


def _answer(question: Question, value: Any, at: datetime) -> Any:
    """One answer, checked, as JSON holds it."""
    name = question.name
    if question.kind in ("one", "some"):
        codes = list(value) if question.kind == "some" else [value]
        if not set(codes) <= {code for code, _label in question.choices}:
            raise DomainError(_("Choose one of the answers."), field=name)
        return codes if question.kind == "some" else str(value)
    if question.kind == "moment":
        if not isinstance(value, datetime) or timezone.is_naive(value) or value > at:
            raise DomainError(_("Give a day and time that lie behind us."), field=name)
        return value.isoformat()
    if question.kind == "day":
        if not isinstance(value, date) or value > timezone.localdate(at):
            raise DomainError(_("Give a day that lies behind us."), field=name)
        return value.isoformat()
    if question.kind == "number":
        if not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
            raise DomainError(_("Give a number."), field=name)
        return value
    most = MOST_LINE if question.kind == "line" else MOST_TEXT
    return check_text(str(value), field=name, most=most)
