"""What an operation was for each person: recorded once, and reclassified with both values kept."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import (
    ALLEGED_OFFENDERS,
    SURVIVOR_ROLES,
    LegalStatus,
    ParticipantRole,
    Source,
)
from cases.models import CaseParticipant
from cases.services.legal_status import follow_the_court
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import (
    OF_SUSPECTS,
    TAKEN,
    OperationResult,
    ReclassifyReason,
)
from courts.models import Operation, OperationOutcome, Proceeding
from courts.services.steps import not_ahead

NOT_YET_TAKEN = (LegalStatus.PERSON_OF_INTEREST, LegalStatus.SUSPECT)


def record_outcome(
    *,
    actor: User,
    operation_id: uuid.UUID,
    participant_id: uuid.UUID,
    outcome: str,
    decided_on: date | None = None,
) -> OperationOutcome:
    """Record what an operation was for one person of its case.

    An arrest makes a suspect an arrested person, and clearing somebody whom nothing else holds
    makes them a discharged person.

    Args:
        outcome: a code of `OperationResult` that fits the person's role.
        decided_on: the day it is known since; the day of the operation when left out.

    Raises:
        DomainError: the outcome does not fit the person, was recorded before, or a day ahead or
            before the operation.
    """
    with acting(actor) as act:
        operation = _operation(actor, operation_id)
        act.authorise("courts.record_outcome", operation)
        place = CaseParticipant.objects.visible_to(actor).get(
            pk=participant_id, case_id=operation.case_id
        )
        known = OperationOutcome.objects.visible_to(actor).filter(operation=operation)
        if known.filter(participant__person_id=place.person_id).exists():
            raise DomainError(
                _("The outcome for this person is recorded. Reclassify it instead."),
                code="already_recorded",
                field="participant",
            )
        day = decided_on or operation.happened_on
        _check(place, outcome, day, operation.happened_on)
        row = OperationOutcome(
            operation=operation,
            case_id=operation.case_id,
            participant=place,
            outcome=outcome,
            decided_on=day,
            recorded_by=actor,
        )
        row.save(force_insert=True)
        act.record("operation.outcome_recorded", row, facts={"outcome": str(outcome)})
        _follow(act, row)
    return row


def reclassify_outcome(
    *, actor: User, outcome_id: uuid.UUID, outcome: str, decided_on: date, reason: str
) -> OperationOutcome:
    """Give an outcome another value from a day on. The old one stays, and so do figures of before.

    Raises:
        InvalidTransition: somebody gave it another value meanwhile.
        DomainError: the value does not fit the person or is the same, no reason, or a day ahead or
            before the old value's.
    """
    with acting(actor) as act:
        old: OperationOutcome = (
            OperationOutcome.objects.visible_to(actor)
            .select_related("participant", "operation")
            .get(pk=outcome_id)
        )
        _operation(actor, old.operation_id)
        act.authorise("courts.record_outcome", old)
        if OperationOutcome.objects.visible_to(actor).filter(replaces=old).exists():
            raise InvalidTransition(
                _("Somebody gave this another value meanwhile. Look at what it says now.")
            )
        _check(old.participant, outcome, decided_on, old.operation.happened_on)
        if outcome == old.outcome:
            raise DomainError(_("This is what it says already."), field="outcome")
        if decided_on < old.decided_on:
            raise DomainError(
                _("The value before is of %(day)s. Give that day or a later one.")
                % {"day": spell(old.decided_on)},
                field="decided_on",
            )
        if reason not in ReclassifyReason.values:
            raise DomainError(_("Say why."), field="reason")
        row = OperationOutcome(
            operation=old.operation,
            case_id=old.case_id,
            participant=old.participant,
            outcome=outcome,
            decided_on=decided_on,
            replaces=old,
            reason=reason,
            recorded_by=actor,
        )
        row.save(force_insert=True)
        act.record(
            "operation.outcome_reclassified",
            row,
            facts={"from": str(old.outcome), "to": str(outcome)},
        )
        _follow(act, row, before=old.outcome)
    return row


def fitting(role: str) -> list[str]:
    """The outcomes that fit somebody in a role."""
    if role in ALLEGED_OFFENDERS:
        return [str(result) for result in OF_SUSPECTS]
    if role in SURVIVOR_ROLES:
        return [
            str(OperationResult.VICTIM_RESCUED),
            str(OperationResult.AT_RISK_CHILD_REMOVED),
            str(OperationResult.ADULT_REMOVED),
        ]
    # A child whose behaviour harmed others is a child first (R-A7).
    if role == ParticipantRole.CHILD_DISPLAYING_HSB:
        return [str(OperationResult.AT_RISK_CHILD_REMOVED)]
    return [str(OperationResult.ADULT_REMOVED)]


def _operation(actor: User, operation_id: uuid.UUID) -> Operation:
    # Locked, so that two people do not give one person two values at once.
    found: Operation = Operation.objects.visible_to(actor).locked().get(pk=operation_id)
    return found


def _check(place: CaseParticipant, outcome: str, day: date, happened_on: date) -> None:
    if outcome not in fitting(place.role):
        raise DomainError(_("This does not fit the person's place in the case."), field="outcome")
    not_ahead(day, "decided_on")
    if day < happened_on:
        raise DomainError(
            _("This cannot be earlier than the operation. Check both dates."), field="decided_on"
        )


def _follow(act: Act, row: OperationOutcome, before: str = "") -> None:
    """Let the word for a suspect follow what an operation was for them, as an agency reports it.

    Part of what recording an outcome means, so whoever may record one needs no other permission.
    """
    to = _leads_to(row, before)
    if to is not None:
        follow_the_court(
            act,
            participant_id=row.participant_id,
            to=to,
            happened_on=row.decided_on,
            source=Source.AGENCY_REPORT,
        )


def _leads_to(row: OperationOutcome, before: str) -> str | None:
    here = row.participant.legal_status
    # Cleared by a slip of the pen, or too early: what follows from that is taken back with it.
    back = before == OperationResult.CLEARED and here == LegalStatus.DISCHARGED
    if row.outcome in TAKEN:
        return LegalStatus.ARRESTED if here in NOT_YET_TAKEN or back else None
    if row.outcome == OperationResult.SUSPECT_AT_LARGE:
        return LegalStatus.SUSPECT if back else None
    if row.outcome == OperationResult.CLEARED:
        clears = here in (*NOT_YET_TAKEN, LegalStatus.ARRESTED) and not _held_otherwise(row)
        return LegalStatus.DISCHARGED if clears else None
    return None


def _held_otherwise(row: OperationOutcome) -> bool:
    """Whether a proceeding was opened, or another operation still speaks, against somebody."""
    elsewhere = (
        OperationOutcome.objects.in_force()
        .filter(participant_id=row.participant_id, outcome__in=OF_SUSPECTS)
        .exclude(operation_id=row.operation_id)
        .exclude(outcome=OperationResult.CLEARED)
    )
    running = Proceeding.objects.filter(accused_id=row.participant_id).running()
    return bool(elsewhere.exists() or running.exists())
