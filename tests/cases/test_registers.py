"""R-D7 and the officer's other books: clocks, versions that stay, files and paper."""

from __future__ import annotations

import csv
import html
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import RegisterEntry, RegisterVersion
from cases.registers import REGISTERS
from cases.selectors.registers import as_csv
from cases.services.registers import amend_entry, open_entry, report_breach
from core.errors import Conflict, Denied, DomainError
from tests.cases.races import at_once
from vault.errors import UNREADABLE

CANARY = "canary-of-the-lost-telephone"


def now():
    return timezone.now()


def breach(cast, **over):
    answers = {"known_at": now() - timedelta(hours=1), "nature": "lost", "what": CANARY}
    return open_entry(actor=cast.dpo, register="breaches", answers=answers | over, at=now())


def newest(cast, entry):
    with reading(cast.dpo):
        return RegisterVersion.objects.visible_to(cast.dpo).filter(entry=entry).first()


def test_r_d7_a_breach_has_72_hours_and_shows_when_they_are_over(cast, client_of):
    known = now() - timedelta(hours=73)
    entry = breach(cast, known_at=known)
    version = newest(cast, entry)
    assert version.due_at == known + timedelta(hours=72)
    assert version.is_overdue(now())
    officer = client_of(cast.dpo)
    assert "Tell the authority of a breach" in officer.get("/").content.decode()
    page = officer.get(reverse("rights:entry", args=[entry.pk])).content.decode()
    assert "The time is over" in page
    assert "Overdue" in officer.get(reverse("rights:breaches")).content.decode()
    # Told: the clock stops, and what it said before stays.
    answers = {"known_at": known, "nature": "lost", "what": CANARY, "authority_told_at": now()}
    amend_entry(actor=cast.dpo, entry_id=entry.pk, answers=answers, seen=1, at=now())
    assert newest(cast, entry).is_done
    assert "Tell the authority" not in officer.get("/").content.decode()
    page = officer.get(reverse("rights:entry", args=[entry.pk])).content.decode()
    assert "What it said before" in page
    assert "You did nothing wrong" in officer.get(reverse("rights:breaches")).content.decode()
    with pytest.raises(Conflict):
        amend_entry(actor=cast.dpo, entry_id=entry.pk, answers=answers, seen=1, at=now())


def test_r_d7_anybody_here_reports_and_only_the_officer_reads(cast, client_of):
    report_breach(actor=cast.caseworker, nature="seen", what=CANARY, at=now())
    with reading(cast.dpo):
        entry = RegisterEntry.objects.visible_to(cast.dpo).get()
    for who in ("caseworker", "supervisor", "auditor", "admin", "partner", "stranger"):
        actor = getattr(cast, who)
        with reading(actor):
            assert not RegisterEntry.objects.all().exists()
            assert not RegisterVersion.objects.all().exists()
    client = client_of(cast.caseworker)
    assert client.get(reverse("rights:entry", args=[entry.pk])).status_code == 403
    posted = client.post(
        reverse("rights:report_breach"), {"nature": "lost", "what": "A folder on a bench."}
    )
    assert posted.status_code == 302
    with reading(cast.dpo):
        assert RegisterEntry.objects.visible_to(cast.dpo).count() == 2
    with pytest.raises(Denied):
        report_breach(actor=cast.partner, nature="seen", what=CANARY, at=now())
    with pytest.raises(Denied):
        open_entry(actor=cast.caseworker, register="breaches", answers={}, at=now())
    assert not AuditEvent.objects.filter(facts__icontains=CANARY).exists()


def test_what_a_register_said_is_never_changed_or_removed(cast):
    entry = breach(cast)
    for statement in (
        "UPDATE cases_registerversion SET is_done = true",
        "DELETE FROM cases_registerversion",
        "DELETE FROM cases_registerentry WHERE id = %s",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting(cast.dpo) as act,
            connection.cursor() as cursor,
        ):
            act.authorise("cases.write_register")
            cursor.execute(statement, [entry.pk] if "%s" in statement else None)
    assert newest(cast, entry).answers["what"] == CANARY


def test_a_request_is_answered_in_30_days_or_with_a_reason_in_90(cast):
    today = timezone.localdate()
    answers = {"received_on": today, "right": "access", "by": "self", "code": "S-4F7K-9M3C"}
    entry = open_entry(actor=cast.dpo, register="requests", answers=answers, at=now())
    assert timezone.localdate(newest(cast, entry).due_at) == today + timedelta(days=30)
    longer = answers | {"longer_because": "The file is in two languages."}
    amend_entry(actor=cast.dpo, entry_id=entry.pk, answers=longer, seen=1, at=now())
    assert timezone.localdate(newest(cast, entry).due_at) == today + timedelta(days=90)


def test_answers_that_are_missing_or_wrong_name_their_question(cast):
    day = timezone.localdate()
    for register, answers, field in (
        ("breaches", {"nature": "lost", "what": "x"}, "known_at"),
        ("breaches", {"known_at": now() + timedelta(days=1), "nature": "lost"}, "known_at"),
        ("requests", {"received_on": day, "right": "all", "by": "self"}, "right"),
        ("processing", {"name": "Cases"}, "purpose"),
        ("transfers", {"receiver": "See https://example.org"}, "receiver"),
        ("nothing", {}, "register"),
    ):
        with pytest.raises(DomainError) as refused:
            open_entry(actor=cast.dpo, register=register, answers=answers, at=now())
        assert refused.value.field == field
    with reading(cast.dpo):
        assert not RegisterEntry.objects.all().exists()


def test_a_register_leaves_as_a_table_and_on_paper_and_both_are_recorded(cast, client_of):
    entry = open_entry(
        actor=cast.dpo,
        register="transfers",
        answers={
            "receiver": "=HYPERLINK(1)",
            "country": "Netherlands",
            "purpose": "Joint work",
            "kinds": "Handoffs",
            "safeguard": "agreement",
            "since": timezone.localdate(),
        },
        at=now(),
    )
    with reading(cast.dpo):
        table, _unreadable = as_csv(cast.dpo, "transfers")
    assert entry.reference in table
    assert "'=HYPERLINK(1)" in table
    officer = client_of(cast.dpo)
    for name, kind in (("export_register", "text/csv"), ("print_register", "text/html")):
        response = officer.get(reverse(f"rights:{name}", args=["transfers"]))
        assert response.status_code == 200
        assert response["Content-Type"].startswith(kind)
        assert entry.reference in response.content.decode()
    assert AuditEvent.objects.filter(verb="register.exported").count() == 2
    assert officer.get(reverse("rights:export_register", args=["others"])).status_code == 404


def test_every_register_is_written_and_changed_by_its_page_and_by_program(cast, client_of):
    officer = client_of(cast.dpo)
    today = timezone.localdate().isoformat()
    given = {
        "breaches": {"known_at": f"{today}T00:00", "nature": "lost", "what": "A telephone."},
        "requests": {"received_on": today, "right": "erasure", "by": "guardian"},
        "processing": {
            "name": "Case work",
            "purpose": "To protect children",
            "bases": ["public_task"],
            "people": "Survivors",
            "kinds": "Identities, notes",
            "kept": "Ten years",
        },
        "transfers": {
            "receiver": "A police unit",
            "country": "Netherlands",
            "purpose": "Joint work",
            "kinds": "Handoffs",
            "safeguard": "agreement",
            "since": today,
        },
    }
    assert set(given) == set(REGISTERS)
    for register, answers in given.items():
        page = reverse("rights:open_entry", args=[register])
        assert officer.post(page, {}).status_code == 422
        posted = officer.post(page, answers)
        assert posted.status_code == 302, posted.content.decode()[:2000]
        changed = officer.post(posted["Location"] + "change/", answers | {"seen": "1"})
        assert changed.status_code == 302
        assert "Version 2" in officer.get(posted["Location"]).content.decode()
        assert officer.get(reverse(f"rights:{register}")).status_code == 200
        made = officer.post(
            "/api/v1/register-entries/",
            {"register": register, "answers": answers},
            content_type="application/json",
        )
        assert made.status_code == 201, made.content
        amended = officer.post(
            f"/api/v1/register-entries/{made.json()['id']}/amend/",
            {"seen": 1, "answers": answers},
            content_type="application/json",
        )
        assert [v["number"] for v in amended.json()["versions"]] == [2, 1]


def test_nobody_affected_is_an_answer(cast, client_of):
    entry = breach(cast, people=0)
    assert newest(cast, entry).answers["people"] == 0
    page = client_of(cast.dpo).get(reverse("rights:entry", args=[entry.pk])).content.decode()
    assert re.search(r"How many people, about\?\s*</dt>\s*<dd[^>]*>\s*0\s*</dd>", page)
    with reading(cast.dpo):
        table, unreadable = as_csv(cast.dpo, "breaches")
    assert (",0," in table, unreadable) == (True, [])


def test_a_version_that_does_not_open_says_so_everywhere_and_is_recorded(
    cast, superuser, client_of
):
    entry = breach(cast)
    version = newest(cast, entry)
    superuser.execute("ALTER TABLE cases_registerversion DISABLE TRIGGER USER")
    superuser.execute("UPDATE cases_registerversion SET answers = answers || '\\x00'::bytea")
    officer = client_of(cast.dpo)
    placeholder = str(UNREADABLE)
    for number, address in enumerate(
        (
            reverse("rights:breaches"),
            reverse("rights:entry", args=[entry.pk]),
            reverse("rights:amend_entry", args=[entry.pk]),
            reverse("rights:export_register", args=["breaches"]),
            reverse("rights:print_register", args=["breaches"]),
            reverse("register-entry-list"),
            reverse("register-entry-detail", args=[entry.pk]),
        ),
        start=1,
    ):
        answer = officer.get(address)
        assert answer.status_code == 200, address
        said = html.unescape(answer.content.decode())
        assert placeholder in said or "can’t be read" in said, address
        assert CANARY not in said
        recorded = AuditEvent.objects.filter(verb="text.unreadable", object_id=version.pk)
        assert recorded.count() == number, address
    with reading(cast.dpo):
        table, unreadable = as_csv(cast.dpo, "breaches")
    assert [row.pk for row in unreadable] == [version.pk]
    head, row = csv.reader(table.splitlines())
    assert len(row) == len(head)


def test_two_officers_changing_one_entry_at_once_leave_one_version(cast):
    entry = breach(cast)
    answers = {"known_at": now(), "nature": "lost", "what": "Another word."}
    outcomes = at_once(
        2, lambda: amend_entry(actor=cast.dpo, entry_id=entry.pk, answers=answers, seen=1, at=now())
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    with reading(cast.dpo):
        assert RegisterVersion.objects.visible_to(cast.dpo).filter(entry=entry).count() == 2
