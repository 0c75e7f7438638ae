"""A crisis opens the safety plan first (R-T7); whoever is too close sees nothing (R-A4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseNote, CaseParticipant, ConflictBlock, CrisisFlag, SafetyPlan
from cases.services.care import place_person
from cases.services.conflicts import declare_conflict, lift_conflict
from cases.services.legal_status import give_role
from cases.services.safety import end_safety_plan, lower_crisis, raise_crisis, write_safety_plan
from cases.services.tasks import set_task
from core.errors import Denied, DomainError
from referrals.models import Referral
from referrals.services.desk import accept_referral, start_triage
from tests.factories import add_participant, log_referral, open_case, version_of, write_note

LIFTED = "It was a namesake; we checked the birth dates."


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def plan_of(cast, place, **over):
    values = {
        "participant_id": place.pk,
        "risks": ["retaliation", "press"],
        "measures": "The aunt keeps the door locked.",
        "warning_signs": "She stops answering.",
        "review_on": timezone.localdate() + timedelta(days=14),
        "version": version_of(SafetyPlan, place),
    }
    return write_safety_plan(actor=cast.caseworker, **{**values, **over})


def sees(person, case_id):
    with reading(person):
        return Case.objects.visible_to(person).filter(pk=case_id).exists()


def test_r_t7_a_crisis_opens_the_safety_plan_first_with_numbers_to_call(
    cast, place, client_of, settings
):
    settings.LIWANAG_HOTLINES = ["Lantern line: 0000 111"]
    plan_of(cast, place)
    client = client_of(cast.caseworker)
    case, safety = (
        reverse("cases:case", args=[place.case_id]),
        reverse("cases:safety", args=[place.pk]),
    )
    calm = client.get(case).content.decode()
    assert "Lantern line" not in calm
    assert "keeps the door locked" not in calm
    flagged = client.post(
        reverse("cases:raise_crisis", args=[place.pk]), {"kind": "immediate_danger"}
    )
    assert (flagged.status_code, flagged.headers["Location"]) == (302, case)
    page = client.get(case).content.decode()
    first = page.index("keeps the door locked")
    assert page.index("Lantern line") < first < page.index("What happened")
    assert (
        "In immediate danger"
        in client.get(reverse("cases:notes", args=[place.case_id])).content.decode()
    )
    assert AuditEvent.objects.filter(verb="safety_plan.opened").exists()
    # Roles that do not read safety plans still learn of the danger, without the plan.
    intake = client_of(cast.intake).get(case).content.decode()
    assert "Lantern line" in intake
    assert "keeps the door locked" not in intake
    # While it lasts, the plan is not ended.
    with reading(cast.caseworker):
        plan = SafetyPlan.objects.visible_to(cast.caseworker).get()
        flag = CrisisFlag.objects.visible_to(cast.caseworker).get()
    with pytest.raises(DomainError):
        end_safety_plan(actor=cast.caseworker, plan_id=plan.pk)
    with pytest.raises(DomainError):
        raise_crisis(actor=cast.intake, participant_id=place.pk, kind="missing")
    with pytest.raises(Denied):
        lower_crisis(actor=cast.intake, crisis_id=flag.pk, what_was_done="Called.")
    lowered = client.post(
        reverse("cases:lower_crisis", args=[flag.pk]), {"what_was_done": "She is with her aunt."}
    )
    assert (lowered.status_code, lowered.headers["Location"]) == (302, safety)
    assert "Lantern line" not in client.get(case).content.decode()
    ended = client.post(reverse("cases:end_safety_plan", args=[plan.pk]), {})
    assert ended.status_code == 302


def test_a_new_plan_replaces_the_one_in_force(cast, place, client_of):
    first, second = plan_of(cast, place), plan_of(cast, place, measures="A new phone.")
    with reading(cast.caseworker):
        states = dict(SafetyPlan.objects.visible_to(cast.caseworker).values_list("pk", "status"))
    assert states == {first.pk: "superseded", second.pk: "active"}
    for wrong, field in (
        ({"risks": []}, "risks"),
        ({"risks": ["weather"]}, "risks"),
        ({"measures": " "}, "measures"),
        ({"review_on": timezone.localdate()}, "review_on"),
        ({"review_on": timezone.localdate() + timedelta(days=200)}, "review_on"),
    ):
        with pytest.raises(DomainError) as broken:
            plan_of(cast, place, **wrong)
        assert broken.value.field == field
    page = client_of(cast.clinician).get(reverse("cases:safety", args=[place.pk]))
    assert "A new phone." in page.content.decode()
    client = client_of(cast.caseworker)
    answer = client.get(f"/api/v1/safety-plans/{second.pk}/").json()
    assert answer["plan"]["measures"] == "A new phone."
    assert "A new phone." not in client.get("/api/v1/safety-plans/").content.decode()


def test_r_a4_declaring_a_conflict_hides_the_case_at_once_from_pages_api_and_database(
    cast, place, client_of
):
    worker, other = cast.caseworker, cast.second_caseworker
    write_note(other, place.case)
    client = client_of(other)
    case = reverse("cases:case", args=[place.case_id])
    assert client.get(case).status_code == 200
    declared = client.post(
        reverse("cases:declare_conflict", args=[place.case_id]), {"relation": "neighbour"}
    )
    assert (declared.status_code, declared.headers["Location"]) == (302, reverse("cases:list"))
    for address in (
        case,
        f"/api/v1/cases/{place.case_id}/",
        reverse("cases:person", args=[place.pk]),
    ):
        assert client.get(address).status_code == 404
    assert place.case.reference not in client.get(reverse("cases:list")).content.decode()
    with reading(other):
        # Below Python as well: not the case, not its people, not their own note.
        for model in (Case, CaseParticipant, CaseNote):
            assert not model.objects.all().exists()
    assert sees(worker, place.case_id)
    # The supervisor is told, sees who and why on the case, and alone may lift it.
    supervisor = client_of(cast.supervisor)
    assert "Conflict of interest" in supervisor.get(reverse("audit_trail:reviews")).content.decode()
    assert other.name in supervisor.get(case).content.decode()
    with reading(worker):
        block = ConflictBlock.objects.visible_to(worker).get()
    with pytest.raises(Denied):
        lift_conflict(actor=worker, block_id=block.pk, reason=LIFTED)
    with pytest.raises(Denied):
        lift_conflict(actor=other, block_id=block.pk, reason=LIFTED)
    lift = reverse("cases:lift_conflict", args=[block.pk])
    assert supervisor.post(lift, {"reason": "Fine."}).status_code == 422
    assert not sees(other, place.case_id)
    assert supervisor.post(lift, {"reason": LIFTED}).status_code == 302
    assert sees(other, place.case_id)
    assert AuditEvent.objects.filter(verb="conflict.lifted").count() == 1


def test_r_a4_the_referral_that_became_the_case_is_hidden_too(cast):
    worker, other = cast.caseworker, cast.second_caseworker
    referral = log_referral(worker)
    start_triage(actor=worker, referral_id=referral.pk)
    case_id = accept_referral(actor=worker, referral_id=referral.pk).case_id
    with reading(other):
        assert Referral.objects.visible_to(other).filter(pk=referral.pk).exists()
    declare_conflict(actor=other, case_id=case_id, relation="friend")
    with reading(other):
        assert not Referral.objects.visible_to(other).filter(pk=referral.pk).exists()
        assert not Referral.objects.filter(pk=referral.pk).exists()
    with reading(worker):
        assert Referral.objects.visible_to(worker).filter(pk=referral.pk).exists()


def test_r_a4_a_conflict_with_a_person_hides_every_case_they_are_in_and_later_ones(cast, place):
    worker, other = cast.caseworker, cast.second_caseworker
    second = open_case(worker)
    with pytest.raises(Denied):
        declare_conflict(actor=worker, case_id=place.case_id, relation="family", user_id=other.pk)
    with pytest.raises(DomainError):
        declare_conflict(actor=cast.supervisor, case_id=place.case_id, relation="envy")
    with pytest.raises(Case.DoesNotExist):
        declare_conflict(actor=cast.south_caseworker, case_id=place.case_id, relation="family")
    declare_conflict(
        actor=cast.supervisor,
        case_id=place.case_id,
        relation="family",
        participant_id=place.pk,
        user_id=other.pk,
    )
    assert (sees(other, place.case_id), sees(other, second.pk)) == (False, True)
    give_role(actor=worker, participant_id=place.pk, role="witness", case_id=second.pk)
    assert not sees(other, second.pk)
    assert sees(cast.supervisor, second.pk)


def test_r_a4_whoever_is_too_close_is_offered_nowhere_as_reader_or_for_work(cast, client_of):
    """A conflict about a person, declared in another case of theirs, which the author of a note or
    a placement does not even know of."""
    case, other = open_case(cast.caseworker), open_case(cast.second_caseworker)
    place = add_participant(cast.caseworker, case)
    elsewhere = give_role(
        actor=cast.caseworker, participant_id=place.pk, role="witness", case_id=other.pk
    )
    declare_conflict(
        actor=cast.supervisor,
        case_id=other.pk,
        participant_id=elsewhere.pk,
        relation="family",
        user_id=cast.clinician.pk,
    )
    today = timezone.localdate()
    for refused, field in (
        (lambda: write_note(cast.caseworker, case, reader_ids=[cast.clinician.pk]), "reader_ids"),
        (lambda: write_note(cast.caseworker, case, mention_ids=[cast.clinician.pk]), "mention_ids"),
        (
            lambda: place_person(
                actor=cast.caseworker,
                participant_id=place.pk,
                kind="shelter",
                since=today,
                name="Harbour house",
                address="3 Pier Road",
                reader_ids=[cast.clinician.pk],
            ),
            "reader_ids",
        ),
        (
            lambda: set_task(
                actor=cast.caseworker,
                case_id=case.pk,
                what="Call the school.",
                due_on=today,
                assignee_id=cast.clinician.pk,
            ),
            "assignee_id",
        ),
    ):
        with pytest.raises(DomainError) as broken:
            refused()
        assert broken.value.field == field
    form = client_of(cast.caseworker).get(reverse("cases:write_note", args=[case.pk]))
    assert str(cast.clinician.pk) not in form.content.decode()
    # Nobody of another team is told where a child lives, either.
    with pytest.raises(DomainError):
        place_person(
            actor=cast.caseworker,
            participant_id=place.pk,
            kind="shelter",
            since=today,
            name="Harbour house",
            address="3 Pier Road",
            reader_ids=[cast.south_caseworker.pk],
        )
