"""Proceedings, charges and verdicts, each with the day the court gave."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import ALLEGED_OFFENDERS, LegalStatus
from cases.models import Case, CaseParticipant
from cases.services.legal_status import follow_the_court
from cases.text_rules import check_text
from core.errors import DomainError
from courts.choices import ChargeStatus, Stage, VerdictResult
from courts.models import Charge, Proceeding, Verdict

LONGEST_COURT, LONGEST_DOCKET, LONGEST_STATUTE, LONGEST_SECTION = 120, 80, 120, 60


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
) -> Proceeding:
    """Open the proceeding of one accused before the courts of one country.

    Args:
        accused_id: the participant, an alleged offender of this case.
        jurisdiction: ISO 3166 alpha-2 code of the country.
        docket_number: sealed; shown on the court pages alone.

    Raises:
        DomainError: the participant is not an alleged offender, the day lies ahead, or a text
            holds what R-U3 refuses.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("courts.open_proceeding", case)
        accused = CaseParticipant.objects.visible_to(actor).get(pk=accused_id, case=case)
        if accused.role not in ALLEGED_OFFENDERS:
            raise DomainError("Only an alleged offender is accused.", field="accused")
        _not_ahead(opened_on, "opened_on")
        court = check_text(court, field="court", most=LONGEST_COURT)
        docket_number = check_text(docket_number, field="docket_number", most=LONGEST_DOCKET)
        proceeding = Proceeding.objects.create(
            case=case,
            accused=accused,
            jurisdiction=jurisdiction,
            side=side,
            court=court,
            docket_number=docket_number,
            opened_on=opened_on,
            opened_by=actor,
        )
        act.record("proceeding.opened_new", proceeding, facts={"side": side})
    return proceeding


def file_charge(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    statute: str,
    filed_on: date,
    section: str = "",
    counts: int = 1,
) -> Charge:
    """Record a charge; the first one makes the proceeding “charged” and the accused charged.

    Raises:
        DomainError: the charge lies ahead, or before the proceeding opened, or a text holds what
            R-U3 refuses.
        InvalidTransition: the proceeding is past charging.
    """
    with acting(actor) as act:
        proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=proceeding_id)
        act.authorise("courts.file_charge", proceeding)
        _not_ahead(filed_on, "filed_on")
        statute = check_text(statute, field="statute", most=LONGEST_STATUTE)
        section = check_text(section, field="section", most=LONGEST_SECTION)
        if filed_on < proceeding.opened_on:
            raise DomainError(
                "The charge cannot be earlier than the proceeding. Check both dates.",
                field="filed_on",
            )
        if proceeding.stage == Stage.PRE_CHARGE:
            proceeding.advance(Stage.CHARGED)
            proceeding.save(update_fields=["stage", "version"])
            follow_the_court(
                act,
                participant_id=proceeding.accused_id,
                to=LegalStatus.CHARGED,
                happened_on=filed_on,
            )
        elif proceeding.stage not in (Stage.CHARGED, Stage.PRE_TRIAL, Stage.TRIAL):
            raise DomainError(
                "Charges cannot be added after the verdict.", code="invalid_transition"
            )
        charge = Charge.objects.create(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            statute=statute,
            section=section,
            counts=counts,
            filed_on=filed_on,
        )
        act.record("charge.filed", charge, facts={"counts": counts})
    return charge


def record_verdict(*, actor: User, charge_id: uuid.UUID, result: str, decided_on: date) -> Verdict:
    """Record what the court decided on one charge. With the last charge decided, the proceeding
    stands at “verdict given” and the accused's label follows.

    Raises:
        DomainError: the charge was decided before, or the verdict lies ahead or before the charge.
    """
    with acting(actor) as act:
        charge = Charge.objects.visible_to(actor).locked().get(pk=charge_id)
        act.authorise("courts.record_verdict", charge)
        proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=charge.proceeding_id)
        _not_ahead(decided_on, "decided_on")
        charge.decide(result=result, on=decided_on)
        charge.save(update_fields=["status"])
        verdict = Verdict.objects.create(
            charge=charge,
            case_id=charge.case_id,
            result=result,
            decided_on=decided_on,
            recorded_by=actor,
        )
        _close_when_decided(act, proceeding, decided_on)
        act.record("verdict.recorded", verdict, facts={"result": result})
    return verdict


def advance_proceeding(
    *, actor: User, proceeding_id: uuid.UUID, to: str, version: int
) -> Proceeding:
    """Move a proceeding along one allowed edge.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        InvalidTransition: there is no such step from here.
        DomainError: a verdict stage with charges still undecided.
    """
    with acting(actor) as act:
        proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=proceeding_id)
        act.authorise("courts.advance_proceeding", proceeding)
        proceeding.check_seen(version)
        if to == Stage.CHARGED:
            raise DomainError("Record the charge; the stage follows.", field="stage")
        if to == Stage.VERDICT and proceeding.charges.filter(status=ChargeStatus.FILED).exists():
            raise DomainError(
                "Record a verdict for each charge first; the stage follows.", field="stage"
            )
        before = proceeding.stage
        proceeding.advance(to)
        proceeding.save(update_fields=["stage", "version"])
        act.record(
            "proceeding.advanced", proceeding, fields=["stage"], facts={"from": before, "to": to}
        )
    return proceeding


def _close_when_decided(act: Act, proceeding: Proceeding, decided_on: date) -> None:
    if proceeding.charges.filter(status=ChargeStatus.FILED).exists():
        return
    if proceeding.stage in (Stage.CHARGED, Stage.PRE_TRIAL, Stage.TRIAL):
        proceeding.advance(Stage.VERDICT)
        proceeding.save(update_fields=["stage", "version"])
    results = set(
        Verdict.objects.filter(charge__proceeding=proceeding).values_list("result", flat=True)
    )
    convicted = results & {VerdictResult.CONVICTED, VerdictResult.CONVICTED_LESSER}
    follow_the_court(
        act,
        participant_id=proceeding.accused_id,
        to=LegalStatus.CONVICTED
        if convicted
        else LegalStatus.ACQUITTED
        if VerdictResult.ACQUITTED in results
        else LegalStatus.DISCHARGED,
        happened_on=decided_on,
    )


def _not_ahead(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise DomainError("This day lies ahead. Enter the day it happened.", field=field)
