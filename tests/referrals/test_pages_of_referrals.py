"""The pages of the referral desk: the queue, the form, one referral and what can be done."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case
from referrals.models import Referral
from referrals.services.deciding import decline_referral
from referrals.services.desk import accept_referral, start_triage
from tests.factories import log_referral, open_case

CANARY = "Canary words of the source"


def _text(response) -> str:
    return html.unescape(response.content.decode())


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", _text(response)))


def _typed(cast, **over):
    local = timezone.localtime(timezone.now() - timedelta(hours=2))
    return {
        "team": str(cast.north.pk),
        "received_at": local.strftime("%Y-%m-%dT%H:%M"),
        "source_category": "school",
        "source_name": "Mabini school",
        "source_reference": "Canary reference",
        "source_agency": "",
        "originating_country": "",
        "detection_method": "disclosure_by_child",
        "immediate_danger": "no",
        "content_origin": "unknown",
        "harm_types": ["grooming", "unknown"],
        "children_estimate": "2",
        "country": "PH",
        "admin1": "Northern Province",
        "legal_basis": "mandatory_report",
        "summary": CANARY,
        "first_name": "",
        "family_name": "",
        "birthdate": "",
        "gender": "NonSpecifiedUnknown",
        **over,
    }


def _kept(**where) -> Referral:
    return Referral.objects.using("owner").get(**where)


# The queue


def test_the_queue_shows_who_waits_with_danger_on_top_and_counts_in_words(cast, client_of):
    now = timezone.now()
    calm = log_referral(cast.intake, received_at=now - timedelta(hours=5))
    late = log_referral(cast.intake, received_at=now - timedelta(days=20))
    danger = log_referral(cast.intake, immediate_danger="yes")
    decided = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=decided.pk)
    decline_referral(actor=cast.intake, referral_id=decided.pk, reason="out_of_scope")
    page = client_of(cast.intake).get("/referrals/")
    words = _words(page)
    order = [words.index(one.reference) for one in (danger, late, calm)]
    assert order == sorted(order)
    assert decided.reference not in words
    # The one in danger was received an hour ago: its hour has just passed.
    assert "3 referrals, 2 overdue" in words
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("referral.listed", None)


WAITING = {"fresh", "late", "danger", "in_triage"}
CHIPS = {
    "waiting": WAITING,
    "mine": {"in_triage"},
    "nobodys": {"fresh", "late", "danger"},
    "overdue": {"late", "danger"},
    "danger": {"danger"},
    "linked": {"linked"},
    "declined": {"declined"},
    "all": WAITING | {"linked", "declined"},
    "nonsense": WAITING,
}


def test_a_chip_lists_what_it_says(cast, client_of, subtests):
    now = timezone.now()
    made = {
        "fresh": log_referral(cast.intake),
        "late": log_referral(cast.intake, received_at=now - timedelta(days=20)),
        "danger": log_referral(
            cast.intake, immediate_danger="yes", received_at=now - timedelta(hours=2)
        ),
    }
    for name in ("in_triage", "linked", "declined"):
        made[name] = log_referral(cast.intake)
        start_triage(actor=cast.intake, referral_id=made[name].pk)
    accept_referral(actor=cast.intake, referral_id=made["linked"].pk)
    decline_referral(actor=cast.intake, referral_id=made["declined"].pk, reason="out_of_scope")
    client = client_of(cast.intake)
    for show, expected in CHIPS.items():
        with subtests.test(show=show):
            words = _words(client.get(f"/referrals/?show={show}"))
            assert {name for name, one in made.items() if one.reference in words} == expected


def test_a_row_says_who_looks_after_it_and_how_long_it_is_here(cast, client_of):
    now = timezone.now()
    log_referral(cast.intake, received_at=now - timedelta(days=3, hours=1))
    taken = log_referral(cast.intake, received_at=now - timedelta(hours=2, minutes=5))
    start_triage(actor=cast.caseworker, referral_id=taken.pk)
    decided = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=decided.pk)
    decline_referral(actor=cast.intake, referral_id=decided.pk, reason="out_of_scope")
    words = _words(client_of(cast.intake).get("/referrals/?show=all"))
    assert "Nobody yet · 3 days here" in words
    assert "With Ana Ilustre · 2 hours here" in words
    assert words.count(" here ") == 2


def test_the_queue_asks_the_database_as_often_for_fifty_rows_as_for_five(cast, client_of):
    def queries(rows):
        for number in range(rows):
            referral = log_referral(cast.intake, source_agency_id=cast.cyber_unit.pk)
            if number % 2:
                start_triage(actor=cast.intake, referral_id=referral.pk)
        client = client_of(cast.intake)
        client.get("/referrals/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/referrals/")
        return len(asked)

    few = queries(5)
    assert queries(45) == few


def test_an_empty_queue_says_what_will_appear(cast, client_of):
    words = _words(client_of(cast.intake).get("/referrals/"))
    assert "No referrals" in words
    assert "Nothing is waiting" in words


def test_a_list_holds_nothing_that_is_sealed(cast, client_of):
    log_referral(
        cast.intake,
        summary=CANARY,
        source_reference="Canary reference",
        subject={"prs_FirstName": "Canary name"},
    )
    assert "Canary" not in _text(client_of(cast.intake).get("/referrals/?show=all"))


# Logging


def test_logging_through_the_form_keeps_every_answer(cast, client_of):
    typed = _typed(cast, first_name="Mayumi", birthdate="2012-05-09", gender="Feminine")
    response = client_of(cast.intake).post("/referrals/log/", typed)
    kept = _kept()
    assert (response.status_code, response["Location"]) == (302, f"/referrals/{kept.pk}/")
    assert (kept.team_id, kept.logged_by_id) == (cast.north.pk, cast.intake.pk)
    assert timezone.localtime(kept.received_at).strftime("%Y-%m-%dT%H:%M") == typed["received_at"]
    for name in ("source_category", "source_name", "detection_method", "immediate_danger"):
        assert getattr(kept, name) == typed[name]
    for name in ("content_origin", "harm_types", "country", "admin1", "legal_basis"):
        assert getattr(kept, name) == typed[name]
    assert kept.children_estimate == 2
    with reading(cast.intake):
        sealed = Referral.objects.visible_to(cast.intake).get()
        assert (sealed.summary, sealed.source_reference) == (CANARY, "Canary reference")
        assert sealed.subject == {
            "prs_FirstName": "Mayumi",
            "prs_Birthdate": "2012-05-09",
            "prs_Gender": "Feminine",
        }


GAPS = [
    ({"content_origin": ""}, "content_origin", "How did any material come about?"),
    ({"immediate_danger": ""}, "immediate_danger", "Is a child in danger right now?"),
    ({"legal_basis": ""}, "legal_basis", "Why may we keep this?"),
    ({"harm_types": []}, "harm_types", "What kinds of harm"),
    ({"received_at": "soon"}, "received_at", "Give a date and a time"),
    ({"received_at": "2999-01-01T10:00"}, "received_at", "This is in the future"),
    ({"children_estimate": "0"}, "children_estimate", "greater than or equal to 1"),
    ({"summary": CANARY + " data:image/png;base64,AAAA"}, "summary", "holds a file"),
    ({"birthdate": "2999-01-01"}, "birthdate", "This date is in the future"),
    ({"source_agency": str(uuid4())}, "source_agency", "Select a valid choice"),
]


def test_a_gap_is_answered_with_422_its_field_named_and_what_was_typed_kept(
    cast, client_of, subtests
):
    client = client_of(cast.intake)
    for over, field, says in GAPS:
        with subtests.test(field=field):
            response = client.post("/referrals/log/", _typed(cast, **over))
            text = _text(response)
            assert response.status_code == 422
            summary = text[text.index('id="error-summary"') :]
            summary = summary[: summary.index("</div>")]
            assert f'href="#id_{field}' in summary
            assert says in summary
            assert CANARY in text
            assert "Mabini school" in text
            assert not Referral.objects.using("owner").exists()


def test_a_team_of_others_cannot_be_chosen(cast, client_of):
    typed = _typed(cast, team=str(cast.south.pk))
    response = client_of(cast.intake).post("/referrals/log/", typed)
    assert response.status_code == 422
    assert not Referral.objects.using("owner").exists()


def test_the_form_offers_partner_agencies_and_no_others(cast, client_of):
    text = _text(client_of(cast.intake).get("/referrals/log/"))
    assert cast.cyber_unit.name in text
    assert cast.shelter.name not in text
    assert cast.agency.name not in text


def test_the_form_says_what_the_distinction_means_and_what_not_to_write(cast, client_of):
    words = _words(client_of(cast.intake).get("/referrals/log/"))
    for name in ("Livestreamed trafficking", "Self-generated after grooming or coercion"):
        assert name in words
    assert "Record only what is needed to keep the child safe" in words
    assert "persuaded, deceived or threatened" in words


def test_somebody_without_a_desk_cannot_open_the_form(cast, client_of):
    client = client_of(cast.liaison)
    assert client.get("/referrals/log/").status_code == 403
    assert client.post("/referrals/log/", _typed(cast)).status_code == 403
    assert not Referral.objects.using("owner").exists()
    assert AuditEvent.objects.latest("id").outcome == "refused"


# One referral


def test_the_page_keeps_the_summary_closed_until_it_is_opened(cast, client_of):
    referral = log_referral(
        cast.intake, summary=CANARY, subject={"prs_FirstName": "Mayumi", "prs_Deceased": False}
    )
    client = client_of(cast.caseworker)
    page = client.get(f"/referrals/{referral.pk}/")
    assert page.status_code == 200
    assert CANARY not in _text(page)
    assert "Mayumi" not in _text(page)
    assert AuditEvent.objects.latest("id").verb == "referral.opened"
    assert "<title>Referral – Workspace</title>" in _text(page)
    opened = client.post(f"/referrals/{referral.pk}/open-summary/")
    assert opened.status_code == 200
    assert CANARY in _text(opened)
    assert "First name Mayumi" in _words(opened)
    assert "Deceased No" in _words(opened)
    verbs = list(AuditEvent.objects.order_by("-id").values_list("verb", flat=True)[:2])
    assert "referral.summary_opened" in verbs
    assert CANARY not in _text(client.get(f"/referrals/{referral.pk}/open-summary/"))


def test_a_reader_without_clearance_is_not_offered_the_summary_and_cannot_open_it(cast, client_of):
    referral = log_referral(cast.intake, summary=CANARY)
    client = client_of(cast.liaison)
    page = client.get(f"/referrals/{referral.pk}/")
    assert "open-summary" not in _text(page)
    assert "start-triage" not in _text(page)
    refused = client.post(f"/referrals/{referral.pk}/open-summary/")
    assert refused.status_code == 403
    assert CANARY not in _text(refused)
    assert AuditEvent.objects.latest("id").outcome == "refused"


def test_a_text_that_cannot_be_read_is_said_so_and_not_shown_as_blank(cast, client_of, superuser):
    referral = log_referral(cast.intake, summary=CANARY, source_reference="CT-1")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "UPDATE referrals_referral SET summary = summary || '\\x00', "
        "source_reference = source_reference || '\\x00'"
    )
    client = client_of(cast.caseworker)
    page = client.get(f"/referrals/{referral.pk}/")
    assert page.status_code == 200
    assert "Their reference This text cannot be read." in _words(page)
    opened = client.post(f"/referrals/{referral.pk}/open-summary/")
    assert opened.status_code == 200
    assert "This text cannot be read." in _words(opened)
    told = AuditEvent.objects.filter(verb="text.unreadable", object_id=referral.pk)
    assert {tuple(event.fields) for event in told} == {("source_reference",), ("summary",)}


def test_the_whole_way_from_the_queue_into_a_case(cast, client_of):
    referral = log_referral(cast.intake, immediate_danger="yes", subject={"prs_FirstName": "Mai"})
    client = client_of(cast.caseworker)
    url = f"/referrals/{referral.pk}/"
    assert f'action="{url}start-triage/"' in _text(client.get(url))
    started = client.post(f"{url}start-triage/")
    assert (started.status_code, started["Location"]) == (302, url)
    page = client.get(url)
    assert "You started the triage." in _words(page)
    assert "Ana Ilustre started the triage." in _words(page)
    assert client.get(f"{url}accept/").status_code == 200
    accepted = client.post(f"{url}accept/", {"into": "new", "case": ""})
    case = Case.objects.using("owner").get()
    assert (accepted.status_code, accepted["Location"]) == (302, f"/cases/{case.pk}/")
    shown = client.get(url)
    page = _words(shown)
    assert f"Ana Ilustre accepted it into the case {case.reference}." in page
    assert "Dino Magsino logged it." in page
    # The guide beside it goes on naming the button.
    assert f'action="{url}start-triage/"' not in _text(shown)


def test_accepting_into_an_open_case_offers_only_visible_open_ones(cast, client_of):
    mine = open_case(cast.caseworker)
    theirs = open_case(cast.south_caseworker)
    referral = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    client = client_of(cast.caseworker)
    url = f"/referrals/{referral.pk}/accept/"
    text = _text(client.get(url))
    assert mine.reference in text
    assert theirs.reference not in text
    for case in ("", str(theirs.pk)):
        refused = client.post(url, {"into": "existing", "case": case})
        assert refused.status_code == 422
        assert 'href="#id_case"' in _text(refused)
        assert 'value="existing"' in _text(refused)
        assert _kept().status == "in_triage"
    accepted = client.post(url, {"into": "existing", "case": str(mine.pk)})
    assert accepted["Location"] == f"/cases/{mine.pk}/"
    assert _kept().case_id == mine.pk


def test_a_step_somebody_else_took_meanwhile_is_answered_with_422(cast, client_of):
    referral = log_referral(cast.intake)
    client = client_of(cast.caseworker)
    url = f"/referrals/{referral.pk}/"
    for address in ("accept/", "decline/"):
        answer = client.post(f"{url}{address}", {"into": "new", "reason": "out_of_scope"})
        assert answer.status_code == 422
        assert "This referral is “Received” by now." in _words(answer)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    answer = client.post(f"{url}start-triage/")
    assert answer.status_code == 422
    assert "This referral is “In triage” by now." in _words(answer)
    assert _kept().assigned_to_id == cast.intake.pk


def test_declining_needs_a_reason_and_stays_readable(cast, client_of):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    client = client_of(cast.caseworker)
    url = f"/referrals/{referral.pk}/"
    refused = client.post(f"{url}decline/", {"reason": ""})
    assert refused.status_code == 422
    assert 'href="#id_reason_0"' in _text(refused)
    assert _kept().status == "in_triage"
    assert client.post(f"{url}decline/", {"reason": "no_child_involved"}).status_code == 302
    assert "Ana Ilustre declined it: No child is involved." in _words(client.get(url))


def test_the_page_sends_whoever_started_triage_in_danger_to_a_second_person(cast, client_of):
    referral = log_referral(cast.intake, immediate_danger="yes")
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    url = f"/referrals/{referral.pk}/"
    client = client_of(cast.caseworker)
    assert f"{url}decline/" not in _text(client.get(url))
    assert "ask somebody else of the team" in _words(client.get(url))
    refused = client.post(f"{url}decline/", {"reason": "out_of_scope"})
    assert refused.status_code == 422
    assert "somebody else of the team has to decide this" in _words(refused)
    assert _kept().status == "in_triage"
    second = client_of(cast.supervisor)
    assert f"{url}decline/" in _text(second.get(url))
    assert second.post(f"{url}decline/", {"reason": "handled_elsewhere"}).status_code == 302
    assert _kept().status == "declined"


def test_the_page_names_no_case_its_reader_does_not_see(cast, client_of, superuser):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    accept_referral(actor=cast.intake, referral_id=referral.pk)
    case = Case.objects.using("owner").get()
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute("DELETE FROM cases_casegroupobjectpermission")
    page = client_of(cast.caseworker).get(f"/referrals/{referral.pk}/")
    assert page.status_code == 200
    assert case.reference not in _text(page)
    assert str(case.pk) not in _text(page)
    assert "accepted it into a case." in _words(page)


def test_with_htmx_a_finished_step_sends_the_browser_on(cast, client_of):
    referral = log_referral(cast.intake)
    answer = client_of(cast.intake).post(
        f"/referrals/{referral.pk}/start-triage/", headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/referrals/{referral.pk}/")


def test_nothing_typed_reaches_an_address_or_the_log(cast, client_of, caplog):
    typed = _typed(cast, first_name="Canary name", source_name="Canary office")
    client = client_of(cast.intake)
    done = client.post("/referrals/log/", typed)
    client.post("/referrals/log/", {**typed, "legal_basis": ""})
    assert "anary" not in done["Location"]
    assert "anary" not in caplog.text
    assert "anary" not in str([vars(event) for event in AuditEvent.objects.all()])
