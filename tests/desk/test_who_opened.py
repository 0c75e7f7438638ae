"""Who opened a case, when and why, and whether anything was removed: for its people and the DPO."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import WATCHER_ID
from audit.checking import ask_for_check, check_log
from audit.models import AuditEvent, LogCheck, Review
from audit.sequencing import sequence_all
from cases.services.people import show_identity
from core.errors import Denied
from desk.selectors.openings import span_of
from tests.factories import add_participant, open_case, write_note
from tests.jobs import Jobs


def text_of(response):
    page = response.content.decode().split("</header>", 1)[-1]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def watcher(database):
    return User.objects.get(pk=WATCHER_ID)


def test_r_a3_it_answers_who_when_and_why_and_whether_anything_is_gone(cast, client_of, watcher):
    case = open_case(cast.caseworker)
    person = add_participant(cast.caseworker, case, identity={"first_name": "Luz"}).person
    client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    show_identity(actor=cast.supervisor, person_id=person.pk, purpose="court")
    sequence_all(connections["sequencer"])
    check_log(actor=watcher)
    here = f"/cases/{case.pk}/opened/"
    page = text_of(client_of(cast.caseworker).get(f"{here}?period=7days"))
    assert re.search(
        r"Since \d+ \w+ 2026 one person opened this case or something in it, 2 times", page
    )
    assert "Corazon Vera" in page
    assert "Case supervisor" in page
    assert "for a court date" in page
    assert f"Corazon Vera opened the identity of {person.code}, because: for a court date" in page
    assert "No: nothing was removed or changed, as far as the last check can tell." in page
    assert "No outside witness is set up" in page
    assert "compared with their seals" in page
    # One link away: only one person's; and a week in which nobody looked.
    only = text_of(client_of(cast.caseworker).get(f"{here}?person={cast.supervisor.pk}"))
    assert "opened the identity" in only
    assert "opened a new case" not in only.split("Day by day")[1]
    empty = text_of(client_of(cast.caseworker).get(f"{here}?period=lastweek"))
    assert "nobody opened this case or anything in it" in empty
    assert client_of(cast.south_caseworker).get(here).status_code == 404
    assert client_of(cast.manager).get(here).status_code == 403


def test_those_who_audit_ask_the_same_of_a_case_they_cannot_see(cast, client_of):
    case = open_case(cast.caseworker)
    client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    for person in (cast.dpo, cast.auditor):
        client = client_of(person)
        page = text_of(client.get(f"/audit/cases/{case.pk}/?period=today"))
        assert f"The case {case.reference} in the log" in page
        assert "Corazon Vera" in page
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.case_id, event.actor_id) == ("access.listed", case.pk, person.pk)
        assert client.get(f"/cases/{case.pk}/").status_code == 403
        assert client.get("/audit/cases/5a1e0000-0000-4000-8000-000000000000/").status_code == 404
    assert client_of(cast.caseworker).get(f"/audit/cases/{case.pk}/").status_code == 403


def test_what_somebody_may_not_read_is_not_told_of_either(cast, client_of):
    case = open_case(cast.caseworker)
    note = write_note(cast.caseworker, case, kind="risk", sensitivity=4)
    client_of(cast.caseworker).get(f"/cases/{case.pk}/notes/{note.pk}/")
    page = text_of(client_of(cast.liaison).get(f"/cases/{case.pk}/opened/"))
    assert "wrote a note" not in page
    assert "wrote a note" in text_of(client_of(cast.caseworker).get(f"/cases/{case.pk}/opened/"))


def test_a_changed_or_removed_entry_is_said_on_the_page(cast, client_of, watcher, superuser):
    case = open_case(cast.caseworker)
    client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    sequence_all(connections["sequencer"])
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    superuser.execute(
        "UPDATE audit_event SET actor_id = %s WHERE verb = 'case.opened' AND case_id = %s",
        [cast.intake.pk, case.pk],
    )
    here = f"/cases/{case.pk}/opened/"
    page = text_of(client_of(cast.caseworker).get(here))
    assert "Yes: an entry on this page was changed after it was sealed." in page
    assert "Does not match its seal" in page
    # Removed: nothing on this page shows it, the check of the whole log does.
    superuser.execute(
        "DELETE FROM audit_event WHERE verb = 'case.opened' AND case_id = %s", [case.pk]
    )
    check = check_log(actor=watcher)
    assert check.problem == "missing"
    page = text_of(client_of(cast.caseworker).get(here))
    assert "Something is wrong with the log" in page
    assert "Do not change or repair anything" in page
    # It waits for a reviewer, once, however often it is found.
    LogCheck.objects.using("owner")
    assert check_log(actor=watcher) is None
    check_log(actor=watcher, at=timezone.now() + timedelta(minutes=5))
    assert Review.objects.using("owner").filter(kind="damaged_log").count() == 1
    assert "Review: Damaged log" in text_of(client_of(cast.dpo).get("/"))


def test_a_check_is_asked_for_and_run_by_the_log_watch(cast, client_of):
    client = client_of(cast.auditor)
    assert "nobody has checked the whole log" in text_of(client.get("/audit/"))
    sequence_all(connections["sequencer"])
    assert client.post("/audit/check/").status_code == 302
    assert Jobs()() == ["desk.check_log"]
    checked = LogCheck.objects.using("owner").get()
    assert checked.ok
    event = AuditEvent.objects.filter(verb="log.checked").get()
    assert (event.actor_id, event.facts["problem"]) == (WATCHER_ID, "")
    with pytest.raises(Denied):
        ask_for_check(actor=cast.caseworker)
    with pytest.raises(Denied):
        check_log(actor=cast.auditor, at=timezone.now() + timedelta(hours=1))
    assert LogCheck.objects.using("owner").count() == 1


def test_the_number_of_queries_does_not_grow(cast, client_of):
    case = open_case(cast.caseworker)
    client = client_of(cast.caseworker)
    here = f"/cases/{case.pk}/opened/"
    add_participant(cast.caseworker, case)
    client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    client.get(here)

    def queries():
        with (
            CaptureQueriesContext(connections["default"]) as app,
            CaptureQueriesContext(connections["auditor"]) as log,
        ):
            client.get(here)
        return len(app), len(log)

    few = queries()
    for _ in range(8):
        add_participant(cast.caseworker, case)
        client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    assert queries() == few


def test_a_page_of_entries_goes_on_where_the_last_one_ended(cast, client_of, monkeypatch):
    monkeypatch.setattr("desk.selectors.openings.ON_A_PAGE", 3)
    case = open_case(cast.caseworker)
    for _ in range(4):
        add_participant(cast.caseworker, case)
    client = client_of(cast.caseworker)
    page = client.get(f"/cases/{case.pk}/opened/").content.decode()
    older = html.unescape(re.search(r'rel="next" href="([^"#]+)', page)[1])
    text = text_of(client.get(older))
    assert "opened a new case" in text
    assert re.search(r"before=\d+", older)


def test_last_week_runs_from_monday_to_sunday():
    from datetime import date

    wednesday = date(2026, 11, 25)
    since, until = span_of("lastweek", wednesday)
    assert (since.date(), until.date()) == (date(2026, 11, 16), date(2026, 11, 23))
    since, until = span_of("7days", wednesday)
    assert (since.date(), until) == (date(2026, 11, 19), None)
    assert span_of("nonsense", wednesday) == (None, None)
