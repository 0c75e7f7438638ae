"""R-D4, R-D5: one person erased by two people, for good, and nobody else with them."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.erasing import STEPS
from cases.models import (
    Case,
    CaseParticipant,
    CaseUserObjectPermission,
    ErasureRequest,
    Person,
    PersonIdentity,
)
from cases.services.cases import view_permission
from cases.services.erasure import approve_erasure, refuse_erasure, request_erasure
from cases.services.family import link_people
from cases.services.holds import place_hold, release_hold
from core.errors import Denied, DomainError, InvalidTransition
from handoffs.models import HandoffPackage
from referrals.services.desk import accept_referral, start_triage
from tests.conftest import admin_connection
from tests.factories import add_participant, log_referral, open_case, send_handoff, write_note
from vault.envelope import unseal
from vault.errors import ERASED, CannotOpen
from vault.fields import EncryptedTextField
from vault.key_provider import key_provider
from vault.keys import context_of, forget_keys
from vault.models import DataKey
from vault.opening import opened
from vault.services.epochs import retire_key_epoch, rotate_keys

ONE, OTHER = "canary-tala-5512", "canary-mayumi-8871"

# Models with a key to a person or to a place in a case that no step covers, and why.
STAYS = {
    "cases.CaseParticipant": "that somebody of this role was in the case, by a code nobody knows",
    "cases.LegalStatusChange": "coded steps of the law about an alleged offender, without a name",
    "cases.ErasureRequest": "the record of the erasure itself; the person's code is removed",
    "courts.Proceeding": "public proceedings; the docket number is sealed under the case",
}


def now():
    return timezone.now()


def ask(actor, place, **over):
    facts = {"ground": "person_asked", "whole_case": False, "at": now()}
    return request_erasure(actor=actor, participant_id=place.pk, **facts | over)


@pytest.fixture
def own_keys(database, tmp_path, settings):
    """A copy of the run's keys, so that a rotation here is nobody else's."""
    folder = tmp_path / "keys"
    shutil.copytree(settings.LIWANAG_KEYS_DIR, folder)
    settings.LIWANAG_KEYS_DIR = folder
    key_provider.cache_clear()
    forget_keys()
    yield folder
    key_provider.cache_clear()
    forget_keys()


@pytest.fixture
def siblings(cast):
    """Two children of one case: one told of by a referral, both named in a package sent."""
    referral = log_referral(
        cast.caseworker,
        subject={"prs_FirstName": ONE, "prs_SecondName": "Amihan"},
        summary=f"{ONE} was seen.",
    )
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    case_id = accept_referral(actor=cast.caseworker, referral_id=referral.pk).case_id
    with reading(cast.caseworker):
        case = Case.objects.visible_to(cast.caseworker).get(pk=case_id)
        places = CaseParticipant.objects.visible_to(cast.caseworker).select_related("person")
        one = places.get(case=case, role="survivor")
    other = add_participant(cast.caseworker, case, identity={"first_name": OTHER})
    link_people(
        actor=cast.caseworker,
        participant_id=one.pk,
        of_participant_id=other.pk,
        detail="sibling",
        source="survivor_statement",
    )
    write_note(cast.caseworker, case, facts_reported="Both go to school again.")
    send_handoff(cast.caseworker, case, cast.cyber_unit, sections=["people", "identities"])
    return case, one, other


def sealed_fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    ]


def everything_that_opens(database, keys):
    """Every sealed value of a whole copy of the database that one of `keys` opens."""
    found = []
    alias = connections["owner"]
    was = alias.settings_dict["NAME"]
    alias.close()
    alias.settings_dict["NAME"] = database
    try:
        rows = [
            (row, field)
            for model, field in sealed_fields()
            for row in model._base_manager.using("owner").all()
        ]
    finally:
        alias.close()
        alias.settings_dict["NAME"] = was
    for row, field in rows:
        value = row.__dict__[field.attname]
        if not getattr(value, "data", b""):
            continue
        owner = field._owner_of(row)
        for key in keys.get(owner, ()):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("vault.envelope.data_key", lambda *_any, key=key: key)
                try:
                    plain = unseal(value.data, where=field._where(), owner=owner, row=row.pk)
                except CannotOpen:
                    continue
            found.append(plain.decode())
    return "\n".join(found)


def keys_of(dsn_database):
    """owner → the data keys of a copy that the provider of today still unwraps."""
    found = {}
    with admin_connection(dsn_database) as copy:
        rows = copy.execute(
            "SELECT owner_type, owner_id, version, epoch, wrapped FROM vault_datakey"
        )
        for owner_type, owner_id, version, epoch, wrapped in rows.fetchall():
            owner = (owner_type, owner_id)
            if key_provider().holds(epoch):
                key = key_provider().unwrap(bytes(wrapped), context_of(owner, version), epoch)
                found.setdefault(owner, []).append(key)
    return found


@pytest.fixture
def copy_of(database):
    """`copy_of()`: the whole database as a backup of this moment would bring it back."""
    made = []

    def copy():
        name = f"backup_{os.urandom(4).hex()}"
        for alias in connections:
            connections[alias].close()
        with admin_connection("postgres") as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(database)
                )
            )
        made.append(name)
        return name

    yield copy
    with admin_connection("postgres") as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_r_d5_after_one_siblings_erasure_nothing_that_is_left_opens_their_name(
    cast,
    siblings,
    own_keys,
    copy_of,
):
    case, one, other = siblings
    before = copy_of()
    opens = everything_that_opens(before, keys_of(before))
    assert ONE in opens, "the test looks in the wrong place"
    assert OTHER in opens
    call_command("run_sequencer", "--once")
    request = ask(cast.caseworker, one)
    erased = approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert erased.receipt["steps"] == {
        "identity": 1,
        "person": 1,
        "family": 1,
        "case_texts": 0,
        "referrals": 1,
        "packages": 1,
    }
    assert erased.receipt["keys"] == 3
    after = copy_of()
    # The keys that live on open nothing of theirs, in the newest copy and in the one of before.
    living = keys_of(after)
    for copy in (before, after):
        opens = everything_that_opens(copy, living)
        assert ONE not in opens
        assert OTHER in opens
        assert "Both go to school again." in opens
    # Once the old key-encryption key has gone on schedule, the old copy's own keys are worthless.
    keeper = User.objects.get(pk=KEY_KEEPER_ID)
    rotate_keys(actor=keeper, at=now())
    assert ONE in everything_that_opens(before, keys_of(before))
    assert len(retire_key_epoch(actor=keeper, at=now() + timedelta(days=32))) == 1
    assert keys_of(before) == {}
    assert everything_that_opens(before, living | keys_of(copy_of())).count(ONE) == 0
    # The other sibling's file is whole.
    forget_keys()
    with reading(cast.caseworker):
        identity = PersonIdentity.objects.visible_to(cast.caseworker).get(person=other.person_id)
        assert identity.details == {"first_name": OTHER}
        gone = Person.objects.visible_to(cast.caseworker).get(pk=one.person_id)
        assert (gone.birth_year, gone.citizenships, gone.identity.details) == (None, [], {})
        assert gone.code != one.person.code
        package = HandoffPackage.objects.filter(handoff__case=case).get()
        assert opened(package, "content").value == str(ERASED)
    # And the log, which outlives them, still verifies.
    call_command("run_sequencer", "--once")
    call_command("verify_audit")
    for event in AuditEvent.objects.all():
        assert ONE not in f"{event.facts}{event.fields}{event.purpose}"
    assert AuditEvent.objects.filter(verb="erasure.carried_out", case_id=case.pk).count() == 1


def test_r_d5_the_officer_sees_the_case_inside_the_act_alone(cast, siblings):
    case, one, _other = siblings
    request = ask(cast.caseworker, one)
    with reading(cast.dpo):
        assert not Case.objects.all().exists()
        assert ErasureRequest.objects.visible_to(cast.dpo).get() == request
    for facts in ({"reason": "erasure", "until": now() + timedelta(hours=1)},):
        with pytest.raises(DatabaseError, match="row-level security"), acting(cast.dpo) as act:
            act.authorise("cases.approve_erasure")
            CaseUserObjectPermission.objects.create(
                user=cast.dpo,
                content_object=Case(pk=case.pk),
                permission=view_permission(),
                **facts,
            )
            act.record("erasure.refused")
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert not CaseUserObjectPermission.objects.using("owner").exists()
    with reading(cast.dpo):
        assert not Case.objects.all().exists()
        assert not Person.objects.all().exists()


def test_r_d5_two_people_decide_once(cast, siblings):
    _case, one, other = siblings
    request = ask(cast.caseworker, one)
    with pytest.raises(DomainError, match="waits for a second person"):
        ask(cast.supervisor, one)
    for who in ("caseworker", "supervisor", "auditor", "admin"):
        with pytest.raises((Denied, ErasureRequest.DoesNotExist)):
            approve_erasure(actor=getattr(cast, who), request_id=request.pk, at=now())
    # The database too: nobody decides on what they asked for.
    with pytest.raises(DatabaseError, match="two_people"), acting(cast.caseworker) as act:
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


def test_r_d4_a_legal_hold_beats_an_erasure_until_it_is_released(cast, siblings, client_of):
    case, one, _other = siblings
    hold = place_hold(
        actor=cast.legal,
        case_id=case.pk,
        authority="Regional Trial Court, Branch 7",
        why="The defence asked for the whole file.",
        until=None,
        at=now(),
    )
    request = ask(cast.caseworker, one)
    assert request.speaks_for_keeping == ["legal_hold", "case_open"]
    with pytest.raises(DomainError, match="legal hold stands"):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert DataKey.objects.filter(owner_id=one.person_id).exists()
    client = client_of(cast.caseworker)
    for address in ("cases:case", "cases:notes", "cases:holds"):
        assert "Legal hold" in client.get(reverse(address, args=[case.pk])).content.decode()
    page = client.get(reverse("cases:holds", args=[case.pk])).content.decode()
    assert "Regional Trial Court, Branch 7" in page
    assert "The defence asked for the whole file." in page
    for who in ("caseworker", "liaison"):
        with pytest.raises(Denied):
            release_hold(actor=getattr(cast, who), hold_id=hold.pk, at=now())
    release_hold(actor=cast.supervisor, hold_id=hold.pk, at=now())
    with pytest.raises(InvalidTransition):
        release_hold(actor=cast.supervisor, hold_id=hold.pk, at=now())
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert not DataKey.objects.filter(owner_id=one.person_id).exists()


def test_r_d4_a_hold_says_who_why_and_until_when(cast, siblings):
    case, _one, _other = siblings
    facts = {"authority": "Court", "why": "An appeal.", "until": None}
    for over, field in (
        ({"authority": " "}, "authority"),
        ({"why": ""}, "why"),
        ({"until": timezone.localdate() - timedelta(days=1)}, "until"),
    ):
        with pytest.raises(DomainError) as refused:
            place_hold(actor=cast.legal, case_id=case.pk, at=now(), **facts | over)
        assert refused.value.field == field
    ended = facts | {"until": timezone.localdate()}
    hold = place_hold(actor=cast.legal, case_id=case.pk, at=now(), **ended)
    assert hold.stands(timezone.localdate())
    assert not hold.stands(timezone.localdate() + timedelta(days=1))


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
    assert request.reference in officer.get(reverse("cases:erasures")).content.decode()
    shown = officer.get(page).content.decode()
    assert one.person.code in shown
    assert "The case is open" in shown
    approve = reverse("cases:approve_erasure", args=[request.pk])
    assert "can’t be taken back" in officer.get(approve).content.decode()
    assert worker.post(approve).status_code == 403
    assert officer.post(approve).status_code == 302
    for client in (worker, officer):
        receipt = client.get(page).content.decode()
        assert "Keys destroyed" in receipt
        assert str(timezone.localdate() + timedelta(days=62)) in receipt
        assert one.person.code not in receipt
        assert ONE not in receipt
    assert client_of(cast.stranger_caseworker).get(page).status_code == 404


def test_every_model_about_a_person_has_a_step_of_an_erasure():
    covered = {label for step in STEPS for label in step.covers}
    of_person = {model._meta.label for model, field in sealed_fields() if field.owner == "person"}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model in (Person, CaseParticipant)
    }
    assert of_person - covered == set(), "register a step for it (cases/erasing.py)"
    assert pointing - covered - set(STAYS) == set(), "register a step, or say in STAYS why not"
    assert set(STAYS) <= pointing, "a reason for a model that is gone"
    assert covered <= {model._meta.label for model in apps.get_models()}
