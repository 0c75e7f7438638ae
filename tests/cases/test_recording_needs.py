"""Which languages somebody speaks and what helps them: asked once, kept with the person."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from cases.models import CaseParticipant, Person
from cases.services.legal_status import give_role
from cases.services.needs import record_needs
from core.errors import Conflict, Denied, DomainError
from core.languages import code_of, name_of
from tests.factories import add_participant, open_case


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def stored(place):
    return Person.objects.using("owner").get(pk=place.person_id)


def test_languages_are_known_by_name_and_by_code():
    for said in ("Cebuano", " cebuano ", "Bisaya", "ceb", "CEB"):
        assert code_of(said) == "ceb"
    assert code_of("en") == "eng"
    assert code_of("Klingon") is None
    assert (name_of("ceb"), name_of("xyz")) == ("Cebuano", "xyz")


def test_r_t1_it_is_asked_once_and_stands_in_every_case_of_the_person(cast, place, client_of):
    other = open_case(cast.caseworker)
    again = give_role(
        actor=cast.caseworker, participant_id=place.pk, role="witness", case_id=other.pk
    )
    client = client_of(cast.caseworker)
    url = reverse("cases:record_needs", args=[place.pk])
    assert url in client.get(reverse("cases:person", args=[place.pk])).content.decode()
    typed = {
        "version": "1",
        "languages": "Cebuano, Klingon",
        "interpreter_needed": "yes",
        "disability": "yes",
        "needs": ["sign_language", "more_time"],
    }
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "Not known as a language: Klingon" in refused.content.decode()
    assert "Cebuano, Klingon" in refused.content.decode()
    done = client.post(url, typed | {"languages": "Bisaya, Filipino"})
    assert done.status_code == 302
    assert stored(place).languages == ["ceb", "fil"]
    page = client.get(reverse("cases:person", args=[again.pk])).content.decode()
    for words in ("Cebuano, Filipino", "Sign language; More time, and breaks"):
        assert words in page
    form = client.get(url).content.decode()
    assert 'value="Cebuano, Filipino"' in form
    # Two at once: the second is told by whom, and what they typed is kept.
    late = client_of(cast.second_caseworker).post(url, typed | {"languages": "Waray"})
    assert late.status_code == 422
    assert "Ana Ilustre changed this" in late.content.decode()
    assert stored(place).languages == ["ceb", "fil"]
    (event,) = AuditEvent.objects.filter(verb="person.needs_recorded")
    assert sorted(event.fields) == ["disability", "interpreter_needed", "languages", "needs"]
    assert "ceb" not in str(event.facts), "the log says which answers, never what they are"


def test_what_is_wrong_is_refused_and_who_may_not_is_refused(cast, place):
    for wrong, field in (
        ({"languages": ["tlh"]}, "languages"),
        (
            {"languages": ["ceb", "fil", "eng", "spa", "fra", "deu", "ita", "por", "nld"]},
            "languages",
        ),
        ({"interpreter_needed": "perhaps"}, "interpreter_needed"),
        ({"disability": "perhaps"}, "disability"),
        ({"needs": ["miracles"]}, "needs"),
    ):
        with pytest.raises(DomainError) as broken:
            record_needs(actor=cast.caseworker, participant_id=place.pk, version=1, **wrong)
        assert broken.value.field == field
    with pytest.raises(Conflict):
        record_needs(actor=cast.caseworker, participant_id=place.pk, version=4)
    with pytest.raises(Denied):
        record_needs(actor=cast.legal, participant_id=place.pk, version=1)
    with pytest.raises(CaseParticipant.DoesNotExist):
        record_needs(actor=cast.south_caseworker, participant_id=place.pk, version=1)
    assert stored(place).version == 1


def test_programs_record_it_by_the_same_service(cast, place, client_of):
    client = client_of(cast.caseworker)
    url = f"/api/v1/participants/{place.pk}/"
    assert client.get(url).json()["person"]["version"] == 1
    body = {"languages": ["ceb"], "interpreter_needed": "no", "needs": ["plain_words"]}
    send = {"content_type": "application/json"}
    assert client.post(f"{url}record-needs/", body, **send).status_code == 428
    done = client.post(f"{url}record-needs/", body, **send, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.content
    assert done.json()["person"]["needs"] == ["plain_words"]
    bad = client.post(
        f"{url}record-needs/", {"languages": ["klingon"]}, **send, headers={"If-Match": '"2"'}
    )
    assert bad.status_code == 400
