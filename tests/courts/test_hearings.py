"""Hearings: by the clock of their court, prepared, postponed, reminded of by tasks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseTask
from cases.services.tasks import FURTHEST
from core.errors import Conflict, DomainError, InvalidTransition
from courts.models import Hearing, HearingAttendance, Proceeding
from tests.court_days import SOON, begin, end, page_of, prepare, schedule
from tests.factories import add_participant, open_case


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
