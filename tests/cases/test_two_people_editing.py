"""Two people edit one record: the second is told, nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from cases.choices import FLAGS
from cases.models import HarmRecord, RelationshipLink, SafeContact, SurvivorContext
from cases.services.family import link_people
from cases.services.harm import record_harm, record_survivor_context
from cases.services.safe_contact import set_safe_contact
from tests.factories import add_participant, open_case

HIDDEN = re.compile(r'name="(version|seen)" value="([^"]*)"')


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.second_caseworker)


def opened(client, url):
    """What the page remembers of the record as it was when it was opened."""
    return {name: unescape(value) for name, value in HIDDEN.findall(_text(client.get(url)))}


def _text(page):
    return page.content.decode()


def told(page):
    """The words that say what somebody else changed."""
    assert page.status_code == 422
    notice = _text(page).split('id="changed-meanwhile"')[1].partition(">")[2].split("<label")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", notice)).split())


def test_what_the_other_changed_is_said_and_what_was_typed_is_kept(cast, place, client):
    """Ana and Berto have the same page open. Ana saves; Berto is told, and both changes stand."""
    known = {"actor": cast.caseworker, "participant_id": place.pk, "schooling": "in_school"}
    record_survivor_context(**known, age_when_first=9, safeguarded_how="operation")
    url = reverse("cases:record_survivor_context", args=[place.pk])
    page = opened(client, url)
    record_survivor_context(**known, version=1, age_when_first=11, safeguarded_how="self_exit")
    typed = {
        **page,
        "schooling": "interrupted",
        "age_when_first": "10",
        "safeguarded_how": "operation",
        "lives_with_alleged_offender": "not_asked",
    }
    again = client.post(url, typed)
    words = told(again)
    assert words.startswith("Ana Ilustre changed this while you had it open")
    assert "Age when it began Now: 11 You typed: 10" in words
    # Berto had not touched this: it is fresh, and nothing is laid to him.
    assert words.endswith("How they came to safety Now: They got away themselves")
    assert "School" not in words
    form = _text(again)
    assert re.search(r'<option value="self_exit"\s+selected', form)
    assert re.search(r'<option value="interrupted"\s+selected', form)
    assert re.search(r'name="age_when_first"[^>]* value="10"', form)
    stored = SurvivorContext.objects.using("owner").get()
    assert (stored.version, stored.age_when_first, stored.safeguarded_how) == (2, 11, "self_exit")

    fresh = {name: unescape(value) for name, value in HIDDEN.findall(form)}
    saved = client.post(url, {**typed, **fresh, "safeguarded_how": "self_exit"})
    assert saved.status_code == 302
    stored = SurvivorContext.objects.using("owner").get()
    assert (stored.version, stored.age_when_first, stored.safeguarded_how) == (3, 10, "self_exit")


def test_a_harm_a_link_and_safe_contact_are_not_replaced_unseen(cast, place, client):
    ours = {"actor": cast.caseworker, "participant_id": place.pk}
    harm = record_harm(**ours, harm_type="grooming", content_origin="unknown")
    mother = add_participant(cast.caseworker, place.case, role="protective_caregiver")
    ends = {"participant_id": mother.pk, "of_participant_id": place.pk, "source": "document"}
    link = link_people(actor=cast.caseworker, detail="parent", **ends)
    set_safe_contact(**ours, channel="call")
    harm_url = reverse("cases:change_harm", args=[harm.pk])
    link_url = reverse("cases:change_link", args=[link.pk])
    contact_url = reverse("cases:set_safe_contact", args=[place.pk])
    pages = {url: opened(client, url) for url in (harm_url, link_url, contact_url)}

    record_harm(**ours, harm_type="grooming", content_origin="not_applicable", version=1)
    link_people(actor=cast.caseworker, detail="step_parent", version=1, **ends)
    set_safe_contact(**ours, channel="", do_not_contact=True, version=1)

    answers = dict.fromkeys(FLAGS, "not_asked")
    typed = {
        harm_url: {"content_origin": "generated", **answers},
        link_url: {"detail": "aunt_uncle", "source": "document"},
        contact_url: {"channel": "call", "number": "0917 000 0000"},
    }
    second = {}
    for url, page in pages.items():
        second[url] = client.post(url, {**page, **typed[url]})
        assert told(second[url]).startswith("Ana Ilustre changed this"), url
    # The number typed is kept; "do not contact" stands.
    assert "0917 000 0000" in _text(second[contact_url])
    assert SafeContact.objects.using("owner").latest("version").do_not_contact
    assert HarmRecord.objects.using("owner").get().content_origin == "not_applicable"
    assert RelationshipLink.objects.using("owner").get().detail == "step_parent"
    # A new one of a kind there is says where to change it.
    again = client.post(
        reverse("cases:record_harm", args=[place.pk]),
        {"harm_type": "grooming", "content_origin": "generated", **answers},
    )
    assert (again.status_code, "recorded already" in _text(again)) == (422, True)
    assert HarmRecord.objects.using("owner").get().version == 2


def test_an_answer_without_a_version_never_stands_for_a_record_there_is(cast, place, client):
    case = place.case
    url = reverse("cases:assess_risk", args=[case.pk])
    assert client.post(url, {"risk": "high"}).status_code == 422
    case.refresh_from_db(using="owner")
    assert (case.risk, case.version) == ("not_assessed", 1)
