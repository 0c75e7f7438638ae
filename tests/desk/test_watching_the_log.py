"""Unusual reading opens a review: once, of the right person, and nobody is stopped."""

from __future__ import annotations

import html
import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID, WATCHER_ID
from audit.models import AuditEvent, Review
from audit.reviewing import close_review
from audit.sequencing import sequence_all
from audit.structure import Watch
from cases.services.conflicts import declare_conflict
from core.errors import Denied
from desk.noticing import at_night, despite_conflict, near_a_colleague, within_an_hour
from desk.selectors.watch import Conflict, Deed
from desk.services.watching import watch_log
from desk.tasks import watch_log as task
from desk.watch_rules import WatchRules, watch_rules
from tests.audit.conftest import INSERT, event
from tests.factories import open_case

MANILA = ZoneInfo("Asia/Manila")
NOON = datetime(2026, 11, 25, 12, tzinfo=MANILA)
WHO = uuid.uuid4()


def deed(minutes=0.0, verb="case.opened", at=NOON, **over):
    values = {
        "id": over.pop("id", 1),
        "at": at + timedelta(minutes=minutes),
        "actor_id": WHO,
        "verb": verb,
        "case_id": uuid.uuid4(),
        "object_id": uuid.uuid4(),
        "asked": None,
    }
    return Deed(**{**values, **over})


def test_the_hour_slides_and_counts_different_things():
    rules = WatchRules(cases_in_an_hour=5, identities_in_an_hour=3, refusals_in_an_hour=4)
    same = uuid.uuid4()

    def noticed(deeds):
        return [(n.rule, n.count) for n in within_an_hour(WHO, deeds, rules)]

    assert noticed([deed(n, case_id=same) for n in range(30)]) == []
    assert noticed([deed(n * 16) for n in range(30)]) == []
    # Across the full hour: the clock's own hours do not hide it.
    assert noticed([deed(45 + n * 6) for n in range(5)]) == [("many_cases_in_an_hour", 5)]
    shown = [deed(n, "identity.shown", case_id=same) for n in range(3)]
    assert noticed(shown) == [("many_identities_in_an_hour", 3)]
    refused = [deed(n, "record.missed", case_id=None, id=n) for n in range(4)]
    assert noticed(refused) == [("repeated_refusals", 4)]
    # What changes records is work, however much of it.
    assert noticed([deed(n, "note.written") for n in range(50)]) == []


def test_a_night_counts_from_evening_to_morning_and_rest_days_whole():
    rules = WatchRules(out_of_hours_openings=4)
    evening = datetime(2026, 11, 24, 22, tzinfo=MANILA)
    night = [deed(n * 120, at=evening) for n in range(4)]  # until four in the morning
    assert [(n.day, n.count) for n in at_night(WHO, night, rules)] == [("2026-11-24", 4)]
    assert list(at_night(WHO, [deed(n) for n in range(20)], rules)) == []
    sunday = [deed(n, at=datetime(2026, 11, 22, 12, tzinfo=MANILA)) for n in range(4)]
    assert [n.day for n in at_night(WHO, sunday, rules)] == ["2026-11-22"]


def test_asking_for_a_case_despite_a_declared_conflict_is_noticed_once_a_day():
    case = uuid.uuid4()
    conflict = Conflict(WHO, case, NOON, NOON + timedelta(days=1))
    before = deed(-5, case_id=case)
    tries = [deed(5, "record.missed", case_id=None, asked=str(case)), deed(9, case_id=case)]
    after = deed(0, at=NOON + timedelta(days=2), case_id=case)
    other = deed(6, case_id=case, actor_id=uuid.uuid4())
    notices = list(despite_conflict([before, *tries, after, other], [conflict]))
    assert [(n.person_id, n.case_id, n.count) for n in notices] == [(WHO, case, 2)]


def test_looking_at_a_case_near_a_colleague_without_working_on_it_is_noticed():
    case, colleague, worker = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    conflict = Conflict(colleague, case, NOON, None)
    deeds = [
        deed(-5, case_id=case),  # before it was declared
        deed(5, case_id=case),
        deed(9, "note.opened", case_id=case),
        deed(6, case_id=case, actor_id=worker),  # who works on it
        deed(7, case_id=case, actor_id=colleague),  # the other rule's business
        deed(8, "record.missed", case_id=None, asked=str(case)),
        deed(9),
    ]
    found = list(near_a_colleague(deeds, [conflict], {(worker, case)}))
    assert [(n.rule, n.person_id, n.case_id, n.count) for n in found] == [
        ("looked_at_a_case_near_a_colleague", WHO, case, 2)
    ]


def test_a_look_up_of_a_colleagues_relative_is_reviewed(cast, watcher):
    case = open_case(cast.caseworker)
    declare_conflict(actor=cast.second_caseworker, case_id=case.pk, relation="family")
    read_cases(cast.intake, 2, case_id=case.pk)
    read_cases(cast.caseworker, 1, case_id=case.pk)
    watch_log(actor=watcher)
    watch_log(actor=watcher)
    found = [r for r in reviews() if r.facts["rule"] == "looked_at_a_case_near_a_colleague"]
    assert [(r.subject_id, r.case_id, r.facts["count"]) for r in found] == [
        (cast.intake.pk, case.pk, 2)
    ]


@pytest.fixture
def watcher(database):
    user = User.objects.get(pk=WATCHER_ID)
    sequence_all(connections["sequencer"])
    watch_log(actor=user)
    return user


def read_cases(who, count, **over):
    with connections["default"].cursor() as cursor:
        for _ in range(count):
            values = {"actor_id": who.pk, "agency_id": who.agency_id, **over}
            cursor.execute(INSERT, event(**values))
    sequence_all(connections["sequencer"])


def reviews():
    return list(Review.objects.using("owner").filter(kind="unusual_reading").order_by("created_at"))


def test_r_a8_many_cases_open_one_review_that_somebody_else_closes(cast, watcher, client_of):
    limit = watch_rules().cases_in_an_hour
    read_cases(cast.caseworker, limit - 1)
    watch_log(actor=watcher)
    assert reviews() == [] or {r.facts["rule"] for r in reviews()} == {"out_of_hours"}
    already = len(reviews())
    # The increments are judged with what came before them; twice is once.
    read_cases(cast.caseworker, 1)
    task()
    watch_log(actor=watcher)
    found = [r for r in reviews() if r.facts["rule"] == "many_cases_in_an_hour"]
    assert len(found) == 1
    assert len(reviews()) <= already + 2
    review = found[0]
    assert (review.subject_id, review.agency_id) == (cast.caseworker.pk, cast.agency.pk)
    assert review.facts["count"] == limit
    page = client_of(cast.dpo).get(f"/audit/reviews/{review.pk}/").content.decode()
    assert "many cases in an hour" in page
    assert f"?person={cast.caseworker.pk}&amp;since={review.facts['day']}" in page
    # Nobody's work is stopped, and the person is not told by the queue.
    assert client_of(cast.caseworker).get("/cases/").status_code == 200
    close_review(
        actor=cast.dpo, review_id=review.pk, finding="false_alarm", remark="Conference day."
    )
    read_cases(cast.caseworker, 3)
    watch_log(actor=watcher)
    assert len([r for r in reviews() if r.facts["rule"] == "many_cases_in_an_hour"]) == 1


def test_repeated_refusals_and_misses_of_real_requests_are_reviewed(cast, watcher, client_of):
    limit = watch_rules().refusals_in_an_hour
    client = client_of(cast.south_caseworker)
    case = open_case(cast.caseworker)
    for _ in range(limit - 1):
        assert client.get(f"/cases/{case.pk}/").status_code == 404
    assert client.get("/audit/usage/").status_code == 403
    sequence_all(connections["sequencer"])
    watch_log(actor=watcher)
    (review,) = [one for one in reviews() if one.facts["rule"] == "repeated_refusals"]
    assert (review.subject_id, review.facts["count"]) == (cast.south_caseworker.pk, limit)
    page = client_of(cast.dpo).get(f"/audit/reviews/{review.pk}/").content.decode()
    assert "repeated refusals" in page
    close_review(actor=cast.dpo, review_id=review.pk, finding="not_in_order", remark="We talked.")
    assert not [one for one in reviews() if one.closed_at is None and one.pk == review.pk]


def test_a_night_of_reading_is_reviewed(cast, watcher, superuser):
    limit = watch_rules().out_of_hours_openings
    night = datetime(2026, 11, 25, 23, tzinfo=MANILA)
    read_cases(cast.caseworker, limit)
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    superuser.execute(
        "UPDATE audit_event SET at = %s WHERE actor_id = %s AND verb = 'case.opened'",
        [night, cast.caseworker.pk],
    )
    watch_log(actor=watcher)
    found = [one for one in reviews() if one.facts["rule"] == "out_of_hours"]
    assert [(one.subject_id, one.facts["count"], one.facts["day"]) for one in found] == [
        (cast.caseworker.pk, limit, "2026-11-25")
    ]


def test_it_goes_on_where_it_ended_and_is_quiet_when_nothing_happened(cast, watcher, monkeypatch):
    monkeypatch.setattr("desk.services.watching.AT_ONCE", 7)
    read_cases(cast.caseworker, 20, verb="note.written")
    assert watch_log(actor=watcher) >= 20
    told = AuditEvent.objects.filter(verb="log.watched").order_by("id")
    spans = [(e.facts["first"], e.facts["upto"]) for e in told][1:]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    count = told.count()
    sequence_all(connections["sequencer"])
    assert watch_log(actor=watcher) == 0
    assert told.count() == count


def test_service_accounts_are_not_judged_and_nobody_else_may_watch(cast, watcher):
    read_cases(User.objects.get(pk=IMPORTER_ID), 40)
    watch_log(actor=watcher)
    assert reviews() == []
    read_cases(cast.caseworker, 1)
    with pytest.raises(Denied):
        watch_log(actor=cast.auditor)


def test_a_database_that_was_altered_is_reviewed_by_people(cast, watcher, superuser, client_of):
    look = Watch()
    look.look(connections["sequencer"])
    sequence_all(connections["sequencer"])
    watch_log(actor=watcher)
    altered = Review.objects.using("owner").filter(kind="altered_database")
    assert not altered.exists(), "the first look is no change"
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    look.look(connections["sequencer"])
    sequence_all(connections["sequencer"])
    watch_log(actor=watcher)
    watch_log(actor=watcher)
    review = altered.get()
    found = AuditEvent.objects.get(verb="database.differs")
    assert review.facts == {"event": found.pk, "found": "differs"}
    page = html.unescape(client_of(cast.dpo).get(f"/audit/reviews/{review.pk}/").content.decode())
    assert "Database altered" in page
    assert "trigger append_only on audit_event: from always to off" in page


def test_limits_are_data_of_the_installation(settings):
    settings.LIWANAG_WATCH = {"cases_in_an_hour": 3}
    assert watch_rules().cases_in_an_hour == 3
    settings.LIWANAG_WATCH = {"cases_in_a_minute": 3}
    with pytest.raises(ImproperlyConfigured, match=r"LIWANAG_WATCH: .*cases_in_a_minute"):
        watch_rules()
