"""R-D5: one person erased for good, in backups too, and nobody else with them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID, PAPER_CLEANER_ID
from audit.models import AuditEvent
from audit.reading import reading
from cases.instruments import OUTCOME
from cases.models import (
    CasePlan,
    Person,
    PersonIdentity,
)
from cases.services.assessments import assess_survivor
from cases.services.care import place_person, record_custody
from cases.services.consent import withdraw_consent
from cases.services.copies import request_copy
from cases.services.drafts import save_draft
from cases.services.erasure import approve_erasure
from cases.services.family import join_household
from cases.services.flags import lower_flag, raise_flag
from cases.services.grounds import record_legal_ground
from cases.services.harm import record_harm, record_survivor_context
from cases.services.identity import correct_identity
from cases.services.paper_files import clean_paper, keep_paper
from cases.services.papers import register_paper
from cases.services.people import show_identity
from cases.services.plans import add_goal, approve_plan, return_plan, review_plan, submit_plan
from cases.services.safe_contact import acknowledge_safe_contact, plan_contact, set_safe_contact
from cases.services.safety import lower_crisis, raise_crisis, write_safety_plan
from cases.services.support import ask_service
from cases.services.tasks import set_task
from core.errors import DomainError
from handoffs.services.opening import PackageErased, open_package
from tests.architecture.test_every_person_can_be_erased import STAYS
from tests.cases.restored import everything_that_opens, keys_of, left_about, owned_by, sealed_fields
from tests.cases.siblings import ONE, OTHER, ask, now
from tests.factories import (
    give_consent,
    send_handoff,
    write_note,
)
from vault.errors import ERASED
from vault.keys import forget_keys
from vault.opening import opened
from vault.services.epochs import retire_key_epoch, rotate_keys


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
    flag = raise_flag(
        actor=worker,
        case_id=case.pk,
        person_id=person_id,
        kind="safety",
        why=f"Never ring at the house of {name}",
        review_on=today + timedelta(days=3),
    )
    lower_flag(actor=worker, flag_id=flag.pk, version=1, what_came=f"{name} has moved.")
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
    record_legal_ground(
        actor=worker,
        case_id=case.pk,
        person_id=person_id,
        basis="vital_interests",
        reason=f"{name} was in danger.",
        order_reference=name,
        purposes=["share_with_law_enforcement"],
    )
    save_draft(
        actor=worker,
        draft_id=uuid.uuid4(),
        case_id=case.pk,
        values={"kind": "contact", "person_id": str(person_id), "observations": f"{name} slept."},
    )


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
        "emergencies",
        "exports",
        "packages",
        "release_wishes",
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
            timezone.localdate(),
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
    assert ONE not in told
    # And the log, which outlives them, still verifies.
    call_command("run_sequencer", "--once")
    call_command("verify_audit")
    for event in AuditEvent.objects.all():
        assert ONE not in f"{event.facts}{event.fields}{event.purpose}"
    assert AuditEvent.objects.filter(verb="erasure.carried_out", case_id=case.pk).count() == 1
