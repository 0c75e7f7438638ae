"""Adding people to a case: by code, with the right word, their identity sealed."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Case, CaseParticipant, Person, PersonIdentity
from cases.services.people import add_participant
from core.errors import Denied, DomainError
from tests.factories import open_case
from vault.models import DataKey


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def people():
    return Person.objects.using("owner").count()


def test_a_survivor_gets_a_code_and_a_key_of_their_own(cast, case):
    values = {"case_id": case.pk, "role": "survivor", "identity": {"first_name": "Tala"}}
    one = add_participant(actor=cast.caseworker, **values)
    two = add_participant(actor=cast.caseworker, **values)
    assert one.person.code != two.person.code
    assert one.label == "Survivor"
    keys = DataKey.objects.filter(owner_type="person").values_list("owner_id", flat=True)
    assert set(keys) == {one.person_id, two.person_id}


def test_details_without_a_value_are_not_kept_and_days_are_plain_text(cast, case):
    place = add_participant(
        actor=cast.caseworker,
        case_id=case.pk,
        role="survivor",
        identity={"first_name": "Tala", "email": "", "phones": [], "birthdate": date(2011, 5, 4)},
    )
    event = AuditEvent.objects.filter(verb="participant.added").get()
    assert event.fields == ["birthdate", "first_name"]
    assert event.facts == {"role": "survivor", "person": str(place.person_id)}
    assert "Tala" not in str(event.__dict__)


def test_nobody_without_details_has_an_identity_record(cast, case):
    add_participant(actor=cast.caseworker, case_id=case.pk, role="witness")
    assert not PersonIdentity.objects.using("owner").exists()


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("person_of_interest", "Person of interest"),
        ("suspect", "Suspect"),
        ("accused", "Accused"),
        ("acquitted", "Acquitted person"),
        ("convicted", "Convicted person"),
    ],
)
def test_the_word_for_an_alleged_offender_follows_the_law(cast, case, status, word):
    place = add_participant(
        actor=cast.caseworker,
        case_id=case.pk,
        role="alleged_offender_demand",
        legal_status=status,
    )
    assert place.label == word
    assert "offender" not in place.label.lower()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("legal_status", {"role": "alleged_offender_source"}),
        ("legal_status", {"role": "survivor", "legal_status": "suspect"}),
        ("role", {"role": "bystander"}),
        ("gender", {"role": "survivor", "gender": "F"}),
        ("birth_year", {"role": "survivor", "birth_year": 1850}),
        ("birth_year", {"role": "survivor", "birth_year": timezone.localdate().year + 1}),
        ("citizenships", {"role": "survivor", "citizenships": ["Filipino"]}),
        ("identity", {"role": "survivor", "identity": {"first name": "Tala"}}),
        ("identity", {"role": "survivor", "identity": {"phones": ["d" * 32]}}),
        ("identity", {"role": "survivor", "identity": {"note": {"a": ["x" * 2001]}}}),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nobody_is_added(cast, case, field, values):
    with pytest.raises(DomainError) as broken:
        add_participant(actor=cast.caseworker, case_id=case.pk, **values)
    assert broken.value.field == field
    assert people() == 0
    assert not DataKey.objects.filter(owner_type="person").exists()


@pytest.mark.parametrize("who", ["legal", "liaison", "clinician"])
def test_those_who_only_read_add_nobody(cast, case, who):
    with pytest.raises(Denied):
        add_participant(actor=getattr(cast, who), case_id=case.pk, role="survivor")
    assert people() == 0


def test_nobody_is_added_to_a_case_one_does_not_see(cast, case):
    with pytest.raises(Case.DoesNotExist):
        add_participant(actor=cast.south_caseworker, case_id=case.pk, role="survivor")
    assert (people(), CaseParticipant.objects.using("owner").count()) == (0, 0)
