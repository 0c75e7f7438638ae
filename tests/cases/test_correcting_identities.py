"""A mistake about who somebody is, put right: with a reason, and what stood before kept sealed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Consent, IdentityCorrection, PersonIdentity
from cases.services.identity import correct_identity
from core.errors import Conflict, Denied, DomainError
from tests.factories import add_participant, give_consent, open_case

WRONG, RIGHT, STREET, WHY = (
    "Maring",
    "Marikit",
    "17 Sampaguita Lane",
    "Her birth certificate says so",
)


@pytest.fixture
def place(cast):
    who = {"first_name": WRONG, "family_name": "Halimbawa", "street": STREET}
    return add_participant(cast.caseworker, open_case(cast.caseworker), identity=who)


def of(model, place):
    return model.objects.using("owner").filter(person_id=place.person_id)


def correct(cast, place, actor=None, **over):
    values = {"version": 1, "reason": WHY, "changes": {"first_name": RIGHT}, **over}
    return correct_identity(actor=actor or cast.caseworker, person_id=place.person_id, **values)


def test_only_what_is_filled_in_changes_and_what_stood_before_is_kept_sealed(
    cast, place, client_of
):
    client, url = client_of(cast.caseworker), reverse("cases:correct_identity", args=[place.pk])
    page = client.get(url).content.decode()
    # Correcting a name shows nobody the address: the details are named and not shown.
    assert "Street" in page
    assert not [word for word in (WRONG, STREET, "Halimbawa") if word in page]
    assert client.post(url, {"version": 1, "first_name": RIGHT}).status_code == 422
    assert not of(IdentityCorrection, place).exists()
    sent = client.post(
        url, {"version": 1, "first_name": RIGHT, "remove": ["street"], "reason": WHY}
    )
    assert sent.status_code == 302
    # The second of two is told, and what they typed is kept.
    stale = client.post(url, {"version": 1, "first_name": "Tala", "reason": "A neighbour"})
    assert (stale.status_code, "Tala" in stale.content.decode()) == (422, True)
    shown = client.post(
        reverse("cases:show_identity", args=[place.pk]), {"purpose": "contact"}
    ).content.decode()
    for word in (RIGHT, "Halimbawa", "Before it was corrected", WRONG, WHY):
        assert word in shown
    # What leads to the door stays hidden until the safe-contact instructions were read (R-C1).
    assert STREET not in shown
    (event,) = AuditEvent.objects.filter(verb="identity.corrected")
    assert event.fields == ["first_name", "street"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT * FROM cases_identitycorrection, cases_personidentity")
        assert not [word for word in (WRONG, RIGHT, STREET, WHY) if word in str(cursor.fetchall())]


def test_what_is_refused_changes_nothing(cast, place):
    for over, broken in (
        ({"version": 7}, Conflict),
        ({"reason": " "}, DomainError),
        ({"changes": {"first_name": WRONG}}, DomainError),
        ({"changes": {"photo": "x"}}, DomainError),
        ({"actor": cast.clinician}, Denied),
    ):
        with pytest.raises(broken):
            correct(cast, place, **over)
    with pytest.raises(place.person.DoesNotExist):
        correct(cast, place, actor=cast.south_caseworker)
    assert not of(IdentityCorrection, place).exists()
    assert of(PersonIdentity, place).get().version == 1
    nobody = add_participant(cast.caseworker, place.case)
    correct(cast, nobody, version=0)
    assert of(PersonIdentity, nobody).get().version == 1


def test_r_k6_a_corrected_birth_date_ends_what_a_guardian_agreed_to_beyond_it(cast, place):
    today = timezone.localdate()
    young = give_consent(cast.caseworker, place, valid_until=today + timedelta(days=300))
    correct(cast, place, changes={"birthdate": date(today.year - 10, 1, 5)})
    assert Consent.objects.using("owner").get(pk=young.pk).status == "active"
    correct(cast, place, version=2, changes={"birthdate": date(today.year - 19, 1, 5)})
    assert Consent.objects.using("owner").get(pk=young.pk).status == "review_due"


def test_the_same_through_the_api(cast, place, client_of):
    client, address = client_of(cast.caseworker), f"/api/v1/participants/{place.pk}/"
    body = {"version": 1, "reason": WHY, "changes": {"first_name": RIGHT}}
    done = client.post(f"{address}correct-identity/", body, content_type="application/json")
    assert done.status_code == 200, done.content
    shown = client.post(
        f"{address}show-identity/", {"purpose": "contact"}, content_type="application/json"
    ).json()
    assert (shown["details"]["first_name"], shown["version"]) == (RIGHT, 2)
    stale = client.post(f"{address}correct-identity/", body, content_type="application/json")
    assert stale.status_code == 412
