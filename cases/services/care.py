"""Placement and custody: where somebody lives safely, and who answers for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import SAFE_CONTACT_ROLES, CustodyKind, PlacementEnd, PlacementKind
from cases.models import (
    Case,
    CaseParticipant,
    Custody,
    Placement,
    PlacementAddress,
    PlacementReader,
)
from cases.selectors.sight import sight_of
from cases.services.safe_contact import speaker_for
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

MOST_LINE = 200


def place_person(
    *,
    actor: Actor,
    participant_id: UUID,
    kind: str,
    since: date,
    with_participant_id: UUID | None = None,
    order: str = "",
    name: str = "",
    address: str = "",
    phone: str = "",
    reader_ids: Sequence[UUID] = (),
) -> Placement:
    """Record where somebody lives from a day on; the placement before ends the same day.

    Args:
        with_participant_id: the relative; somebody who may speak for the survivor (R-C5).
        order: reference of the order that placed them.
        name, address, phone: where it is. Level 4: the actor and those named read it, nobody else.
        reader_ids: colleagues who see the case and may know where it is.

    Raises:
        CaseParticipant.DoesNotExist, User.DoesNotExist: not visible to the actor.
        DomainError: a day ahead or before the last placement, an unknown kind, relatives who may
            not take the child, or a reader who does not work on the case.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person", "case")
            .get(pk=participant_id)
        )
        act.authorise("cases.place_person", place)
        if place.role not in SAFE_CONTACT_ROLES:
            raise DomainError(_("A placement is recorded for a survivor or their family."))
        if kind not in PlacementKind.values:
            raise DomainError(_("Choose one of the answers."), field="kind")
        _past(since, "since")
        if kind == PlacementKind.KIN and with_participant_id is None:
            raise DomainError(_("Say with which relative."), field="with_participant_id")
        where = {
            key: check_text(text, field=key, most=MOST_LINE)
            for key, text in (("name", name), ("address", address), ("phone", phone))
        }
        kin = speaker_for(actor, place, with_participant_id, "with_participant_id")
        order = check_text(order, field="order", most=MOST_LINE)
        for older in (
            Placement.objects.visible_to(actor)
            .locked()
            .current()
            .filter(case_id=place.case_id, person_id=place.person_id)
        ):
            if older.since > since:
                raise DomainError(
                    _("The present placement began on %(day)s. Give that day or a later one.")
                    % {"day": older.since.isoformat()},
                    field="since",
                )
            older.until, older.ended_because = since, PlacementEnd.MOVED
            older.save(update_fields=["until", "ended_because"])
        placement = Placement(
            case_id=place.case_id,
            person=place.person,
            kind=kind,
            with_person=kin,
            since=since,
            papers={"order": order} if order else {},
        )
        placement.save(force_insert=True)
        # Readers first: row security lets the address in only for who may read it.
        for reader_id in dict.fromkeys([actor.pk, *reader_ids]):
            _name_reader(actor, placement, place.case, reader_id)
        if any(where.values()):
            PlacementAddress(
                case_id=place.case_id,
                placement=placement,
                person=place.person,
                address={key: text for key, text in where.items() if text},
            ).save(force_insert=True)
        act.record(
            "placement.begun",
            placement,
            facts={"kind": str(kind), "person": str(place.person_id)},
        )
    return placement


def end_placement(
    *,
    actor: Actor,
    placement_id: UUID,
    until: date,
    because: str,
    receipt: str = "",
    received_by: str = "",
    follow_up_on: date | None = None,
) -> Placement:
    """Record that a placement ended, with the turnover receipt.

    Args:
        because: one of `PlacementEnd`. Going back to family needs a follow-up.
        receipt, received_by: number of the turnover receipt, and who signed it.

    Raises:
        Placement.DoesNotExist: not visible to the actor.
        DomainError: it ended before, days that do not fit, or no follow-up after going back.
    """
    with acting(actor) as act:
        placement = Placement.objects.visible_to(actor).locked().get(pk=placement_id)
        act.authorise("cases.place_person", placement)
        if placement.until is not None:
            raise DomainError(_("This placement has ended already."), code="invalid_transition")
        if because not in PlacementEnd.values:
            raise DomainError(_("Choose one of the answers."), field="because")
        _past(until, "until")
        if until < placement.since:
            raise DomainError(_("The placement began later than that."), field="until")
        if because == PlacementEnd.REINTEGRATED and follow_up_on is None:
            raise DomainError(
                _("Say when somebody looks how it goes: going back is not the end of the work."),
                field="follow_up_on",
            )
        if follow_up_on is not None and follow_up_on <= until:
            raise DomainError(_("Choose a day after the end."), field="follow_up_on")
        papers: dict[str, Any] = dict(placement.papers)
        for key, text in (("receipt", receipt), ("received_by", received_by)):
            said = check_text(text, field=key, most=MOST_LINE)
            if said:
                papers[key] = said
        placement.until, placement.ended_because = until, because
        placement.follow_up_on, placement.papers = follow_up_on, papers
        placement.save(update_fields=["until", "ended_because", "follow_up_on", "papers"])
        act.record("placement.ended", placement, facts={"because": str(because)})
    return placement


def name_placement_reader(*, actor: Actor, placement_id: UUID, user_id: UUID) -> PlacementReader:
    """Name a colleague who may know where a placement is. Only somebody named names others.

    Raises:
        PlacementAddress.DoesNotExist: there is none, or the actor is not named for it.
        User.DoesNotExist: there is no such person.
        DomainError: they do not work on the case, or are named already.
    """
    with acting(actor) as act:
        where = (
            PlacementAddress.objects.visible_to(actor)
            .select_related("placement", "case")
            .get(placement_id=placement_id)
        )
        act.authorise("cases.place_person", where.placement)
        named = PlacementReader.objects.visible_to(actor).filter(placement=where.placement)
        if named.filter(user_id=user_id).exists():
            raise DomainError(_("They are named already."), field="user_id")
        reader = _name_reader(actor, where.placement, where.case, user_id)
        act.record("placement.reader_named", where.placement, facts={"user": str(user_id)})
    return reader


def show_placement_address(*, actor: Actor, placement_id: UUID) -> dict[str, Any]:
    """Open where a placement is. The event is in the log before anything is handed back.

    Raises:
        PlacementAddress.DoesNotExist: there is none, or the actor is not named for it.
        vault.errors.CannotOpen: it does not open.
    """
    with acting(actor) as act:
        where = (
            PlacementAddress.objects.visible_to(actor)
            .select_related("placement")
            .get(placement_id=placement_id)
        )
        act.authorise("cases.read_harm", where)
        details: dict[str, Any] = where.address
        act.record(
            "placement.address_shown",
            where.placement,
            fields=sorted(details),
            facts={"person": str(where.person_id)},
        )
    return details


def record_custody(
    *,
    actor: Actor,
    participant_id: UUID,
    kind: str,
    since: date,
    custodian_id: UUID | None = None,
    authority: str = "",
    order_reference: str = "",
) -> Custody:
    """Record who has custody from a day on; the custody before ends the same day.

    Args:
        custodian_id: a participant of the case. That they have custody is recorded whoever they
            are; whether they may consent for the child is another question (`may_speak_for`).
        authority: the office that has custody, where it is no person of the case.
        order_reference: of the order; needed where a court or the state decides.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: nobody named, no order, a day ahead, or somebody of another case.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person")
            .get(pk=participant_id)
        )
        act.authorise("cases.place_person", place)
        if kind not in CustodyKind.values:
            raise DomainError(_("Choose one of the answers."), field="kind")
        _past(since, "since")
        said = check_text(authority, field="authority", most=MOST_LINE)
        order = check_text(order_reference, field="order_reference", most=MOST_LINE)
        if kind in (CustodyKind.STATE, CustodyKind.COURT_APPOINTED) and not order:
            raise DomainError(_("Give the reference of the order."), field="order_reference")
        if custodian_id is None and not said:
            raise DomainError(_("Say who has custody."), field="custodian_id")
        custodian = None
        if custodian_id is not None:
            other = CaseParticipant.objects.visible_to(actor).select_related("person")
            custodian = other.get(pk=custodian_id, case_id=place.case_id).person
        for older in (
            Custody.objects.visible_to(actor)
            .locked()
            .current()
            .filter(case_id=place.case_id, person_id=place.person_id)
        ):
            if older.since > since:
                raise DomainError(
                    _("The present custody began on %(day)s. Give that day or a later one.")
                    % {"day": older.since.isoformat()},
                    field="since",
                )
            older.until = since
            older.save(update_fields=["until"])
        custody = Custody(
            case_id=place.case_id,
            person=place.person,
            kind=kind,
            custodian=custodian,
            authority=said,
            order_reference=order,
            since=since,
        )
        custody.save(force_insert=True)
        act.record("custody.recorded", custody, facts={"kind": str(kind)})
    return custody


def _name_reader(actor: Actor, placement: Placement, case: Case, user_id: UUID) -> PlacementReader:
    if user_id != actor.pk:
        able = sight_of(actor, case).working("cases.read_harm")
        if not any(user.pk == user_id and user.agency_id == actor.agency_id for user in able):
            raise DomainError(
                _("Choose colleagues who work with survivors in this case."), field="reader_ids"
            )
    reader = PlacementReader(case=case, placement=placement, user_id=user_id)
    reader.save(force_insert=True)
    return reader


def _past(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise DomainError(_("This date is in the future."), field=field)
