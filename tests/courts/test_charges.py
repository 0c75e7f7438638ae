"""Charges under the law of the day of the act; pleas; what an officer may put right."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connections

from audit.acting import acting
from audit.reading import reading
from core.errors import Conflict, DomainError
from courts.models import Charge, Statute
from courts.services import charges, law, proceedings, verdicts
from tests.factories import add_participant, open_case

OPENED = date(2026, 1, 5)


@pytest.fixture
def proceeding(cast):
    case = open_case(cast.caseworker)
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    return proceedings.open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=OPENED,
        step="submitted_for_decision",
        earlier_unknown=True,
    )


def file(cast, proceeding, **over):
    values = {"statute": "PH-RA11930-4", "filed_on": OPENED}
    return charges.file_charge(actor=cast.legal, proceeding_id=proceeding.pk, **{**values, **over})


def stored(cast, charge):
    with reading(cast.legal):
        return Charge.objects.visible_to(cast.legal).get(pk=charge.pk)


def test_a_judgment_of_2026_for_acts_of_2021_under_a_law_repealed_in_2022_is_right(
    cast, proceeding
):
    charge = file(
        cast,
        proceeding,
        statute="PH-RA9775-4",
        act_from=date(2021, 3, 1),
        act_to=date(2021, 5, 30),
        qualified=True,
        large_scale=True,
        syndicated=True,
    )
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=date(2026, 2, 1),
    )
    kept = stored(cast, charge)
    assert (kept.status, kept.statute, kept.qualified, kept.attempted) == (
        "convicted",
        "RA 9775",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("statute", "first", "last"),
    [
        ("PH-RA9775-4", date(2022, 7, 30), None),
        ("PH-RA11930-4", date(2021, 3, 1), date(2022, 7, 29)),
    ],
)
def test_an_act_outside_the_days_of_the_law_is_refused_twice(
    cast, proceeding, statute, first, last
):
    with pytest.raises(DomainError) as broken:
        file(cast, proceeding, statute=statute, act_from=first, act_to=last)
    assert (broken.value.code, broken.value.field) == ("law_not_in_force", "act_from")
    with pytest.raises(DatabaseError, match="not in force"), acting(cast.legal) as act:
        act.authorise("courts.file_charge")
        Charge.objects.create(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            law=Statute.objects.get(code=statute),
            statute="x",
            filed_on=OPENED,
            act_from=first,
            act_to=last,
        )
        act.record("charge.filed")


def test_an_act_that_began_before_the_law_and_went_on_under_it_is_right(cast, proceeding):
    charge = file(cast, proceeding, act_from=date(2022, 7, 1), act_to=date(2022, 8, 15))
    assert stored(cast, charge).act_to == date(2022, 8, 15)


def test_a_law_of_another_country_is_refused_twice(cast, proceeding):
    with pytest.raises(DomainError) as broken:
        file(cast, proceeding, statute="GB-SOA2003-10")
    assert broken.value.code == "law_of_another_country"
    with pytest.raises(DatabaseError, match="another country"), acting(cast.legal) as act:
        act.authorise("courts.file_charge")
        Charge.objects.create(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            law=Statute.objects.get(code="GB-SOA2003-10"),
            statute="x",
            filed_on=OPENED,
        )
        act.record("charge.filed")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"act_to": date(2025, 1, 1)}, "act_from"),
        ({"act_from": date(2025, 2, 1), "act_to": date(2025, 1, 1)}, "act_to"),
        ({"act_from": date(2026, 1, 6)}, "act_from"),
        ({"filed_on": date(2999, 1, 1)}, "filed_on"),
        ({"counts": 0}, "counts"),
        ({"statute": "XX-1"}, "statute"),
    ],
)
def test_what_is_out_of_order_names_its_field(cast, proceeding, over, field):
    with pytest.raises(DomainError) as broken:
        file(cast, proceeding, **over)
    assert broken.value.field == field
    with reading(cast.legal):
        assert not Charge.objects.visible_to(cast.legal).exists()


def test_what_a_charge_said_before_is_kept(cast, proceeding):
    charge = file(cast, proceeding, counts=3)
    charges.amend_charge(actor=cast.legal, charge_id=charge.pk, version=1, counts=2, attempted=True)
    assert (stored(cast, charge).counts, stored(cast, charge).version) == (2, 2)
    with reading(cast.legal):
        events = Charge.pgh_event_model.objects.visible_to(cast.legal).filter(id=charge.pk)
        assert list(events.order_by("pgh_id").values_list("counts", "attempted")) == [
            (3, False),
            (2, True),
        ]


def test_the_second_of_two_officers_on_one_charge_is_told(cast, proceeding):
    charge = file(cast, proceeding)
    charges.amend_charge(actor=cast.legal, charge_id=charge.pk, version=1, counts=2)
    with pytest.raises(Conflict):
        charges.amend_charge(actor=cast.legal, charge_id=charge.pk, version=1, counts=9)
    assert stored(cast, charge).counts == 2


def test_a_charge_is_put_in_the_place_of_another(cast, proceeding):
    charge = file(cast, proceeding, act_from=date(2023, 1, 1), counts=2)
    new = charges.replace_charge(
        actor=cast.legal,
        charge_id=charge.pk,
        version=1,
        statute="PH-RA7610-5",
        filed_on=date(2026, 1, 9),
    )
    assert stored(cast, charge).status == "amended"
    assert (new.replaces_id, new.counts, new.act_from) == (charge.pk, 2, date(2023, 1, 1))
    with pytest.raises(DomainError) as broken:
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=2,
            result="convicted",
            decided_on=OPENED,
        )
    assert broken.value.code == "already_decided"
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=new.pk,
        version=new.version,
        result="acquitted",
        decided_on=date(2026, 2, 1),
    )


def test_a_plea_has_its_day(cast, proceeding):
    charge = file(cast, proceeding)
    with pytest.raises(DomainError) as broken:
        charges.enter_plea(
            actor=cast.legal,
            charge_id=charge.pk,
            version=1,
            plea="guilty",
            plea_on=date(2026, 1, 4),
        )
    assert broken.value.field == "plea_on"
    charges.enter_plea(
        actor=cast.legal,
        charge_id=charge.pk,
        version=1,
        plea="guilty_lesser",
        plea_on=date(2026, 1, 7),
    )
    assert stored(cast, charge).plea == "guilty_lesser"


@pytest.mark.parametrize("status", ["convicted", "acquitted", "filed"])
def test_the_database_decides_no_charge_without_a_verdict(cast, proceeding, status):
    charge = file(cast, proceeding)
    if status == "filed":
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=charge.version,
            result="convicted",
            decided_on=OPENED,
        )
    with pytest.raises(DatabaseError, match="decided"), acting(cast.legal) as act:
        act.authorise("courts.record_verdict")
        Charge.objects.filter(pk=charge.pk).update(status=status)
        act.record("verdict.recorded")


def test_the_table_is_kept_by_legal_officers_and_charges_keep_what_it_said(cast, proceeding):
    charge = file(cast, proceeding)
    with reading(cast.legal):
        row = Statute.objects.visible_to(cast.legal).get(code="PH-RA11930-4")
    assert not row.source_checked
    said = {
        "title": "Republic Act 11930",
        "description": row.description,
        "valid_from": row.valid_from,
        "source_checked": True,
    }
    law.change_statute(actor=cast.legal, statute_id=row.pk, version=1, **said)
    with pytest.raises(Conflict):
        law.change_statute(actor=cast.legal, statute_id=row.pk, version=1, **said)
    assert stored(cast, charge).statute == "RA 11930"
    with pytest.raises(DomainError) as broken:
        law.change_statute(
            actor=cast.legal,
            statute_id=row.pk,
            version=2,
            **{**said, "valid_to": date(2000, 1, 1)},
        )
    assert broken.value.field == "valid_to"
    added = law.add_statute(
        actor=cast.legal,
        jurisdiction="DE",
        code="de-stgb-184b",
        title="Strafgesetzbuch",
        section="184b",
        description="Child sexual abuse material",
        valid_from=date(2021, 7, 1),
    )
    assert added.code == "DE-STGB-184B"
    with pytest.raises(DomainError) as broken:
        law.add_statute(
            actor=cast.legal,
            jurisdiction="DE",
            code="DE-STGB-184B",
            title="x",
            description="y",
            valid_from=date(2021, 7, 1),
        )
    assert broken.value.code == "code_taken"


def test_every_entry_of_the_table_waits_for_counsel(cast):
    with reading(cast.legal):
        table = Statute.objects.visible_to(cast.legal)
        assert set(table.values_list("jurisdiction", flat=True)) == {"PH", "GB", "AU", "US", "NL"}
        assert not table.filter(source_checked=True).exists()
        assert table.count() >= 45


def test_a_charge_keeps_what_the_table_said_that_day(cast, proceeding):
    charge = file(cast, proceeding)
    with reading(cast.legal):
        statute = Statute.objects.visible_to(cast.legal).get(pk=charge.law_id)
    said = statute.description
    law.change_statute(
        actor=cast.legal,
        statute_id=statute.pk,
        version=statute.version,
        title=statute.title,
        section=statute.section,
        description="Something else",
        valid_from=statute.valid_from,
        valid_to=statute.valid_to,
    )
    assert stored(cast, charge).description == said


def test_of_two_who_add_one_offence_the_second_is_told(cast, monkeypatch):
    both = threading.Barrier(2, timeout=20)
    texts = law._texts

    def together(*args):
        both.wait()
        return texts(*args)

    monkeypatch.setattr(law, "_texts", together)
    found = []

    def add():
        try:
            law.add_statute(
                actor=cast.legal,
                jurisdiction="PH",
                code="PH-RA9999-1",
                title="Republic Act 9999",
                description="An offence",
                valid_from=date(2026, 1, 1),
            )
            found.append("added")
        except DomainError as broken:
            found.append(broken.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["added", "code_taken"]
