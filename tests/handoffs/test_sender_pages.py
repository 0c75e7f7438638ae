"""The sender's pages: compose in two panes, look, send, follow, revoke."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoffs.models import Handoff
from handoffs.package import digest_of
from handoffs.services.handoffs import (
    accept_handoff,
    decline_handoff,
    preview_package,
    send_handoff,
)
from handoffs.services.opening import open_package
from tests.factories import (
    add_participant,
    approve_grounds,
    authorise_handoff,
    compose_handoff,
    open_case,
    write_note,
)
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import (
    CLINICAL,
    NAME,
    NOTE,
    RESTRICTED,
    SEALED,
    STREET,
    events,
    stored,
    tomorrow,
    write_as_owner,
)
from tests.tampering import lower_walls

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]
FIRST = NAME.split()[0]


def url(name, record):
    return reverse(f"handoffs:{name}", args=[record.pk])


def answers(cast, **over):
    """What somebody fills in on the compose page."""
    return {
        "to_agency": str(cast.cyber_unit.pk),
        "kind": "joint_work",
        "purpose": "To bring the child to safety",
        "legal_basis": "public_task",
        "basis_reason": "The unit investigates by law.",
        "sections": EVERYTHING,
        "urgency": "soon",
        "answer_by": tomorrow().isoformat(),
        **over,
    }


@pytest.fixture
def draft(cast, story) -> Handoff:
    return compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.caseworker)


def drafts():
    return list(Handoff.objects.using("owner").all())


def test_composing_saves_a_draft_and_leads_to_the_second_step(cast, story, client):
    page = client.get(url("compose", story.case))
    assert page.status_code == 200
    assert b"What they will see" in page.content
    page = client.post(url("compose", story.case), answers(cast))
    (draft,) = drafts()
    assert (page.status_code, page.headers["Location"]) == (302, url("send", draft))
    assert (draft.status, draft.urgency, draft.case_id) == ("draft", "soon", story.case.pk)


def test_save_and_come_back_leads_to_the_draft(cast, story, client):
    page = client.post(url("compose", story.case), answers(cast, later="1"))
    (draft,) = drafts()
    assert page.headers["Location"] == url("handoff", draft)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"purpose": ""}, "Fill this in"),
        ({"answer_by": "2020-01-01"}, "has passed"),
        ({"answer_by": "soon"}, "Give a date"),
        ({"sections": []}, "Choose an answer"),
        ({"legal_basis": "unknown"}, "Select a valid choice"),
        ({"to_agency": "not-an-agency"}, "Select a valid choice"),
        ({"purpose": "Look at https://example.org"}, "web address"),
    ],
)
def test_a_wrong_answer_comes_back_with_what_was_typed(cast, story, client, over, said):
    page = client.post(url("compose", story.case), answers(cast, **over))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "error-summary" in page.content.decode()
    assert drafts() == []


def test_a_missing_agreement_is_said_beside_the_agency(cast, story, client):
    page = client.post(url("compose", story.case), answers(cast, to_agency=str(cast.shelter.pk)))
    assert page.status_code == 422
    assert "There is no sharing agreement with this agency" in page.content.decode()
    assert drafts() == []


def test_somebody_who_may_not_open_names_cannot_choose_them(cast, story, client_of):
    liaison = client_of(cast.liaison)
    assert 'value="identities"' not in liaison.get(url("compose", story.case)).content.decode()
    page = liaison.post(url("compose", story.case), answers(cast))
    assert page.status_code == 422
    assert drafts() == []


def test_agencies_without_an_agreement_stand_apart_and_ones_own_is_not_there(cast, story, client):
    text = client.get(url("compose", story.case)).content.decode()
    assert text.index("With a sharing agreement") < text.index(cast.cyber_unit.name)
    assert text.index("Without one") < text.index(cast.shelter.name)
    assert str(cast.agency.pk) not in text


@pytest.mark.parametrize("name", ["compose", "tab"])
def test_the_case_of_another_team_is_not_there(cast, story, client_of, name):
    assert client_of(cast.south_caseworker).get(url(name, story.case)).status_code == 404


def test_posting_to_the_case_of_another_team_finds_nothing(cast, story, client_of):
    stranger = client_of(cast.south_caseworker)
    assert stranger.post(url("compose", story.case), answers(cast)).status_code == 404
    assert stranger.post(url("preview_choices", story.case), answers(cast)).status_code == 404
    assert drafts() == []


@pytest.mark.parametrize("who", ["partner", "manager", "legal"])
def test_roles_that_compose_nothing_are_refused_and_that_is_recorded(cast, story, client_of, who):
    page = client_of(getattr(cast, who)).get(url("compose", story.case))
    assert page.status_code == 403
    assert events("act.refused")[-1].facts == {"permission": "handoffs.compose_handoff"}


def test_the_pane_shows_what_the_choices_hold_and_covers_names(cast, story, client):
    page = client.post(
        url("preview_choices", story.case), answers(cast), headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "<html" not in text
    for seen in (NOTE, "To bring the child to safety", "First name", story.case.reference):
        assert seen in text
    for stays in (FIRST, STREET, RESTRICTED, SEALED, CLINICAL):
        assert stays not in text
    event = events("package.previewed", story.case)[0]
    assert (event.facts["identities"], event.facts["notes"]) == (2, 1)


def test_the_pane_follows_the_choices(cast, story, client):
    page = client.post(url("preview_choices", story.case), answers(cast, sections=["people"]))
    text = page.content.decode()
    assert NOTE not in text
    assert story.survivor.person.code in text
    assert "Kind of harm and origin of material" in text
    assert "Case summary" in text.split("Not in this package")[1]


def test_the_pane_says_early_that_nothing_carries_it(cast, story, client):
    page = client.post(
        url("preview_choices", story.case), answers(cast, to_agency=str(cast.shelter.pk))
    )
    assert "It cannot leave like this" in page.content.decode()


def test_the_pane_bears_an_empty_form(story, client):
    page = client.post(url("preview_choices", story.case), {})
    assert page.status_code == 200
    assert "It cannot leave like this" not in page.content.decode()


def test_the_second_step_shows_all_and_covers_names_until_asked(cast, draft, client):
    text = client.get(url("send", draft)).content.decode()
    assert NOTE in text
    assert FIRST not in text
    assert f"Send to {cast.cyber_unit.name}" in text
    assert "cannot be called back" in text
    assert not events("identity.shown")
    text = client.post(url("show_names", draft)).content.decode()
    assert FIRST in text
    assert len(events("identity.shown")) == 2


def test_names_are_not_shown_by_address(draft, client):
    page = client.get(url("show_names", draft))
    assert page.headers["Location"] == url("send", draft)
    assert not events("identity.shown")


def seen_on(page):
    text = page.content.decode()
    start = text.index('name="seen" value="') + len('name="seen" value="')
    return text[start : start + 64]


def test_sending_from_the_page_sends_what_was_looked_at(cast, draft, client):
    seen = seen_on(client.get(url("send", draft)))
    page = client.post(url("send", draft), {"seen": seen})
    assert (page.status_code, page.headers["Location"]) == (302, url("handoff", draft))
    package = open_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert digest_of(package["content"]).hex() == seen


def test_what_was_looked_at_is_the_same_with_and_without_names_shown(cast, draft, client):
    seen = seen_on(client.get(url("send", draft)))
    assert seen_on(client.post(url("show_names", draft))) == seen
    package = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert seen == digest_of(package["content"]).hex()


def test_a_case_that_changed_meanwhile_is_shown_again_and_not_sent(cast, story, client):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.cyber_unit,
        sections=EVERYTHING,
        legal_basis="vital_interests",
    )
    seen = seen_on(client.get(url("send", draft)))
    write_note(cast.second_caseworker, story.case, facts_reported="School begins on Tuesday.")
    page = client.post(url("send", draft), {"seen": seen})
    assert page.status_code == 422
    assert "changed since you looked" in page.content.decode()
    assert "School begins on Tuesday." in page.content.decode()
    assert not stored(draft).has_left
    assert client.post(url("send", draft), {"seen": seen_on(page)}).status_code == 302


def test_a_receiver_that_became_an_investigator_gets_the_kind_of_harm(cast, story, client):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.shelter,
        sections=["people"],
        legal_basis="legal_obligation",
    )
    write_as_owner("UPDATE accounts_agency SET type = 'LawEnforcement' WHERE short_code = 'HLS'")
    page = client.get(url("send", draft))
    assert "Origin of material" in page.content.decode()
    # Telling an investigator is another use than telling a shelter: the basis is looked at anew.
    assert "not recorded for this agency and this use" in page.content.decode()
    choices = answers(cast, to_agency=str(cast.shelter.pk), legal_basis="legal_obligation")
    choices |= {"sections": ["people"], "version": str(draft.version)}
    assert client.post(url("change", draft), choices).status_code == 302
    approve_grounds(cast.caseworker, story.case.pk)
    authorise_handoff(cast.caseworker, stored(draft))
    page = client.get(url("send", draft))
    assert client.post(url("send", draft), {"seen": seen_on(page)}).status_code == 302
    package = open_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert package["sections"] == stored(draft).sections == ["content_origin", "people"]


def test_a_lapsed_agreement_is_said_before_and_at_sending(cast, draft, client):
    seen = seen_on(client.get(url("send", draft)))
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    page = client.get(url("send", draft))
    assert "not in force" in page.content.decode()
    assert "Send to" not in page.content.decode()
    page = client.post(url("send", draft), {"seen": seen})
    assert page.status_code == 422
    assert "not in force" in page.content.decode()
    assert not stored(draft).has_left


def test_a_colleague_without_names_is_told_and_cannot_send(cast, draft, client_of):
    liaison = client_of(cast.liaison)
    page = liaison.get(url("send", draft))
    assert "names that you may not open" in page.content.decode()
    assert "Send to" not in page.content.decode()
    assert liaison.post(url("send", draft), {}).status_code == 403
    assert liaison.post(url("show_names", draft)).status_code == 403
    assert not stored(draft).has_left


def test_a_note_that_does_not_open_is_no_gap_but_a_stop(draft, client, superuser):
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "cases_casenote")
    superuser.execute(
        "UPDATE cases_casenote SET facts_reported = facts_reported || '\\x00'::bytea "
        "WHERE sensitivity = 2"
    )
    page = client.get(url("send", draft))
    assert page.status_code == 200
    assert "A part of this case cannot be read" in page.content.decode()
    assert "Send to" not in page.content.decode()
    assert client.post(url("send", draft), {}).status_code == 422
    assert not stored(draft).has_left


def test_what_was_sent_leads_from_its_draft_pages_to_the_handoff(cast, story, client):
    sent = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    for name in ("send", "change"):
        assert client.get(url(name, sent)).headers["Location"] == url("handoff", sent)


def test_changing_a_draft_keeps_its_answers_on_the_page(cast, draft, client):
    text = client.get(url("change", draft)).content.decode()
    assert draft.purpose in text
    assert f'name="version" value="{draft.version}"' in text
    seen = {"version": str(draft.version), "sections": ["people"]}
    page = client.post(url("change", draft), answers(cast, **seen))
    assert page.headers["Location"] == url("send", draft)
    assert stored(draft).sections == ["content_origin", "people"]


def test_the_second_to_change_a_draft_keeps_what_they_typed(cast, draft, client):
    seen = str(draft.version)
    client.post(url("change", draft), answers(cast, version=seen))
    page = client.post(url("change", draft), answers(cast, version=seen, purpose="Third words"))
    assert page.status_code == 422
    assert "Third words" in page.content.decode()
    assert stored(draft).purpose == "To bring the child to safety"


def test_the_handoff_page_tells_the_chain_and_names_of_the_other_side_stay_theirs(
    cast, draft, client
):
    send_handoff(actor=cast.second_caseworker, handoff_id=draft.pk)
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    open_package(actor=cast.investigator, handoff_id=draft.pk)
    text = client.get(url("handoff", draft)).content.decode()
    for said in (
        f"{cast.cyber_unit.name} opened the package of the handoff",
        f"{cast.cyber_unit.name} accepted the handoff",
        f"{cast.second_caseworker.name} sent the handoff",
        f"{cast.caseworker.name} composed a handoff",
    ):
        assert said in text
    for name in (cast.partner.name, cast.investigator.name):
        assert name not in text
    assert NOTE not in text
    assert FIRST not in text


def test_the_reason_of_a_no_is_shown(cast, draft, client):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    decline_handoff(actor=cast.partner, handoff_id=draft.pk, reason="no_capacity")
    assert "No capacity now" in client.get(url("handoff", draft)).content.decode()


def test_the_sender_looks_again_at_what_was_sent(cast, draft, client):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    page = client.post(url("show_sent", draft))
    assert page.status_code == 200
    assert FIRST in page.content.decode()
    assert events("handoff.sent")[0].facts["digest"] in page.content.decode()
    assert events("package.opened", draft)[0].facts == {"side": "sender"}
    assert client.get(url("show_sent", draft)).headers["Location"] == url("handoff", draft)


def test_a_draft_has_nothing_sent_to_show(draft, client):
    page = client.post(url("show_sent", draft))
    assert page.status_code == 422
    assert FIRST not in page.content.decode()


def test_revoking_asks_first_and_says_what_cannot_be_undone(cast, draft, client):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    text = client.get(url("revoke", draft)).content.decode()
    assert "cannot be called back" in text
    assert stored(draft).status == "sent"
    assert client.post(url("revoke", draft)).status_code == 302
    assert stored(draft).status == "revoked"
    page = client.post(url("revoke", draft))
    assert page.status_code == 422
    assert "cannot become" in page.content.decode()


def test_a_handoff_of_another_team_is_not_there(cast, draft, client_of):
    stranger = client_of(cast.south_caseworker)
    assert stranger.get(url("handoff", draft)).status_code == 404
    for name in ("send", "change", "revoke"):
        assert stranger.get(url(name, draft)).status_code == 404
        assert stranger.post(url(name, draft), answers(cast)).status_code == 404
    for name in ("show_names", "show_sent"):
        assert stranger.post(url(name, draft)).status_code == 404
    assert stored(draft).version == draft.version


def test_the_list_and_its_chips(cast, story, client):
    compose_handoff(cast.caseworker, story.case, cast.cyber_unit, authorised=False)
    compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    waiting = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    late = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    answered = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    accept_handoff(actor=cast.partner, handoff_id=answered.pk)
    write_as_owner("UPDATE handoffs_handoff SET answer_by = '2025-01-01' WHERE id = %s", late.pk)

    def shown(show):
        text = client.get(reverse("handoffs:list"), {"show": show}).content.decode()
        return {h.reference for h in drafts() if h.reference in text}, text

    everything, text = shown("all")
    assert len(everything) == 5
    assert "5 handoffs, 1 overdue" in text
    assert shown("waiting")[0] == {waiting.reference, late.reference}
    assert shown("overdue")[0] == {late.reference}
    assert shown("answered")[0] == {answered.reference}
    assert len(shown("drafts")[0]) == len(shown("second")[0]) == 1
    assert len(shown("nonsense")[0]) == 5


def test_the_list_of_another_team_is_empty(cast, draft, client_of):
    text = client_of(cast.south_caseworker).get(reverse("handoffs:list")).content.decode()
    assert draft.reference not in text
    assert "No handoffs here" in text


def test_the_tab_shows_the_handoffs_of_this_case_alone(cast, story, draft, client):
    other_case = open_case(cast.caseworker)
    other = compose_handoff(cast.caseworker, other_case, cast.cyber_unit)
    text = client.get(url("tab", story.case)).content.decode()
    assert draft.reference in text
    assert other.reference not in text
    assert url("compose", story.case) in text


def test_the_timeline_of_the_case_tells_of_the_handoff(cast, story, draft, client):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    decline_handoff(actor=cast.partner, handoff_id=draft.pk, reason="no_capacity")
    text = client.get(reverse("cases:case", args=[story.case.pk])).content.decode()
    assert f"Handoff sent to {cast.cyber_unit.name}." in text
    assert f"{cast.cyber_unit.name} declined the handoff." in text


def queries_of(client, address):
    client.get(address)  # The first request of a session writes down when it began.
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_asks_as_much_for_25_rows_as_for_5(cast, story, client):
    for _ in range(5):
        sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    few = queries_of(client, reverse("handoffs:list"))
    few_on_tab = queries_of(client, url("tab", story.case))
    for _ in range(20):
        sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert queries_of(client, reverse("handoffs:list")) == few
    assert queries_of(client, url("tab", story.case)) == few_on_tab


def test_a_preview_asks_as_much_for_many_people_and_notes_as_for_few(cast, story, draft, client):
    few = queries_of(client, url("send", draft))
    for number in range(12):
        add_participant(cast.caseworker, story.case, identity={"first_name": f"Given {number}"})
        write_note(
            cast.second_caseworker,
            story.case,
            occurred_at=timezone.now() - timedelta(hours=number + 1),
        )
    assert queries_of(client, url("send", draft)) <= few
