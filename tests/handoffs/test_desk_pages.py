"""The receiving desk: a letterbox of sealed envelopes, and nothing of the case behind them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoffs.choices import Section
from handoffs.models import Handoff
from handoffs.services.handoffs import accept_handoff, decline_handoff, revoke_handoff
from tests.factories import compose_handoff
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import (
    CLINICAL,
    NAME,
    NOTE,
    RESTRICTED,
    SEALED,
    STREET,
    SUMMARY,
    events,
    stored,
    write_as_owner,
)
from tests.tampering import lower_walls

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]
FIRST, LAST = NAME.split()
CONTENT = (FIRST, LAST, NOTE, STREET, RESTRICTED, SEALED, CLINICAL, SUMMARY, "Kathang", "555 0142")


def url(name, record):
    return reverse(f"handoffs:{name}", args=[record.pk])


@pytest.fixture
def sent(cast, story) -> Handoff:
    return sent_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


@pytest.fixture
def officer(cast, client_of):
    return client_of(cast.partner)


def of_the_case(story, cast):
    """Words that would betray the case or its people at all."""
    return (
        *CONTENT,
        story.case.reference,
        str(story.case.pk),
        story.survivor.person.code,
        story.accused.person.code,
        cast.caseworker.name,
        "Northern Province",
        "livestream",
    )


def test_the_letterbox_shows_the_outside_and_no_content(cast, story, sent, officer):
    text = officer.get(reverse("handoffs:desk")).content.decode()
    for shown in (cast.agency.name, sent.purpose, "Routine", sent.reference, "in 3 days"):
        assert shown in text
    for section in Section:
        assert str(section.label) in text
    for word in of_the_case(story, cast):
        assert word not in text


@pytest.mark.parametrize("who", ["partner", "investigator", "prosecutor"])
def test_the_envelope_shows_the_outside_and_no_content(cast, story, sent, client_of, who):
    page = client_of(getattr(cast, who)).get(url("envelope", sent))
    text = page.content.decode()
    assert page.status_code == 200
    for shown in (cast.agency.name, sent.purpose, "Answer by", "Accept the handoff"):
        assert shown in text
    for word in of_the_case(story, cast):
        assert word not in text
    # Its guide names the button; the button itself is not there before somebody accepted.
    assert url("open", sent) not in text
    assert len(events("handoff.previewed", sent)) == 1


def test_a_draft_is_not_in_the_letterbox(cast, story, officer):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert draft.reference not in officer.get(reverse("handoffs:desk")).content.decode()
    assert officer.get(url("envelope", draft)).status_code == 404
    assert officer.post(url("accept", draft)).status_code == 404
    assert not stored(draft).has_left


def test_accepting_then_opening_reads_like_a_letter(cast, story, sent, officer):
    page = officer.post(url("accept", sent))
    assert (page.status_code, page.headers["Location"]) == (302, url("envelope", sent))
    assert stored(sent).status == "accepted"
    text = officer.get(url("envelope", sent)).content.decode()
    assert "Open the package" in text
    for word in of_the_case(story, cast):
        assert word not in text
    page = officer.post(url("open", sent))
    text = page.content.decode()
    assert page.status_code == 200
    for shown in (FIRST, LAST, NOTE, "No safe way is known", story.survivor.person.code, "Suspect"):
        assert shown in text
    for stays in ("555 0142", STREET, RESTRICTED, SEALED, CLINICAL, SUMMARY, cast.caseworker.name):
        assert stays not in text
    # For paper: who printed it, and what for (R-P7).
    assert 'class="watermark"' in text
    assert cast.partner.name in text
    assert events("handoff.sent")[0].facts["digest"] in text
    assert len(events("package.opened", sent)) == 1


def test_a_package_is_not_opened_by_address(cast, sent, officer):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    for name in ("open", "accept", "decline"):
        assert officer.get(url(name, sent)).headers["Location"] == url("envelope", sent)
    assert not events("package.opened")


def test_a_package_does_not_open_before_an_answer(sent, officer):
    page = officer.post(url("open", sent))
    assert page.status_code == 422
    assert "opens after your desk has accepted" in page.content.decode()
    assert NOTE not in page.content.decode()


def test_declining_needs_a_reason_and_keeps_it(sent, officer):
    page = officer.post(url("decline", sent), {})
    assert page.status_code == 422
    assert "Choose an answer" in page.content.decode()
    assert stored(sent).status == "sent"
    page = officer.post(url("decline", sent), {"reason": "not_our_mandate"})
    assert page.status_code == 302
    assert stored(sent).decline_reason == "not_our_mandate"
    assert "Outside our mandate" in officer.get(url("envelope", sent)).content.decode()


def test_who_comes_second_is_told_and_changes_nothing(cast, sent, client_of):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    late = client_of(cast.investigator)
    page = late.post(url("decline", sent), {"reason": "no_capacity"})
    assert page.status_code == 422
    assert "cannot become" in page.content.decode()
    assert late.post(url("accept", sent)).status_code == 422
    assert stored(sent).answered_by_id == cast.partner.pk


def test_a_revoked_handoff_says_so_and_opens_no_more(cast, sent, officer):
    officer.post(url("accept", sent))
    revoke_handoff(actor=cast.caseworker, handoff_id=sent.pk)
    text = officer.get(url("envelope", sent)).content.decode()
    assert "The sender ended this handoff" in text
    assert "Open the package?" not in text
    page = officer.post(url("open", sent))
    assert page.status_code == 422
    assert NOTE not in page.content.decode()


def test_a_tampered_package_is_shown_to_nobody(sent, officer, superuser):
    officer.post(url("accept", sent))
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "handoffs_handoffpackage")
    superuser.execute("UPDATE handoffs_handoffpackage SET digest = sha256('x'::bytea)")
    page = officer.post(url("open", sent))
    assert page.status_code == 422
    assert "not what was sent" in page.content.decode()
    assert NOTE not in page.content.decode()
    assert len(events("package.mismatched", sent)) == 1


@pytest.mark.parametrize("name", ["envelope", "accept", "decline", "open"])
def test_for_an_unrelated_agency_the_handoff_is_not_there(cast, sent, client_of, name):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    stranger = client_of(cast.stranger)
    if name == "envelope":
        assert stranger.get(url(name, sent)).status_code == 404
    assert stranger.post(url(name, sent), {"reason": "no_capacity"}).status_code in (404, 405)
    assert sent.reference not in stranger.get(reverse("handoffs:desk")).content.decode()
    assert stored(sent).version == sent.version + 1
    assert not events("package.opened")


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "manager", "auditor"])
def test_the_desk_is_for_those_who_receive(cast, sent, client_of, who):
    client = client_of(getattr(cast, who))
    assert client.get(reverse("handoffs:desk")).status_code == 403
    assert client.get(url("envelope", sent)).status_code == 403
    assert client.post(url("accept", sent)).status_code == 403
    assert stored(sent).status == "sent"
    assert len(events("act.refused")) == 3


def test_a_visitor_is_asked_to_sign_in(sent, visitor):
    for address in (reverse("handoffs:desk"), url("envelope", sent), reverse("handoffs:list")):
        assert visitor.get(address).status_code == 302
    assert visitor.post(url("open", sent)).status_code == 302
    assert not events("package.opened")


def test_the_receiver_finds_the_case_nowhere(cast, story, sent, officer):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    pk = story.case.pk
    for address in (
        reverse("cases:case", args=[pk]),
        reverse("cases:people", args=[pk]),
        reverse("cases:notes", args=[pk]),
        reverse("handoffs:tab", args=[pk]),
        reverse("handoffs:compose", args=[pk]),
        reverse("handoffs:handoff", args=[sent.pk]),
        reverse("handoffs:send", args=[sent.pk]),
        reverse("cases:list"),
        reverse("handoffs:list"),
        reverse("referrals:list"),
    ):
        assert officer.get(address).status_code in (403, 404), address


def test_the_chips_of_the_letterbox(cast, story, officer):
    waiting, accepted, declined, revoked = (
        sent_handoff(cast.caseworker, story.case, cast.cyber_unit) for _ in range(4)
    )
    accept_handoff(actor=cast.partner, handoff_id=accepted.pk)
    decline_handoff(actor=cast.partner, handoff_id=declined.pk, reason="no_capacity")
    revoke_handoff(actor=cast.caseworker, handoff_id=revoked.pk)
    write_as_owner("UPDATE handoffs_handoff SET answer_by = '2025-01-01' WHERE id = %s", waiting.pk)

    def shown(show):
        text = officer.get(reverse("handoffs:desk"), {"show": show}).content.decode()
        them = (waiting, accepted, declined, revoked)
        return {handoff.pk for handoff in them if handoff.reference in text}

    assert shown("waiting") == shown("nonsense") == {waiting.pk}
    assert shown("accepted") == {accepted.pk}
    assert shown("closed") == {declined.pk, revoked.pk}
    text = officer.get(reverse("handoffs:desk")).content.decode()
    assert "1 envelope, 1 overdue" in text


def test_what_presses_most_lies_on_top(cast, story, officer):
    calm = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    urgent = sent_handoff(cast.caseworker, story.case, cast.cyber_unit, urgency="today")
    text = officer.get(reverse("handoffs:desk")).content.decode()
    assert text.index(urgent.reference) < text.index(calm.reference)


def test_the_letterbox_asks_as_much_for_25_envelopes_as_for_5(cast, story, officer):
    officer.get(reverse("handoffs:desk"))  # The first request of a session writes its start.

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(reverse("handoffs:desk")).status_code == 200
        return len(captured)

    for _ in range(5):
        sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    few = queries()
    for _ in range(20):
        sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert queries() == few


def test_titles_and_addresses_say_nothing(story, sent, officer):
    officer.post(url("accept", sent))
    for page in (
        officer.get(reverse("handoffs:desk")),
        officer.get(url("envelope", sent)),
        officer.post(url("open", sent)),
    ):
        title = page.content.decode().split("<title>")[1].split("</title>")[0]
        assert title in {"Letterbox – Workspace", "Envelope – Workspace", "Package – Workspace"}
