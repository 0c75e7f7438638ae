"""Operations: sealed while planned, one outcome a person, and both values kept."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseParticipant, LegalStatusChange
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from courts.models import Operation, OperationOutcome, PlannedOperation
from courts.services import operations, outcomes, proceedings
from tests.factories import add_participant, open_case
from tests.owner import as_owner

DAY = date(2026, 3, 2)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def child(cast, case):
    return add_participant(cast.caseworker, case, role="at_risk_child")


@pytest.fixture
def suspect(cast, case):
    return add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )


def record(cast, case, **over):
    values = {
        "case_id": case.pk,
        "type": "rescue",
        "happened_on": DAY,
        "country": "PH",
        "lead_agency_id": cast.cyber_unit.pk,
    }
    return operations.record_operation(actor=cast.legal, **{**values, **over})


def plan(cast, case, **over):
    values = {
        "case_id": case.pk,
        "type": "entrapment_and_rescue",
        "lead_agency_id": cast.cyber_unit.pk,
        "plan": "Two cars and a social worker.",
    }
    return operations.plan_operation(actor=cast.legal, **{**values, **over})


def outcome(cast, operation, place, value, **over):
    return outcomes.record_outcome(
        actor=cast.legal,
        operation_id=operation.pk,
        participant_id=place.pk,
        outcome=value,
        **over,
    )


def known_to(person):
    with reading(person):
        by_scope = PlannedOperation.objects.visible_to(person).count()
        assert PlannedOperation.objects.count() == by_scope
    return by_scope


def test_a_planned_operation_does_not_exist_outside_its_named_team(
    cast, case, client_of, superuser
):
    planned = plan(cast, case, member_ids=[cast.supervisor.pk])
    assert [known_to(p) for p in (cast.legal, cast.supervisor)] == [1, 1]
    assert [known_to(p) for p in (cast.caseworker, cast.liaison, cast.south_caseworker)] == [0] * 3
    worker = client_of(cast.caseworker)
    assert worker.get(f"/court/planned/{planned.pk}/").status_code == 404
    assert "entrapment" not in worker.get(f"/court/case/{case.pk}/").content.decode().lower()
    assert worker.get("/api/v1/planned-operations/").json()["results"] == []
    page = client_of(cast.supervisor).get(f"/court/planned/{planned.pk}/").content.decode()
    assert "Two cars and a social worker." in page
    stored = superuser.execute("SELECT plan FROM courts_plannedoperation").fetchone()[0]
    assert b"cars" not in bytes(stored)
    # Nothing of it stands in the log of the case, which its workers read.
    told = AuditEvent.objects.filter(case_id=case.pk, verb__startswith="operation.plan")
    assert not told.exists()
    assert AuditEvent.objects.filter(object_id=planned.pk, verb="operation.planned").exists()


def test_r_a2_emergency_access_opens_no_planned_operation(cast, case):
    from cases.services.emergency import break_glass

    planned = plan(cast, case)
    break_glass(
        actor=cast.south_caseworker,
        reference=case.reference,
        reason_code="danger_to_life",
        reason="The uncle is at the door of the shelter.",
        minutes=15,
        at=timezone.now(),
    )
    assert known_to(cast.south_caseworker) == 0
    with pytest.raises(PlannedOperation.DoesNotExist):
        operations.call_off_operation(actor=cast.south_caseworker, planned_id=planned.pk, version=1)


def test_only_colleagues_of_the_case_are_named(cast, case):
    planned = plan(cast, case)
    for stranger in (cast.south_caseworker, cast.partner, cast.legal):
        with pytest.raises(DomainError) as broken:
            operations.name_member(actor=cast.legal, planned_id=planned.pk, user_id=stranger.pk)
        assert broken.value.field == "member"
    operations.name_member(actor=cast.legal, planned_id=planned.pk, user_id=cast.liaison.pk)
    assert known_to(cast.liaison) == 1


def test_a_planned_operation_is_conducted_once_and_then_known_to_the_case(cast, case):
    planned = plan(cast, case)
    operation = record(cast, case, planned_id=planned.pk)
    with reading(cast.caseworker):
        assert Operation.objects.visible_to(cast.caseworker).get() == operation
    assert known_to(cast.caseworker) == 0
    with pytest.raises(InvalidTransition):
        record(cast, case, planned_id=planned.pk)
    with pytest.raises(Conflict):
        operations.call_off_operation(actor=cast.legal, planned_id=planned.pk, version=1)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"happened_on": date(2999, 1, 1)}, "happened_on"),
        ({"devices_seized": -1}, "devices_seized"),
        ({"type": "party"}, "type"),
        ({"ngo_support": ["money"]}, "ngo_support"),
        ({"admin1": "see www.example.com"}, "admin1"),
    ],
)
def test_what_cannot_be_names_its_field(cast, case, over, field):
    with pytest.raises(DomainError) as broken:
        record(cast, case, **over)
    assert broken.value.field == field
    with reading(cast.legal):
        assert not Operation.objects.visible_to(cast.legal).exists()


def test_a_child_at_risk_becomes_a_victim_and_both_values_are_kept(cast, case, child):
    first = outcome(cast, record(cast, case), child, "at_risk_child_removed")
    later = outcomes.reclassify_outcome(
        actor=cast.legal,
        outcome_id=first.pk,
        outcome="victim_rescued",
        decided_on=DAY + timedelta(days=30),
        reason="assessment",
    )
    with reading(cast.legal):
        rows = OperationOutcome.objects.visible_to(cast.legal).order_by("decided_on")
        assert list(rows.values_list("outcome", "decided_on", "replaces")) == [
            ("at_risk_child_removed", DAY, None),
            ("victim_rescued", DAY + timedelta(days=30), first.pk),
        ]
        assert rows.in_force().get() == later
    with pytest.raises(InvalidTransition):
        outcomes.reclassify_outcome(
            actor=cast.legal,
            outcome_id=first.pk,
            outcome="adult_removed",
            decided_on=DAY + timedelta(days=31),
            reason="mistake",
        )


def test_an_outcome_fits_the_person_and_is_recorded_once(cast, case, child, suspect):
    operation = record(cast, case)
    for place, wrong in ((child, "suspect_arrested"), (suspect, "victim_rescued")):
        with pytest.raises(DomainError) as broken:
            outcome(cast, operation, place, wrong)
        assert broken.value.field == "outcome"
    outcome(cast, operation, child, "victim_rescued")
    with pytest.raises(DomainError) as broken:
        outcome(cast, operation, child, "at_risk_child_removed")
    assert broken.value.code == "already_recorded"
    with pytest.raises(DomainError) as broken:
        outcome(cast, operation, suspect, "suspect_arrested", decided_on=DAY - timedelta(days=1))
    assert broken.value.field == "decided_on"


def test_an_arrest_makes_the_suspect_an_arrested_person(cast, case, suspect):
    outcome(cast, record(cast, case), suspect, "suspect_arrested")
    with reading(cast.legal):
        place = CaseParticipant.objects.visible_to(cast.legal).get(pk=suspect.pk)
    assert place.label == "Arrested person"


def label_of(cast, place):
    with reading(cast.legal):
        return CaseParticipant.objects.visible_to(cast.legal).get(pk=place.pk).label


def reclassify(cast, row, value, day, reason="event"):
    return outcomes.reclassify_outcome(
        actor=cast.legal, outcome_id=row.pk, outcome=value, decided_on=day, reason=reason
    )


def test_a_liaison_officer_records_an_arrest_and_the_word_follows(cast, case, suspect):
    operation = record(cast, case)
    outcomes.record_outcome(
        actor=cast.liaison,
        operation_id=operation.pk,
        participant_id=suspect.pk,
        outcome="suspect_arrested",
    )
    assert label_of(cast, suspect) == "Arrested person"
    with reading(cast.legal):
        step = LegalStatusChange.objects.visible_to(cast.legal).get(participant=suspect)
    assert (step.source, step.recorded_by) == ("agency_report", cast.liaison)


def test_who_is_cleared_is_a_discharged_person_and_a_slip_is_taken_back(cast, case, suspect):
    row = outcome(cast, record(cast, case), suspect, "suspect_arrested")
    row = reclassify(cast, row, "cleared", DAY + timedelta(days=9))
    assert label_of(cast, suspect) == "Discharged person"
    reclassify(cast, row, "suspect_at_large", DAY + timedelta(days=9), "mistake")
    assert label_of(cast, suspect) == "Suspect"


@pytest.mark.parametrize("holds", ["proceeding", "operation"])
def test_clearing_in_one_operation_lifts_nothing_else(cast, case, suspect, holds):
    if holds == "proceeding":
        proceedings.open_proceeding(
            actor=cast.legal,
            case_id=case.pk,
            accused_id=suspect.pk,
            jurisdiction="NL",
            side="source",
            opened_on=DAY,
        )
    else:
        outcome(cast, record(cast, case), suspect, "suspect_at_large")
    outcome(cast, record(cast, case), suspect, "cleared")
    assert label_of(cast, suspect) == "Suspect"


def test_the_database_keeps_outcomes_in_order(cast, case, child):
    operation = record(cast, case)
    first = outcome(cast, operation, child, "at_risk_child_removed")
    for values, says in (
        (
            {"outcome": "victim_rescued", "decided_on": DAY - timedelta(days=1)},
            "not before the operation",
        ),
        ({"outcome": "at_risk_child_removed", "decided_on": DAY}, "does not follow the old one"),
    ):
        with pytest.raises(DatabaseError, match=says), acting(cast.legal) as act:
            act.authorise("courts.record_outcome")
            OperationOutcome.objects.create(
                operation=operation,
                case=case,
                participant=child,
                replaces=first,
                reason="mistake",
                recorded_by=cast.legal,
                **values,
            )
            act.record("operation.outcome_recorded")
    with pytest.raises(DatabaseError, match="permission denied"), acting(cast.legal) as act:
        act.authorise("courts.record_outcome")
        OperationOutcome.objects.filter(pk=first.pk).update(outcome="victim_rescued")
        act.record("operation.outcome_recorded")


def test_two_people_give_one_person_one_outcome(cast, case, child):
    operation = record(cast, case)
    found = []

    def give(value):
        try:
            outcome(cast, operation, child, value)
            found.append("kept")
        except DomainError as broken:
            found.append(broken.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=give, args=(value,))
        for value in ("victim_rescued", "at_risk_child_removed")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["already_recorded", "kept"]


def test_what_an_operation_said_before_is_kept(cast, case):
    operation = record(cast, case, devices_seized=2)
    said = {
        "type": "rescue",
        "happened_on": DAY,
        "country": "PH",
        "lead_agency_id": cast.cyber_unit.pk,
        "devices_seized": 3,
    }
    change = {"actor": cast.legal, "operation_id": operation.pk, "version": 1}
    operations.change_operation(**change, **said)
    with pytest.raises(Conflict):
        operations.change_operation(**change, **said)
    with reading(cast.legal):
        events = Operation.pgh_event_model.objects.visible_to(cast.legal).order_by("pgh_id")
        assert list(events.values_list("devices_seized", flat=True)) == [2, 3]


def test_a_caseworker_reads_operations_and_records_none(cast, case):
    with pytest.raises(Denied):
        operations.record_operation(
            actor=cast.caseworker,
            case_id=case.pk,
            type="rescue",
            happened_on=DAY,
            country="PH",
            lead_agency_id=cast.cyber_unit.pk,
        )


def test_the_page_shows_what_a_record_said_before(cast, case, client_of):
    operation = record(
        cast,
        case,
        devices_seized=2,
        coalition="Northern coalition",
        supporting_agencies=[cast.agency.pk],
    )
    operations.change_operation(
        actor=cast.legal,
        operation_id=operation.pk,
        version=1,
        type="rescue",
        happened_on=DAY,
        country="PH",
        lead_agency_id=cast.cyber_unit.pk,
        devices_seized=3,
    )
    page = client_of(cast.caseworker).get(f"/court/operations/{operation.pk}/").content.decode()
    before = page.split("What the record said before")[1]
    for words in ("<dd>2</dd>", "Northern coalition", "Tanglaw Foundation"):
        assert words in before
    assert "Northern Cyber Response Unit" not in before
    verbs = AuditEvent.objects.filter(case_id=case.pk).values_list("verb", flat=True)
    assert list(verbs).count("operation.recorded") == 1
    assert "operation.changed" in verbs


def test_agencies_that_are_active_no_longer_stay_in_the_record(cast, case, client_of):
    operation = record(cast, case, supporting_agencies=[cast.agency.pk])
    as_owner("UPDATE accounts_agency SET is_active = false WHERE id = %s", cast.cyber_unit.pk)
    sent = client_of(cast.legal).post(
        f"/court/operations/{operation.pk}/change/",
        {
            "version": 1,
            "type": "rescue",
            "happened_on": DAY.isoformat(),
            "country": "PH",
            "lead_agency": cast.cyber_unit.pk,
            "supporting_agencies": [cast.agency.pk],
            "social_worker_present": "yes",
        },
    )
    assert sent.status_code == 302
    with reading(cast.legal):
        kept = Operation.objects.visible_to(cast.legal).get(pk=operation.pk)
    assert (kept.lead_agency_id, kept.supporting_agencies, kept.social_worker_present) == (
        cast.cyber_unit.pk,
        [cast.agency.pk],
        "yes",
    )
