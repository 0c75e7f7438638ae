"""Opening who somebody is: for a purpose, written down first, and never without leave."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Person, PersonIdentity
from cases.services.people import show_identity
from core.errors import Denied, DomainError
from tests.factories import add_participant, open_case
from vault.errors import CannotOpen

WHO = {"first_name": "Tala", "family_name": "Mirasol", "phones": ["0917 000 0000"]}


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker), identity=WHO)


def shown():
    return list(AuditEvent.objects.filter(verb="identity.shown"))


@pytest.mark.parametrize("who", ["caseworker", "second_caseworker", "supervisor", "clinician"])
def test_it_is_shown_to_whoever_works_with_the_person_and_written_down(cast, place, who):
    actor = getattr(cast, who)
    # The number waits for the safe-contact instructions (R-C1, test_safe_contact.py).
    names = {key: value for key, value in WHO.items() if key != "phones"}
    assert show_identity(actor=actor, person_id=place.person_id, purpose="court") == names
    (event,) = shown()
    assert (event.actor_id, event.case_id, event.object_id, event.purpose) == (
        actor.pk,
        place.case_id,
        place.person_id,
        "court",
    )
    assert event.fields == ["family_name", "first_name"]
    assert "Tala" not in str(event.__dict__)


def test_without_a_purpose_nothing_is_shown(cast, place):
    with pytest.raises(DomainError) as broken:
        show_identity(actor=cast.caseworker, person_id=place.person_id, purpose="curiosity")
    assert broken.value.field == "purpose"
    assert shown() == []


@pytest.mark.parametrize("who", ["intake", "liaison", "legal"])
def test_roles_that_do_not_open_identities_are_refused(cast, place, who):
    with pytest.raises(Denied):
        show_identity(actor=getattr(cast, who), person_id=place.person_id, purpose="court")
    assert shown() == []
    with reading(getattr(cast, who)):
        assert not PersonIdentity.objects.visible_to(getattr(cast, who)).exists()


@pytest.mark.parametrize("who", ["south_caseworker", "stranger_caseworker", "auditor", "admin"])
def test_for_those_who_do_not_see_the_case_nobody_is_there(cast, place, who):
    with pytest.raises(Person.DoesNotExist):
        show_identity(actor=getattr(cast, who), person_id=place.person_id, purpose="court")
    assert shown() == []


def test_when_the_log_cannot_be_written_nothing_is_shown(cast, place, superuser):
    superuser.execute("REVOKE INSERT ON audit_event FROM liwanag_app")
    for column in ("act", "verb"):
        superuser.execute(f"REVOKE INSERT ({column}) ON audit_event FROM liwanag_app")
    with pytest.raises(DatabaseError, match="permission denied"):
        show_identity(actor=cast.caseworker, person_id=place.person_id, purpose="court")


def test_an_identity_that_does_not_open_is_reported_and_refused(cast, place, superuser):
    superuser.execute("SET liwanag.act = 'test'")
    superuser.execute(
        "UPDATE cases_personidentity SET details = set_byte(details, 20, get_byte(details, 20) # 1)"
    )
    with pytest.raises(CannotOpen) as broken:
        show_identity(actor=cast.caseworker, person_id=place.person_id, purpose="court")
    assert broken.value.message == "This text cannot be read. It was reported."
    report = AuditEvent.objects.filter(verb="text.unreadable").get()
    assert (report.case_id, report.fields) == (place.case_id, ["details"])
    assert shown() == []
