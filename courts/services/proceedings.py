"""Proceedings: opened, put right, and moved along their procedure."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import acting
from cases.choices import ALLEGED_OFFENDERS
from cases.models import Case, CaseParticipant
from cases.text_rules import check_text
from core.errors import DomainError
from courts.choices import ReachedBy
from courts.models import ProcedureStep, Proceeding
from courts.services.steps import (
    LONGEST_DOCUMENT,
    RECORD_INSTEAD,
    begin,
    first_step,
    move,
    not_ahead,
)
from vault.opening import opened

LONGEST_COURT, LONGEST_DOCKET = 120, 80


def open_proceeding(
    *,
    actor: User,
    case_id: uuid.UUID,
    accused_id: uuid.UUID,
    jurisdiction: str,
    side: str,
    opened_on: date,
    court: str = "",
    docket_number: str = "",
    prosecutor_id: uuid.UUID | None = None,
    step: str = "",
    earlier_unknown: bool = False,
    document: str = "",
) -> Proceeding:
    """Open the proceeding of one accused before the courts of one country.

    Args:
        accused_id: the participant, an alleged offender of this case.
        jurisdiction: ISO 3166 alpha-2 code of the country.
        opened_on: the day of the first step that is known.
        docket_number: sealed; shown on the court pages alone.
        prosecutor_id: the agency that prosecutes.
        step: code of where it begins; empty for where its procedure begins.
        earlier_unknown: it came with later steps only, such as a judgment: any step may be first.
        document: which document says so; sealed.

    Raises:
        DomainError: the participant is not an alleged offender, the day lies ahead, a proceeding
            does not begin there, or a text holds what R-U3 refuses.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("courts.open_proceeding", case)
        accused = CaseParticipant.objects.visible_to(actor).get(pk=accused_id, case=case)
        if accused.role not in ALLEGED_OFFENDERS:
            raise DomainError(_("Only an alleged offender is accused."), field="accused")
        not_ahead(opened_on, "opened_on")
        begins = first_step(
            actor, jurisdiction, step, on=opened_on, earlier_unknown=earlier_unknown
        )
        proceeding = Proceeding(
            case=case,
            accused=accused,
            jurisdiction=jurisdiction,
            side=side,
            opened_on=opened_on,
            step=begins,
            stage=begins.stage,
            reached_on=opened_on,
            earlier_unknown=earlier_unknown,
            opened_by=actor,
        )
        _describe(actor, proceeding, court, docket_number, prosecutor_id)
        proceeding.save(force_insert=True)
        begin(
            act,
            proceeding,
            document=check_text(document, field="document", most=LONGEST_DOCUMENT),
        )
        act.record("proceeding.opened_new", proceeding, facts={"side": side, "step": begins.code})
    return proceeding


def change_proceeding(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    version: int,
    court: str | None = None,
    docket_number: str | None = None,
    prosecutor_id: uuid.UUID | None = None,
    prosecutor_unknown: bool = False,
) -> Proceeding:
    """Say which court, under which number and by which prosecutor, as far as it is known now.

    Args:
        court, docket_number, prosecutor_id: None leaves what stands there, readable or not.
        prosecutor_unknown: who prosecutes is not known any more.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: an agency that is not known, or a text holds what R-U3 refuses.
    """
    with acting(actor) as act:
        proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=proceeding_id)
        act.authorise("courts.change_proceeding", proceeding)
        proceeding.check_seen(version)
        changed = _describe(
            actor, proceeding, court, docket_number, prosecutor_id, prosecutor_unknown
        )
        proceeding.version += 1
        proceeding.save(update_fields=[*changed, "version"])
        act.record("proceeding.changed", proceeding, fields=changed)
    return proceeding


def advance_proceeding(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    to: str,
    version: int,
    happened_on: date,
    document: str,
    reason: str = "",
) -> Proceeding:
    """Move a proceeding along one way of its procedure.

    Args:
        to: code of the step.
        happened_on: the day of the order, hearing or resolution.
        document: which document says so; sealed.
        reason: a code of `StopReason`, where the step asks for one.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        InvalidTransition: there is no such way from here on this day.
        DomainError: the step follows from what is recorded, the day is ahead or before the last
            step, or no document is named.
    """
    with acting(actor) as act:
        # The step is read after the lock, as in `charges.locked_proceeding`.
        proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=proceeding_id)
        act.authorise("courts.advance_proceeding", proceeding)
        proceeding.check_seen(version)
        steps = ProcedureStep.objects.visible_to(actor)
        step = steps.filter(procedure=proceeding.step.procedure, code=to).first()
        if step is None:
            raise DomainError(_("There is no such step."), field="to")
        if step.reached_by:
            raise DomainError(str(RECORD_INSTEAD[ReachedBy(step.reached_by)]), field="to")
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        if not document:
            raise DomainError(_("Name the document that says so."), field="document")
        move(act, proceeding, step, on=happened_on, document=document, reason=reason)
    return proceeding


def _describe(
    actor: User,
    proceeding: Proceeding,
    court: str | None,
    docket_number: str | None,
    prosecutor_id: uuid.UUID | None,
    prosecutor_unknown: bool = False,
) -> list[str]:
    """Set what is given; the names of what is changed by it."""
    changed = []
    if court is not None:
        court = check_text(court, field="court", most=LONGEST_COURT)
        if court != proceeding.court:
            proceeding.court = court
            changed.append("court")
    if docket_number is not None:
        number = check_text(docket_number, field="docket_number", most=LONGEST_DOCKET)
        stood = opened(proceeding, "docket_number")
        if not stood.readable or stood.value != number:
            proceeding.docket_number = number
            changed.append("docket_number")
    prosecutor = None if prosecutor_unknown else prosecutor_id or proceeding.prosecutor_id
    if prosecutor != proceeding.prosecutor_id:
        if prosecutor is not None:
            known = Agency.objects.visible_to(actor).active().filter(pk=prosecutor)
            if not known.exists():
                raise DomainError(_("This agency is not known here."), field="prosecutor")
        proceeding.prosecutor_id = prosecutor
        changed.append("prosecutor")
    return changed
