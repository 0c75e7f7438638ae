"""A newer answer counts, an older one ends; who may be told is one list; the words stay."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.services.directory import add_agreement
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Consent, LegalGround
from cases.selectors.consent import agency_choices, consents_of
from cases.selectors.disclosure import disclosure_facts
from cases.services.consent import (
    answer_consent,
    refuse_consent,
    start_consent,
    withdraw_consent,
)
from cases.services.grounds import record_legal_ground
from core.errors import DomainError
from tests.factories import add_participant, give_consent, open_case
from tests.tampering import lower_walls


def stored(consent):
    return Consent.objects.using("owner").get(pk=consent.pk)


def as_owner(query, *parameters):
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        lower_walls(cursor, "cases_consent")
        cursor.execute(query, parameters)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def child(cast, case):
    return add_participant(cast.caseworker, case)


def ask(cast, place, **over):
    values = {"given_by": "individual", "language": "Cebuano", **over}
    return start_consent(
        actor=cast.caseworker, case_id=place.case_id, person_id=place.person_id, **values
    )


def card_of(cast, case):
    with reading(cast.caseworker):
        (row,) = consents_of(cast.caseworker, case, timezone.localdate())
        return row.state, row.words, row.refused


def test_r_k2_a_later_no_ends_an_earlier_yes(cast, case, child):
    yes = give_consent(cast.caseworker, child)
    no = ask(cast, child)
    refuse_consent(actor=cast.caseworker, consent_id=no.pk, version=no.version)
    assert (stored(yes).status, stored(no).status) == ("superseded", "refused")
    assert stored(yes).ended_at is not None
    assert card_of(cast, case)[:2] == ("refused", "Refused")
    # A yes after that speaks for them again, whichever talk was begun first.
    give_consent(cast.caseworker, child)
    assert card_of(cast, case)[0] == "in_force"


def test_what_speaks_now_stands_on_the_card_and_not_the_newest_page(cast, case, child):
    early = ask(cast, child)
    late = ask(cast, child)
    refuse_consent(actor=cast.caseworker, consent_id=late.pk, version=1)
    given = give_consent(cast.caseworker, child, refused_scopes=["research"])
    assert card_of(cast, case)[0] == "in_force"
    refuse_consent(actor=cast.caseworker, consent_id=early.pk, version=1)
    assert stored(given).status == "superseded"
    assert card_of(cast, case)[0] == "refused"


def test_a_state_is_told_by_its_days(cast, case, child, client_of):
    today = timezone.localdate()
    consent = give_consent(cast.caseworker, child, refused_scopes=["research"])
    client = client_of(cast.caseworker)

    def words(start, end):
        as_owner(
            "UPDATE cases_consent SET valid_from = %s, valid_until = %s WHERE id = %s",
            today + timedelta(days=start),
            today + timedelta(days=end),
            consent.pk,
        )
        state, said, _refused = card_of(cast, case)
        page = client.get(reverse("cases:consent", args=[consent.pk])).content.decode()
        assert said in page
        return state, said

    assert words(-9, 200) == ("in_force", "In force")
    assert words(-9, 9) == ("expiring", "In force, ends soon")
    assert words(-9, -1) == ("expired", "Ran out")
    assert card_of(cast, case)[2] == []
    state, said = words(5, 200)
    assert (state, said[:10]) == ("not_yet", "Holds from")


def test_what_was_said_when_something_was_taken_back_is_never_overwritten(cast, child):
    worker = cast.caseworker
    consent = give_consent(worker, child, scopes=["case_management", "research", "story_or_media"])
    withdraw_consent(
        actor=worker, consent_id=consent.pk, scopes=["research"], words="Not for studies."
    )
    withdraw_consent(actor=worker, consent_id=consent.pk, scopes=["story_or_media"])
    withdraw_consent(actor=worker, consent_id=consent.pk, words="I want to be left alone.")
    with reading(worker):
        said = Consent.objects.visible_to(worker).get(pk=consent.pk).withdrawal_words.splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "Not for studies.",
        "I want to be left alone.",
    ]
    # Words that do not open are not put over; taking back without words goes through all the same.
    other = give_consent(worker, child, scopes=["case_management", "research"])
    as_owner("UPDATE cases_consent SET withdrawal_words = '\\x0101' WHERE id = %s", other.pk)
    with pytest.raises(DomainError) as broken:
        withdraw_consent(actor=worker, consent_id=other.pk, scopes=["research"], words="No.")
    assert broken.value.field == "words"
    assert stored(other).scopes == ["case_management", "research"]
    withdraw_consent(actor=worker, consent_id=other.pk)
    assert stored(other).status == "withdrawn"


def test_who_answers_is_asked_first_and_put_right_until_it_is_recorded(
    cast, case, child, client_of
):
    client = client_of(cast.caseworker)
    aunt = add_participant(cast.caseworker, case, role="protective_caregiver")
    start = {
        "person_id": str(child.person_id),
        "given_by": "legal_guardian",
        "language": "Cebuano",
        "interpreter_use": "not_needed",
    }
    page = client.post(reverse("cases:start_consent", args=[case.pk]), start)
    assert page.status_code == 422
    assert "Choose who of this case speaks for the child" in page.content.decode()
    assert not Consent.objects.using("owner").exists()
    start |= {"giver_id": str(aunt.person_id), "order_reference": "Order 3"}
    client.post(reverse("cases:start_consent", args=[case.pk]), start)
    consent = Consent.objects.using("owner").get()
    address = reverse("cases:consent_start", args=[consent.pk])
    assert (
        address
        in client.get(reverse("cases:consent_read_back", args=[consent.pk])).content.decode()
    )
    page = client.get(address)
    assert page.status_code == 200
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    right = {
        "version": version,
        "given_by": "state_guardian",
        "language": "Filipino",
        "interpreter_use": "not_needed",
    }
    page = client.post(address, right)
    assert page.status_code == 422
    assert "of which office" in page.content.decode()
    right |= {"giver_details": "Duty officer, social welfare", "order_reference": "Order 9"}
    page = client.post(address, right)
    assert page["Location"] == reverse("cases:consent_talk", args=[consent.pk])
    put_right = stored(consent)
    assert (put_right.given_by, put_right.giver_id) == ("state_guardian", None)
    assert put_right.language == "Filipino"
    # Whoever does not speak any more stands nowhere.
    answer_consent(
        actor=cast.caseworker,
        consent_id=consent.pk,
        version=put_right.version,
        given_by="individual",
    )
    with reading(cast.caseworker):
        now = Consent.objects.visible_to(cast.caseworker).get(pk=consent.pk)
        assert (now.giver_details, now.order_reference) == ("", "")


def test_a_basis_that_is_ended_on_an_old_page_says_so(cast, case, client_of):
    ground = record_legal_ground(
        actor=cast.caseworker,
        case_id=case.pk,
        basis="public_task",
        reason="By law.",
        purposes=["aggregate_statistics"],
    )
    client = client_of(cast.caseworker)
    address = reverse("cases:end_ground", args=[ground.pk])
    stale = client.post(address, {"version": 7})
    assert stale.status_code == 422
    assert "Somebody changed this" in stale.content.decode()
    assert LegalGround.objects.using("owner").get().status == "proposed"
    assert client.post(address, {"version": 1}).status_code == 302
    again = client.post(address, {"version": 2})
    assert again.status_code == 422
    assert "it cannot become" in again.content.decode()


def test_an_erased_sibling_stands_in_nobodys_way(cast, case, child):
    sister = add_participant(cast.caseworker, case, role="at_risk_child")
    as_owner("UPDATE cases_person SET erased_on = current_date WHERE id = %s", sister.person_id)
    with reading(cast.caseworker):
        people = disclosure_facts(case.pk).people
        rows = consents_of(cast.caseworker, case, timezone.localdate())
    assert [one.person_id for one in people] == [child.person_id]
    assert [row.place.person_id for row in rows] == [child.person_id]
    for broken in (lambda: ask(cast, sister), lambda: ground_about(cast, case, sister)):
        with pytest.raises(DomainError) as refused:
            broken()
        assert refused.value.field == "person_id"


def ground_about(cast, case, place=None, **over):
    values = {
        "basis": "mandatory_report",
        "reason": "Abuse of a child is reported.",
        "purposes": ["share_with_law_enforcement"],
        "recipient_id": cast.cyber_unit.pk,
        "categories": ["case_summary"],
        **over,
    }
    return record_legal_ground(
        actor=cast.caseworker,
        case_id=case.pk,
        person_id=place.person_id if place else None,
        **values,
    )


def test_what_the_law_requires_for_one_child_is_still_asked_for_the_other(cast, case, child):
    sister = add_participant(cast.caseworker, case, role="at_risk_child")
    ground_about(cast, case, sister)
    sharing = {
        "scopes": ["share_with_law_enforcement"],
        "recipients": [cast.cyber_unit.pk],
        "categories": ["case_summary"],
    }
    assert give_consent(cast.caseworker, child, **sharing).status == "active"
    with pytest.raises(DomainError, match="The law has us tell"):
        give_consent(cast.caseworker, sister, **sharing)
    # A report to the police says nothing about what the court may use.
    in_court = sharing | {"scopes": ["use_in_prosecution"]}
    assert give_consent(cast.caseworker, sister, **in_court).status == "active"


def test_r_a5_a_partner_tells_only_agencies_it_has_an_agreement_with(cast, client_of):
    worker = cast.stranger_caseworker
    case = open_case(worker)
    child = add_participant(worker, case)
    client = client_of(worker)
    with reading(worker):
        assert agency_choices(worker) == []
    for address in (
        reverse("cases:paper_consent", args=[child.pk]),
        reverse("cases:record_ground", args=[case.pk]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert cast.cyber_unit.name not in page.content.decode()
        assert cast.agency.name not in page.content.decode()
    sharing = {
        "scopes": ["service_referral"],
        "recipients": [cast.cyber_unit.pk],
        "categories": ["case_summary"],
    }
    with pytest.raises(DomainError) as refused:
        give_consent(worker, child, **sharing)
    assert refused.value.field == "recipients"
    with pytest.raises(DomainError) as refused:
        record_legal_ground(
            actor=worker,
            case_id=case.pk,
            basis="public_task",
            reason="By law.",
            purposes=["service_referral"],
            recipient_id=cast.cyber_unit.pk,
            categories=["case_summary"],
        )
    assert refused.value.field == "recipient_id"
    # The house knows all of them, since a legal duty needs no agreement.
    with reading(cast.caseworker):
        known = {name for _id, name in agency_choices(cast.caseworker)}
    assert known == {cast.cyber_unit.name, cast.shelter.name}
    assert not AuditEvent.objects.filter(verb="consent.given").exists()


def test_r_a5_with_an_agreement_the_partner_may_tell_them(cast):
    add_agreement(
        actor=cast.admin,
        reference="DSA-HLS-1",
        to_agency_id=cast.shelter.pk,
        scope="Shelter",
        categories=["case_summary"],
        valid_from=timezone.localdate(),
        valid_until=None,
    )
    worker = cast.again("stranger_caseworker")
    with reading(worker):
        assert [name for _id, name in agency_choices(worker)] == [cast.agency.name]
