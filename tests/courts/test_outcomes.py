"""Verdict, sentence, appeal: what may be recorded, in which order, and what follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from audit.acting import acting
from audit.reading import reading
from cases.models import CaseParticipant, CaseTask
from cases.services.tasks import FURTHEST
from core.errors import Conflict, DomainError, InvalidTransition
from courts.models import (
    Appeal,
    AppealRuling,
    Charge,
    ProcedureStep,
    Proceeding,
    ReleaseWish,
    Sentence,
    StageChange,
    Verdict,
)
from courts.moments import justice_steps_of, moments_of_case
from courts.services import appeals, charges, proceedings, releases, sentences, verdicts
from tests.factories import add_participant, open_case
from tests.owner import as_owner

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
            verdicts.record_verdict(
                actor=cast.legal,
                charge_id=charge.pk,
                version=charge.version,
                result="convicted",
                decided_on=JUDGED,
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

    def advance(self, to, day, **over):
        now = self.now()
        return proceedings.advance_proceeding(
            actor=self.cast.legal,
            proceeding_id=now.pk,
            to=to,
            version=now.version,
            happened_on=day,
            document="Order",
            **over,
        )

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
            recorded_by=judged.cast.legal,
            **{"imposed_on": JUDGED, **values},
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
    # A higher court may still be asked; cleared is who was acquitted for good.
    assert judged.label() == "Accused"
    assert judged.standing() == 0
    assert judged.now().step.code == "appeal_decided"
    with reading(judged.cast.legal):
        fell = Sentence.objects.visible_to(judged.cast.legal)
        assert set(fell.values_list("superseded_on", flat=True)) == {date(2026, 6, 1)}
    judged.advance("final", date(2026, 7, 1))
    assert judged.label() == "Acquitted person"


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
    with pytest.raises(InvalidTransition):
        judged.advance("final", date(2026, 6, 20))
    judged.advance("trial", date(2026, 6, 20))
    for charge, result in zip(judged.charges, ("convicted", "acquitted"), strict=True):
        verdicts.record_verdict(
            actor=judged.cast.legal,
            charge_id=charge.pk,
            version=3,
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
        assert judged.proceeding.reference in tasks[0].what
    # Saying the same day again tells nobody twice.
    serve(judged, sentence, 2, release_expected_on=expected, custodial_months_expected=21)
    with reading(judged.cast.legal):
        assert CaseTask.objects.visible_to(judged.cast.legal).count() == 1


def tasks_of(judged, place):
    with reading(judged.cast.legal):
        tasks = CaseTask.objects.visible_to(judged.cast.legal)
        return list(tasks.filter(person_id=place.person_id))


def test_a_release_many_years_ahead_is_kept_and_asked_about_as_late_as_tasks_go(judged):
    sentence = judged.sentence(max_months=240)
    expected = timezone.localdate() + timedelta(days=5 * 366)
    kept = serve(judged, sentence, 1, release_expected_on=expected)
    assert kept.release_expected_on == expected
    (task,) = tasks_of(judged, judged.survivor)
    assert task.due_on == timezone.localdate() + FURTHEST


def test_another_day_of_release_moves_the_open_task(judged):
    sentence = judged.sentence()
    today = timezone.localdate()
    serve(judged, sentence, 1, release_expected_on=today + timedelta(days=90))
    serve(judged, sentence, 2, release_expected_on=today + timedelta(days=60))
    (task,) = tasks_of(judged, judged.survivor)
    assert task.due_on == today + timedelta(days=30)
    assert task.assignee_id == judged.cast.caseworker.pk


def test_where_the_lead_cannot_be_given_a_task_the_release_is_kept_all_the_same(judged):
    as_owner(
        "UPDATE cases_caselead SET user_id = %s WHERE case_id = %s",
        judged.cast.south_caseworker.pk,
        judged.case.pk,
    )
    serve(judged, judged.sentence(), 1, release_expected_on=timezone.localdate())
    (task,) = tasks_of(judged, judged.survivor)
    assert task.assignee_id == judged.cast.legal.pk


def test_a_conviction_that_falls_is_told_to_survivors_by_their_wish(judged):
    judged.sentence()
    releases.record_wish(
        actor=judged.cast.legal,
        proceeding_id=judged.proceeding.pk,
        person_id=judged.other.person_id,
        version=0,
        wish="do_not_tell",
        asked_on=JUDGED,
    )
    releases.record_wish(
        actor=judged.cast.legal,
        proceeding_id=judged.proceeding.pk,
        person_id=judged.survivor.person_id,
        version=0,
        wish="tell",
        asked_on=JUDGED,
    )
    judged.decide(judged.appeal(), "reversed", ("acquitted", "acquitted"))
    (task,) = tasks_of(judged, judged.survivor)
    assert "higher court" in task.what
    assert tasks_of(judged, judged.other) == []


def test_a_decision_that_lets_the_judgment_stand_asks_for_nothing(judged):
    judged.sentence()
    judged.decide(judged.appeal(), "affirmed")
    assert tasks_of(judged, judged.survivor) == []


def test_nobody_is_released_from_a_sentence_that_fell(judged):
    sentence = judged.sentence()
    judged.decide(judged.appeal(), "reversed", ("acquitted", "acquitted"))
    with pytest.raises(InvalidTransition, match="in force no longer"):
        serve(judged, sentence, 2, released_on=date(2026, 6, 2))
    with reading(judged.cast.legal):
        assert Sentence.objects.visible_to(judged.cast.legal).get().released_on is None


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


def test_months_are_checked_alike_when_imposed_and_while_served(judged):
    with pytest.raises(DomainError) as broken:
        judged.sentence(custodial_months_expected=61)
    assert broken.value.field == "custodial_months_expected"
    life = judged.sentence(kind="life", max_months=None)
    with pytest.raises(DomainError) as broken:
        serve(judged, life, 1, custodial_months_expected=12)
    assert broken.value.field == "custodial_months_expected"
    serve(judged, life, 1, custodial_months_actual=200)


def test_a_sentence_is_not_earlier_than_the_conviction_that_stands(judged):
    judged.decide(judged.appeal(), "remanded", ("sent_back", "sent_back"))
    judged.advance("trial", date(2026, 6, 20))
    charge = judged.charges[0]
    early = {
        "actor": judged.cast.legal,
        "charge_id": charge.pk,
        "version": 3,
        "result": "convicted",
    }
    with pytest.raises(DomainError) as broken:
        verdicts.record_verdict(decided_on=date(2026, 5, 1), **early)
    assert broken.value.field == "decided_on"
    verdicts.record_verdict(decided_on=date(2026, 9, 1), **early)
    with pytest.raises(DomainError) as broken:
        judged.sentence(imposed_on=date(2026, 8, 1))
    assert broken.value.field == "imposed_on"
    judged.sentence(imposed_on=date(2026, 9, 1))


def test_the_database_lets_an_old_verdict_decide_no_new_trial(judged):
    judged.decide(judged.appeal(), "remanded", ("sent_back", "sent_back"))
    charge = judged.charges[0].pk
    with (
        pytest.raises(DatabaseError, match="decided by a verdict"),
        acting(judged.cast.legal) as act,
    ):
        act.authorise("courts.record_verdict")
        Charge.objects.filter(pk=charge).update(status="convicted")
        act.record("verdict.recorded")
    with (
        pytest.raises(DatabaseError, match="a verdict comes after"),
        acting(judged.cast.legal) as act,
    ):
        act.authorise("courts.record_verdict")
        Verdict.objects.create(
            charge_id=charge,
            case=judged.case,
            result="convicted",
            decided_on=date(2026, 5, 31),
            recorded_by=judged.cast.legal,
        )
        act.record("verdict.recorded")


def test_the_database_asks_what_each_sentence_follows(judged):
    with pytest.raises(DatabaseError, match="after a conviction"):
        write(judged, max_months=6, imposed_on=JUDGED - timedelta(days=1))


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("sentencing", "there is no sentence"),
        ("appeal", "there is no appeal"),
        ("final", "a charge is not decided"),
    ],
)
def test_the_database_takes_no_step_that_nothing_recorded_leads_to(judged, to, says):
    if to == "final":
        charges.file_charge(
            actor=judged.cast.legal,
            proceeding_id=judged.proceeding.pk,
            statute="GB-PCA1978-1",
            filed_on=date(2025, 1, 5),
        )
    now = judged.now()
    with reading(judged.cast.legal):
        step = ProcedureStep.objects.visible_to(judged.cast.legal).get(procedure="generic", code=to)
    with pytest.raises(DatabaseError, match=says), acting(judged.cast.legal) as act:
        act.authorise("courts.advance_proceeding")
        StageChange.objects.create(
            proceeding=now,
            case=judged.case,
            number=now.version + 1,
            from_step=now.step,
            to_step=step,
            happened_on=date(2026, 3, 1),
            recorded_by=judged.cast.legal,
        )
        act.record("proceeding.advanced")


def test_the_timeline_tells_of_sentences_and_appeals(judged):
    judged.sentence()
    judged.decide(judged.appeal(), "reversed", ("acquitted", "acquitted"))
    with reading(judged.cast.legal):
        told = [moment.sentence for moment in moments_of_case(judged.cast.legal, judged.case)]
        track = [step.sentence for step in justice_steps_of(judged.cast.legal, judged.case)]
    for words in ("Sentence of 1 Feb 2026", "An appeal was filed on", "Decision of 1 Jun 2026"):
        assert any(one.startswith(words) for one in told), words
    for words in ("Sentence: ", "An appeal was filed.", "Decision on an appeal: reversed."):
        assert any(one.startswith(words) for one in track), words


def test_a_verdict_and_an_appeal_decided_at_once_wait_for_each_other(judged):
    """Both lock the proceeding first: neither is broken off as a deadlock."""
    appeal = judged.appeal()
    extra = charges.file_charge(
        actor=judged.cast.legal,
        proceeding_id=judged.proceeding.pk,
        statute="GB-PCA1978-1",
        filed_on=date(2025, 1, 5),
    )

    def run(what):
        try:
            what()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(run, what)
            for what in (
                lambda: judged.decide(appeal, "reversed", ("acquitted", "acquitted")),
                lambda: verdicts.record_verdict(
                    actor=judged.cast.legal,
                    charge_id=extra.pk,
                    version=1,
                    result="dismissed",
                    decided_on=date(2026, 6, 1),
                ),
            )
        ]
    assert [one.exception() for one in done] == [None, None]
    assert judged.statuses() == ["acquitted", "acquitted"]
