"""Closing a case takes two people and nothing left open; opening it again takes a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.second_person import Matter, Standing, second_person
from accounts.services.second_person import look_afterwards
from audit.acting import Act, acting
from cases.choices import (
    AFTER_FOLLOW_UP,
    NOBODY_TO_ASK,
    ClosureReason,
    ClosureStatus,
    ContactAfter,
    ProtectionStage,
    ReopenReason,
    RetentionClass,
)
from cases.closing import missing_for, survivors_of
from cases.models import Case, CaseClosure, CaseReopening, ClosureAnswer
from cases.selectors.access import supervisors_on, teams_seeing
from cases.selectors.closing import consent_to_contact
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

MOST_WORDS = 2_000
SHORTEST = 20
CHANGED = ["protection_stage", "version"]


def request_closure(
    *,
    actor: Actor,
    case_id: UUID,
    reason: str,
    summary: str,
    contact_after: Mapping[UUID, str],
    retention: str = RetentionClass.SURVIVOR_FILE,
    version: int,
) -> CaseClosure:
    """Ask a supervisor to close a case in which nothing is left open.

    Args:
        reason: one of `ClosureReason`; `lost_contact` needs attempts within the safe-contact
            instructions (R-C6).
        summary: what was achieved and what the survivor knows; sealed under the case's key.
        contact_after: for each survivor's person id, whether we may get in touch later.
        version: of the case as it was seen.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody changed the case since `version`.
        InvalidTransition: the case is closed, or its closing was asked for.
        DomainError: something is left open (`not_ready`), a survivor without an answer, or an
            unknown code.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.request_closure", case)
        case.check_seen(version)
        if reason not in ClosureReason.values:
            raise DomainError(_("Choose why the case ends."), field="reason")
        if retention not in RetentionClass.values:
            raise DomainError(_("Choose how long the file is kept."), field="retention")
        came_from = case.protection_stage
        if reason in AFTER_FOLLOW_UP and came_from != ProtectionStage.FOLLOW_UP:
            raise DomainError(
                _("This reason fits after the follow-up. Move the case along first."),
                field="reason",
            )
        words = _words(
            summary,
            "summary",
            _("Say in at least %(n)d characters what was achieved and what the survivor knows."),
        )
        case.ask_closure()
        _check_ready(actor, case, reason)
        answers = _answers(actor, case, reason, contact_after)
        closure = CaseClosure(
            case=case,
            reason=reason,
            summary=words,
            from_stage=came_from,
            retention=retention,
            keep_until=keep_until(retention, timezone.localdate(), _birth_years(actor, case)),
            asked_by_id=actor.pk,
        )
        closure.save(force_insert=True)
        for person_id, answer in answers.items():
            ClosureAnswer(
                case=case, closure=closure, person_id=person_id, contact_after=answer
            ).save(force_insert=True)
        case.save(update_fields=CHANGED)
        act.record("closure.requested", closure, facts={"reason": str(reason)})
        _tell_supervisors(act, actor, case)
    return closure


def close_case(
    *, actor: Actor, closure_id: UUID, version: int, at: datetime | None = None
) -> CaseClosure:
    """Close the case, as a second person. What is open is looked for once more.

    Raises:
        CaseClosure.DoesNotExist: not visible to the actor.
        Denied: no supervisor, or the one who asked.
        Conflict: somebody changed it since `version`.
        DomainError: something was opened meanwhile (`not_ready`).
    """
    with acting(actor) as act:
        closure, case = _find(actor, closure_id)
        standing = _standing(actor, closure)
        act.authorise("cases.close_case", closure, verdict=standing.may)
        closure.check_seen(version)
        _check_ready(actor, case, closure.reason)
        closure.decided_alone = standing.alone
        _decide(closure, ClosureStatus.CLOSED, actor, at, "decided_alone")
        case.end_closure(ProtectionStage.CLOSED)
        case.save(update_fields=CHANGED)
        act.record("case.closed", closure, facts={"reason": str(closure.reason)})
        _look_afterwards(act, standing, closure)
        act.after_commit("cases.tell", str(closure.asked_by_id))
    return closure


def return_closure(
    *, actor: Actor, closure_id: UUID, why: str, version: int, at: datetime | None = None
) -> CaseClosure:
    """Give it back to whoever asked, with what is missing; the case goes on where it was.

    Raises:
        CaseClosure.DoesNotExist, Denied, Conflict: as `close_case`.
        DomainError: no reason.
    """
    with acting(actor) as act:
        closure, case = _find(actor, closure_id)
        standing = _standing(actor, closure)
        act.authorise("cases.close_case", closure, verdict=standing.may)
        closure.check_seen(version)
        closure.why_returned = _words(
            why, "why", _("Say in at least %(n)d characters what is still to do.")
        )
        closure.decided_alone = standing.alone
        _decide(closure, ClosureStatus.RETURNED, actor, at, "why_returned", "decided_alone")
        case.end_closure(closure.from_stage)
        case.save(update_fields=CHANGED)
        act.record("closure.returned", closure)
        _look_afterwards(act, standing, closure)
        act.after_commit("cases.tell", str(closure.asked_by_id))
    return closure


def withdraw_closure(
    *, actor: Actor, closure_id: UUID, version: int, at: datetime | None = None
) -> CaseClosure:
    """Take back what one asked for oneself.

    Raises:
        CaseClosure.DoesNotExist: not visible to the actor.
        Denied: somebody else asked.
        Conflict: somebody decided it since `version`.
    """
    with acting(actor) as act:
        closure, case = _find(actor, closure_id)
        mine = closure.asked_by_id == actor.pk
        act.authorise("cases.request_closure", closure, verdict=mine)
        closure.check_seen(version)
        _decide(closure, ClosureStatus.WITHDRAWN, actor, at)
        case.end_closure(closure.from_stage)
        case.save(update_fields=CHANGED)
        act.record("closure.withdrawn", closure)
    return closure


def reopen_case(
    *, actor: Actor, case_id: UUID, reason: str, words: str, version: int
) -> CaseReopening:
    """Open a closed case again; it begins with a new assessment.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody changed the case since `version`.
        InvalidTransition: it is not closed.
        DomainError: no reason.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.reopen_case", case)
        case.check_seen(version)
        if reason not in ReopenReason.values:
            raise DomainError(_("Choose why it is opened again."), field="reason")
        said = _words(words, "words", _("Say in at least %(n)d characters what happened."))
        came_from = case.protection_stage
        case.reopen()
        case.save(update_fields=CHANGED)
        reopening = CaseReopening(case=case, reason=reason, words=said, reopened_by_id=actor.pk)
        reopening.save(force_insert=True)
        facts = {"reason": str(reason), "from": str(came_from)}
        act.record("case.reopened", reopening, facts=facts)
    return reopening


def keep_until(retention: str, closed_on: date, birth_years: Iterable[int] = ()) -> date:
    """The day on which the file is looked at for erasure (R-D3).

    A survivor's file is kept for so many years, and until the youngest survivor is grown up. Of a
    birth only the year is known here, so that is the last day of the year.
    """
    year = closed_on.year + settings.LIWANAG_RETENTION_YEARS[retention]
    grown_up = max(birth_years, default=0) + settings.LIWANAG_RETENTION_AGE
    if retention == RetentionClass.SURVIVOR_FILE and grown_up >= year:
        return date(grown_up, 12, 31)
    try:
        return closed_on.replace(year=year)
    except ValueError:
        # 29 February is not in every year, and nothing is kept a day shorter.
        return date(year, 3, 1)


def _birth_years(actor: Actor, case: Case) -> list[int]:
    return [p.person.birth_year for p in survivors_of(actor, case) if p.person.birth_year]


def _find(actor: Actor, closure_id: UUID) -> tuple[CaseClosure, Case]:
    """The closure and its case, both locked, the case first as everybody locks them."""
    case_id = CaseClosure.objects.visible_to(actor).get(pk=closure_id).case_id
    case = Case.objects.visible_to(actor).locked().get(pk=case_id)
    return CaseClosure.objects.visible_to(actor).locked().get(pk=closure_id), case


def _standing(actor: Actor, closure: CaseClosure) -> Standing:
    return second_person(actor, first_id=closure.asked_by_id, matter=Matter.CLOSE_CASE)


def _look_afterwards(act: Act, standing: Standing, closure: CaseClosure) -> None:
    teams = teams_seeing(closure.case_id)
    look_afterwards(act, standing, matter=Matter.CLOSE_CASE, about=closure, team_ids=teams)


def _decide(
    closure: CaseClosure, status: str, actor: Actor, at: datetime | None, *more: str
) -> None:
    closure.decide(status, by_id=actor.pk, at=at or timezone.now())
    closure.save(update_fields=["status", "version", "decided_by", "decided_at", *more])


def _check_ready(actor: Actor, case: Case, reason: str) -> None:
    open_things = [missing for missing in missing_for(actor, case, reason) if missing.blocks]
    if open_things:
        raise DomainError(
            ngettext(
                "One thing is still open: %(first)s See to it first.",
                "%(n)d things are still open, such as: %(first)s See to them first.",
                len(open_things),
            )
            % {"n": len(open_things), "first": open_things[0].sentence},
            code="not_ready",
            field="reason",
        )


def _answers(actor: Actor, case: Case, reason: str, given: Mapping[UUID, str]) -> dict[UUID, str]:
    survivors = {place.person_id: place.person.code for place in survivors_of(actor, case)}
    said, answers = consent_to_contact(actor, case), {}
    for person_id, code in survivors.items():
        answer = given.get(person_id, "")
        unasked = answer == ContactAfter.NOT_ASKED and reason not in NOBODY_TO_ASK
        if answer not in ContactAfter.values or unasked:
            raise DomainError(
                _("Ask %(code)s whether we may get in touch later, and record the answer.")
                % {"code": code},
                field=f"contact_after_{person_id}",
            )
        if answer == ContactAfter.YES and said.get(person_id) == ContactAfter.NO:
            raise DomainError(
                _("%(code)s said no to contact after closing. Ask again, and record it there.")
                % {"code": code},
                field=f"contact_after_{person_id}",
            )
        answers[person_id] = answer
    if set(given) - set(survivors):
        raise DomainError(_("Somebody named here is no survivor of this case."))
    return answers


def _words(text: str, field: str, otherwise: str) -> str:
    said = check_text(text, field=field, most=MOST_WORDS)
    if len(said) < SHORTEST:
        raise DomainError(otherwise % {"n": SHORTEST}, field=field)
    return said


def _tell_supervisors(act: Act, actor: Actor, case: Case) -> None:
    for user_id in supervisors_on(actor, case):
        if user_id != actor.pk:
            act.after_commit("cases.tell", str(user_id))
