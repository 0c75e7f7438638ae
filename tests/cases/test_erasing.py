"""R-D4, R-D5: one person erased by two people, for good, and nobody else with them."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID, PAPER_CLEANER_ID
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.instruments import OUTCOME
from cases.models import (
    Case,
    CaseParticipant,
    CasePlan,
    CaseUserObjectPermission,
    ErasureRequest,
    Person,
    PersonIdentity,
)
from cases.services.assessments import assess_survivor
from cases.services.care import place_person, record_custody
from cases.services.cases import view_permission
from cases.services.consent import withdraw_consent
from cases.services.copies import request_copy
from cases.services.drafts import save_draft
from cases.services.erasure import approve_erasure, refuse_erasure, request_erasure
from cases.services.family import join_household, link_people
from cases.services.harm import record_harm, record_survivor_context
from cases.services.holds import place_hold, release_hold
from cases.services.identity import correct_identity
from cases.services.paper_files import clean_paper, keep_paper
from cases.services.papers import register_paper
from cases.services.people import show_identity
from cases.services.plans import add_goal, approve_plan, return_plan, review_plan, submit_plan
from cases.services.safe_contact import acknowledge_safe_contact, plan_contact, set_safe_contact
from cases.services.safety import lower_crisis, raise_crisis, write_safety_plan
from cases.services.support import ask_service
from cases.services.tasks import set_task
from config.database_shell import connection_variables, find_program
from core.errors import Denied, DomainError, InvalidTransition
from handoffs.models import HandoffPackage
from handoffs.services.opening import PackageErased, open_package
from referrals.services.desk import accept_referral, start_triage
from tests.architecture.test_every_person_can_be_erased import STAYS
from tests.conftest import admin_connection
from tests.factories import (
    add_participant,
    give_consent,
    log_referral,
    open_case,
    send_handoff,
    write_note,
)
from vault.age import identities, make_identity
from vault.backup_files import read_manifest, restore_from
from vault.envelope import unseal
from vault.errors import ERASED, CannotOpen
from vault.fields import EncryptedTextField
from vault.key_provider import key_provider
from vault.keys import context_of, forget_keys
from vault.models import DataKey, ErasedKey
from vault.opening import opened
from vault.services.epochs import retire_key_epoch, rotate_keys

ONE, OTHER = "canary-tala-5512", "canary-mayumi-8871"


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


def fill(cast, case, place, name):
    """Something of everything that is about one person, with their name in every text."""
    worker, supervisor = cast.caseworker, cast.supervisor
    today, person_id = timezone.localdate(), place.person_id
    contact = set_safe_contact(
        actor=worker,
        participant_id=place.pk,
        channel="call",
        number=f"0917 {name}",
        phrase=f"Ask for {name}",
    )
    acknowledge_safe_contact(actor=worker, safe_contact_id=contact.pk, session_mark="a" * 64)
    plan_contact(
        actor=supervisor,
        participant_id=place.pk,
        channel="text_message",
        planned_for=now(),
        override_reason=f"{name} said on Sunday that texting is safe.",
    )
    write_safety_plan(
        actor=worker,
        participant_id=place.pk,
        risks=["retaliation"],
        measures=f"{name} sleeps at the aunt's.",
        review_on=today + timedelta(days=7),
    )
    crisis = raise_crisis(actor=worker, participant_id=place.pk, kind="immediate_danger")
    lower_crisis(actor=worker, crisis_id=crisis.pk, what_was_done=f"{name} is safe.")
    record_survivor_context(
        actor=worker, participant_id=place.pk, age_when_first=9, schooling="in_school"
    )
    record_harm(
        actor=worker,
        participant_id=place.pk,
        harm_type="live_streaming",
        content_origin="livestreamed_trafficking",
        since="2021-05",
    )
    place_person(
        actor=worker,
        participant_id=place.pk,
        kind="shelter",
        since=today,
        order=f"Order about {name}",
        name=f"House of {name}",
        address=f"3 {name} Road",
        reader_ids=[worker.pk],
    )
    record_custody(
        actor=worker,
        participant_id=place.pk,
        kind="state",
        authority=f"Welfare office of {name}",
        order_reference=name,
        since=today,
    )
    join_household(actor=worker, participant_id=place.pk, source="caregiver")
    request_copy(actor=worker, participant_id=place.pk, asked_for_by="self", at=now())
    set_task(
        actor=worker,
        case_id=case.pk,
        person_id=person_id,
        what=f"Shoes for {name}",
        due_on=today,
    )
    given = give_consent(
        worker,
        place,
        giver_details=name,
        order_reference=name,
        witness=name,
        scopes=["case_management", "research"],
    )
    withdraw_consent(actor=worker, consent_id=given.pk, scopes=["research"], words=name)
    # One file that was kept, and one that still waits to be checked.
    for is_checked in (True, False):
        paper = register_paper(
            actor=worker,
            case_id=case.pk,
            person_id=person_id,
            kind="birth_certificate",
            reference=name,
            original_at=f"With the aunt of {name}",
        )
        file = keep_paper(
            actor=worker, paper_id=paper.pk, content=f"{name} was born in May.\n".encode()
        )
        if is_checked:
            clean_paper(actor=User.objects.get(pk=PAPER_CLEANER_ID), file_id=file.pk)
    write_note(worker, case, person_id=person_id, facts_reported=f"{name} draws again.")
    goal = add_goal(
        actor=worker,
        participant_id=place.pk,
        words=f"{name} wants to go to school again.",
        whose_words="their_own",
    )
    plan = submit_plan(
        actor=worker,
        plan_id=goal.plan_id,
        version=goal.plan.version,
        answer="agreed",
        review_on=today + timedelta(days=60),
    )
    plan = approve_plan(actor=supervisor, plan_id=plan.pk, version=plan.version)
    review_plan(
        actor=worker,
        plan_id=plan.pk,
        version=plan.version,
        took_part="yes",
        what_changed=f"{name} sleeps better.",
        next_on=today + timedelta(days=90),
    )
    # A further goal is agreed anew, and this time a change is asked for.
    further = add_goal(
        actor=worker,
        participant_id=place.pk,
        words=f"{name} wants to swim.",
        whose_words="their_own",
    )
    plan = submit_plan(
        actor=worker,
        plan_id=further.plan_id,
        version=CasePlan.objects.using("owner").get(pk=further.plan_id).version,
        answer="agreed",
        review_on=today + timedelta(days=60),
    )
    return_plan(
        actor=supervisor, plan_id=plan.pk, version=plan.version, reason=f"Ask {name} again."
    )
    ask_service(
        actor=worker,
        participant_id=place.pk,
        type="education",
        goal_id=goal.pk,
        remark=f"{name} likes to draw.",
    )
    assess_survivor(
        actor=worker,
        participant_id=place.pk,
        instrument=OUTCOME.code,
        scores=dict.fromkeys(OUTCOME.domains, 3),
        assessed_on=today,
        conclusion=f"{name} laughs again.",
    )
    correct_identity(
        actor=worker,
        person_id=person_id,
        version=PersonIdentity.objects.using("owner").get(person_id=person_id).version,
        reason=f"The aunt of {name} said so.",
        changes={"middle_name": f"{name} Mayo"},
    )
    save_draft(
        actor=worker,
        draft_id=uuid.uuid4(),
        case_id=case.pk,
        values={"kind": "contact", "person_id": str(person_id), "observations": f"{name} slept."},
    )


@pytest.fixture
def siblings(cast):
    """Two children of one case: one told of by a referral, both named in a package sent."""
    worker = cast.caseworker
    referral = log_referral(
        worker,
        subject={"prs_FirstName": ONE, "prs_SecondName": "Amihan"},
        summary=f"{ONE} was seen.",
    )
    start_triage(actor=worker, referral_id=referral.pk)
    case_id = accept_referral(actor=worker, referral_id=referral.pk).case_id
    with reading(worker):
        case = Case.objects.visible_to(worker).get(pk=case_id)
        places = CaseParticipant.objects.visible_to(worker).select_related("person")
        one = places.get(case=case, role="survivor")
    other = add_participant(worker, case, identity={"first_name": OTHER, "family_name": "Amihan"})
    link_people(
        actor=worker,
        participant_id=one.pk,
        of_participant_id=other.pk,
        detail="sibling",
        source="survivor_statement",
    )
    write_note(worker, case, facts_reported="Both go to school again.")
    return case, one, other


def sealed_fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    ]


def everything_that_opens(database, keys, *, packages=True):
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
            if packages or model is not HandoffPackage
            for row in model._base_manager.using("owner").all()
        ]
    finally:
        alias.close()
        alias.settings_dict["NAME"] = was
    for row, field in rows:
        value = row.__dict__[field.attname]
        if not getattr(value, "data", b""):
            continue
        owner = field.owner_of(row)
        for key in keys.get(owner, ()):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("vault.envelope.data_key", lambda *_any, key=key: key)
                try:
                    plain = unseal(value.data, where=field.where(), owner=owner, row=row.pk)
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
def copy_of(database, tmp_path):
    """`copy_of()`: the name of a new database into which a real backup of now was restored."""
    made = []
    identity = tmp_path / "holder.txt"
    recipient = make_identity(identity)

    def copy():
        folder = tmp_path / f"backup-{len(made)}"
        call_command("backup", "--to", str(folder), "--recipient", recipient, verbosity=0)
        (file,) = folder.glob("*.manifest.json")
        manifest = read_manifest(file)
        name = f"restored_{os.urandom(4).hex()}"
        with admin_connection("postgres") as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
        made.append(name)
        restore_from(
            file.with_name(manifest.dump),
            manifest,
            program=find_program("pg_restore"),
            database=name,
            variables=connection_variables(),
            opened_by=identities(identity),
        )
        return name

    yield copy
    with admin_connection("postgres") as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def left_about(person_id):
    """Fields that still point to a person, in the rows of the running database."""
    found = set()
    places = CaseParticipant.objects.using("owner").filter(person_id=person_id).values("pk")
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not field.concrete or field.related_model not in (Person, CaseParticipant):
                continue
            ids = [person_id] if field.related_model is Person else places
            rows = model._base_manager.using("owner").filter(**{f"{field.name}__in": ids})
            if rows.exists():
                found.add(f"{model._meta.label}.{field.name}")
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_r_d5_after_one_siblings_erasure_nothing_that_is_left_opens_their_name(
    cast,
    siblings,
    own_keys,
    copy_of,
):
    case, one, other = siblings
    worker = cast.caseworker
    fill(cast, case, one, ONE)
    fill(cast, case, other, OTHER)
    both = send_handoff(worker, case, cast.cyber_unit, sections=["people", "identities"])
    apart = send_handoff(worker, case, cast.cyber_unit, sections=["case_summary"])
    owned = owned_by(one.person_id)
    assert {model._meta.label for model, _row, _field in owned} == {
        model._meta.label for model, field in sealed_fields() if field.owner == "person"
    }, "give `fill` something of every model that is sealed under a person"
    before = copy_of()
    opens = everything_that_opens(before, keys_of(before))
    assert opens.count(ONE) > 10, "the test looks in the wrong place"
    assert opens.count(OTHER) > 10
    kept = everything_that_opens(before, keys_of(before), packages=False).count(OTHER)
    call_command("run_sequencer", "--once")
    request = ask(worker, one)
    assert request.named_in == 0
    erased = approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    steps = erased.receipt["steps"]
    assert {name for name, rows in steps.items() if not rows} == {
        "conflicts",
        "case_texts",
        "grounds",
        "packages",
    }
    # The person's, the referral's and that of the one package that named them.
    assert erased.receipt["keys"] == 3
    after = copy_of()
    # The keys that live on open nothing of theirs, in the newest copy and in the one of before.
    living = keys_of(after)
    for copy in (before, after):
        opens = everything_that_opens(copy, living)
        assert ONE not in opens
        assert "Both go to school again." in opens
        # All of the other's but the copy of the package that told of both.
        assert opens.count(OTHER) == kept
    # Once the old key-encryption key has gone on schedule, the old copy's own keys are worthless.
    keeper = User.objects.get(pk=KEY_KEEPER_ID)
    rotate_keys(actor=keeper, at=now())
    assert ONE in everything_that_opens(before, keys_of(before))
    assert len(retire_key_epoch(actor=keeper, at=now() + timedelta(days=32))) == 1
    assert keys_of(before) == {}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1")
    # Nothing but what the catalogue gives reasons for still points to them.
    forget_keys()
    stays = set(STAYS) | {
        "cases.CaseParticipant.person",
        "cases.SurvivorContext.person",
        "cases.SurvivorContext.participant",
        "cases.HarmRecord.person",
        "cases.HarmRecord.participant",
    }
    assert left_about(one.person_id) <= stays
    for _model, row, field in owned_by(one.person_id):
        assert opened(row, field.name).value == str(ERASED)
    with reading(worker):
        gone = Person.objects.visible_to(worker).get(pk=one.person_id)
        assert (gone.birth_year, gone.citizenships, gone.erased_on) == (
            None,
            [],
            timezone.now().date(),
        )
        assert gone.code.startswith("X-")
        # The other sibling's file is whole.
        identity = PersonIdentity.objects.visible_to(worker).get(person=other.person_id)
        assert identity.details["first_name"] == OTHER
    assert open_package(actor=worker, handoff_id=apart.pk)
    with pytest.raises(PackageErased):
        open_package(actor=worker, handoff_id=both.pk)
    assert not AuditEvent.objects.filter(verb="package.mismatched").exists()
    with pytest.raises(DomainError, match="was erased"):
        show_identity(actor=worker, person_id=one.person_id, purpose="safety")
    # What is composed from now on leaves them out, and is no gap.
    again = send_handoff(worker, case, cast.cyber_unit, sections=["people", "notes"])
    told = str(open_package(actor=worker, handoff_id=again.pk))
    assert gone.code not in told
    assert OTHER not in ONE
    # And the log, which outlives them, still verifies.
    call_command("run_sequencer", "--once")
    call_command("verify_audit")
    for event in AuditEvent.objects.all():
        assert ONE not in f"{event.facts}{event.fields}{event.purpose}"
    assert AuditEvent.objects.filter(verb="erasure.carried_out", case_id=case.pk).count() == 1


def owned_by(person_id):
    """(model, row, field) of every sealed value under a person's key."""
    return [
        (model, row, field)
        for model, field in sealed_fields()
        if field.owner == "person"
        for row in model._base_manager.using("owner").filter(person_id=person_id)
        if row.__dict__[field.attname]
    ]


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
