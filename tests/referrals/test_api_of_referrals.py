"""The referral desk over the API: the same scope, the same services, codes instead of words."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case
from referrals.models import Referral
from referrals.services.desk import accept_referral, start_triage
from tests.factories import log_referral, open_case

URL = "/api/v1/referrals/"
CANARY = "Canary words of the source"


def _body(cast, **over):
    return {
        "team": str(cast.north.pk),
        "received_at": (timezone.now() - timedelta(hours=2)).isoformat(),
        "source_category": "ncmec_cybertip",
        "content_origin": "unknown",
        "immediate_danger": "unknown",
        "legal_basis": "public_task",
        **over,
    }


def _post(client, address, body=None):
    return client.post(URL + address, body or {}, content_type="application/json")


def _kept(**where) -> Referral:
    return Referral.objects.using("owner").get(**where)


def test_a_stranger_to_the_house_gets_nothing(cast, visitor):
    log_referral(cast.intake)
    assert visitor.get(URL).status_code == 403
    assert _post(visitor, "", _body(cast)).status_code == 403
    assert Referral.objects.using("owner").count() == 1


def test_listing_gives_coded_fields_and_nothing_sealed(cast, client_of):
    referral = log_referral(
        cast.intake,
        summary=CANARY,
        source_reference="Canary reference",
        subject={"prs_FirstName": "Canary name"},
    )
    answer = client_of(cast.intake).get(URL)
    assert answer.status_code == 200
    row = answer.json()["results"][0]
    assert (row["id"], row["status"]) == (str(referral.pk), "received")
    assert row["content_origin"] == "livestreamed_trafficking"
    assert row["case"] is None
    assert "anary" not in answer.content.decode()
    assert AuditEvent.objects.latest("id").verb == "referral.listed"


def test_a_list_is_narrowed_by_code(cast, client_of):
    danger = log_referral(cast.intake, immediate_danger="yes")
    log_referral(cast.intake)
    client = client_of(cast.intake)
    rows = client.get(URL + "?immediate_danger=yes").json()["results"]
    assert [row["id"] for row in rows] == [str(danger.pk)]
    assert client.get(URL + "?status=declined").json()["count"] == 0
    assert client.get(URL + "?status=imagined").status_code == 400


def test_the_list_asks_the_database_as_often_for_fifty_rows_as_for_five(cast, client_of):
    def queries(rows):
        for _ in range(rows):
            log_referral(cast.intake, source_agency_id=cast.cyber_unit.pk)
        client = client_of(cast.intake)
        client.get(URL)
        with CaptureQueriesContext(connection) as asked:
            client.get(URL)
        return len(asked)

    few = queries(5)
    assert queries(45) == few


def test_reading_one_is_recorded_and_keeps_the_summary_closed(cast, client_of):
    referral = log_referral(cast.intake, summary=CANARY, source_reference="CT-118")
    answer = client_of(cast.intake).get(f"{URL}{referral.pk}/")
    assert answer.json()["source_reference"] == "CT-118"
    assert CANARY not in answer.content.decode()
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("referral.opened", referral.pk)


def test_logging_over_the_api_keeps_what_was_sent(cast, client_of):
    body = _body(
        cast,
        harm_types=["grooming"],
        summary=CANARY,
        source_agency=str(cast.cyber_unit.pk),
        subject={"prs_FirstName": "Mayumi", "prs_Citizenship": ["PH"]},
    )
    answer = _post(client_of(cast.intake), "", body)
    kept = _kept()
    assert (answer.status_code, answer.json()["id"]) == (201, str(kept.pk))
    assert kept.source_category == "ncmec_cybertip"
    assert kept.source_agency_id == cast.cyber_unit.pk
    with reading(cast.intake):
        sealed = Referral.objects.visible_to(cast.intake).get()
        assert sealed.summary == CANARY
        assert sealed.subject == {"prs_FirstName": "Mayumi", "prs_Citizenship": ["PH"]}


def test_a_body_with_a_fault_is_answered_with_400_and_the_field(cast, client_of, subtests):
    client = client_of(cast.intake)
    missing = _body(cast)
    del missing["content_origin"]
    faults = [
        (missing, "content_origin"),
        (_body(cast, immediate_danger="not_asked"), "immediate_danger"),
        (_body(cast, legal_basis=""), "legal_basis"),
        (_body(cast, harm_types=["imagined"]), "harm_types"),
        (_body(cast, children_estimate=0), "children_estimate"),
        (_body(cast, summary="x" * 4001), "summary"),
        (_body(cast, status="accepted"), "status"),
        (_body(cast, case=str(cast.north.pk)), "case"),
    ]
    for body, field in faults:
        with subtests.test(field=field):
            answer = _post(client, "", body)
            assert answer.status_code == 400
            assert answer.json()["code"] == "invalid"
            assert field in answer.json()["fields"]
            assert not Referral.objects.using("owner").exists()


def test_a_broken_rule_is_answered_with_400_its_code_and_the_field(cast, client_of, subtests):
    client = client_of(cast.intake)
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    faults = [
        (_body(cast, received_at=later), "received_at", "rule_broken"),
        (_body(cast, team=str(cast.south.pk)), "team", "rule_broken"),
        (_body(cast, source_agency=str(cast.shelter.pk)), "source_agency", "rule_broken"),
        (_body(cast, country="XX"), "country", "rule_broken"),
        (_body(cast, summary="data:image/png;base64,AAAA"), "summary", "material_refused"),
        (_body(cast, subject={"nickname": "Mai"}), "subject", "rule_broken"),
    ]
    for body, field, code in faults:
        with subtests.test(field=field):
            answer = _post(client, "", body)
            assert answer.status_code == 400
            assert (answer.json()["field"], answer.json()["code"]) == (field, code)
            assert not Referral.objects.using("owner").exists()


def test_the_way_into_a_case_over_the_api(cast, client_of):
    referral = log_referral(cast.intake)
    client = client_of(cast.caseworker)
    started = _post(client, f"{referral.pk}/start-triage/")
    assert (started.status_code, started.json()["status"]) == (200, "in_triage")
    assert started.json()["assigned_to"] == str(cast.caseworker.pk)
    accepted = _post(client, f"{referral.pk}/accept/")
    case = Case.objects.using("owner").get()
    assert (accepted.status_code, accepted.json()["case"]) == (200, str(case.pk))
    again = _post(client, f"{referral.pk}/accept/")
    assert (again.status_code, again.json()["code"]) == (400, "invalid_transition")
    assert Case.objects.using("owner").count() == 1


def test_joining_a_case_takes_only_a_visible_one(cast, client_of):
    mine, theirs = open_case(cast.caseworker), open_case(cast.south_caseworker)
    referral = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    client = client_of(cast.caseworker)
    assert _post(client, f"{referral.pk}/accept/", {"case": str(theirs.pk)}).status_code == 404
    assert _post(client, f"{referral.pk}/accept/", {"case": "nonsense"}).status_code == 400
    assert _kept().status == "in_triage"
    joined = _post(client, f"{referral.pk}/accept/", {"case": str(mine.pk)})
    assert joined.json()["case"] == str(mine.pk)
    assert Case.objects.using("owner").count() == 2


def test_declining_needs_a_reason_and_in_danger_a_second_person(cast, client_of):
    referral = log_referral(cast.intake, immediate_danger="yes")
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    client = client_of(cast.caseworker)
    address = f"{referral.pk}/decline/"
    assert _post(client, address).json()["fields"].keys() == {"reason"}
    alone = _post(client, address, {"reason": "out_of_scope"})
    assert (alone.status_code, alone.json()["code"]) == (400, "second_person_needed")
    assert _kept().status == "in_triage"
    second = _post(client_of(cast.supervisor), address, {"reason": "out_of_scope"})
    assert (second.status_code, second.json()["decline_reason"]) == (200, "out_of_scope")


def test_an_action_refuses_what_it_does_not_know(cast, client_of):
    referral = log_referral(cast.intake)
    answer = _post(client_of(cast.intake), f"{referral.pk}/start-triage/", {"assigned_to": "me"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["assigned_to"])
    assert _kept().status == "received"


def test_who_may_not_is_answered_with_403_and_it_is_recorded(cast, client_of):
    referral = log_referral(cast.intake)
    client = client_of(cast.liaison)
    for address in (f"{referral.pk}/start-triage/", f"{referral.pk}/open-summary/"):
        answer = _post(client, address)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
        event = AuditEvent.objects.latest("id")
        assert (event.outcome, event.object_id) == ("refused", referral.pk)
    assert _post(client, "", _body(cast)).status_code == 403
    assert client_of(cast.manager).get(URL).status_code == 403
    assert _kept().status == "received"


def test_opening_the_summary_is_an_action_of_its_own_and_recorded(cast, client_of):
    referral = log_referral(cast.intake, summary=CANARY, subject={"prs_FirstName": "Mayumi"})
    answer = _post(client_of(cast.intake), f"{referral.pk}/open-summary/")
    assert answer.json() == {
        "id": str(referral.pk),
        "summary": CANARY,
        "subject": {"prs_FirstName": "Mayumi"},
        "decision_note": "",
        "platform": "",
        "questions": [],
        "feedback": [],
        "unreadable": [],
    }
    assert AuditEvent.objects.latest("id").verb == "referral.summary_opened"


def test_what_cannot_be_read_is_named_and_recorded(cast, client_of, superuser):
    referral = log_referral(
        cast.intake, summary=CANARY, source_reference="CT-1", subject={"prs_FirstName": "Mayumi"}
    )
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "UPDATE referrals_referral SET subject = subject || '\\x00', "
        "source_reference = source_reference || '\\x00'"
    )
    client = client_of(cast.intake)
    one = client.get(f"{URL}{referral.pk}/")
    assert one.json()["unreadable"] == ["source_reference"]
    assert one.json()["source_reference"].startswith("This text cannot be read.")
    assert AuditEvent.objects.get(verb="text.unreadable").fields == ["source_reference"]
    opened = _post(client, f"{referral.pk}/open-summary/").json()
    assert (opened["summary"], opened["subject"]) == (CANARY, None)
    assert opened["unreadable"] == ["subject"]


def test_the_case_of_a_referral_is_named_only_to_who_sees_it(cast, client_of, superuser):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    accepted = accept_referral(actor=cast.intake, referral_id=referral.pk)
    client = client_of(cast.caseworker)
    assert client.get(f"{URL}{referral.pk}/").json()["case"] == str(accepted.case_id)
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute("DELETE FROM cases_casegroupobjectpermission")
    assert client.get(f"{URL}{referral.pk}/").json()["case"] is None
    assert client.get(URL).json()["results"][0]["case"] is None


def test_records_are_not_changed_or_deleted_over_the_api(cast, client_of):
    referral = log_referral(cast.intake)
    client = client_of(cast.intake)
    for method in (client.put, client.patch, client.delete):
        answer = method(f"{URL}{referral.pk}/", {}, content_type="application/json")
        assert answer.status_code == 405
    assert _kept().status == "received"
