"""Accepting a referral: it becomes a case, or joins one, exactly once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from audit.models import AuditEvent
from audit.reading import reading
from cases.choices import GrantReason
from cases.models import Case, CaseParticipant, PersonIdentity
from cases.services.cases import assign_team
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import Referral
from referrals.services.desk import accept_referral, start_triage
from tests.factories import close_case, log_referral, open_case

SUBJECT = {
    "prs_FirstName": "Mayumi",
    "prs_SecondName": "Dalisay",
    "prs_Birthdate": "2012-05-09",
    "prs_Gender": "Feminine",
    "prs_Citizenship": ["PH"],
    "prs_MobilePhone": "+63 900 000 0000",
    "vic_MethodsOfControl": ["DebtBondage"],
    "cco_CaseComment": "word " * 700,
}


def _in_triage(cast, **over) -> Referral:
    referral = log_referral(cast.intake, **over)
    return start_triage(actor=cast.intake, referral_id=referral.pk)


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def _cases() -> int:
    return Case.objects.using("owner").count()


def test_accepting_opens_a_new_case_of_the_referrals_team(cast):
    referral = _in_triage(cast, country="PH", admin1="Northern Province")
    accepted = accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    kept = _kept(referral)
    assert (kept.status, kept.case_id) == ("linked_to_case", accepted.case_id)
    assert kept.decided_by_id == cast.caseworker.pk
    assert kept.decided_at is not None
    case = Case.objects.using("owner").get()
    assert case.pk == accepted.case_id
    assert (case.country, case.admin1, case.risk) == ("PH", "Northern Province", "not_assessed")
    with reading(cast.second_caseworker):
        assert Case.objects.visible_to(cast.second_caseworker).get() == case
    with reading(cast.south_caseworker):
        assert not Case.objects.visible_to(cast.south_caseworker).exists()
    event = AuditEvent.objects.get(verb="referral.accepted")
    assert (event.object_id, event.case_id) == (referral.pk, case.pk)
    assert event.facts == {"into": "new_case"}
    opened = AuditEvent.objects.get(verb="case.opened_new")
    assert opened.act == event.act


def test_danger_stays_with_the_case(cast):
    referral = _in_triage(cast, immediate_danger="yes")
    accepted = accept_referral(actor=cast.supervisor, referral_id=referral.pk)
    assert Case.objects.using("owner").get(pk=accepted.case_id).risk == "immediate"


def test_the_subject_becomes_a_survivor_sealed_under_their_own_key(cast):
    referral = _in_triage(cast, subject=SUBJECT, summary="A neighbour called.")
    accepted = accept_referral(actor=cast.intake, referral_id=referral.pk)
    with reading(cast.caseworker):
        visible = CaseParticipant.objects.visible_to(cast.caseworker)
        survivor = visible.select_related("person").get(case_id=accepted.case_id)
        assert survivor.role == "survivor"
        person = survivor.person
        assert (person.gender, person.birth_year, person.citizenships) == ("Feminine", 2012, ["PH"])
        identity = PersonIdentity.objects.visible_to(cast.caseworker).get(person=person)
        assert identity.details["first_name"] == "Mayumi"
        assert identity.details["family_name"] == "Dalisay"
        assert identity.details["birthdate"] == "2012-05-09"
        assert identity.details["phones"] == ["+63 900 000 0000"]
        assert identity.details["as_reported"] == {
            "vic_MethodsOfControl": ["DebtBondage"],
            "cco_CaseComment": SUBJECT["cco_CaseComment"],
        }
        kept = Referral.objects.visible_to(cast.caseworker).get(pk=referral.pk)
        assert kept.subject == {}
        assert kept.summary == "A neighbour called."
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT length(subject) FROM referrals_referral WHERE id = %s", [kept.pk])
        assert cursor.fetchone()[0] == 0
    assert "Mayumi" not in str([vars(event) for event in AuditEvent.objects.all()])


def test_without_a_subject_nobody_is_added_to_the_case(cast):
    referral = _in_triage(cast)
    accept_referral(actor=cast.intake, referral_id=referral.pk)
    assert not CaseParticipant.objects.using("owner").exists()


def test_accepting_into_an_open_case_adds_to_it(cast):
    case = open_case(cast.caseworker)
    referral = _in_triage(cast, subject=SUBJECT)
    accepted = accept_referral(actor=cast.intake, referral_id=referral.pk, case_id=case.pk)
    assert accepted.case_id == case.pk
    assert _cases() == 1
    assert CaseParticipant.objects.using("owner").get().case_id == case.pk
    event = AuditEvent.objects.get(verb="referral.accepted")
    assert event.facts == {"into": "existing_case"}


def test_a_referral_moves_to_the_team_whose_case_it_joins(cast):
    case = open_case(cast.south_caseworker)
    with pytest.raises(Case.DoesNotExist):
        accept_referral(actor=cast.caseworker, referral_id=_in_triage(cast).pk, case_id=case.pk)
    shared = open_case(cast.caseworker)
    assign_team(
        actor=cast.supervisor,
        case_id=shared.pk,
        team_id=cast.south.pk,
        reason=next(code for code in GrantReason.values if code != GrantReason.OPENED),
    )
    referral = log_referral(cast.south_caseworker)
    start_triage(actor=cast.south_caseworker, referral_id=referral.pk)
    accept_referral(actor=cast.south_caseworker, referral_id=referral.pk, case_id=shared.pk)
    kept = _kept(referral)
    assert (kept.case_id, kept.team_id) == (shared.pk, cast.north.pk)
    with reading(cast.south_caseworker):
        assert Referral.objects.visible_to(cast.south_caseworker).filter(pk=kept.pk).exists()
    with reading(cast.second_caseworker):
        assert Referral.objects.visible_to(cast.second_caseworker).filter(pk=kept.pk).exists()


def test_a_case_the_actor_does_not_see_cannot_be_joined_and_nothing_changes(cast):
    hidden = open_case(cast.south_caseworker)
    referral = _in_triage(cast, subject=SUBJECT)
    with pytest.raises(Case.DoesNotExist):
        accept_referral(actor=cast.caseworker, referral_id=referral.pk, case_id=hidden.pk)
    kept = _kept(referral)
    assert (kept.status, kept.case_id) == ("in_triage", None)
    assert not CaseParticipant.objects.using("owner").exists()


def test_a_closed_case_cannot_be_joined(cast):
    case = open_case(cast.caseworker)
    close_case(cast.caseworker, cast.supervisor, case)
    referral = _in_triage(cast)
    with pytest.raises(DomainError) as refused:
        accept_referral(actor=cast.caseworker, referral_id=referral.pk, case_id=case.pk)
    assert refused.value.field == "case"
    assert _kept(referral).status == "in_triage"


def test_only_a_referral_in_triage_is_accepted(cast):
    referral = log_referral(cast.intake, subject=SUBJECT)
    with pytest.raises(InvalidTransition):
        accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    assert _kept(referral).status == "received"
    assert _cases() == 0
    start_triage(actor=cast.intake, referral_id=referral.pk)
    accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    with pytest.raises(InvalidTransition):
        accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    assert _cases() == 1
    assert CaseParticipant.objects.using("owner").count() == 1


def test_somebody_who_only_reads_referrals_cannot_accept(cast):
    referral = _in_triage(cast)
    with pytest.raises(Denied):
        accept_referral(actor=cast.liaison, referral_id=referral.pk)
    assert _kept(referral).status == "in_triage"
    assert _cases() == 0
    assert AuditEvent.objects.latest("id").outcome == "refused"


def test_a_failure_while_the_subject_is_added_leaves_no_case_and_the_subject_where_it_was(
    cast, monkeypatch
):
    referral = _in_triage(cast, subject=SUBJECT)

    def breaks(**values):
        raise DomainError("The country is not known.", field="citizenships")

    monkeypatch.setattr("referrals.services.desk.add_participant", breaks)
    with pytest.raises(DomainError):
        accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    assert _cases() == 0
    with reading(cast.caseworker):
        kept = Referral.objects.visible_to(cast.caseworker).get(pk=referral.pk)
        assert (kept.status, kept.subject) == ("in_triage", SUBJECT)


def test_two_people_accepting_at_once_make_exactly_one_case(cast):
    referral = _in_triage(cast, subject=SUBJECT)
    people = [cast.caseworker, cast.second_caseworker, cast.supervisor, cast.intake]
    outcomes = []
    ready = threading.Barrier(len(people))

    def accept(person):
        ready.wait()
        try:
            accept_referral(actor=person, referral_id=referral.pk)
            outcomes.append("accepted")
        except InvalidTransition:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "refused", "refused", "refused"]
    assert _cases() == 1
    assert CaseParticipant.objects.using("owner").count() == 1
    assert AuditEvent.objects.filter(verb="referral.accepted").count() == 1
    assert _kept(referral).case_id == Case.objects.using("owner").get().pk
