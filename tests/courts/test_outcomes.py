"""Verdict, sentence, appeal: what may be recorded, in which order, and what follows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.utils import timezone

from audit.acting import acting
from audit.reading import reading
from cases.models import CaseParticipant, CaseTask
from core.errors import Conflict, DomainError, InvalidTransition
from courts.models import Appeal, AppealRuling, Charge, Proceeding, ReleaseWish, Sentence
from courts.services import appeals, charges, proceedings, releases, sentences
from tests.factories import add_participant, open_case

JUDGED = date(2026, 2, 1)


class Judged:
    """A case with two survivors and an accused who was convicted of two charges."""

    def __init__(self, cast, country="GB", step="trial"):
        self.cast = cast
        self.case = open_case(cast.caseworker)
        self.survivor = add_participant(cast.caseworker, self.case)
        self.other = add_participant(cast.caseworker, self.case)
        self.accused = add_participant(
            cast.caseworker, self.case, role="alleged_offender_demand", legal_status="suspect"
        )
        self.proceeding = proceedings.open_proceeding(
            actor=cast.legal,
            case_id=self.case.pk,
            accused_id=self.accused.pk,
            jurisdiction=country,
            side="demand",
            opened_on=date(2025, 1, 5),
            step=step,
            earlier_unknown=True,
        )
        self.charges = [
            charges.file_charge(
                actor=cast.legal,
                proceeding_id=self.proceeding.pk,
                statute=code,
                filed_on=date(2025, 1, 5),
            )
            for code in ("GB-SOA2003-10", "GB-PCA1978-1")
        ]
        for charge in self.charges:
            charges.record_verdict(
                actor=cast.legal, charge_id=charge.pk, result="convicted", decided_on=JUDGED
            )

    def sentence(self, charge=0, **over):
        values = {
            "charge_id": None if charge is None else self.charges[charge].pk,
            "kind": "determinate",
            "imposed_on": JUDGED,
            "max_months": 60,
        }
        return sentences.record_sentence(
            actor=self.cast.legal, proceeding_id=self.proceeding.pk, **{**values, **over}
        )

    def appeal(self, **over):
        values = {"by": "defence", "filed_on": date(2026, 2, 10)}
        return appeals.file_appeal(
            actor=self.cast.legal, proceeding_id=self.proceeding.pk, **{**values, **over}
        )

    def decide(self, appeal, outcome, results=(), **over):
        values = {"version": 1, "decided_on": date(2026, 6, 1)}
        rulings = {charge.pk: result for charge, result in zip(self.charges, results, strict=False)}
        return appeals.decide_appeal(
            actor=self.cast.legal,
            appeal_id=appeal.pk,
            outcome=outcome,
            rulings=rulings,
            **{**values, **over},
        )

    def now(self):
        with reading(self.cast.legal):
            found = Proceeding.objects.visible_to(self.cast.legal).select_related("step")
            return found.get(pk=self.proceeding.pk)

    def statuses(self):
        with reading(self.cast.legal):
            kept = {c.pk: c.status for c in Charge.objects.visible_to(self.cast.legal)}
        return [kept[charge.pk] for charge in self.charges]

    def label(self):
        with reading(self.cast.legal):
            places = CaseParticipant.objects.visible_to(self.cast.legal)
            return places.get(pk=self.accused.pk).label

    def standing(self):
        with reading(self.cast.legal):
            return Sentence.objects.visible_to(self.cast.legal).in_force().count()


@pytest.fixture
def judged(cast):
    return Judged(cast)


def test_the_first_sentence_moves_the_proceeding_on(judged):
    judged.sentence(custodial_months_expected=28, fine_amount=Decimal(500), fine_currency="GBP")
    assert judged.now().step.code == "sentencing"
    kept = judged.sentence(charge=1, runs="concurrent", kind="indeterminate", min_months=12)
    assert (kept.min_months, kept.max_months, kept.runs) == (12, 60, "concurrent")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"min_months": 61}, "min_months"),
        ({"max_months": None}, "max_months"),
        ({"kind": "life"}, "max_months"),
        ({"kind": "life", "max_months": None, "custodial_months_expected": 9}, None),
        ({"kind": "fine_only", "max_months": None}, "fine_amount"),
        ({"fine_amount": Decimal(5)}, "fine_currency"),
        ({"fine_amount": Decimal(-5), "fine_currency": "GBP"}, "fine_amount"),
        ({"imposed_on": JUDGED - timedelta(days=1)}, "imposed_on"),
        ({"imposed_on": date(2999, 1, 1)}, "imposed_on"),
        ({"max_months": 9_999}, "max_months"),
        ({"orders": ["banishment"]}, "orders"),
    ],
)
def test_a_sentence_that_cannot_be_names_its_field(judged, over, field):
    with pytest.raises(DomainError) as broken:
        judged.sentence(**over)
    assert broken.value.field == (field or "custodial_months_expected")
    assert judged.standing() == 0


def test_the_database_refuses_a_minimum_above_the_maximum(judged):
    with pytest.raises(DatabaseError, match="minimum_not_above_maximum"):
        write(judged, min_months=61, max_months=60)


def test_no_two_sentences_are_in_force_for_one_charge(judged):
    judged.sentence()
    with pytest.raises(DomainError) as broken:
        judged.sentence(max_months=90)
    assert broken.value.code == "sentences_overlap"
    with pytest.raises(DatabaseError, match="one_sentence_in_force_a_charge"):
        write(judged, max_months=90)
    with pytest.raises(DomainError) as broken:
        judged.sentence(charge=1)
    assert (broken.value.code, broken.value.field) == ("sentences_overlap", "runs")


def write(judged, **values):
    """A sentence past the services."""
    with acting(judged.cast.legal) as act:
        act.authorise("courts.record_sentence")
        Sentence.objects.create(
            proceeding=judged.proceeding,
            case=judged.case,
            charge=judged.charges[0],
            kind="determinate",
            imposed_on=JUDGED,
            recorded_by=judged.cast.legal,
            **values,
        )
        act.record("sentence.recorded")


def test_a_sentence_before_a_conviction_is_refused_twice(cast):
    judged = Judged(cast)
    appeal = judged.appeal()
    judged.decide(appeal, "reversed", ("acquitted", "acquitted"))
    with pytest.raises(DomainError) as broken:
        judged.sentence(imposed_on=date(2026, 6, 2))
    assert broken.value.code == "sentence_before_conviction"
    with pytest.raises(DatabaseError, match="after a conviction"):
        write(judged, max_months=6)


def test_a_reversed_conviction_takes_its_sentence_and_the_word_with_it(judged):
    judged.sentence()
    judged.sentence(charge=None, max_months=72)
    appeal = judged.appeal()
    assert judged.now().stage == "appeal"
    judged.decide(appeal, "reversed", ("acquitted", "acquitted"))
    assert judged.statuses() == ["acquitted", "acquitted"]
    assert judged.label() == "Acquitted person"
    assert judged.standing() == 0
    assert judged.now().step.code == "appeal_decided"
    with reading(judged.cast.legal):
        fell = Sentence.objects.visible_to(judged.cast.legal)
        assert set(fell.values_list("superseded_on", flat=True)) == {date(2026, 6, 1)}


def test_one_conviction_that_stands_keeps_the_word_and_its_sentence(judged):
    judged.sentence()
    judged.sentence(charge=1, runs="consecutive")
    judged.decide(judged.appeal(), "modified", ("acquitted", "stands"))
    assert judged.statuses() == ["acquitted", "convicted"]
    assert judged.label() == "Convicted person"
    assert judged.standing() == 1


def test_a_case_sent_back_is_tried_again(judged):
    judged.sentence()
    judged.decide(judged.appeal(), "remanded", ("sent_back", "sent_back"))
    assert judged.statuses() == ["filed", "filed"]
    assert judged.label() == "Accused"
    now = judged.now()
    proceedings.advance_proceeding(
        actor=judged.cast.legal,
        proceeding_id=now.pk,
        to="trial",
        version=now.version,
        happened_on=date(2026, 6, 20),
        document="Order",
    )
    for charge, result in zip(judged.charges, ("convicted", "acquitted"), strict=True):
        charges.record_verdict(
            actor=judged.cast.legal,
            charge_id=charge.pk,
            result=result,
            decided_on=date(2026, 9, 1),
        )
    assert judged.statuses() == ["convicted", "acquitted"]
    assert judged.label() == "Convicted person"


def test_a_sentence_after_an_appeal_stands_in_the_place_of_the_old_one(judged):
    judged.sentence()
    judged.decide(judged.appeal(), "modified", ("convicted_lesser",))
    judged.sentence(max_months=30, imposed_on=date(2026, 6, 1))
    with reading(judged.cast.legal):
        kept = Sentence.objects.visible_to(judged.cast.legal).order_by("max_months")
        assert list(kept.values_list("max_months", "superseded_on")) == [
            (30, None),
            (60, date(2026, 6, 1)),
        ]


@pytest.mark.parametrize(
    ("outcome", "results"),
    [
        ("affirmed", ("acquitted",)),
        ("reversed", ()),
        ("reversed", ("convicted",)),
        ("remanded", ("acquitted",)),
        ("pending", ()),
        ("nothing", ()),
    ],
)
def test_outcome_and_charges_have_to_go_together(judged, outcome, results):
    appeal = judged.appeal()
    with pytest.raises(DomainError) as broken:
        judged.decide(appeal, outcome, results)
    assert broken.value.field == "outcome"
    assert judged.statuses() == ["convicted", "convicted"]


def test_an_appeal_is_decided_once_after_it_was_filed_and_one_waits_at_a_time(judged):
    appeal = judged.appeal()
    with pytest.raises(InvalidTransition):
        judged.appeal()
    with pytest.raises(DomainError) as broken:
        judged.decide(appeal, "affirmed", decided_on=date(2026, 2, 9))
    assert broken.value.field == "decided_on"
    judged.decide(appeal, "affirmed")
    with pytest.raises(Conflict):
        judged.decide(appeal, "affirmed")
    with pytest.raises(InvalidTransition):
        judged.decide(appeal, "affirmed", version=2)


def test_the_database_lets_no_charge_fall_without_a_ruling(judged):
    with pytest.raises(DatabaseError, match="decided once"), acting(judged.cast.legal) as act:
        act.authorise("courts.decide_appeal")
        Charge.objects.filter(pk=judged.charges[0].pk).update(status="acquitted")
        act.record("appeal.decided")
    appeal = judged.appeal()
    with pytest.raises(DatabaseError, match="after a decision"), acting(judged.cast.legal) as act:
        act.authorise("courts.decide_appeal")
        AppealRuling.objects.create(
            appeal=Appeal.objects.get(pk=appeal.pk),
            charge=judged.charges[0],
            case=judged.case,
            result="acquitted",
            decided_on=date(2026, 2, 9),
        )
        act.record("appeal.decided")


def serve(judged, sentence, version, **said):
    return sentences.record_release(
        actor=judged.cast.legal, sentence_id=sentence.pk, version=version, **said
    )


def test_a_release_is_told_to_survivors_by_their_wish_and_through_a_task(judged):
    sentence = judged.sentence()
    for place, wish in ((judged.survivor, "tell"), (judged.other, "do_not_tell")):
        releases.record_wish(
            actor=judged.cast.legal,
            proceeding_id=judged.proceeding.pk,
            person_id=place.person_id,
            version=0,
            wish=wish,
            asked_on=JUDGED,
        )
    expected = timezone.localdate() + timedelta(days=90)
    serve(judged, sentence, 1, release_expected_on=expected, custodial_months_expected=20)
    with reading(judged.cast.legal):
        tasks = list(CaseTask.objects.visible_to(judged.cast.legal))
        assert [task.person_id for task in tasks] == [judged.survivor.person_id]
        assert tasks[0].due_on == expected - timedelta(days=30)
        assert "safe contact" in tasks[0].what
    # Saying the same day again tells nobody twice.
    serve(judged, sentence, 2, release_expected_on=expected, custodial_months_expected=21)
    with reading(judged.cast.legal):
        assert CaseTask.objects.visible_to(judged.cast.legal).count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"released_on": date(2026, 1, 1)}, "released_on"),
        ({"released_on": date(2999, 1, 1)}, "released_on"),
        ({"custodial_months_expected": 61}, "custodial_months_expected"),
        ({"fine_paid": Decimal(1)}, "fine_paid"),
        (
            {"release_expected_on": date(2027, 1, 1), "supervision_until": date(2026, 12, 1)},
            "supervision_until",
        ),
    ],
)
def test_how_a_sentence_is_served_names_what_is_out_of_order(judged, said, field):
    sentence = judged.sentence()
    with pytest.raises(DomainError) as broken:
        serve(judged, sentence, 1, **said)
    assert broken.value.field == field


def test_expected_and_actual_months_are_kept_apart(judged):
    sentence = judged.sentence(custodial_months_expected=30)
    kept = serve(judged, sentence, 1, custodial_months_expected=30, custodial_months_actual=28)
    assert (kept.custodial_months_expected, kept.custodial_months_actual) == (30, 28)
    with pytest.raises(Conflict):
        serve(judged, sentence, 1, custodial_months_actual=27)


def test_an_award_is_to_a_survivor_and_paid_at_most_once_over(judged):
    award = releases.award_compensation(
        actor=judged.cast.legal,
        proceeding_id=judged.proceeding.pk,
        person_id=judged.survivor.person_id,
        kind="moral_damages",
        amount=Decimal("100000.00"),
        currency="PHP",
        awarded_on=JUDGED,
    )
    paid = {"actor": judged.cast.legal, "award_id": award.pk, "paid_on": date(2026, 5, 1)}
    with pytest.raises(DomainError) as broken:
        releases.record_payment(version=1, paid=Decimal(100001), **paid)
    assert broken.value.field == "paid"
    assert releases.record_payment(version=1, paid=Decimal(40000), **paid).paid == 40000
    with pytest.raises(DomainError) as broken:
        releases.award_compensation(
            actor=judged.cast.legal,
            proceeding_id=judged.proceeding.pk,
            person_id=judged.accused.person_id,
            kind="restitution",
            amount=Decimal(1),
            currency="PHP",
            awarded_on=JUDGED,
        )
    assert broken.value.field == "person"


def test_a_wish_changes_and_the_second_to_write_is_told(judged):
    said = {
        "actor": judged.cast.legal,
        "proceeding_id": judged.proceeding.pk,
        "person_id": judged.survivor.person_id,
        "asked_on": JUDGED,
    }
    releases.record_wish(version=0, wish="ask_again", **said)
    with pytest.raises(Conflict):
        releases.record_wish(version=0, wish="tell", **said)
    releases.record_wish(version=1, wish="tell", **said)
    with reading(judged.cast.legal):
        assert ReleaseWish.objects.visible_to(judged.cast.legal).get().wish == "tell"
