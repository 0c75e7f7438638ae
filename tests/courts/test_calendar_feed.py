"""The address that a calendar program reads: neutral times, one owner, revocable."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError

from accounts.services.directory import close_account
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from courts.models import CalendarFeed
from courts.services import feeds
from tests.court_days import SOON, schedule


def read(answer):
    """The feed as a real calendar program reads it."""
    from icalendar import Calendar

    return Calendar.from_ical(answer.content)


@pytest.fixture
def address(cast, proceeding, survivor, client_of):
    schedule(cast, proceeding)
    client = client_of(cast.legal)
    page = client.post("/court/calendar/program/").content.decode()
    return re.search(r"http://[^<\s]*(/calendar-feed/[^<\s]*\.ics)", page)[1]


def test_the_feed_opens_in_a_calendar_program_and_holds_no_name_place_or_harm(
    cast, address, visitor
):
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert not answer.cookies
    calendar = read(answer)
    (event,) = calendar.walk("VEVENT")
    start = event.decoded("dtstart")
    assert start.astimezone(ZoneInfo("Asia/Manila")).date() == SOON
    assert f"{start.astimezone(ZoneInfo('Asia/Manila')):%H:%M}" == "08:30"
    assert str(event["summary"]) == "Appointment"
    assert "location" not in event
    assert "description" not in event
    text = answer.content.decode().lower()
    words = ("tala", "branch", "justice", "manila", "trial", "court", "hearing", "case", "victim")
    harm = ("abuse", "survivor", "child", "exploit", "traffick", "rape", "osec", "liwanag")
    assert [word for word in (*words, *harm) if word in text] == []
    assert AuditEvent.objects.filter(verb="calendar.fed", actor_id=cast.legal.pk).exists()


def test_an_address_that_was_taken_back_answers_nobody(cast, address, client_of, visitor):
    client_of(cast.legal).post("/court/calendar/program/", {"revoke": "1"})
    assert visitor.get(address).status_code == 404
    assert visitor.get("/calendar-feed/guess.ics").status_code == 404
    assert visitor.post(address).status_code == 404


def test_an_address_that_opens_nothing_stands_in_the_log_once_a_day(
    cast, address, client_of, visitor
):
    client_of(cast.legal).post("/court/calendar/program/", {"revoke": "1"})
    with reading(cast.legal):
        feed = CalendarFeed.objects.visible_to(cast.legal).get()
    for tried in (address, address, "/calendar-feed/guess.ics", "/calendar-feed/", address):
        assert visitor.get(tried).status_code == 404
    refused = AuditEvent.objects.filter(verb="calendar.feed_refused").order_by("id")
    assert [(event.object_id, event.facts) for event in refused] == [
        (feed.pk, {"because": "ended"}),
        (None, {"because": "unknown"}),
    ]
    assert {(event.actor_id, event.outcome) for event in refused} == {(None, "refused")}


def test_a_new_address_ends_the_old_one_and_only_a_digest_is_kept(
    cast, address, visitor, superuser
):
    secret = feeds.make_feed(actor=cast.legal)
    assert visitor.get(address).status_code == 404
    assert visitor.get(f"/calendar-feed/{secret}.ics").status_code == 200
    rows = superuser.execute("SELECT digest FROM courts_calendarfeed").fetchall()
    assert len(rows) == 2
    assert all(secret.encode() not in bytes(row[0]) for row in rows)
    with reading(cast.caseworker):
        assert not CalendarFeed.objects.visible_to(cast.caseworker).exists()


def test_a_feed_ends_with_the_account_and_shows_what_its_owner_sees(cast, proceeding, visitor):
    schedule(cast, proceeding)
    theirs = feeds.make_feed(actor=cast.south_caseworker)
    calendar = read(visitor.get(f"/calendar-feed/{theirs}.ics"))
    assert calendar.walk("VEVENT") == []
    mine = feeds.make_feed(actor=cast.legal)
    close_account(actor=cast.admin, user_id=cast.legal.pk)
    assert visitor.get(f"/calendar-feed/{mine}.ics").status_code == 404


def test_the_database_keeps_one_live_address_a_person(cast):
    feeds.make_feed(actor=cast.legal)
    with pytest.raises(DatabaseError, match="one_feed_a_person"), acting(cast.legal) as act:
        act.authorise("courts.feed_calendar")
        CalendarFeed.objects.create(user=cast.legal, digest=b"x" * 32)
        act.record("calendar.feed_made")
