"""The steps of a proceeding: only along the ways of its procedure, by service and by database."""

from __future__ import annotations

import json
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError

from audit.acting import acting
from audit.reading import reading
from core.errors import Conflict, DomainError, InvalidTransition
from courts.models import ProcedureStep, Proceeding, StageChange, StepEdge
from courts.services import charges, proceedings, verdicts
from tests.factories import add_participant, open_case

LAW = json.loads((Path(__file__).parents[2] / "courts/law/steps.json").read_text())
OPENED = date(2026, 1, 5)
CODE = {"PH": "PH-RA11862-6", "generic": "GB-SOA2003-10"}
COUNTRY = {"PH": "PH", "generic": "GB"}


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def accused(cast, case):
    return add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )


def begin(cast, case, accused, **over):
    values = {
        "case_id": case.pk,
        "accused_id": accused.pk,
        "jurisdiction": "PH",
        "side": "source",
        "opened_on": OPENED,
    }
    return proceedings.open_proceeding(actor=cast.legal, **{**values, **over})


def again(cast, proceeding):
    with reading(cast.legal):
        found = Proceeding.objects.visible_to(cast.legal).select_related("step")
        return found.get(pk=proceeding.pk)


def advance(cast, proceeding, to, **over):
    values = {
        "version": again(cast, proceeding).version,
        "happened_on": OPENED,
        "document": "Order of 5 January 2026",
    }
    return proceedings.advance_proceeding(
        actor=cast.legal, proceeding_id=proceeding.pk, to=to, **{**values, **over}
    )


def force(cast, proceeding, to, *, change=True, on=OPENED, reason="other"):
    """Write a step past the services, as the application's own role in an act of its own."""
    with acting(cast.legal) as act:
        act.authorise("courts.advance_proceeding")
        now = Proceeding.objects.select_related("step").get(pk=proceeding.pk)
        step = ProcedureStep.objects.get(procedure=now.step.procedure, code=to)
        if change:
            StageChange(
                proceeding=now,
                case_id=now.case_id,
                number=now.version + 1,
                from_step=now.step,
                to_step=step,
                happened_on=on,
                reason=reason,
                recorded_by=cast.legal,
            ).save(force_insert=True)
        now.stand_at(step, on=on)
        now.save(update_fields=["step", "stage", "reached_on", "version"])
        act.record("proceeding.advanced", now)


def ways(procedure, on):
    """(from, to) of every way that the file of the law has on a day."""
    law = LAW[procedure]
    always = {(a, b) for a, ends in law["edges"].items() for b in ends}
    dated = {(a, b) for a, b, first, last in law["dated_edges"] if date.fromisoformat(first) <= on}
    return always | dated


@pytest.mark.timeout(600)
@pytest.mark.parametrize("procedure", ["PH", "generic"])
def test_every_illegal_step_is_refused_by_service_and_by_database(cast, case, accused, procedure):
    codes = [row[0] for row in LAW[procedure]["steps"]]
    follows = {row[0] for row in LAW[procedure]["steps"] if row[3]}
    legal = ways(procedure, OPENED)
    refused = 0
    for here in codes:
        proceeding = begin(
            cast,
            case,
            accused,
            jurisdiction=COUNTRY[procedure],
            step=here,
            earlier_unknown=True,
        )
        for there in codes:
            if (here, there) in legal:
                continue
            with pytest.raises((InvalidTransition, DomainError)):
                advance(cast, proceeding, there, reason="other")
            with pytest.raises(DatabaseError, match="no such way on this day"):
                force(cast, proceeding, there)
            refused += 1
        assert again(cast, proceeding).step.code == here
    assert refused == len(codes) ** 2 - len([way for way in legal if way[0]])
    assert follows <= set(codes)


@pytest.mark.parametrize("procedure", ["PH", "generic"])
def test_every_lawful_choice_is_taken(cast, case, accused, procedure):
    follows = {row[0] for row in LAW[procedure]["steps"] if row[3]}
    for here, there in sorted(ways(procedure, OPENED)):
        if not here or there in follows:
            continue
        proceeding = begin(
            cast,
            case,
            accused,
            jurisdiction=COUNTRY[procedure],
            step=here,
            earlier_unknown=True,
        )
        if there == "final":
            # Refused until every charge is decided (test_proceedings).
            decide(cast, proceeding, procedure)
        assert advance(cast, proceeding, there, reason="other").step.code == there


def decide(cast, proceeding, procedure):
    charge = charges.file_charge(
        actor=cast.legal,
        proceeding_id=proceeding.pk,
        statute=CODE[procedure],
        filed_on=OPENED,
    )
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=charge.pk,
        version=1,
        result="convicted",
        decided_on=OPENED,
    )


def test_a_step_without_its_record_is_refused_by_the_database(cast, case, accused):
    proceeding = begin(cast, case, accused)
    with pytest.raises(DatabaseError, match="the step was not recorded"):
        force(cast, proceeding, "inquest", change=False)
    assert again(cast, proceeding).step.code == "complaint_filed"


def test_a_step_that_counts_as_something_else_is_refused(cast, case, accused, superuser):
    proceeding = begin(cast, case, accused)
    with pytest.raises(DatabaseError, match="not of this country"), acting(cast.legal) as act:
        act.authorise("courts.advance_proceeding")
        Proceeding.objects.filter(pk=proceeding.pk).update(stage="final")
        act.record("proceeding.advanced", proceeding)


def test_case_build_up_is_a_step_since_the_rules_of_2024_alone(cast, case, accused):
    before, since = date(2024, 7, 30), date(2024, 7, 31)
    with pytest.raises(DomainError) as broken:
        begin(cast, case, accused, step="case_build_up", opened_on=before)
    assert (broken.value.code, broken.value.field) == ("no_such_start", "step")
    assert begin(cast, case, accused, step="case_build_up", opened_on=since).stage == "pre_charge"
    proceeding = begin(cast, case, accused, opened_on=before)
    with pytest.raises(InvalidTransition):
        advance(cast, proceeding, "case_build_up", happened_on=before)
    with pytest.raises(DatabaseError, match="no such way on this day"):
        force(cast, proceeding, "case_build_up", on=before)
    assert advance(cast, proceeding, "case_build_up", happened_on=since).step.code


def test_a_later_step_is_a_start_only_where_the_earlier_ones_are_not_known(cast, case, accused):
    with pytest.raises(DomainError) as broken:
        begin(cast, case, accused, step="judgment_promulgated")
    assert broken.value.field == "step"
    with pytest.raises(DatabaseError, match="does not begin there"), acting(cast.legal) as act:
        act.authorise("courts.open_proceeding")
        step = ProcedureStep.objects.get(procedure="PH", code="judgment_promulgated")
        Proceeding.objects.create(
            case=case,
            accused=accused,
            jurisdiction="PH",
            side="source",
            opened_on=OPENED,
            step=step,
            stage=step.stage,
            reached_on=OPENED,
            opened_by=cast.legal,
        )
        act.record("proceeding.opened_new")
    known = begin(cast, case, accused, step="judgment_promulgated", earlier_unknown=True)
    charge = charges.file_charge(
        actor=cast.legal,
        proceeding_id=known.pk,
        statute="PH-RA11862-6",
        filed_on=date(2024, 3, 1),
    )
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=OPENED,
    )
    assert again(cast, known).step.code == "judgment_promulgated"


def test_each_step_keeps_its_day_document_and_author(cast, case, accused, superuser):
    proceeding = begin(cast, case, accused, document="Complaint 7")
    advance(cast, proceeding, "inquest", document="Minutes 2", happened_on=date(2026, 1, 6))
    with reading(cast.legal):
        kept = list(StageChange.objects.visible_to(cast.legal).filter(proceeding=proceeding))
    assert [(c.number, c.happened_on, c.document, c.recorded_by_id) for c in kept] == [
        (1, OPENED, "Complaint 7", cast.legal.pk),
        (2, date(2026, 1, 6), "Minutes 2", cast.legal.pk),
    ]
    stored = superuser.execute("SELECT document FROM courts_stagechange").fetchall()
    assert all(b"Complaint" not in bytes(row[0]) for row in stored)
    with pytest.raises(DatabaseError, match="permission denied"), acting(cast.legal) as act:
        act.authorise("courts.advance_proceeding")
        StageChange.objects.filter(proceeding=proceeding).update(happened_on=OPENED)
        act.record("proceeding.advanced")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"document": " "}, "document"),
        ({"happened_on": date(2026, 1, 4)}, "happened_on"),
        ({"happened_on": date(2999, 1, 1)}, "happened_on"),
        ({"to": "discontinued"}, "reason"),
        ({"to": "information_filed"}, "to"),
        ({"to": "nowhere"}, "to"),
    ],
)
def test_what_is_missing_or_out_of_order_names_its_field(cast, case, accused, over, field):
    proceeding = begin(cast, case, accused)
    values = {"to": "inquest", **over}
    with pytest.raises(DomainError) as broken:
        advance(cast, proceeding, values.pop("to"), **values)
    assert broken.value.field == field
    assert again(cast, proceeding).version == 1


def test_the_second_of_two_officers_is_told(cast, case, accused):
    proceeding = begin(cast, case, accused)
    advance(cast, proceeding, "inquest")
    with pytest.raises(Conflict):
        advance(cast, proceeding, "preliminary_investigation", version=1)
    assert again(cast, proceeding).step.code == "inquest"


def test_the_whole_philippine_way_to_a_judgment(cast, case, accused):
    proceeding = begin(cast, case, accused)
    with pytest.raises(InvalidTransition) as broken:
        charges.file_charge(
            actor=cast.legal,
            proceeding_id=proceeding.pk,
            statute="PH-RA11862-6",
            filed_on=OPENED,
        )
    assert "Record the steps before it first" in broken.value.message
    advance(cast, proceeding, "preliminary_investigation")
    advance(cast, proceeding, "resolved_to_file")
    charge = charges.file_charge(
        actor=cast.legal,
        proceeding_id=proceeding.pk,
        statute="PH-RA11862-6",
        filed_on=date(2026, 1, 8),
        document="Information, count 1",
    )
    assert again(cast, proceeding).step.code == "information_filed"
    with pytest.raises(InvalidTransition) as broken:
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=charge.version,
            result="convicted",
            decided_on=date(2026, 1, 9),
        )
    assert broken.value.field == "result"
    for step in ("arraigned", "pre_trial", "trial", "submitted_for_decision"):
        advance(cast, proceeding, step, happened_on=date(2026, 1, 12))
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=date(2026, 2, 1),
    )
    now = again(cast, proceeding)
    assert (now.step.code, now.stage, now.reached_on) == (
        "judgment_promulgated",
        "verdict",
        date(2026, 2, 1),
    )


def test_a_country_without_steps_of_its_own_follows_the_general_ones(cast, case, accused):
    assert begin(cast, case, accused, jurisdiction="AU").step.code == "pre_charge"
    with reading(cast.legal):
        edges = StepEdge.objects.visible_to(cast.legal)
        assert edges.count() == sum(
            len(ends) for law in LAW.values() for ends in law["edges"].values()
        ) + sum(len(law["dated_edges"]) for law in LAW.values())


def test_the_law_is_not_changed_from_the_application(cast):
    with pytest.raises(DatabaseError, match="permission denied"), acting(cast.legal) as act:
        act.authorise("courts.edit_law")
        step = ProcedureStep.objects.get(procedure="PH", code="trial")
        StepEdge.objects.create(id=uuid.uuid4(), to_step=step, valid_from=OPENED)
        act.record("statute.added")
