"""R-D5: an erasure takes two people, and the database does nothing for one."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.reading import reading
from cases.models import (
    Case,
    CaseParticipant,
    CaseUserObjectPermission,
    ErasureRequest,
    Person,
    PersonIdentity,
)
from cases.services.cases import view_permission
from cases.services.erasure import approve_erasure, refuse_erasure, request_texts_erasure
from core.errors import Denied, DomainError, InvalidTransition
from courts.services.proceedings import advance_proceeding, open_proceeding
from tests.cases.siblings import ONE, OTHER, ask, now
from tests.factories import (
    add_participant,
    close_case,
    open_case,
    write_note,
)
from vault.errors import ERASED
from vault.models import DataKey, ErasedKey
from vault.opening import opened


def test_r_d5_the_officer_sees_nothing_and_the_database_does_nothing_alone(
    cast, siblings, superuser
):
    case, one, _other = siblings
    request = ask(cast.caseworker, one)
    with reading(cast.dpo):
        assert not Case.objects.all().exists()
        assert ErasureRequest.objects.visible_to(cast.dpo).get() == request
    # Without an act, by who asked, or by whoever may not decide: no step erases anything.
    step = "SELECT liwanag_erase_identity(%s, '{}')"
    with (
        pytest.raises(DatabaseError, match="nothing is being erased"),
        reading(cast.dpo),
        connection.cursor() as cursor,
    ):
        cursor.execute(step, [request.pk])
    for who in ("caseworker", "supervisor", "auditor", "admin"):
        actor = getattr(cast, who)
        with (
            pytest.raises(DatabaseError, match="nothing is being erased"),
            acting(actor) as act,
            connection.cursor() as cursor,
        ):
            act.authorised = True
            cursor.execute(step, [request.pk])
    # A request in a colleague's name is no second person.
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.dpo) as act:
        act.authorise("cases.approve_erasure")
        forged = ErasureRequest(
            person_id=one.person_id,
            case=case,
            agency=cast.agency,
            case_reference="C",
            ground="person_asked",
            requested_by=cast.caseworker,
        )
        forged.save(force_insert=True)
    # The application may delete no key, no identity and no tie by itself, in whatever act.
    for table in ("vault_datakey", "cases_personidentity", "cases_relationshiplink"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting(cast.dpo) as act,
            connection.cursor() as cursor,
        ):
            act.authorise("cases.approve_erasure")
            cursor.execute(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.dpo) as act:
        act.authorise("cases.approve_erasure")
        CaseUserObjectPermission.objects.create(
            user=cast.dpo, content_object=Case(pk=case.pk), permission=view_permission()
        )
    assert DataKey.objects.filter(owner_id=one.person_id).exists()
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert ErasedKey.objects.filter(owner_id=one.person_id).exists()
    with reading(cast.dpo):
        assert not Case.objects.all().exists()
        assert not Person.objects.all().exists()


def test_r_d5_a_shared_note_that_names_the_person_is_counted_for_whoever_decides(cast, siblings):
    case, one, _other = siblings
    write_note(cast.caseworker, case, facts_reported=f"{ONE} and the aunt came.")
    assert ask(cast.caseworker, one).named_in == 1


def test_r_d5_two_people_decide_once(cast, siblings):
    _case, one, other = siblings
    request = ask(cast.caseworker, one)
    with pytest.raises(DomainError, match="waits for a second person"):
        ask(cast.supervisor, one)
    for who in ("caseworker", "supervisor", "auditor", "admin"):
        with pytest.raises((Denied, ErasureRequest.DoesNotExist)):
            approve_erasure(actor=getattr(cast, who), request_id=request.pk, at=now())
    # The database too: nobody decides on what they asked for.
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.caseworker) as act:
        act.authorise("cases.request_erasure")
        mine = ErasureRequest.objects.visible_to(cast.caseworker).get(pk=request.pk)
        mine.decide("refused", by=cast.caseworker, at=now())
        mine.save(update_fields=["status", "decided_by", "decided_at"])
        act.record("erasure.refused", mine)
    refuse_erasure(actor=cast.dpo, request_id=request.pk, because="legal_duty", at=now())
    with pytest.raises(InvalidTransition):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    with reading(cast.caseworker):
        assert PersonIdentity.objects.visible_to(cast.caseworker).count() == 2
    assert DataKey.objects.filter(owner_type="person").count() == 2
    for who in ("south_caseworker", "stranger_caseworker"):
        with pytest.raises(CaseParticipant.DoesNotExist):
            ask(getattr(cast, who), other)


def test_r_d5_notes_of_a_case_go_only_when_no_other_child_is_in_it(cast, siblings):
    _case, one, _other = siblings
    with pytest.raises(DomainError) as refused:
        ask(cast.caseworker, one, whole_case=True)
    assert refused.value.field == "whole_case"
    alone = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, alone, identity={"first_name": ONE})
    note = write_note(cast.caseworker, alone, facts_reported=f"{ONE} called.")
    request = ask(cast.caseworker, place, whole_case=True)
    # A sibling who is found before the decision keeps the notes.
    found = add_participant(cast.caseworker, alone, identity={"first_name": OTHER})
    with pytest.raises(DomainError):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    refuse_erasure(actor=cast.dpo, request_id=request.pk, because="mistaken", at=now())
    del found
    lone = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, lone, identity={"first_name": ONE})
    note = write_note(cast.caseworker, lone, facts_reported=f"{ONE} called.")
    request = ask(cast.caseworker, place, whole_case=True)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    with reading(cast.caseworker):
        shown = opened(
            type(note).objects.visible_to(cast.caseworker).get(pk=note.pk), "facts_reported"
        )
    # Erased in order is no fault: it says so, and nobody is alarmed.
    assert (shown.value, shown.readable) == (str(ERASED), True)


def test_r_d5_the_pages_ask_decide_and_hand_out_the_receipt(cast, siblings, client_of):
    _case, one, _other = siblings
    worker, officer = client_of(cast.caseworker), client_of(cast.dpo)
    asked = worker.post(reverse("cases:request_erasure", args=[one.pk]), {"ground": "person_asked"})
    assert asked.status_code == 302
    page = asked["Location"]
    request = ErasureRequest.objects.using("owner").get()
    assert "Decide on an erasure" in officer.get("/").content.decode()
    assert request.reference in officer.get(reverse("rights:erasures")).content.decode()
    shown = officer.get(page).content.decode()
    assert one.person.code in shown
    assert "The case is open" in shown
    approve = reverse("rights:approve_erasure", args=[request.pk])
    assert "can’t be taken back" in officer.get(approve).content.decode()
    assert worker.post(approve).status_code == 403
    assert officer.post(approve).status_code == 302
    for client in (worker, officer):
        receipt = client.get(page).content.decode()
        assert "Keys destroyed" in receipt
        assert "two months at the latest" in receipt
        assert one.person.code not in receipt
        assert ONE not in receipt
    assert client_of(cast.stranger_caseworker).get(page).status_code == 404


def test_what_speaks_for_keeping_is_shown_and_decides_nothing(cast):
    worker = cast.caseworker
    case = open_case(worker)
    survivor = add_participant(worker, case)
    accused = add_participant(worker, case, role="alleged_offender_source", legal_status="suspect")
    assert ask(worker, survivor).speaks_for_keeping == ["case_open"]
    proceeding = open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=timezone.localdate(),
    )
    request = ask(worker, add_participant(worker, case))
    assert request.speaks_for_keeping == ["case_open", "proceedings"]
    # Only a hold decides by itself.
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    advance_proceeding(
        actor=cast.legal,
        proceeding_id=proceeding.pk,
        to="discontinued",
        version=proceeding.version,
        happened_on=timezone.localdate(),
        document="Order to discontinue",
        reason="evidence",
    )
    assert ask(worker, add_participant(worker, case)).speaks_for_keeping == ["case_open"]
    # Closed, and not kept long enough.
    closed = open_case(worker)
    close_case(worker, cast.supervisor, closed)
    request = request_texts_erasure(
        actor=worker, case_id=closed.pk, ground="never_lawful", at=now()
    )
    assert request.speaks_for_keeping == ["time_not_over"]
