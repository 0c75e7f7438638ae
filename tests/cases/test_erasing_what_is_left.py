"""R-D5: what the erasure of a person reaches beside their own file, and what it must not reach."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseNote, CaseParticipant, ErasureRequest, RetentionReview
from cases.services.erasure import approve_erasure, refuse_erasure, request_texts_erasure
from cases.services.holds import place_hold
from cases.services.retention import ask_for_its_erasure, list_due
from core.errors import Denied, DomainError
from referrals.models import Referral
from referrals.services.deciding import decline_referral, mark_duplicate
from referrals.services.desk import accept_referral, start_triage
from referrals.services.erasing import request_referral_erasure
from tests.cases.siblings import ask, now
from tests.factories import add_participant, close_case, log_referral, open_case, write_note
from vault.errors import ERASED
from vault.models import DataKey
from vault.opening import opened

NAME = "canary-ligaya-3307"
YEAR = timedelta(days=366)


def referral_about(worker, **over):
    facts = {"subject": {"prs_FirstName": NAME}, "summary": f"{NAME} was seen.", **over}
    referral = log_referral(worker, **facts)
    return start_triage(actor=worker, referral_id=referral.pk)


def has_key(kind, pk):
    return DataKey.objects.using("owner").filter(owner_type=kind, owner_id=pk).exists()


def put_into(superuser, place, case):
    """The same person in another case, as an import or a merge would have it."""
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        superuser.execute(
            "INSERT INTO cases_caseparticipant SELECT (jsonb_populate_record(p, jsonb_build_object("
            "'id', %s::text, 'case_id', %s::text))).* FROM cases_caseparticipant p WHERE id = %s",
            [str(uuid.uuid4()), str(case.pk), place.pk],
        )


def tonight(at):
    return list_due(actor=User.objects.get(pk=HOUSEKEEPER_ID), at=at)


def due(cast, record_id, who="supervisor"):
    actor = getattr(cast, who)
    with reading(actor):
        return RetentionReview.objects.visible_to(actor).get(record_id=record_id, status="due")


def words_of(actor, note):
    with reading(actor):
        return opened(CaseNote.objects.visible_to(actor).get(pk=note.pk), "facts_reported").value


def test_referrals_that_repeat_one_about_the_person_end_with_it(cast):
    worker = cast.caseworker
    first = referral_about(worker)
    again = referral_about(worker)
    later = referral_about(worker)
    # A repetition of a repetition, and one about somebody else.
    mark_duplicate(actor=worker, referral_id=later.pk, reference=again.reference)
    mark_duplicate(actor=worker, referral_id=again.pk, reference=first.reference)
    other = referral_about(worker, subject={"prs_FirstName": "Somebody"})
    case_id = accept_referral(actor=worker, referral_id=first.pk).case_id
    with reading(worker):
        place = CaseParticipant.objects.visible_to(worker).get(case_id=case_id, role="survivor")
    request = ask(worker, place)
    erased = approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert erased.receipt["steps"]["referrals"] == 3
    for referral in (first, again, later):
        assert not has_key("referral", referral.pk)
        row = Referral.objects.using("owner").get(pk=referral.pk)
        assert (row.summary, row.subject, row.source_name) == ("", {}, "")
    assert has_key("referral", other.pk)


def test_notes_of_another_case_of_the_person_stay(cast, superuser):
    worker = cast.caseworker
    case, elsewhere = open_case(worker), open_case(worker)
    place = add_participant(worker, case, identity={"first_name": NAME})
    put_into(superuser, place, elsewhere)
    here = write_note(worker, case, facts_reported="Said here.")
    there = write_note(worker, elsewhere, facts_reported="Said there.")
    request = ask(worker, place, whole_case=True)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert words_of(worker, here) == str(ERASED)
    assert words_of(worker, there) == "Said there."
    assert not has_key("case", case.pk)
    assert has_key("case", elsewhere.pk)


def test_r_d3_time_is_not_over_for_whoever_is_in_another_case_that_is_kept(cast, superuser):
    worker = cast.caseworker
    case, elsewhere = open_case(worker), open_case(worker)
    place = add_participant(worker, case, identity={"first_name": NAME})
    put_into(superuser, place, elsewhere)
    with pytest.raises(DomainError, match="another case that is open") as refused:
        ask(worker, place, ground="time_is_over")
    assert refused.value.code == "kept_elsewhere"
    # One that is closed and not kept long enough: the database tells whoever decides. The person
    # may ask all the same.
    closed = open_case(worker)
    close_case(worker, cast.supervisor, closed)
    place = add_participant(worker, case, identity={"first_name": NAME})
    put_into(superuser, place, closed)
    request = ask(worker, place, ground="time_is_over")
    with pytest.raises(DomainError, match="not kept long enough"):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert has_key("person", place.person_id)
    refuse_erasure(actor=cast.dpo, request_id=request.pk, because="legal_duty", at=now())
    request = ask(worker, place)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert not has_key("person", place.person_id)


def test_shared_texts_can_be_erased_after_the_last_person(cast, client_of):
    worker = cast.caseworker
    case = open_case(worker)
    place = add_participant(worker, case, identity={"first_name": NAME})
    note = write_note(worker, case, facts_reported=f"{NAME} came.")
    with pytest.raises(DomainError, match="not erased yet"):
        request_texts_erasure(actor=worker, case_id=case.pk, ground="person_asked", at=now())
    approve_erasure(actor=cast.dpo, request_id=ask(worker, place).pk, at=now())
    assert words_of(worker, note) == f"{NAME} came."
    client, officer = client_of(worker), client_of(cast.dpo)
    holds = reverse("cases:holds", args=[case.pk])
    address = reverse("cases:request_texts_erasure", args=[case.pk])
    assert address in client.get(holds).content.decode()
    asked = client.post(address, {"ground": "person_asked"})
    assert asked.status_code == 302
    assert "waits for a second person" in client.get(address).content.decode()
    again = client.post(address, {"ground": "person_asked"})
    assert again.status_code == 422
    request = ErasureRequest.objects.using("owner").get(person=None)
    page = officer.get(asked["Location"]).content.decode()
    assert "the shared texts of the case" in page
    approve = reverse("rights:approve_erasure", args=[request.pk])
    assert "Erase the shared texts" in officer.get(approve).content.decode()
    assert officer.post(approve).status_code == 302
    assert words_of(worker, note) == str(ERASED)
    assert not has_key("case", case.pk)
    assert address not in client.get(holds).content.decode()
    with pytest.raises(DomainError, match="erased before"):
        request_texts_erasure(actor=worker, case_id=case.pk, ground="person_asked", at=now())
    # What was published, and that notes were signed, stays; nothing is left to look at.
    assert tonight(now() + 9 * YEAR) == 0


def test_a_case_without_anybody_in_it_is_asked_for_by_its_texts(cast):
    case = open_case(cast.caseworker)
    note = write_note(cast.caseworker, case, facts_reported="Nobody was found.")
    assert tonight(now() + 3 * YEAR) == 1
    (request,) = ask_for_its_erasure(
        actor=cast.supervisor, review_id=due(cast, case.pk).pk, at=now()
    )
    assert (request.person_id, request.whole_case) == (None, True)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert words_of(cast.caseworker, note) == str(ERASED)


def test_r_d3_what_was_refused_is_due_again_the_next_night(cast, client_of):
    case = open_case(cast.caseworker)
    add_participant(cast.caseworker, case, identity={"first_name": NAME})
    late = now() + 3 * YEAR
    assert tonight(late) == 1
    review = due(cast, case.pk)
    (request,) = ask_for_its_erasure(actor=cast.supervisor, review_id=review.pk, at=now())
    listed = reverse("rights:retention")
    assert review.reference in client_of(cast.dpo).get(listed).content.decode()
    assert tonight(late) == 0, "it waits for the officer"
    refuse_erasure(actor=cast.dpo, request_id=request.pk, because="legal_duty", at=now())
    assert review.reference not in client_of(cast.dpo).get(listed).content.decode()
    assert tonight(late) == 1
    assert due(cast, case.pk).pk != review.pk


def test_r_d5_a_referral_that_became_no_case_is_erased_by_two_people(cast, client_of):
    worker = cast.caseworker
    referral, repeated = referral_about(worker), referral_about(worker)
    mark_duplicate(actor=worker, referral_id=repeated.pk, reference=referral.reference)
    with pytest.raises(DomainError, match="not decided"):
        request_referral_erasure(
            actor=worker, referral_id=referral.pk, ground="person_asked", at=now()
        )
    decline_referral(actor=worker, referral_id=referral.pk, reason="out_of_scope")
    client, officer = client_of(worker), client_of(cast.dpo)
    page = reverse("referrals:referral", args=[referral.pk])
    address = reverse("referrals:request_erasure", args=[referral.pk])
    assert address in client.get(page).content.decode()
    asked = client.post(address, {"ground": "guardian_asked"})
    assert asked.status_code == 302
    assert client.post(address, {"ground": "guardian_asked"}).status_code == 422
    request = ErasureRequest.objects.using("owner").get()
    for who in ("intake", "south_caseworker", "stranger_caseworker", "partner"):
        actor = getattr(cast, who)
        with reading(actor):
            assert not ErasureRequest.objects.all().exists(), who
    with pytest.raises(Denied):
        approve_erasure(actor=cast.supervisor, request_id=request.pk, at=now())
    assert referral.reference in officer.get(asked["Location"]).content.decode()
    approve = reverse("rights:approve_erasure", args=[request.pk])
    assert "Erase this referral" in officer.get(approve).content.decode()
    assert officer.post(approve).status_code == 302
    for one in (referral, repeated):
        assert not has_key("referral", one.pk)
    kept = client.get(page).content.decode()
    assert NAME not in kept
    assert address not in kept
    assert NAME not in officer.get(asked["Location"]).content.decode()
    assert AuditEvent.objects.filter(verb="erasure.carried_out", case_id=None).count() == 1
    with pytest.raises(DomainError, match="erased before"):
        request_referral_erasure(
            actor=worker, referral_id=referral.pk, ground="person_asked", at=now()
        )


def test_r_d3_a_referral_kept_long_enough_is_asked_for_from_the_list(cast):
    referral = referral_about(cast.caseworker)
    decline_referral(actor=cast.caseworker, referral_id=referral.pk, reason="out_of_scope")
    assert tonight(now() + 3 * YEAR) == 1
    (request,) = ask_for_its_erasure(
        actor=cast.supervisor, review_id=due(cast, referral.pk).pk, at=now()
    )
    assert (request.ground, request.record_id) == ("time_is_over", referral.pk)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert not has_key("referral", referral.pk)
    assert tonight(now() + 9 * YEAR) == 0


def test_r_d4_a_hold_keeps_what_repeats_a_referral_of_its_case(cast):
    worker = cast.caseworker
    first, again = referral_about(worker), referral_about(worker)
    mark_duplicate(actor=worker, referral_id=again.pk, reference=first.reference)
    case_id = accept_referral(actor=worker, referral_id=first.pk).case_id
    facts = {"authority": "Court", "why": "An appeal.", "until": timezone.localdate()}
    place_hold(actor=cast.legal, case_id=case_id, at=now(), **facts)
    for referral, words in ((first, "belongs to a case"), (again, None)):
        kwargs = {"actor": worker, "referral_id": referral.pk, "ground": "person_asked"}
        if words:
            with pytest.raises(DomainError, match=words):
                request_referral_erasure(**kwargs, at=now())
        else:
            request = request_referral_erasure(**kwargs, at=now())
    with pytest.raises(DomainError, match="legal hold"):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert has_key("referral", again.pk)


def test_a_request_in_a_case_one_does_not_see_is_told_and_no_fault(cast, superuser):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case, identity={"first_name": NAME})
    south = open_case(cast.south_caseworker)
    put_into(superuser, place, south)
    ask(cast.caseworker, place)
    with reading(cast.south_caseworker):
        there = CaseParticipant.objects.visible_to(cast.south_caseworker).get(case=south)
        assert not ErasureRequest.objects.visible_to(cast.south_caseworker).exists()
    with pytest.raises(DomainError, match="waits for a second person"):
        ask(cast.south_caseworker, there)


def test_a_case_that_has_only_begun_is_not_offered_for_erasure(cast, client_of):
    worker, client = cast.caseworker, client_of(cast.caseworker)
    case = open_case(worker)
    write_note(worker, case, facts_reported="The first call.")
    address = reverse("cases:request_texts_erasure", args=[case.pk])
    assert address not in client.get(reverse("cases:holds", args=[case.pk])).content.decode()
    refused = client.post(address, {"ground": "person_asked"})
    assert refused.status_code == 422
    assert "has only begun" in refused.content.decode()
    with pytest.raises(DomainError, match="has only begun"):
        request_texts_erasure(actor=worker, case_id=case.pk, ground="time_is_over", at=now())
    assert not ErasureRequest.objects.using("owner").exists()
    close_case(worker, cast.supervisor, case)
    request_texts_erasure(actor=worker, case_id=case.pk, ground="person_asked", at=now())
