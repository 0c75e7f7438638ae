"""Asking, giving, refusing and withdrawing consent, through the services."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.choices import InformationPoint
from cases.majority import day_of_age
from cases.models import Case, Consent, LegalGround
from cases.services.cases import change_stage
from cases.services.consent import (
    answer_consent,
    refuse_consent,
    start_consent,
    withdraw_consent,
)
from cases.services.family import link_people
from cases.services.grounds import decide_legal_ground, end_legal_ground, record_legal_ground
from cases.tasks import run_out_consents as run_out_consents_job
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from tests.factories import add_participant, give_consent, open_case
from tests.tampering import lower_walls


def stored(consent):
    return Consent.objects.using("owner").get(pk=consent.pk)


def born_years_ago(years, days=0):
    today = timezone.localdate()
    return (
        date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=days)
    ).isoformat()


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def child(cast, case):
    return add_participant(cast.caseworker, case, identity={"birthdate": born_years_ago(14)})


def refused(cast, place, field, **over):
    """The consent is not given, `field` says why, and nothing holds."""
    given = AuditEvent.objects.filter(verb="consent.given").count()
    with pytest.raises(DomainError) as broken:
        give_consent(cast.caseworker, place, **over)
    assert broken.value.field == field, broken.value
    live = Consent.objects.using("owner").filter(person_id=place.person_id, status="active")
    assert not live.exists()
    assert AuditEvent.objects.filter(verb="consent.given").count() == given
    return broken.value


def test_a_consent_is_asked_given_narrowed_and_taken_back(cast, case, child):
    worker = cast.caseworker
    consent = give_consent(
        worker,
        child,
        scopes=["case_management", "share_with_law_enforcement"],
        refused_scopes=["story_or_media"],
        recipients=[cast.cyber_unit.pk],
        categories=["case_summary"],
    )
    assert (consent.status, consent.valid_from) == ("active", timezone.localdate())
    assert consent.conflict_checked_at is not None
    assert consent.review_on <= consent.valid_until
    # What tells of the person is sealed under the person's own key.
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT witness, giver_details FROM cases_consent WHERE id = %s", [consent.pk]
        )
        assert all(
            b"nurse" not in bytes(v) and b"social" not in bytes(v) for v in cursor.fetchone()
        )
    event = AuditEvent.objects.get(verb="consent.given")
    assert event.facts["refused"] == ["story_or_media"]
    assert "nurse" not in str(event.facts)
    with pytest.raises(DomainError, match="what was agreed to"):
        withdraw_consent(actor=worker, consent_id=consent.pk, scopes=["research"])
    withdraw_consent(actor=worker, consent_id=consent.pk, scopes=["share_with_law_enforcement"])
    assert (stored(consent).status, stored(consent).scopes) == ("active", ["case_management"])
    withdraw_consent(actor=worker, consent_id=consent.pk, words="I do not want this any more.")
    ended = stored(consent)
    assert (ended.status, ended.scopes) == ("withdrawn", [])
    assert ended.withdrawn_scopes == ["share_with_law_enforcement", "case_management"]
    with pytest.raises(InvalidTransition):
        withdraw_consent(actor=worker, consent_id=consent.pk)
    with pytest.raises(InvalidTransition):
        answer_consent(actor=worker, consent_id=consent.pk, version=ended.version, language="x")


def test_r_k5_nothing_is_ticked_and_the_case_goes_on_without_any_yes(cast, case, child):
    worker = cast.caseworker
    draft = start_consent(
        actor=worker, case_id=case.pk, person_id=child.person_id, given_by="individual"
    )
    assert (draft.scopes, draft.refused_scopes, draft.recipients) == ([], [], [])
    refuse_consent(actor=worker, consent_id=draft.pk, version=draft.version)
    assert stored(draft).status == "refused"
    moved = change_stage(actor=worker, case_id=case.pk, to="assessment", version=case.version)
    assert moved.protection_stage == "assessment"
    only = give_consent(worker, child)
    assert only.scopes == ["case_management"]


def test_every_missing_answer_is_named_and_nothing_holds(cast, child):
    every = list(InformationPoint.values)
    for field, over in {
        "information_given": {"information_given": every[:-1]},
        "language": {"language": ""},
        "method": {"method": ""},
        "witness": {"witness": ""},
        "scopes": {"scopes": []},
        "order_reference": {"order_reference": ""},
        "giver_details": {"giver_details": ""},
        "decided_by": {"best_interest": "She wants it and understands it."},
        "child_assent": {"child_assent": ""},
        "giver_id": {"given_by": "legal_guardian"},
        "recipients": {"scopes": ["service_referral"]},
    }.items():
        refused(cast, child, field, **over)
    today = timezone.localdate()
    sharing = {"scopes": ["service_referral"], "recipients": [cast.shelter.pk]}
    refused(cast, child, "categories", **sharing)
    refused(cast, child, "recipients", **sharing | {"recipients": [cast.agency.pk]})
    refused(cast, child, "valid_until", valid_until=today - timedelta(days=1))
    refused(cast, child, "valid_until", valid_from=today, valid_until=today - timedelta(days=3))
    refused(cast, child, "valid_until", valid_until=today + timedelta(days=1000))
    refused(cast, child, "scopes", scopes=["research"], refused_scopes=["research"])
    refused(cast, child, "witness", witness="www.somewhere.example/file")
    refused(cast, child, "countries", scopes=["cross_border_transfer"], countries=["Holland"])


def test_the_database_refuses_a_consent_that_ends_before_it_starts_or_goes_backwards(cast, child):
    consent = give_consent(cast.caseworker, child)
    for change in ("valid_until = valid_from - 1", "status = 'draft'", "given_at = NULL"):
        with pytest.raises(DatabaseError), transaction.atomic("owner"):  # noqa: SIM117
            with connections["owner"].cursor() as cursor:
                cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
                cursor.execute(f"UPDATE cases_consent SET {change} WHERE id = %s", [consent.pk])
    assert stored(consent).status == "active"


def test_r_k4_nobody_alleged_to_have_taken_part_speaks_or_interprets(cast, case, child):
    worker = cast.caseworker
    mother = add_participant(
        worker, case, role="alleged_offender_source", legal_status="person_of_interest"
    )
    aunt = add_participant(worker, case, role="protective_caregiver")
    broken = refused(cast, child, "giver_id", given_by="legal_guardian", giver_id=mother.person_id)
    assert broken.code == "guardian_conflict"
    assert "named by the state" in broken.message
    refused(
        cast,
        child,
        "interpreter_id",
        interpreter_use="of_the_case",
        interpreter_id=mother.person_id,
    )
    refused(cast, child, "giver_id", given_by="caregiver", giver_id=child.person_id)
    consent = give_consent(worker, child, given_by="caregiver", giver_id=aunt.person_id)
    assert consent.conflict_checked_at is not None


def test_r_k3_a_childs_own_answer_is_asked_beside_the_guardians(cast, case, child):
    refused(cast, child, "child_assent", child_assent="not_sought", assent_reason="Busy.")
    consent = give_consent(cast.caseworker, child, child_assent="refused", scopes=["research"])
    assert (consent.child_assent, consent.scopes) == ("refused", ["research"])
    infant = add_participant(cast.caseworker, case, identity={"birthdate": born_years_ago(3)})
    refused(cast, infant, "assent_reason", child_assent="not_sought")
    give_consent(cast.caseworker, infant, child_assent="not_sought", assent_reason="Three.")


def test_a_child_decides_alone_only_from_an_age_and_with_a_named_decision_maker(cast, case, child):
    alone = {"given_by": "individual", "giver_details": "", "order_reference": ""}
    refused(cast, child, "given_by", **alone)
    older = add_participant(cast.caseworker, case, identity={"birthdate": born_years_ago(16)})
    refused(cast, older, "given_by", **alone)
    why = {"best_interest": "She understands it.", "decided_by": "The duty officer"}
    assert give_consent(cast.caseworker, older, **alone, **why).status == "active"
    adult = add_participant(cast.caseworker, case, identity={"birthdate": born_years_ago(30)})
    assert give_consent(cast.caseworker, adult, **alone).child_assent == "not_applicable"
    refused(
        cast,
        add_participant(cast.caseworker, case, identity={"birthdate": born_years_ago(30)}),
        "given_by",
        given_by="caregiver",
        giver_id=adult.person_id,
        order_reference="",
    )


def test_r_k4_where_a_guardian_is_implicated_a_named_decision_maker_takes_their_place(
    cast, case, child
):
    alone = {"given_by": "individual", "giver_details": "", "order_reference": ""}
    why = {"best_interest": "The mother took part.", "decided_by": "The duty officer"}
    # Nobody is known who would speak for the child: the state's guardian has to be asked.
    refused(cast, child, "given_by", **alone, **why)
    mother = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    refused(cast, child, "given_by", **alone, **why)
    link_people(
        actor=cast.caseworker,
        participant_id=mother.pk,
        of_participant_id=child.pk,
        detail="parent",
        source="worker_observation",
    )
    refused(cast, child, "given_by", **alone)
    # The child's own answer stands beside it, whoever decided.
    refused(cast, child, "child_assent", **alone, **why, child_assent="")
    consent = give_consent(cast.caseworker, child, **alone, **why, child_assent="refused")
    assert (consent.status, consent.child_assent) == ("active", "refused")
    assert consent.until_majority is False


def test_r_k4_a_guardian_by_order_names_the_order_and_a_parent_does_not(cast, case, child):
    aunt = add_participant(cast.caseworker, case, role="legal_guardian")
    by_order = {"given_by": "legal_guardian", "giver_id": aunt.person_id, "giver_details": ""}
    refused(cast, child, "order_reference", **by_order, order_reference="")
    assert give_consent(cast.caseworker, child, **by_order).status == "active"
    father = add_participant(cast.caseworker, case, role="protective_caregiver")
    link_people(
        actor=cast.caseworker,
        participant_id=child.pk,
        of_participant_id=father.pk,
        detail="child",
        source="document",
    )
    by_father = by_order | {"giver_id": father.person_id, "order_reference": ""}
    assert give_consent(cast.caseworker, child, **by_father).status == "active"


def test_r_k6_a_guardians_consent_never_outlives_the_17th_year(cast, case):
    almost = add_participant(
        cast.caseworker, case, identity={"birthdate": born_years_ago(17, days=300)}
    )
    consent = give_consent(cast.caseworker, almost)
    birthday = day_of_age(18, {"birthdate": born_years_ago(17, days=300)}, None)
    assert consent.valid_until == birthday - timedelta(days=1)
    assert consent.until_majority
    by_year = add_participant(cast.caseworker, case, birth_year=timezone.localdate().year - 17)
    consent = give_consent(cast.caseworker, by_year)
    assert consent.valid_until == date(timezone.localdate().year, 12, 31)
    assert day_of_age(18, {"birthdate": "2008-02-29"}, None) == date(2026, 2, 28)
    assert day_of_age(18, {}, None) is None


def test_r_k6_on_the_18th_birthday_the_person_is_asked_themselves(cast, case, client_of):
    worker, today = cast.caseworker, timezone.localdate()
    now_adult = add_participant(worker, case, identity={"birthdate": born_years_ago(17, days=300)})
    other = add_participant(worker, case, identity={"birthdate": born_years_ago(9)})
    turned, ended = give_consent(worker, now_adult), give_consent(worker, other)
    running = give_consent(worker, add_participant(worker, case))
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        lower_walls(cursor, "cases_consent")
        cursor.execute(
            "UPDATE cases_consent SET valid_from = %s, valid_until = %s WHERE id = ANY (%s)",
            [today - timedelta(days=9), today - timedelta(days=1), [turned.pk, ended.pk]],
        )
    assert run_out_consents_job() == 2
    assert run_out_consents_job() == 0
    assert (stored(turned).status, stored(ended).status) == ("review_due", "expired")
    assert stored(running).status == "active"
    assert AuditEvent.objects.filter(verb="consent.ran_out").count() == 2
    page = client_of(worker).get("/").content.decode()
    assert "Ask for consent again: turned 18" in page


def test_a_newer_consent_replaces_the_older_one_and_a_stale_page_is_told(cast, child):
    worker = cast.caseworker
    first = give_consent(worker, child)
    second = give_consent(worker, child, scopes=["case_management", "research"])
    assert (stored(first).status, stored(second).status) == ("superseded", "active")
    draft = start_consent(
        actor=worker, case_id=child.case_id, person_id=child.person_id, given_by="individual"
    )
    answer_consent(actor=worker, consent_id=draft.pk, version=1, language="Filipino")
    with pytest.raises(Conflict):
        answer_consent(actor=worker, consent_id=draft.pk, version=1, language="English")
    assert stored(draft).language == "Filipino"


def test_who_may_not_see_or_record_does_not(cast, child):
    consent = give_consent(cast.caseworker, child)
    for stranger in (cast.south_caseworker, cast.stranger_caseworker):
        with pytest.raises(Consent.DoesNotExist):
            withdraw_consent(actor=stranger, consent_id=consent.pk)
        with pytest.raises(Case.DoesNotExist):
            start_consent(
                actor=stranger,
                case_id=child.case_id,
                person_id=child.person_id,
                given_by="individual",
            )
    with pytest.raises(Denied):
        withdraw_consent(actor=cast.legal, consent_id=consent.pk)
    assert stored(consent).status == "active"


def test_what_the_law_requires_is_not_asked_for(cast, case, child):
    worker = cast.caseworker
    sharing = {
        "scopes": ["share_with_law_enforcement"],
        "recipients": [cast.cyber_unit.pk],
        "categories": ["case_summary"],
    }
    record_legal_ground(
        actor=worker,
        case_id=case.pk,
        basis="mandatory_report",
        reason="Abuse of a child is reported.",
        purposes=["share_with_law_enforcement"],
        recipient_id=cast.cyber_unit.pk,
        categories=["case_summary", "people"],
    )
    assert refused(cast, child, "recipients", **sharing).code == "required_by_law"
    wider = sharing | {"categories": ["case_summary", "notes"]}
    assert give_consent(worker, child, **wider).status == "active"


def test_r_k7_another_basis_has_a_reason_a_second_person_and_the_dpos_eye(cast, case):
    worker = cast.caseworker
    values = {
        "case_id": case.pk,
        "basis": "legal_obligation",
        "purposes": ["share_with_law_enforcement"],
        "recipient_id": cast.cyber_unit.pk,
        "categories": ["people"],
    }
    with pytest.raises(DomainError) as broken:
        record_legal_ground(actor=worker, reason=" ", **values)
    assert broken.value.field == "reason"
    with pytest.raises(DomainError):
        record_legal_ground(actor=worker, reason="Because.", **values | {"basis": "consent"})
    assert not LegalGround.objects.using("owner").exists()
    ground = record_legal_ground(actor=worker, reason="A court ordered it.", **values)
    for who in (worker, cast.second_caseworker):
        with pytest.raises(Denied):
            decide_legal_ground(actor=who, ground_id=ground.pk, version=1, approve=True)
    with pytest.raises(LegalGround.DoesNotExist):
        decide_legal_ground(
            actor=cast.stranger_caseworker, ground_id=ground.pk, version=1, approve=True
        )
    with reading(cast.dpo):
        seen = LegalGround.objects.visible_to(cast.dpo).get()
        assert seen.reason == "A court ordered it."
        assert not Case.objects.visible_to(cast.dpo).exists()
    approved = decide_legal_ground(actor=cast.dpo, ground_id=ground.pk, version=1, approve=True)
    assert (approved.status, approved.decided_by_id) == ("approved", cast.dpo.pk)
    with pytest.raises(Conflict):
        end_legal_ground(actor=worker, ground_id=ground.pk, version=1)
    end_legal_ground(actor=worker, ground_id=ground.pk, version=2)
    assert LegalGround.objects.using("owner").get().status == "ended"
    own = record_legal_ground(actor=cast.supervisor, reason="Again.", **values)
    with pytest.raises(Denied):
        decide_legal_ground(actor=cast.supervisor, ground_id=own.pk, version=1, approve=True)
