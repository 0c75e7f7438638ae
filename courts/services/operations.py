"""Operations: planned within a named team, conducted, and what came of them for each person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import acting
from cases.models import Case
from cases.selectors.access import assignees_of
from cases.text_rules import check_text
from core.choices import YesNoUnknown
from core.errors import DomainError
from courts.choices import NgoSupport, OperationType, PlanStatus
from courts.models import Operation, PlannedOperation, PlannedOperationMember
from courts.services.steps import not_ahead

LONGEST_PLAN = 4_000
MOST_DEVICES = 10_000
DETAILS = (
    "type",
    "happened_on",
    "country",
    "admin1",
    "lead_agency_id",
    "supporting_agencies",
    "coalition",
    "ngo_support",
    "social_worker_present",
    "devices_seized",
)


def plan_operation(
    *,
    actor: User,
    case_id: uuid.UUID,
    type: str,
    lead_agency_id: uuid.UUID,
    planned_for: date | None = None,
    plan: str = "",
    member_ids: Sequence[uuid.UUID] = (),
) -> PlannedOperation:
    """Plan an operation. Sealed: nobody but the actor and those named learns that it is planned.

    Args:
        plan: what is needed to be ready, without names; sealed.
        member_ids: colleagues of the case who may know.

    Raises:
        Case.DoesNotExist: not visible to the actor by their work; emergency access opens nothing.
        DomainError: an agency or a person that is not known, or a text that R-U3 refuses.
    """
    with acting(actor) as act:
        case = Case.objects.standing_for(actor).get(pk=case_id)
        act.authorise("courts.plan_operation")
        _check_type(type)
        planned = PlannedOperation(
            about=case,
            type=type,
            planned_for=planned_for,
            lead_agency_id=_agency(actor, lead_agency_id, "lead_agency"),
            plan=check_text(plan, field="plan", most=LONGEST_PLAN),
            made_by=actor,
        )
        planned.save(force_insert=True)
        act.record("operation.planned", planned, facts={"members": len(set(member_ids))})
        for user_id in dict.fromkeys(member_ids):
            name_member(actor=actor, planned_id=planned.pk, user_id=user_id)
    return planned


def name_member(
    *, actor: User, planned_id: uuid.UUID, user_id: uuid.UUID
) -> PlannedOperationMember:
    """Let a colleague of the case know of a planned operation.

    Raises:
        PlannedOperation.DoesNotExist: not visible to the actor.
        DomainError: the colleague does not work on the case, or is named already.
    """
    with acting(actor) as act:
        planned = PlannedOperation.objects.visible_to(actor).locked().get(pk=planned_id)
        act.authorise("courts.plan_operation")
        case = Case.objects.standing_for(actor).get(pk=planned.about_id)
        colleague = User.objects.filter(pk=user_id).first()
        works_on_it = colleague is not None and user_id in dict(assignees_of(actor, case))
        if colleague is None or not works_on_it or not colleague.may("courts.read_operation"):
            raise DomainError(
                _("Name somebody who works on this case and reads operations."), field="member"
            )
        if user_id == planned.made_by_id or planned.members.filter(user_id=user_id).exists():
            raise DomainError(_("They know of it already."), field="member")
        member = PlannedOperationMember(operation=planned, user_id=user_id)
        member.save(force_insert=True)
        act.record("operation.member_named", planned, facts={"user": str(user_id)})
    return member


def call_off_operation(*, actor: User, planned_id: uuid.UUID, version: int) -> PlannedOperation:
    """Say that a planned operation will not happen. It stays sealed.

    Raises:
        Conflict: somebody changed it since `version`.
        InvalidTransition: it is planned no longer.
    """
    with acting(actor) as act:
        planned: PlannedOperation = (
            PlannedOperation.objects.visible_to(actor).locked().get(pk=planned_id)
        )
        act.authorise("courts.plan_operation")
        planned.check_seen(version)
        planned.end(PlanStatus.CALLED_OFF)
        planned.save(update_fields=["status", "version"])
        act.record("operation.called_off", planned)
    return planned


def record_operation(
    *,
    actor: User,
    case_id: uuid.UUID,
    type: str,
    happened_on: date,
    country: str,
    lead_agency_id: uuid.UUID,
    admin1: str = "",
    supporting_agencies: Sequence[uuid.UUID] = (),
    coalition: str = "",
    ngo_support: Sequence[str] = (),
    social_worker_present: str = YesNoUnknown.UNKNOWN,
    devices_seized: int | None = None,
    planned_id: uuid.UUID | None = None,
) -> Operation:
    """Record an operation that was conducted. From now on everybody of the case sees it.

    Args:
        country, admin1: where, as a country code and a region or province; nothing nearer.
        ngo_support: what our side did; `NgoSupport`.
        devices_seized: a count alone; what is on them is nobody's to record here.
        planned_id: the planned operation that this was.

    Raises:
        DomainError: a day ahead, an agency that is not known, or no such count.
        InvalidTransition: the planned operation was conducted or called off before.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("courts.record_operation", case)
        said = _details(
            actor,
            type=type,
            happened_on=happened_on,
            country=country,
            admin1=admin1,
            lead_agency_id=lead_agency_id,
            supporting_agencies=supporting_agencies,
            coalition=coalition,
            ngo_support=ngo_support,
            social_worker_present=social_worker_present,
            devices_seized=devices_seized,
        )
        if planned_id is not None:
            planned: PlannedOperation = (
                PlannedOperation.objects.visible_to(actor)
                .locked()
                .get(pk=planned_id, about_id=case.pk)
            )
            planned.end(PlanStatus.CONDUCTED)
            planned.save(update_fields=["status", "version"])
        operation = Operation(case=case, planned_id=planned_id, recorded_by=actor, **said)
        operation.save(force_insert=True)
        act.record("operation.recorded", operation, facts={"type": str(type)})
    return operation


def change_operation(
    *, actor: User, operation_id: uuid.UUID, version: int, **details: Any
) -> Operation:
    """Put right what an operation's record says; what it said before is kept.

    Args:
        details: as `record_operation`.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: as `record_operation`, or somebody's outcome lies before the new day.
    """
    with acting(actor) as act:
        operation: Operation = Operation.objects.visible_to(actor).locked().get(pk=operation_id)
        act.authorise("courts.record_operation", operation)
        operation.check_seen(version)
        said = _details(actor, stand=operation, **details)
        if operation.outcomes.filter(decided_on__lt=said["happened_on"]).exists():
            raise DomainError(
                _("Somebody's outcome is of an earlier day. Check both dates."),
                field="happened_on",
            )
        changed = [name for name in DETAILS if getattr(operation, name) != said[name]]
        for name in changed:
            setattr(operation, name, said[name])
        operation.version += 1
        operation.save(update_fields=[*(name.removesuffix("_id") for name in changed), "version"])
        act.record("operation.changed", operation, fields=changed)
    return operation


def _details(
    actor: User,
    *,
    type: str,
    happened_on: date,
    country: str,
    lead_agency_id: uuid.UUID,
    admin1: str = "",
    supporting_agencies: Sequence[uuid.UUID] = (),
    coalition: str = "",
    ngo_support: Sequence[str] = (),
    social_worker_present: str = YesNoUnknown.UNKNOWN,
    devices_seized: int | None = None,
    stand: Operation | None = None,
) -> dict[str, Any]:
    _check_type(type)
    not_ahead(happened_on, "happened_on")
    if len(country) != 2:
        raise DomainError(_("Choose the country."), field="country")
    if set(ngo_support) - set(NgoSupport.values):
        raise DomainError(_("Choose among the kinds of support."), field="ngo_support")
    if social_worker_present not in YesNoUnknown.values:
        raise DomainError(_("Choose an answer."), field="social_worker_present")
    if devices_seized is not None and not 0 <= devices_seized <= MOST_DEVICES:
        raise DomainError(_("Give a count of devices."), field="devices_seized")
    # Who is named there already stays, active or not.
    named = set() if stand is None else {stand.lead_agency_id, *stand.supporting_agencies}
    return {
        "type": type,
        "happened_on": happened_on,
        "country": country,
        "admin1": check_text(admin1, field="admin1", most=80),
        "lead_agency_id": _agency(actor, lead_agency_id, "lead_agency", named),
        "supporting_agencies": [
            _agency(actor, pk, "supporting_agencies", named)
            for pk in dict.fromkeys(supporting_agencies)
        ],
        "coalition": check_text(coalition, field="coalition", most=80),
        "ngo_support": list(dict.fromkeys(ngo_support)),
        "social_worker_present": social_worker_present,
        "devices_seized": devices_seized,
    }


def _check_type(type: str) -> None:
    if type not in OperationType.values:
        raise DomainError(_("Choose what kind of operation it is."), field="type")


def _agency(
    actor: User, agency_id: uuid.UUID, field: str, named: Set[uuid.UUID] = frozenset()
) -> uuid.UUID:
    if agency_id in named:
        return agency_id
    if not Agency.objects.visible_to(actor).active().filter(pk=agency_id).exists():
        raise DomainError(_("This agency is not known here."), field=field)
    return agency_id
