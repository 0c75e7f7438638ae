"""Proceedings, charges and verdicts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseParticipant
from core.errors import Denied, DomainError
from courts.models import Charge, Proceeding, Verdict
from courts.services import charges, proceedings
from tests.factories import add_participant, open_case

OPENED = date(2026, 1, 5)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def accused(cast, case):
    return add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )


def _open(actor, case, accused, **over):
    values = {
        "case_id": case.pk,
        "accused_id": accused.pk,
        "jurisdiction": "PH",
        "side": "source",
        "opened_on": OPENED,
        "docket_number": "NP-CR-26-0412",
        "step": "submitted_for_decision",
        "earlier_unknown": True,
    }
    return proceedings.open_proceeding(actor=actor, **{**values, **over})


def _charge(actor, proceeding, **over):
    code = {"PH": "PH-RA11862-6", "NL": "NL-SR-252"}[proceeding.jurisdiction]
    values = {"statute": code, "filed_on": OPENED}
    return charges.file_charge(actor=actor, proceeding_id=proceeding.pk, **{**values, **over})


def _again(actor, record):
    with reading(actor):
        return type(record).objects.visible_to(actor).get(pk=record.pk)


def _label(actor, accused):
    with reading(actor):
        return CaseParticipant.objects.visible_to(actor).get(pk=accused.pk).label


HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize("field", ["court", "docket_number"])
def test_a_proceeding_takes_no_fingerprint_of_a_file(cast, case, accused, field):
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, accused, **{field: f"Branch 4 {HASH}"})
    assert (broken.value.code, broken.value.field) == ("material_refused", field)
    with reading(cast.legal):
        assert not Proceeding.objects.visible_to(cast.legal).exists()


def test_a_charge_takes_no_web_address(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    with pytest.raises(DomainError) as broken:
        _charge(cast.legal, proceeding, document="see https://clips.example/1")
    assert (broken.value.code, broken.value.field) == ("link_refused", "document")
    with reading(cast.legal):
        assert not Charge.objects.visible_to(cast.legal).exists()


def test_the_word_shown_follows_charge_and_verdict(cast, case, accused):
    legal = cast.legal
    proceeding = _open(legal, case, accused)
    assert _label(legal, accused) == "Suspect"
    charge = _charge(legal, proceeding)
    assert _label(legal, accused) == "Charged person"
    assert _again(legal, proceeding).stage == "trial"
    charges.record_verdict(
        actor=legal, charge_id=charge.pk, result="convicted", decided_on=date(2026, 5, 1)
    )
    assert _label(legal, accused) == "Convicted person"
    assert _again(legal, proceeding).stage == "verdict"
    verbs = set(AuditEvent.objects.filter(case_id=case.pk).values_list("verb", flat=True))
    assert {"proceeding.opened_new", "charge.filed", "verdict.recorded"} <= verbs


def test_an_acquittal_changes_the_word_too(cast, case, accused):
    charge = _charge(cast.legal, _open(cast.legal, case, accused))
    charges.record_verdict(
        actor=cast.legal, charge_id=charge.pk, result="acquitted", decided_on=date(2026, 5, 1)
    )
    assert _label(cast.legal, accused) == "Acquitted person"


def test_the_proceeding_waits_for_the_last_charge(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    first, second = (_charge(cast.legal, proceeding) for _ in range(2))
    charges.record_verdict(
        actor=cast.legal, charge_id=first.pk, result="acquitted", decided_on=date(2026, 5, 1)
    )
    assert _again(cast.legal, proceeding).stage == "trial"
    charges.record_verdict(
        actor=cast.legal, charge_id=second.pk, result="convicted", decided_on=date(2026, 5, 2)
    )
    assert _again(cast.legal, proceeding).stage == "verdict"
    assert _label(cast.legal, accused) == "Convicted person"


def test_a_conviction_stands_beside_an_acquittal_elsewhere(cast, case, accused):
    for country, result in (("PH", "convicted"), ("NL", "acquitted")):
        step = {"PH": "submitted_for_decision", "NL": "trial"}[country]
        charge = _charge(
            cast.legal, _open(cast.legal, case, accused, jurisdiction=country, step=step)
        )
        charges.record_verdict(
            actor=cast.legal, charge_id=charge.pk, result=result, decided_on=date(2026, 5, 1)
        )
    assert _label(cast.legal, accused) == "Convicted person"


def test_only_an_alleged_offender_is_accused(cast, case):
    survivor = add_participant(cast.caseworker, case)
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, survivor)
    assert broken.value.field == "accused"
    with reading(cast.legal):
        assert not Proceeding.objects.visible_to(cast.legal).exists()


def test_an_accused_of_another_case_is_not_there(cast, case, accused):
    other = open_case(cast.caseworker)
    with pytest.raises(CaseParticipant.DoesNotExist):
        _open(cast.legal, other, accused)


def test_dates_ahead_or_out_of_order_name_their_field(cast, case, accused):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, accused, opened_on=tomorrow)
    assert broken.value.field == "opened_on"
    proceeding = _open(cast.legal, case, accused, jurisdiction="NL", step="", earlier_unknown=False)
    with pytest.raises(DomainError) as broken:
        _charge(cast.legal, proceeding, filed_on=OPENED - timedelta(days=1))
    assert broken.value.field == "filed_on"
    charge = _charge(cast.legal, proceeding)
    with pytest.raises(DomainError) as broken:
        charges.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            result="convicted",
            decided_on=OPENED - timedelta(days=1),
        )
    assert (broken.value.field, broken.value.code) == ("decided_on", "verdict_before_charge")
    with reading(cast.legal):
        assert not Verdict.objects.visible_to(cast.legal).exists()


def test_a_charge_is_decided_once(cast, case, accused):
    charge = _charge(cast.legal, _open(cast.legal, case, accused))
    charges.record_verdict(
        actor=cast.legal, charge_id=charge.pk, result="convicted", decided_on=OPENED
    )
    with pytest.raises(DomainError) as broken:
        charges.record_verdict(
            actor=cast.legal, charge_id=charge.pk, result="acquitted", decided_on=OPENED
        )
    assert broken.value.code == "already_decided"
    with reading(cast.legal):
        assert Verdict.objects.visible_to(cast.legal).get().result == "convicted"


def test_a_caseworker_reads_and_does_not_record(cast, case, accused):
    with pytest.raises(Denied):
        _open(cast.caseworker, case, accused)
    proceeding = _open(cast.legal, case, accused)
    assert _again(cast.caseworker, proceeding) == proceeding
    with reading(cast.caseworker):
        assert not Charge.objects.visible_to(cast.caseworker).exists()
    assert AuditEvent.objects.filter(verb="act.refused", case_id=case.pk).exists()


def test_the_docket_number_is_sealed(cast, case, accused, superuser):
    proceeding = _open(cast.legal, case, accused)
    stored = superuser.execute(
        "SELECT docket_number FROM courts_proceeding WHERE id = %s", [proceeding.pk]
    ).fetchone()[0]
    assert b"0412" not in bytes(stored)
    assert _again(cast.legal, proceeding).docket_number == "NP-CR-26-0412"
