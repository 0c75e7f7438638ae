"""Nobody is called, written to or visited before the way to do it safely was read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import ContactAttempt, SafeContact
from cases.selectors import lost_contact_is_shown
from cases.services.legal_status import give_role
from cases.services.people import show_identity
from cases.services.safe_contact import (
    acknowledge_safe_contact,
    end_contact,
    plan_contact,
    reconfirm_safe_contact,
    set_safe_contact,
)
from core.errors import Conflict, Denied, DomainError
from tests.factories import add_participant, open_case, version_of

NUMBER, STREET = "0917 555 0000", "12 Quiet Lane"
WHO = {"first_name": "Tala", "phones": [NUMBER], "street": STREET, "school": "Hill School"}


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker), identity=WHO)


def contact_of(cast, place, **over):
    values = {
        "participant_id": place.pk,
        "channel": "call",
        "number": NUMBER,
        "version": version_of(SafeContact, place),
    }
    return set_safe_contact(actor=cast.caseworker, **{**values, **over})


def noon():
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)


def url(name, place):
    return reverse(f"cases:{name}", args=[place.pk])


def secrets_in(response):
    return [word for word in (NUMBER, STREET, "Hill School") if word in response.content.decode()]


def test_r_c1_no_number_or_address_before_the_instructions_were_read_in_this_session(
    cast, place, client_of
):
    client, show = client_of(cast.caseworker), url("show_identity", place)
    # None recorded yet: the identity opens, less what leads to the child.
    opened = client.post(show, {"purpose": "contact"})
    assert ("Tala" in opened.content.decode(), secrets_in(opened)) == (True, [])
    api = f"/api/v1/participants/{place.pk}/show-identity/"
    told = client.post(api, {"purpose": "contact"}, content_type="application/json").json()
    assert told["details"] == {"first_name": "Tala"}

    contact_of(cast, place, phrase="Ask for the choir", never_speak_to="The stepfather")
    for name in ("person", "safety"):
        assert secrets_in(client.get(url(name, place))) == []
    read = client.post(url("show_safe_contact", place))
    assert "Ask for the choir" in read.content.decode()
    assert "The stepfather" in read.content.decode()
    assert secrets_in(read) == secrets_in(client.post(show, {"purpose": "contact"})) == []
    after = client.post(url("acknowledge_safe_contact", place), headers={"HX-Request": "true"})
    assert secrets_in(after) == [NUMBER]
    assert secrets_in(client.post(show, {"purpose": "contact"})) == [NUMBER, STREET, "Hill School"]
    # Not in another session of the same person, not for a colleague, and not when it changed.
    assert secrets_in(client_of(cast.caseworker).post(show, {"purpose": "contact"})) == []
    assert secrets_in(client_of(cast.supervisor).post(show, {"purpose": "contact"})) == []
    contact_of(cast, place, phrase="Ask for the library")
    assert secrets_in(client.post(show, {"purpose": "contact"})) == []
    events = AuditEvent.objects.filter(verb="safe_contact.acknowledged")
    assert events.count() == 1
    assert NUMBER not in str(events.get().__dict__)


def test_r_c1_holds_over_the_api_and_for_those_close_to_a_survivor(cast, place, client_of):
    aunt = add_participant(cast.caseworker, place.case, role="protective_caregiver", identity=WHO)
    details = show_identity(
        actor=cast.caseworker, person_id=aunt.person_id, purpose="contact", session_mark="x" * 64
    )
    assert details == {"first_name": "Tala"}
    contact = contact_of(cast, place)
    client = client_of(cast.caseworker)
    one = f"/api/v1/safe-contacts/{contact.pk}/"
    assert client.get(one).json()["number"] == ""
    assert NUMBER not in client.get("/api/v1/safe-contacts/").content.decode()
    said = client.post(f"{one}acknowledge/", {}, content_type="application/json")
    assert (said.status_code, said.json()["number"]) == (200, NUMBER)
    assert client_of(cast.intake).get(one).status_code == 403
    assert client_of(cast.south_caseworker).get(one).status_code == 404
    accused = add_participant(
        cast.caseworker,
        place.case,
        role="alleged_offender_source",
        legal_status="suspect",
        identity=WHO,
    )
    told = show_identity(actor=cast.caseworker, person_id=accused.person_id, purpose="court")
    assert told["phones"] == [NUMBER]


def test_r_c2_contact_is_blocked_without_instructions_and_overridden_only_by_a_supervisor(
    cast, place, client_of
):
    def refused(code, **over):
        values = {"participant_id": place.pk, "channel": "call", "planned_for": noon()}
        with pytest.raises(DomainError) as broken:
            plan_contact(actor=cast.caseworker, **{**values, **over})
        assert broken.value.code == code

    refused("absent")
    contact = contact_of(cast, place, at=timezone.now() - timedelta(days=31))
    refused("expired", planned_for=timezone.now())
    contact_of(cast, place, channel="", do_not_contact=True)
    refused("do_not_contact")
    contact_of(cast, place, channel="", survivor_initiates_only=True)
    refused("survivor_initiates_only")
    with reading(cast.caseworker):
        assert not ContactAttempt.objects.visible_to(cast.caseworker).exists()

    why = "The court moved the hearing to tomorrow morning."
    values = {"participant_id": place.pk, "channel": "call", "planned_for": noon()}
    with pytest.raises(Denied):
        plan_contact(actor=cast.caseworker, override_reason=why, **values)
    with pytest.raises(DomainError) as broken:
        plan_contact(actor=cast.supervisor, override_reason="Must.", **values)
    assert broken.value.field == "override_reason"
    attempt = plan_contact(actor=cast.supervisor, override_reason=why, **values)
    assert not attempt.permitted
    client = client_of(cast.dpo)
    assert "Decision against a rule" in client.get(reverse("audit_trail:reviews")).content.decode()
    with pytest.raises(Conflict):
        reconfirm_safe_contact(actor=cast.caseworker, safe_contact_id=contact.pk)
    form = client_of(cast.caseworker).get(url("plan_contact", place)).content.decode()
    assert "override_reason" not in form


def test_r_c3_traces_are_off_unless_allowed_and_unsafe_hours_warn_hard(cast, place, client_of):
    contact_of(cast, place, days=["mon"], from_hour=noon().time(), until_hour=noon().time())
    monday = noon() + timedelta(days=-noon().weekday())
    values = {"participant_id": place.pk, "channel": "call", "actor": cast.caseworker}
    for channel in ("voicemail", "text_message", "email"):
        with pytest.raises(DomainError) as broken:
            plan_contact(**{**values, "channel": channel}, planned_for=monday)
        assert broken.value.code == "channel_not_allowed"
    assert plan_contact(**values, planned_for=monday).permitted
    for unsafe in (monday + timedelta(hours=2), monday + timedelta(days=1)):
        with pytest.raises(DomainError) as broken:
            plan_contact(**values, planned_for=unsafe)
        assert (broken.value.code, broken.value.field) == ("outside_safe_hours", "planned_for")
    late = plan_contact(
        **values, planned_for=monday + timedelta(hours=2), accept_outside_hours=True
    )
    assert (late.permitted, late.outside_hours) == (False, True)
    page = client_of(cast.caseworker).post(
        url("plan_contact", place),
        {"channel": "call", "planned_for": f"{monday + timedelta(days=1):%Y-%m-%dT%H:%M}"},
    )
    assert page.status_code == 422
    assert "outside the safe hours" in page.content.decode()
    contact_of(cast, place, text_allowed=True)
    assert plan_contact(**{**values, "channel": "text_message"}, planned_for=monday).permitted


def test_r_c4_what_came_of_contact_says_whether_instructions_were_kept_and_confirmed(cast, place):
    old = timezone.now() - timedelta(days=20)
    contact = contact_of(cast, place, at=old)
    assert contact.expires_at - contact.confirmed_at == timedelta(days=30)
    attempt = plan_contact(
        actor=cast.caseworker,
        participant_id=place.pk,
        channel="call",
        planned_for=timezone.now(),
    )
    values = {"actor": cast.caseworker, "attempt_id": attempt.pk}
    with pytest.raises(DomainError):
        end_contact(**values, outcome="planned", instructions_followed="yes")
    end_contact(**values, outcome="reached", instructions_followed="yes", reconfirmed="yes")
    with pytest.raises(DomainError):
        end_contact(**values, outcome="reached", instructions_followed="yes")
    with reading(cast.caseworker):
        kept = ContactAttempt.objects.visible_to(cast.caseworker).get()
        assert (kept.instructions_followed, kept.reconfirmed) == ("yes", "yes")
        assert SafeContact.objects.visible_to(cast.caseworker).get().confirmed_at > old


def test_r_c5_nobody_accused_or_living_with_one_is_contact_interpreter_or_emergency_contact(
    cast, place
):
    from cases.services.family import join_household
    from cases.services.safety import write_safety_plan

    worker = cast.caseworker
    father = add_participant(
        worker, place.case, role="alleged_offender_source", legal_status="suspect"
    )
    mother = add_participant(worker, place.case, role="protective_caregiver")
    aunt = add_participant(worker, place.case, role="support_person")
    home = join_household(actor=worker, participant_id=father.pk, source="caregiver")
    join_household(
        actor=worker, participant_id=mother.pk, household_id=home.household_id, source="caregiver"
    )
    for other in (father, mother):
        for field in ("answered_by_id", "interpreter_id"):
            with pytest.raises(DomainError) as broken:
                contact_of(cast, place, **{field: other.pk})
            assert (broken.value.code, broken.value.field) == ("may_not_speak", field)
        with pytest.raises(DomainError) as broken:
            write_safety_plan(
                actor=worker,
                participant_id=place.pk,
                risks=["retaliation"],
                measures="A lock on the door.",
                review_on=timezone.localdate() + timedelta(days=7),
                emergency_contact_id=other.pk,
            )
        assert broken.value.field == "emergency_contact_id"
    contact = contact_of(cast, place, answered_by_id=aunt.pk)
    # She moves in with him: the instructions cannot be confirmed as they stand.
    join_household(
        actor=worker, participant_id=aunt.pk, household_id=home.household_id, source="caregiver"
    )
    with pytest.raises(DomainError) as broken:
        reconfirm_safe_contact(actor=worker, safe_contact_id=contact.pk)
    assert broken.value.code == "may_not_speak"


def test_r_c6_only_attempts_within_the_instructions_show_that_contact_was_lost(cast, place):
    contact_of(cast, place, from_hour=noon().time(), until_hour=noon().time())
    day = noon()

    def tried(at, **over):
        attempt = plan_contact(
            actor=cast.caseworker,
            participant_id=place.pk,
            channel="call",
            planned_for=at,
            accept_outside_hours=True,
        )
        end_contact(
            actor=cast.caseworker,
            attempt_id=attempt.pk,
            instructions_followed="yes",
            **{"outcome": "no_answer", **over},
        )

    def lost():
        with reading(cast.caseworker):
            return lost_contact_is_shown(cast.caseworker, place.person_id)

    for _time in range(3):
        tried(day + timedelta(hours=3))
    tried(day, outcome="called_off")
    assert not lost()
    for _time in range(3):
        tried(day)
    assert lost()


def test_only_those_who_work_with_survivors_read_and_change_it(cast, place, client_of):
    contact = contact_of(cast, place)
    with pytest.raises(Denied):
        contact_of(cast, place) and set_safe_contact(
            actor=cast.clinician, participant_id=place.pk, channel="call"
        )
    with pytest.raises(SafeContact.DoesNotExist):
        acknowledge_safe_contact(
            actor=cast.south_caseworker, safe_contact_id=contact.pk, session_mark="x" * 64
        )
    assert client_of(cast.intake).get(url("safety", place)).status_code == 403
    assert client_of(cast.south_caseworker).get(url("safety", place)).status_code == 404
    for wrong, field in (
        ({"channel": ""}, "channel"),
        ({"days": ["someday"]}, "days"),
        ({"from_hour": noon().time()}, "until_hour"),
        ({"number": "d" * 32}, "number"),
    ):
        with pytest.raises(DomainError) as broken:
            contact_of(cast, place, **wrong)
        assert broken.value.field == field


def test_the_strip_under_the_head_of_a_case_is_covered_until_opened(cast, place, client_of):
    contact_of(cast, place, phrase="Ask for the choir")
    client = client_of(cast.caseworker)
    page = client.get(reverse("cases:case", args=[place.case_id])).content.decode()
    assert f"Show for {place.person.code}" in page
    assert "Ask for the choir" not in page
    opened = client.post(url("show_safe_contact", place), headers={"HX-Request": "true"})
    assert opened.content.decode().lstrip().startswith('<section class="safety-strip"')
    assert "Ask for the choir" in opened.content.decode()
    reader = client_of(cast.liaison).get(reverse("cases:case", args=[place.case_id]))
    assert "Show for" not in reader.content.decode()


def test_r_c5_whoever_answers_and_turns_out_an_alleged_offender_is_called_by_nobody(
    cast, place, client_of
):
    aunt = add_participant(cast.caseworker, place.case, role="protective_caregiver")
    contact = contact_of(cast, place, answered_by_id=aunt.pk)
    client = client_of(cast.caseworker)
    assert client.post(url("acknowledge_safe_contact", place)).status_code == 200
    seen = client.post(url("show_identity", place), {"purpose": "contact"})
    assert NUMBER in secrets_in(seen)
    give_role(
        actor=cast.caseworker,
        participant_id=aunt.pk,
        role="alleged_offender_source",
        legal_status="suspect",
    )
    # Read in this session or not: what was read does not hold any more.
    seen = client.post(url("show_identity", place), {"purpose": "contact"})
    assert secrets_in(seen) == []
    with pytest.raises(DomainError, match="do not hold any more") as refused:
        plan_contact(
            actor=cast.caseworker, participant_id=place.pk, channel="call", planned_for=noon()
        )
    assert refused.value.code == "may_not_speak"
    with pytest.raises(DomainError, match="Record new ones first"):
        acknowledge_safe_contact(
            actor=cast.caseworker, safe_contact_id=contact.pk, session_mark="another"
        )
    assert not ContactAttempt.objects.using("owner").exists()
    contact_of(cast, place)
    assert client.post(url("acknowledge_safe_contact", place)).status_code == 200
    planned = plan_contact(
        actor=cast.caseworker, participant_id=place.pk, channel="call", planned_for=noon()
    )
    assert planned.permitted
