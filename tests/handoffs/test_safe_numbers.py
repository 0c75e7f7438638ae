"""No number is on a screen before what keeps it safe was read, here or at the receiver's (R-C1)."""

from __future__ import annotations

from django.urls import reverse

from cases.models import SafeContact
from cases.services.safe_contact import set_safe_contact
from handoffs.services.handoffs import accept_handoff
from tests.factories import add_participant, compose_handoff, give_consent, version_of
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import events

NUMBER, IDENTITY_NUMBER = "0900 000 0017", "555 0142"
PHRASE = "Ask for the choir practice"
NAMED = ["case_summary", "identities"]


def instruct(cast, story, **over):
    known = version_of(SafeContact, story.survivor)
    values = {"channel": "call", "number": NUMBER, "phrase": PHRASE, "version": known, **over}
    return set_safe_contact(actor=cast.caseworker, participant_id=story.survivor.pk, **values)


def numbers_on(page):
    return [number for number in (NUMBER, IDENTITY_NUMBER) if number in page.content.decode()]


def test_r_c1_a_number_leaves_with_its_instructions_and_is_covered_until_they_were_read(
    cast, story, client_of
):
    instruct(cast, story)
    worker = client_of(cast.caseworker)
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=NAMED)
    names = reverse("handoffs:show_names", args=[draft.pk])
    shown = worker.post(names)
    assert (PHRASE in shown.content.decode(), numbers_on(shown)) == (True, [])
    worker.post(reverse("cases:acknowledge_safe_contact", args=[story.survivor.pk]))
    assert numbers_on(worker.post(names)) == [NUMBER]
    seen = worker.post(names).content.decode().split('name="seen" value="')[1][:64]
    # What was covered on the screen changes nothing about what leaves.
    sending = worker.post(reverse("handoffs:send", args=[draft.pk]), {"seen": seen})
    assert sending.status_code == 302
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)

    officer, address = client_of(cast.partner), reverse("handoffs:open", args=[draft.pk])
    page = officer.post(address)
    assert PHRASE in page.content.decode()
    assert "I have read it: show the numbers" in page.content.decode()
    assert numbers_on(page) == []
    page = officer.post(address, {"read_instructions": "yes"})
    assert numbers_on(page) == [NUMBER]
    assert [event.facts.get("instructions_read", False) for event in events("package.opened")] == [
        False,
        True,
    ]
    api = f"/api/v1/handoffs/{draft.pk}/package/"
    covered = officer.post(api, {}, content_type="application/json")
    assert (numbers_on(covered), PHRASE in covered.content.decode()) == ([], True)
    read = officer.post(api, {"read_instructions": True}, content_type="application/json")
    assert numbers_on(read) == [NUMBER]
    assert read.json()["digest"] == covered.json()["digest"]


def test_r_c1_without_a_safe_way_no_number_leaves_and_the_package_says_so(cast, story, client_of):
    officer = client_of(cast.partner)
    for over, words in (
        (None, "No safe way is known"),
        ({"do_not_contact": True, "channel": "", "number": "", "phrase": ""}, "Do not contact"),
        ({"channel": "visit"}, "Only through the sender"),
        ({"channel": "letter"}, "Only through the sender"),
        ({"channel": "through_somebody"}, "Only through the sender"),
    ):
        if over is not None:
            instruct(cast, story, **over)
        handoff = sent_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=NAMED)
        accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
        page = officer.post(
            reverse("handoffs:open", args=[handoff.pk]), {"read_instructions": "yes"}
        )
        assert words in page.content.decode()
        # Neither a number, nor where somebody lives, nor who somebody else is.
        assert numbers_on(page) == []
        assert PHRASE not in page.content.decode()


def test_r_p8_whoever_answers_is_named_only_where_the_package_may_name_them(cast, story, client_of):
    aunt = add_participant(cast.caseworker, story.case, role="protective_caregiver")
    instruct(cast, story, answered_by_id=aunt.pk)
    officer = client_of(cast.partner)
    for sections, words in (
        (NAMED, "Only through the sender"),
        ([*NAMED, "people"], aunt.person.code),
    ):
        agree(cast, story, sections)
        handoff = sent_handoff(
            cast.caseworker, story.case, cast.cyber_unit, sections=sections, legal_basis="consent"
        )
        accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
        page = officer.post(
            reverse("handoffs:open", args=[handoff.pk]), {"read_instructions": "yes"}
        )
        assert words in page.content.decode()
        assert numbers_on(page) == ([NUMBER] if "people" in sections else [])


def agree(cast, story, categories):
    give_consent(
        cast.caseworker,
        story.survivor,
        scopes=["share_with_law_enforcement"],
        recipients=[cast.cyber_unit.pk],
        categories=categories,
    )
