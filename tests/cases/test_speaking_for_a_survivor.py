"""Who may speak for a survivor, who lives with whom, and where the law stands."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.choices import LEGAL_STEPS, LegalStatus
from cases.models import CaseParticipant, LegalStatusChange, PersonIdentity, RelationshipLink
from cases.policies import may_speak_for
from cases.services.family import join_household, leave_household, link_people
from cases.services.legal_status import change_legal_status, give_role
from core.approx_dates import ApproxDate
from core.errors import Denied, DomainError, InvalidTransition
from tests.factories import add_participant, open_case

DAY = timezone.localdate


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def accused(cast, case, **over):
    values = {"role": "alleged_offender_source", "legal_status": "suspect", "gender": "Masculine"}
    return add_participant(cast.caseworker, case, **{**values, **over})


def answer(cast, place, survivor, at=None):
    with reading(cast.caseworker):
        return may_speak_for(place.person, survivor.person, at)


def test_r_c5_nobody_accused_or_living_with_one_speaks_for_a_survivor(cast, case):
    worker = cast.caseworker
    survivor = add_participant(worker, case)
    father = accused(cast, case)
    mother = add_participant(worker, case, role="protective_caregiver")
    aunt = add_participant(worker, case, role="legal_guardian")
    child = add_participant(worker, case, role="child_displaying_hsb", birth_year=DAY().year - 14)

    assert answer(cast, survivor, survivor)
    assert answer(cast, mother, survivor)
    assert "alleged offender" in answer(cast, father, survivor).reason
    assert not answer(cast, child, survivor)

    home = join_household(
        actor=worker, participant_id=father.pk, source="caregiver", since=ApproxDate.parse("2019")
    )
    hers = join_household(
        actor=worker,
        participant_id=mother.pk,
        household_id=home.household_id,
        source="caregiver",
        since=ApproxDate.parse("2020-Q2"),
    )
    refused = answer(cast, mother, survivor)
    assert not refused
    assert "household" in refused.reason
    # The dates matter: before they lived together, and once one has moved out.
    assert answer(cast, mother, survivor, date(2018, 6, 1))
    assert not answer(cast, mother, survivor, date(2020, 4, 1))
    assert answer(cast, aunt, survivor)
    leave_household(actor=worker, member_id=hers.pk, until=ApproxDate.parse("2024"))
    assert answer(cast, mother, survivor)
    assert not answer(cast, mother, survivor, date(2024, 12, 1))
    # Whoever was cleared is no reason any more.
    join_household(
        actor=worker, participant_id=aunt.pk, household_id=home.household_id, source="caregiver"
    )
    assert not answer(cast, aunt, survivor)
    change_legal_status(
        actor=worker,
        participant_id=father.pk,
        to="discharged",
        happened_on=DAY(),
        source="court_record",
    )
    assert answer(cast, aunt, survivor)


def test_r_c5_holds_for_an_allegation_in_a_case_the_asker_does_not_see(cast, case):
    worker, other = cast.caseworker, cast.south_caseworker
    survivor = add_participant(worker, case)
    uncle = add_participant(worker, case, role="support_person")
    # Somebody recognised him there; this asker sees one case only.
    elsewhere = open_case(other)
    person = uncle.person
    from django.db import connections, transaction

    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'test', true)")
        CaseParticipant(
            case=elsewhere, person=person, role="alleged_offender_demand", legal_status="suspect"
        ).save(using="owner", force_insert=True)
    assert not answer(cast, uncle, survivor)


def test_r_c5_a_further_place_makes_the_same_person_an_alleged_offender(cast, case):
    worker = cast.caseworker
    survivor = add_participant(worker, case)
    uncle = add_participant(worker, case, role="support_person")
    assert answer(cast, uncle, survivor)
    place = give_role(
        actor=worker,
        participant_id=uncle.pk,
        role="alleged_offender_source",
        legal_status="person_of_interest",
    )
    assert place.person_id == uncle.person_id
    assert not answer(cast, uncle, survivor)
    with pytest.raises(DomainError) as broken:
        give_role(
            actor=worker,
            participant_id=uncle.pk,
            role="alleged_offender_source",
            legal_status="suspect",
        )
    assert broken.value.field == "role"


def test_the_law_goes_step_by_step_with_day_and_source(cast, case):
    place = accused(cast, case, legal_status="person_of_interest")
    values = {"participant_id": place.pk, "source": "agency_report", "actor": cast.caseworker}
    change_legal_status(to="suspect", happened_on=date(2025, 3, 1), **values)
    for wrong, error, field in (
        ({"to": "convicted", "happened_on": date(2025, 4, 1)}, InvalidTransition, "to"),
        ({"to": "arrested", "happened_on": date(2025, 2, 1)}, DomainError, "happened_on"),
        ({"to": "arrested", "happened_on": date(2999, 2, 1)}, DomainError, "happened_on"),
        ({"to": "arrested", "happened_on": DAY(), "source": "gossip"}, DomainError, "source"),
    ):
        with pytest.raises(error) as broken:
            change_legal_status(**{**values, **wrong})
        assert broken.value.field == field
    with pytest.raises(Denied):
        change_legal_status(**{**values, "actor": cast.clinician}, to="arrested", happened_on=DAY())
    with pytest.raises(CaseParticipant.DoesNotExist):
        change_legal_status(
            **{**values, "actor": cast.south_caseworker}, to="arrested", happened_on=DAY()
        )
    with reading(cast.caseworker):
        assert CaseParticipant.objects.get(pk=place.pk).legal_status == "suspect"
        (step,) = LegalStatusChange.objects.visible_to(cast.caseworker)
    assert (step.from_status, step.to_status, step.source) == (
        "person_of_interest",
        "suspect",
        "agency_report",
    )
    assert set(LEGAL_STEPS) == set(LegalStatus.values) - {"not_applicable"}


def test_r_a6_whoever_is_cleared_has_their_identity_sealed_and_stands_in_no_list(
    cast, case, client_of
):
    worker = cast.caseworker
    place = accused(cast, case, legal_status="accused", identity={"first_name": "Kulasisi"})
    client = client_of(worker)
    show = reverse("cases:show_identity", args=[place.pk])
    assert "Kulasisi" in client.post(show, {"purpose": "court"}).content.decode()
    assert place.led_category == "suspect"
    across = client.get("/api/v1/participants/").json()
    assert str(place.pk) not in str(across)
    assert client.get("/api/v1/participants/?role=alleged_offender_source").json()["results"] == []
    assert str(place.pk) in client.get(f"/api/v1/participants/?case={case.pk}").content.decode()

    client.post(
        reverse("cases:change_legal_status", args=[place.pk]),
        {"to": "acquitted", "happened_on": str(DAY()), "source": "court_record"},
    )
    hidden = client.post(show, {"purpose": "court"})
    assert "Kulasisi" not in hidden.content.decode()
    with reading(worker):
        assert not PersonIdentity.objects.visible_to(worker).exists()
        assert CaseParticipant.objects.get(pk=place.pk).led_category == "other"
    page = client.get(reverse("cases:person", args=[place.pk])).content.decode()
    assert "Acquitted person" in page
    assert AuditEvent.objects.filter(verb="participant.legal_status_changed").count() == 1


def test_r_a7_children_displaying_harmful_behaviour_never_stand_among_adult_offenders(
    cast, case, client_of
):
    worker, year = cast.caseworker, DAY().year
    with pytest.raises(DomainError) as broken:
        accused(cast, case, birth_year=year - 16)
    assert broken.value.field == "role"
    child = add_participant(worker, case, role="child_displaying_hsb", birth_year=year - 13)
    accused(cast, case)
    with pytest.raises(DomainError):
        give_role(
            actor=worker,
            participant_id=child.pk,
            role="alleged_offender_source",
            legal_status="suspect",
        )
    client = client_of(worker)
    together = client.get(f"/api/v1/participants/?case={case.pk}").json()["results"]
    assert [one["role"] for one in together] == ["alleged_offender_source"]
    alone = client.get("/api/v1/participants/?role=child_displaying_hsb").json()["results"]
    assert [one["id"] for one in alone] == [str(child.pk)]
    page = client.get(reverse("cases:people", args=[case.pk])).content.decode()
    circles = page.split('<section class="section" aria-label="')
    mixed = [c for c in circles if child.person.code in c and "Alleged offenders" in c[:40]]
    assert mixed == []


def test_r_u6_nobody_has_a_picture(cast, case):
    files = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField | models.ImageField)
        or any(word in field.name for word in ("photo", "picture", "avatar", "portrait"))
    ]
    assert files == []
    for name in ("photo", "profilePicture", "face_template"):
        with pytest.raises(DomainError) as broken:
            add_participant(cast.caseworker, case, identity={name: "x"})
        assert broken.value.code == "picture_refused"


def test_two_people_have_one_link_read_from_both_ends(cast, case):
    worker = cast.caseworker
    child, mother = (
        add_participant(worker, case),
        add_participant(worker, case, role="protective_caregiver"),
    )
    values = {"actor": worker, "source": "document"}
    link_people(participant_id=mother.pk, of_participant_id=child.pk, detail="neighbour", **values)
    link = link_people(
        participant_id=child.pk,
        of_participant_id=mother.pk,
        detail="child",
        version=1,
        **values,
    )
    with reading(worker):
        (kept,) = RelationshipLink.objects.visible_to(worker)
    assert (kept.pk, kept.detail, kept.person_id) == (link.pk, "parent", mother.person_id)
    assert (kept.htcds, kept.closeness, kept.ctdc) == ("Familial", "family", "Family")
    elsewhere = add_participant(worker, open_case(worker))
    for other, field in ((child, "of_participant_id"), (elsewhere, "of_participant_id")):
        with pytest.raises(DomainError) as broken:
            link_people(
                participant_id=child.pk, of_participant_id=other.pk, detail="cousin", **values
            )
        assert broken.value.field == field


def test_the_pages_draw_the_family_and_say_the_same_in_a_table(cast, case, client_of):
    worker = cast.caseworker
    child, father = add_participant(worker, case), accused(cast, case)
    client = client_of(worker)
    linked = client.post(
        reverse("cases:link_people", args=[father.pk]),
        {"detail": "step_parent", "of_participant_id": str(child.pk), "source": "caregiver"},
    )
    assert linked.status_code == 302
    client.post(
        reverse("cases:join_household", args=[father.pk]),
        {"since_0": "2019", "since_1": "Q3", "source": "caregiver"},
    )
    with reading(worker):
        home = apps.get_model("cases", "Household").objects.visible_to(worker).get()
    joined = client.post(
        reverse("cases:join_household", args=[child.pk]),
        {"household_id": str(home.pk), "since_3": "unknown", "source": "caregiver"},
    )
    assert joined.status_code == 302
    page = client.get(reverse("cases:family", args=[case.pk])).content.decode()
    assert "<svg" in page
    assert page.count(child.person.code) >= 3
    assert "Step-parent" in page
    assert "July to September 2019" in page
    assert "a child lives with an alleged offender" in page
    with reading(worker):
        member = apps.get_model("cases", "HouseholdMember").objects.get(person=father.person)
    leave = reverse("cases:leave_household", args=[member.pk])
    assert client.post(leave, {"until_0": "2018"}).status_code == 422
    assert client.post(leave, {"until_0": "2025", "until_1": "2"}).status_code == 302
    page = client.get(reverse("cases:family", args=[case.pk])).content.decode()
    assert "a child lives with an alleged offender" not in page
    assert client_of(cast.south_caseworker).get(leave).status_code == 404
