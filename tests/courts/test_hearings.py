"""Hearings: by the clock of their court, prepared, postponed, and fed to calendar programs."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services.directory import close_account
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseTask
from cases.services.tasks import FURTHEST
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from courts.models import CalendarFeed, Hearing, HearingAttendance, Proceeding
from courts.selectors.hearing import hearing_page, one_hearing
from courts.services import feeds, hearings, proceedings
from tests.factories import add_participant, open_case

SOON = timezone.localdate() + timedelta(days=20)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def survivor(cast, case):
    return add_participant(cast.caseworker, case, identity={"first_name": "Tala"})


def begin(cast, case, country="PH"):
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    return proceedings.open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction=country,
        side="source",
        opened_on=date(2026, 1, 5),
    )


@pytest.fixture
def proceeding(cast, case):
    return begin(cast, case)


def schedule(cast, *of, **over):
    values = {
        "kind": "trial",
        "day": SOON,
        "time": "08:30",
        "zone": "Asia/Manila",
        "place": "Branch 4, Hall of Justice",
    }
    return hearings.schedule_hearings(
        actor=cast.legal, proceeding_ids=[one.pk for one in of], **{**values, **over}
    )


def prepare(cast, hearing, version=1, **over):
    values = {"protections": [], "attendances": {}, "supporters": {}}
    return hearings.prepare_hearing(
        actor=cast.legal, hearing_id=hearing.pk, version=version, **{**values, **over}
    )


def end(cast, hearing, version=1, **over):
    return hearings.end_hearing(actor=cast.legal, hearing_id=hearing.pk, version=version, **over)


def page_of(cast, hearing):
    with reading(cast.legal):
        found = one_hearing(cast.legal, hearing.pk)
        return hearing_page(cast.legal, found, timezone.now())


def test_a_hearing_keeps_the_clock_of_its_court(cast, case):
    (hearing,) = schedule(
        cast, begin(cast, case, "GB"), day=date(2027, 7, 1), time="10:15", zone="Europe/London"
    )
    # British summer time is an hour ahead of the universal one.
    assert hearing.starts_at == datetime(2027, 7, 1, 9, 15, tzinfo=ZoneInfo("UTC"))
    assert f"{hearing.local_start:%H:%M}" == "10:15"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"zone": "Europe/London"}, "zone"),
        ({"zone": "Nowhere/Land"}, "zone"),
        ({"time": "25:00"}, "time"),
        ({"time": "morning"}, "time"),
        ({"kind": "party"}, "kind"),
        ({"day": date(2999, 1, 1)}, "day"),
        ({"protections": ["mask"]}, "protections"),
        ({"report_days": 91}, "report_days"),
        ({"place": "see www.example.com"}, "place"),
    ],
)
def test_a_hearing_that_cannot_be_names_its_field(cast, proceeding, over, field):
    with pytest.raises(DomainError) as broken:
        schedule(cast, proceeding, **over)
    assert broken.value.field == field
    with reading(cast.legal):
        assert not Hearing.objects.visible_to(cast.legal).exists()


def test_a_hearing_in_a_court_of_another_country_says_so(cast, proceeding):
    with pytest.raises(DomainError) as broken:
        schedule(cast, proceeding, zone="Australia/Sydney")
    assert broken.value.code == "court_of_another_country"


def test_siblings_get_the_same_date_together_or_none(cast, case, proceeding):
    other = begin(cast, case)
    assert len(schedule(cast, proceeding, other)) == 2
    abroad = begin(cast, case, "GB")
    with pytest.raises(DomainError):
        schedule(cast, proceeding, abroad)
    stranger = open_case(cast.south_caseworker)
    hidden = Proceeding(pk=stranger.pk)
    with pytest.raises(Proceeding.DoesNotExist):
        schedule(cast, proceeding, hidden)
    with reading(cast.legal):
        assert Hearing.objects.visible_to(cast.legal).count() == 2
    written = AuditEvent.objects.filter(verb="hearing.scheduled")
    assert written.count() == 2
    assert len(set(written.values_list("act", flat=True))) == 1


def test_the_day_of_a_report_is_counted_back_from_the_hearing(cast, proceeding):
    (hearing,) = schedule(cast, proceeding, report_days=10)
    assert hearing.report_due_on == SOON - timedelta(days=10)
    end(
        cast,
        hearing,
        status="postponed",
        because="weather",
        new_day=SOON + timedelta(days=30),
        new_time="09:00",
    )
    with reading(cast.legal):
        old = Hearing.objects.visible_to(cast.legal).get(pk=hearing.pk)
        new = Hearing.objects.visible_to(cast.legal).get(pk=old.instead_id)
    assert (old.status, old.postponed_because) == ("postponed", "weather")
    assert new.report_due_on == SOON + timedelta(days=20)
    assert new.place == "Branch 4, Hall of Justice"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"status": "held"}, "status"),
        ({"status": "scheduled"}, "status"),
        ({"status": "postponed"}, "because"),
        (
            {"status": "postponed", "because": "court", "new_day": SOON, "new_time": "08:00"},
            "new_day",
        ),
        (
            {"status": "postponed", "because": "court", "new_day": SOON, "new_time": "x"},
            "new_time",
        ),
    ],
)
def test_what_became_of_a_hearing_has_to_fit(cast, proceeding, said, field):
    (hearing,) = schedule(cast, proceeding)
    with pytest.raises(DomainError) as broken:
        end(cast, hearing, **said)
    assert broken.value.field == field


def test_a_hearing_ends_once(cast, proceeding):
    (hearing,) = schedule(cast, proceeding)
    end(cast, hearing, status="cancelled")
    with pytest.raises(Conflict):
        end(cast, hearing, status="cancelled")
    with pytest.raises(InvalidTransition):
        end(cast, hearing, version=2, status="cancelled")


def test_what_is_missing_before_a_hearing_is_said_until_it_is_there(cast, proceeding, survivor):
    (hearing,) = schedule(cast, proceeding, report_days=5)
    missing = " ".join(page_of(cast, hearing).missing)
    assert "Our report" in missing
    assert "nobody said whether they have to come" in missing
    prepare(cast, hearing, attendances={survivor.person_id: "required"})
    missing = " ".join(page_of(cast, hearing).missing)
    assert "Protective measures" in missing
    assert "nobody is beside them" in missing
    assert "no safe-contact instructions" in missing
    prepare(
        cast,
        hearing,
        version=2,
        protections=["live_link", "support_person"],
        attendances={survivor.person_id: "required"},
        supporters={survivor.person_id: cast.caseworker.pk},
        report_sent_on=timezone.localdate(),
    )
    missing = page_of(cast, hearing).missing
    assert len(missing) == 1
    assert "no safe-contact instructions" in missing[0]


def test_who_has_to_come_is_reminded_by_a_task_once_and_never_from_here(cast, proceeding, survivor):
    (hearing,) = schedule(cast, proceeding)
    for version in (1, 2):
        prepare(cast, hearing, version, attendances={survivor.person_id: "required"})
    with reading(cast.legal):
        task = CaseTask.objects.visible_to(cast.legal).get()
        assert (task.person_id, task.due_on) == (survivor.person_id, SOON - timedelta(days=3))
        assert "safe contact" in task.what


def test_others_find_no_hearing(cast, proceeding, client_of):
    (hearing,) = schedule(cast, proceeding)
    for who in (cast.south_caseworker, cast.stranger_caseworker):
        client = client_of(who)
        assert client.get(f"/court/hearings/{hearing.pk}/").status_code == 404
        assert "08:30" not in client.get(_month(SOON)).content.decode()
    with pytest.raises(Denied):
        hearings.schedule_hearings(
            actor=cast.caseworker,
            proceeding_ids=[proceeding.pk],
            kind="trial",
            day=SOON,
            time="08:30",
            zone="Asia/Manila",
        )


def _month(day):
    return f"/court/calendar/?from={day:%Y-%m}"


def test_the_calendar_shows_months_and_weeks(cast, proceeding, client_of):
    client = client_of(cast.legal)
    schedule(cast, proceeding, time="13:45")
    for url in (_month(SOON), f"/court/calendar/?by=week&from={SOON.isoformat()}"):
        assert "13:45 Trial" in client.get(url).content.decode()
    far = SOON + timedelta(days=200)
    assert "13:45" not in client.get(_month(far)).content.decode()
    assert client.get("/court/calendar/?from=no-month").status_code == 200


def test_the_calendar_asks_as_often_for_many_as_for_few(cast, proceeding, client_of):
    client = client_of(cast.legal)

    def count():
        client.get(_month(SOON))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_month(SOON)).status_code == 200
        return len(queries)

    schedule(cast, proceeding)
    few = count()
    for number in range(12):
        schedule(cast, proceeding, time=f"09:{number:02}")
    assert count() == few


def test_pages_schedule_prepare_and_end(cast, case, proceeding, survivor, client_of):
    client = client_of(cast.legal)
    answer = client.post(
        f"/court/{proceeding.pk}/hearing/",
        {"kind": "trial", "day": SOON.isoformat(), "time": "08:30", "zone": "Asia/Manila"},
    )
    assert answer.status_code == 302
    with reading(cast.legal):
        hearing = Hearing.objects.visible_to(cast.legal).get()
    tab = f"/court/case/{case.pk}/"
    assert "08:30 Trial" in client.get(tab).content.decode()
    url = f"/court/hearings/{hearing.pk}/"
    assert "Still missing" in client.get(url).content.decode()
    prepared = client.post(
        f"{url}prepare/",
        {
            **_hidden(client, f"{url}prepare/"),
            "protections": ["live_link"],
            f"attends_{survivor.pk}": "required",
            f"beside_{survivor.pk}": "",
        },
    )
    assert prepared.status_code == 302
    assert "Live link" in client.get(url).content.decode()
    refused = client.post(f"{url}end/", {**_hidden(client, f"{url}end/"), "status": "held"})
    assert refused.status_code == 422
    done = client.post(
        f"{url}end/",
        {**_hidden(client, f"{url}end/"), "status": "postponed", "because": "court"},
    )
    assert done.status_code == 302
    assert "Postponed" in client.get(url).content.decode()
    assert "08:30 Trial" not in client.get(tab).content.decode()


def _hidden(client, url):
    page = client.get(url).content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "seen")
    }


# The feed


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


# Reminders


def tasks_of(cast, survivor):
    with reading(cast.legal):
        rows = CaseTask.objects.visible_to(cast.legal).filter(person_id=survivor.person_id)
        return [(row.status, row.due_on) for row in rows.order_by("created_at")]


def test_a_hearing_put_off_takes_attendance_and_reminder_with_it(cast, proceeding, survivor):
    (hearing,) = schedule(cast, proceeding)
    prepare(
        cast,
        hearing,
        protections=["screen"],
        attendances={survivor.person_id: "required"},
        supporters={survivor.person_id: cast.caseworker.pk},
    )
    later = SOON + timedelta(days=30)
    end(
        cast,
        hearing,
        version=2,
        status="postponed",
        because="defence",
        new_day=later,
        new_time="09:00",
    )
    assert tasks_of(cast, survivor) == [
        ("cancelled", SOON - timedelta(days=3)),
        ("open", later - timedelta(days=3)),
    ]
    with reading(cast.legal):
        rows = HearingAttendance.objects.visible_to(cast.legal).select_related("hearing")
        row = rows.get(hearing__status="scheduled", person_id=survivor.person_id)
    assert (row.attendance, row.supporter_id) == ("required", cast.caseworker.pk)
    assert row.hearing.protections == ["screen"]


@pytest.mark.parametrize("how", ["cancelled", "excused"])
def test_who_does_not_have_to_come_any_more_is_not_reminded(cast, proceeding, survivor, how):
    (hearing,) = schedule(cast, proceeding)
    prepare(cast, hearing, attendances={survivor.person_id: "required"})
    if how == "cancelled":
        end(cast, hearing, version=2, status="cancelled")
    else:
        prepare(cast, hearing, 2, attendances={survivor.person_id: "requested_excused"})
    assert [status for status, _due in tasks_of(cast, survivor)] == ["cancelled"]


def test_a_reminder_stays_while_another_hearing_of_the_day_needs_it(cast, case, survivor):
    first, second = schedule(cast, begin(cast, case), begin(cast, case))
    for hearing in (first, second):
        prepare(cast, hearing, attendances={survivor.person_id: "required"})
    end(cast, first, version=2, status="cancelled")
    assert [status for status, _due in tasks_of(cast, survivor)] == ["open"]
    end(cast, second, version=2, status="cancelled")
    assert [status for status, _due in tasks_of(cast, survivor)] == ["cancelled"]


def test_a_hearing_years_ahead_is_reminded_of_as_late_as_tasks_go(cast, proceeding, survivor):
    far = timezone.localdate() + timedelta(days=1000)
    (hearing,) = schedule(cast, proceeding, day=far)
    prepare(cast, hearing, attendances={survivor.person_id: "required"})
    assert tasks_of(cast, survivor) == [("open", timezone.localdate() + FURTHEST)]


def test_nobody_from_outside_the_case_is_beside_a_survivor(cast, proceeding, survivor):
    (hearing,) = schedule(cast, proceeding)
    for other in (cast.south_caseworker, cast.stranger_caseworker):
        with pytest.raises(DomainError) as broken:
            prepare(
                cast,
                hearing,
                attendances={survivor.person_id: "required"},
                supporters={survivor.person_id: other.pk},
            )
        assert broken.value.field == "supporter"
    with reading(cast.legal):
        assert not HearingAttendance.objects.visible_to(cast.legal).exists()


def test_what_became_of_a_hearing_is_prepared_no_more(cast, proceeding, survivor):
    (hearing,) = schedule(cast, proceeding)
    end(cast, hearing, status="cancelled")
    with pytest.raises(InvalidTransition):
        prepare(cast, hearing, 2, attendances={survivor.person_id: "required"})
    assert tasks_of(cast, survivor) == []


def test_programs_schedule_prepare_and_end_hearings(cast, proceeding, survivor, client_of):
    client = client_of(cast.legal)
    body = {
        "proceedings": [str(proceeding.pk)],
        "kind": "trial",
        "day": SOON.isoformat(),
        "time": "08:30",
        "zone": "Asia/Manila",
        "place": "Branch 4",
        "report_days": 10,
    }
    made = client.post("/api/v1/hearings/", body, content_type="application/json")
    assert made.status_code == 201, made.json()
    (hearing,) = made.json()
    assert "place" not in hearing
    assert hearing["report_due_on"] == (SOON - timedelta(days=10)).isoformat()
    url = f"/api/v1/hearings/{hearing['id']}/"
    prepared = client.post(
        f"{url}prepare/",
        {
            "protections": ["live_link"],
            "attendances": [{"person": str(survivor.person_id), "attendance": "required"}],
        },
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert prepared.json()["attendances"][0]["attendance"] == "required"
    stale = client.post(
        f"{url}end/",
        {"status": "cancelled"},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert stale.status_code == 412
    early = client.post(
        f"{url}end/",
        {"status": "held"},
        content_type="application/json",
        headers={"If-Match": '"2"'},
    )
    assert early.status_code == 400
    assert client.get(url).json()["status"] == "scheduled"
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    refused = client_of(cast.caseworker).post(
        "/api/v1/hearings/", body, content_type="application/json"
    )
    assert refused.status_code == 403


def test_the_database_keeps_hearings_in_their_case_and_ends_them_once(
    cast, case, proceeding, survivor
):
    (hearing,) = schedule(cast, proceeding)
    other = open_case(cast.caseworker)
    stranger = add_participant(cast.caseworker, other)
    said = {"kind": "trial", "starts_at": hearing.starts_at, "zone": hearing.zone, "place": ""}
    with pytest.raises(DatabaseError, match="case of its proceeding"), acting(cast.legal) as act:
        act.authorise("courts.schedule_hearing")
        Hearing.objects.create(proceeding=proceeding, case=other, recorded_by=cast.legal, **said)
        act.record("hearing.scheduled")
    with pytest.raises(DatabaseError, match="person of the case"), acting(cast.legal) as act:
        act.authorise("courts.prepare_hearing")
        HearingAttendance.objects.create(
            hearing=hearing, case=case, person=stranger.person, attendance="required"
        )
        act.record("hearing.prepared")
    end(cast, hearing, status="cancelled")
    with pytest.raises(DatabaseError, match="hearing"), acting(cast.legal) as act:
        act.authorise("courts.end_hearing")
        Hearing.objects.filter(pk=hearing.pk).update(status="held")
        act.record("hearing.ended")
