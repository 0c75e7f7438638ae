"""What the law makes us tell: one record for referral and case, a clock, and an alarm."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, connections
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from cases.models import ReportDuty
from cases.reporting_rules import FaultyRules, read_rules, reporting_rules_in
from cases.services.cases import assign_team
from cases.services.conflicts import declare_conflict
from cases.services.duties import confirm_receipt, note_duty, report_duty, waive_duty
from cases.services.legal_status import give_role
from cases.services.sight import restrict_case, set_cover
from cases.tasks import alert_overdue_duties
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from referrals.services.deciding import decline_referral
from referrals.services.desk import accept_referral, start_triage
from referrals.services.duties import note_referral_duty
from tests.factories import add_participant, log_referral, open_case
from tests.jobs import Jobs


def hours_ago(hours):
    return timezone.now() - timedelta(hours=hours)


def on_case(actor, case, **over):
    values = {"rule": "social_welfare", "trigger": "abuse_disclosed", "learned_at": hours_ago(1)}
    return note_duty(actor=actor, case_id=case.pk, **{**values, **over})


def on_referral(actor, referral, **over):
    values = {"rule": "social_welfare", "trigger": "immediate_danger", "learned_at": hours_ago(1)}
    return note_referral_duty(actor=actor, referral_id=referral.pk, **{**values, **over})


def told(actor, duty, **over):
    values = {
        "version": duty.version,
        "how": "written",
        "reported_at": timezone.now(),
        "office": "Harbour district office",
    }
    return report_duty(actor=actor, duty_id=duty.pk, **{**values, **over})


def again(actor, duty):
    with reading(actor):
        return ReportDuty.objects.visible_to(actor).get(pk=duty.pk)


def test_the_rules_are_data_with_social_welfare_in_48_hours_as_the_default(settings, tmp_path):
    default = reporting_rules_in("XX")
    assert [(rule.code, rule.hours) for rule in default] == [("social_welfare", 48)]
    assert {rule.code for rule in reporting_rules_in("ph")} == {"social_welfare", "police"}
    own = tmp_path / "rules.json"
    own.write_text(
        '{"default": [{"code": "desk", "authority": "The desk", "hours": 24, "source": "Act 1"}]}'
    )
    settings.LIWANAG_REPORTING_RULES = own
    assert [rule.hours for rule in reporting_rules_in("PH")] == [24]
    good = '{"code": "a", "authority": "A", "hours": 1, "source": "S"}'
    for faulty in (
        "no json",
        "[]",
        '{"PH": []}',
        '{"default": []}',
        '{"default": [{"code": "a"}]}',
        f'{{"default": [{good}, {good}]}}',
        f'{{"default": [{good}], "Philippines": [{good}]}}',
        '{"default": [' + good.replace("1", "0") + "]}",
        '{"default": [' + good.replace('"A"', '" "') + "]}",
    ):
        with pytest.raises(FaultyRules):
            read_rules(faulty)


def test_a_duty_runs_from_when_it_was_learned_of_to_its_receipt(cast, client_of):
    case = open_case(cast.caseworker)
    client = client_of(cast.caseworker)
    learned = timezone.localtime(hours_ago(2)).replace(second=0, microsecond=0)
    page = client.post(
        reverse("cases:note_duty", args=[case.pk]),
        {
            "rule": "social_welfare",
            "trigger": "abuse_disclosed",
            "learned_at": f"{learned:%Y-%m-%dT%H:%M}",
        },
    )
    with reading(cast.caseworker):
        duty = ReportDuty.objects.visible_to(cast.caseworker).get()
    url = reverse("cases:duty", args=[duty.pk])
    assert (page.status_code, page.headers["Location"]) == (302, url)
    assert duty.due_at - duty.learned_at == timedelta(hours=48)
    assert duty.learned_at == learned
    shown = client.get(url).content.decode()
    assert "Still to be reported" in shown
    assert case.reference in shown
    assert "Report it to: Social welfare office" in client.get("/").content.decode()
    overview = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert url in overview

    step = reverse("cases:report_duty", args=[duty.pk])
    said = {
        "version": duty.version,
        "how": "phone",
        "reported_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "office": "Harbour district office",
    }
    refused = client.post(step, said)
    assert refused.status_code == 422
    assert "Say whom you spoke with" in refused.content.decode()
    assert client.post(step, {**said, "spoken_to": "Officer on duty"}).status_code == 302
    shown = client.get(url).content.decode()
    assert "Put it in writing" in shown
    assert "Officer on duty" in shown
    assert "Ask for the receipt" in client.get("/").content.decode()
    receipt = reverse("cases:confirm_receipt", args=[duty.pk])
    current = again(cast.caseworker, duty)
    # The second of two is told, and nothing is overwritten.
    late = client.post(receipt, {"version": 1, "receipt_number": "SW-OTHER"})
    assert late.status_code == 422
    assert "SW-OTHER" in late.content.decode()
    assert again(cast.caseworker, duty).status == "reported"
    done = client.post(receipt, {"version": current.version, "receipt_number": "SW-2026-77"})
    assert done.status_code == 302
    shown = client.get(url).content.decode()
    assert "SW-2026-77" in shown
    assert "Reported, with receipt" in shown
    assert "receipt" not in client.get("/").content.decode()
    events = list(AuditEvent.objects.filter(object_id=duty.pk).order_by("id"))
    assert {"duty.noted", "duty.reported", "duty.acknowledged"} <= {e.verb for e in events}
    assert next(e for e in events if e.verb == "duty.reported").facts["in_time"] is True
    for secret in ("Harbour district", "Officer on duty", "SW-2026-77"):
        assert secret not in str([event.__dict__ for event in events])


def test_what_is_wrong_is_refused_and_changes_nothing(cast):
    worker, case = cast.caseworker, open_case(cast.caseworker)
    for wrong, field in (
        ({"rule": "weather"}, "rule"),
        ({"trigger": "weather"}, "trigger"),
        ({"learned_at": timezone.now() + timedelta(hours=1)}, "learned_at"),
    ):
        with pytest.raises(DomainError) as broken:
            on_case(worker, case, **wrong)
        assert broken.value.field == field
    with reading(worker):
        assert not ReportDuty.objects.visible_to(worker).exists()
    duty = on_case(worker, case)
    with pytest.raises(DomainError) as broken:
        on_case(worker, case)
    assert broken.value.code == "duty_stands"
    assert on_case(worker, case, trigger="material_found").pk != duty.pk
    for wrong, field in (
        ({"how": "smoke"}, "how"),
        ({"office": " "}, "office"),
        ({"office": "d" * 32}, "office"),
        ({"reported_at": timezone.now() + timedelta(hours=1)}, "reported_at"),
        ({"reported_at": hours_ago(3)}, "reported_at"),
    ):
        with pytest.raises(DomainError) as broken:
            told(worker, duty, **wrong)
        assert broken.value.field == field
    with pytest.raises(Conflict):
        told(worker, duty, version=duty.version + 1)
    with pytest.raises(DomainError):
        confirm_receipt(actor=worker, duty_id=duty.pk, version=duty.version, receipt_number="1")
    with pytest.raises(ReportDuty.DoesNotExist):
        told(cast.south_caseworker, duty)
    assert again(worker, duty).status == "due"
    done = told(worker, duty, receipt_number="SW-1")
    assert done.status == "acknowledged"
    with pytest.raises(InvalidTransition):
        told(worker, duty, version=done.version)
    # What was done stands, whoever holds the application's login.
    with pytest.raises(DatabaseError), acting(worker) as act:
        act.authorise("cases.record_duty", done)
        done.alerted_at = timezone.now()
        done.save(update_fields=["alerted_at"])


@pytest.mark.parametrize("where", ["case", "referral"])
def test_two_who_learn_of_the_same_at_once_note_it_once(cast, where):
    about = open_case(cast.caseworker) if where == "case" else log_referral(cast.intake)
    people = [cast.caseworker, cast.second_caseworker, cast.supervisor]
    outcomes, ready = [], threading.Barrier(len(people))

    def note(person):
        ready.wait()
        try:
            (on_case if where == "case" else on_referral)(person, about)
            outcomes.append("noted")
        except DomainError as stands:
            outcomes.append(stands.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=note, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duty_stands", "duty_stands", "noted"]
    assert ReportDuty.objects.using("owner").count() == 1


def test_the_database_itself_keeps_one_duty_of_a_kind(cast):
    case = open_case(cast.caseworker)
    duty = on_case(cast.caseworker, case)
    twin = {
        field.name: getattr(duty, field.name)
        for field in ReportDuty._meta.concrete_fields
        if field.name not in ("id", "reference", "created_at", "office", "spoken_to")
    }
    twin.pop("receipt_number")
    once = pytest.raises(DatabaseError, match="same_duty_of_a_case_once")
    with once, acting(cast.caseworker) as act:
        act.authorise("cases.record_duty", case)
        ReportDuty(**twin).save(force_insert=True)
    # Two referrals of one case each bring the same kind along: both stand, each has a receipt.
    for _referral in range(2):
        referral = log_referral(cast.intake)
        on_referral(cast.intake, referral)
        start_triage(actor=cast.caseworker, referral_id=referral.pk)
        accept_referral(actor=cast.caseworker, referral_id=referral.pk, case_id=case.pk)
    with reading(cast.caseworker):
        assert ReportDuty.objects.visible_to(cast.caseworker).filter(case=case).count() == 3


def test_only_a_second_person_says_that_a_duty_is_none(cast, client_of):
    case = open_case(cast.caseworker)
    own = on_case(cast.supervisor, case)
    other = on_case(cast.caseworker, case, trigger="material_found")
    values = {"version": 1, "reason": "reported_by_another"}
    with pytest.raises(Denied):
        waive_duty(actor=cast.supervisor, duty_id=own.pk, **values)
    with pytest.raises(Denied):
        waive_duty(actor=cast.second_caseworker, duty_id=other.pk, **values)
    assert again(cast.caseworker, own).status == "due"
    with pytest.raises(DomainError):
        waive_duty(actor=cast.supervisor, duty_id=other.pk, version=1, reason="weather")
    client = client_of(cast.supervisor)
    assert (
        "need not be reported"
        in client.get(reverse("cases:duty", args=[other.pk])).content.decode()
    )
    done = client.post(reverse("cases:waive_duty", args=[other.pk]), values)
    assert done.status_code == 302
    assert again(cast.caseworker, other).not_required == "reported_by_another"
    # Not even by a hand on the database: whoever wrote it down does not wave it away.
    with pytest.raises(DatabaseError), acting(cast.supervisor) as act:
        act.authorise("cases.waive_duty", own)
        own.waive(by=cast.supervisor, why="recorded_in_error")
        own.save(update_fields=["status", "version", "decided_by", "not_required"])


def test_the_same_record_stands_on_the_referral_and_on_its_case(cast, client_of):
    referral = log_referral(cast.intake, country="PH")
    duty = on_referral(cast.intake, referral)
    desk = client_of(cast.intake)
    page = reverse("referrals:referral", args=[referral.pk])
    url = reverse("cases:duty", args=[duty.pk])
    assert url in desk.get(page).content.decode()
    assert referral.reference in desk.get(url).content.decode()
    with pytest.raises(ReportDuty.DoesNotExist):
        told(cast.south_caseworker, duty)
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    accepted = accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    joined = again(cast.caseworker, duty)
    assert (joined.case_id, joined.referral_id) == (accepted.case_id, referral.pk)
    told(cast.caseworker, joined, receipt_number="SW-9")
    worker = client_of(cast.caseworker)
    case_page = worker.get(reverse("cases:case", args=[accepted.case_id])).content.decode()
    referral_page = worker.get(page).content.decode()
    for shown in (case_page, referral_page):
        assert url in shown
        assert "Reported, with receipt" in shown
    # One noted later on the case shows on the referral too.
    later = note_duty(
        actor=cast.caseworker,
        case_id=accepted.case_id,
        rule="police",
        trigger="alleged_offender_known",
        learned_at=hours_ago(1),
    )
    assert reverse("cases:duty", args=[later.pk]) in worker.get(page).content.decode()
    # A declined referral leaves its duty standing.
    declined = log_referral(cast.intake)
    kept = on_referral(cast.intake, declined)
    start_triage(actor=cast.intake, referral_id=declined.pk)
    decline_referral(actor=cast.intake, referral_id=declined.pk, reason="out_of_scope")
    assert again(cast.intake, kept).status == "due"


def test_r_p3_two_people_are_told_once_of_what_is_overdue_in_neutral_words(cast, client_of):
    case = open_case(cast.caseworker)
    late = on_case(cast.caseworker, case, learned_at=hours_ago(49))
    on_case(cast.caseworker, case, trigger="material_found", learned_at=hours_ago(47))
    waiting = log_referral(cast.intake)
    on_referral(cast.intake, waiting, learned_at=hours_ago(72))
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    with reading(keeper):
        assert ReportDuty.objects.visible_to(keeper).count() == 2
    assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason="shared_work")
    # The supervisor is too close to this case: a colleague is told in their place.
    declare_conflict(actor=cast.supervisor, case_id=case.pk, relation="neighbour")
    Jobs()()
    mail.outbox.clear()
    jobs = Jobs()
    jobs()
    mail.outbox.clear()
    assert alert_overdue_duties() == 2
    assert alert_overdue_duties() == 0, "it may run twice"
    assert sorted(set(jobs())) == ["cases.tell"]
    addresses = sorted(message.to[0] for message in mail.outbox)
    told_of_case = {
        cast.caseworker.email,
        cast.second_caseworker.email,
        cast.south_caseworker.email,
    }
    told_of_referral = {cast.supervisor.email, cast.intake.email}
    assert len(addresses) == 4
    assert set(addresses) <= told_of_case | told_of_referral | {
        cast.clinician.email,
        cast.legal.email,
        cast.liaison.email,
    }
    assert told_of_referral <= set(addresses)
    assert addresses.count(cast.supervisor.email) == 1, "not of the case they are too close to"
    assert cast.caseworker.email in addresses
    for message in mail.outbox:
        words = message.subject + message.body
        for secret in (case.reference, waiting.reference, late.reference, "Social", "report"):
            assert secret not in words
    with reading(cast.dpo):
        assert Review.objects.visible_to(cast.dpo).filter(kind="duty").count() == 2
        teams = Review.objects.visible_to(cast.dpo).get(kind="duty", about_id=late.pk).team_ids
    assert set(teams) == {cast.north.pk, cast.south.pk}, "also of a team that was given sight"
    reviews = client_of(cast.dpo).get(reverse("audit_trail:reviews")).content.decode()
    assert "Overdue duty to report" in reviews
    overview = client_of(cast.caseworker).get(reverse("cases:case", args=[case.pk]))
    assert "A duty to report is overdue" in overview.content.decode()
    work = client_of(cast.caseworker).get("/").content.decode()
    assert "Report it to" in work
    assert "overdue" in work.lower()
    assert (
        "Two people were told"
        in client_of(cast.caseworker).get(reverse("cases:duty", args=[late.pk])).content.decode()
    )


def test_r_p3_nobody_is_told_of_a_case_that_is_hidden_from_them(cast):
    """Whom a restriction shuts out, whom a conflict about a person elsewhere hides it from: neither
    is told. Whoever covers for the lead sees it, and may be."""
    case, other = open_case(cast.caseworker), open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    elsewhere = give_role(
        actor=cast.caseworker, participant_id=place.pk, role="witness", case_id=other.pk
    )
    duty = on_case(cast.caseworker, case, learned_at=hours_ago(49))
    today = timezone.localdate()
    set_cover(
        actor=cast.caseworker, cover_id=cast.south_caseworker.pk, starts_on=today, ends_on=today
    )
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)

    def seers():
        with reading(keeper), connection.cursor() as cursor:
            cursor.execute("SELECT liwanag_duty_seers(%s)", [duty.pk])
            return set(cursor.fetchone()[0])

    north = {cast.caseworker.pk, cast.second_caseworker.pk, cast.supervisor.pk, cast.clinician.pk}
    assert north | {cast.south_caseworker.pk} <= seers()
    declare_conflict(
        actor=cast.supervisor,
        case_id=other.pk,
        participant_id=elsewhere.pk,
        relation="family",
        user_id=cast.second_caseworker.pk,
    )
    assert cast.second_caseworker.pk not in seers()
    restrict_case(
        actor=cast.supervisor,
        case_id=case.pk,
        user_ids=[cast.supervisor.pk, cast.caseworker.pk],
        why="A colleague lives next door to the family.",
    )
    assert seers() == {cast.supervisor.pk, cast.caseworker.pk}
    # Nobody but the service that has people told gets an answer.
    for other_actor in (cast.supervisor, cast.partner):
        with reading(other_actor), connection.cursor() as cursor:
            cursor.execute(
                "SELECT liwanag_duty_seers(%s), liwanag_duty_teams(%s)", [duty.pk, duty.pk]
            )
            assert cursor.fetchone() == ([], [])


def test_programs_note_and_report_by_the_same_services(cast, client_of):
    case, referral = open_case(cast.caseworker), log_referral(cast.intake)
    client = client_of(cast.caseworker)
    values = {
        "rule": "social_welfare",
        "trigger": "abuse_disclosed",
        "learned_at": hours_ago(1).isoformat(),
    }

    def post(url, body, version=None):
        headers = {"If-Match": f'"{version}"'} if version else {}
        return client.post(url, body, content_type="application/json", headers=headers)

    made = post("/api/v1/duties/", {"case": str(case.pk), **values})
    assert made.status_code == 201, made.content
    one = f"/api/v1/duties/{made.json()['id']}/"
    from_desk = post(f"/api/v1/referrals/{referral.pk}/note-duty/", values)
    assert from_desk.status_code == 201
    assert from_desk.json()["referral_id"] == str(referral.pk)
    body = {
        "how": "portal",
        "reported_at": timezone.now().isoformat(),
        "office": "Harbour district office",
    }
    assert post(f"{one}report/", body).status_code == 428
    assert post(f"{one}report/", body, 7).status_code == 412
    told_now = post(f"{one}report/", body, 1)
    assert told_now.json()["office"] == "Harbour district office"
    receipt = post(f"{one}confirm-receipt/", {"receipt_number": "N-1"}, 2)
    assert (receipt.status_code, receipt.headers["ETag"]) == (200, '"3"')
    assert "N-1" not in client.get("/api/v1/duties/").content.decode()
    other = f"/api/v1/duties/{from_desk.json()['id']}/waive/"
    assert post(other, {"reason": "not_reportable"}, 1).status_code == 403
    assert client_of(cast.south_caseworker).get(one).status_code == 404
    assert client_of(cast.dpo).get(one).status_code == 403


def test_a_team_that_joins_the_case_sees_its_duties_and_a_case_can_be_shared(cast):
    case = open_case(cast.caseworker)
    duty = on_case(cast.caseworker, case)
    with reading(cast.south_caseworker):
        assert not ReportDuty.objects.visible_to(cast.south_caseworker).exists()
    assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason="shared_work")
    assert told(cast.south_caseworker, duty).status == "reported"
