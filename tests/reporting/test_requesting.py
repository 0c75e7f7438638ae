"""Asking for a release: who may, for which days, and what is never counted twice."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connections

from audit.models import AuditEvent, OutboxMessage
from core.errors import Denied, DomainError
from reporting.measures import CountingError
from reporting.models import StatisticsRelease
from reporting.services import releases
from reporting.services.releases import publish_release, withdraw_release
from tests.reporting.conftest import ask, kept

Q1, Q2 = (date(2025, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2025, 6, 30))


def _stored() -> int:
    return StatisticsRelease.objects.using("owner").count()


@pytest.mark.parametrize("who", ["manager", "analyst"])
def test_those_who_may_ask_get_a_release_that_waits_with_its_job_and_its_event(cast, who):
    release = kept(ask(getattr(cast, who), title="  Referrals\n by source "))
    assert (release.status, release.title) == ("requested", "Referrals by source")
    assert (release.period_start, release.period_end) == (date(2025, 1, 1), date(2025, 6, 30))
    assert release.agency_id == cast.agency.pk
    message = OutboxMessage.objects.get(task="reporting.compute_release")
    assert message.ids == [str(release.pk)]
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("release.requested", release.pk)
    assert event.facts == {"measures": ["S-SRC"], "tier": "partner"}


@pytest.mark.parametrize("who", ["caseworker", "dpo", "supervisor", "partner", "admin"])
def test_nobody_else_may_ask(cast, who):
    with pytest.raises(Denied):
        ask(getattr(cast, who))
    assert _stored() == 0
    assert AuditEvent.objects.latest("id").verb == "act.refused"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"title": "ab"}, "title"),
        ({"title": " " * 9}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"title": "Left to right \u202e and back"}, "title"),
        ({"title": "Half a \ud83d sign"}, "title"),
        ({"measures": []}, "measures"),
        ({"measures": ["S-SRC", "S-NONE"]}, "measures"),
        ({"period_end": date(2025, 6, 29)}, "period"),
        ({"period_start": date(2025, 1, 2)}, "period"),
        ({"period_start": date(2025, 7, 1)}, "period"),
        ({"period_start": date(2015, 1, 1)}, "period"),
        ({"period_start": date(1, 1, 1)}, "period"),
        ({"period_start": date(9999, 10, 1), "period_end": date(9999, 12, 31)}, "period"),
        ({"period_end": date(9999, 12, 31)}, "period"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_by_the_name_of_its_field(cast, over, field):
    with pytest.raises(DomainError) as refused:
        ask(cast.manager, **over)
    assert refused.value.field == field
    assert _stored() == 0
    assert not OutboxMessage.objects.exists()


def test_a_period_that_has_not_begun_in_manila_is_refused_and_one_that_has_is_taken(cast):
    # 31 Mar, 15:59 in Greenwich is 23:59 in Manila; a minute later it is April there.
    before = datetime(2025, 3, 31, 15, 59, tzinfo=UTC)
    quarter = {"period_start": Q2[0], "period_end": Q2[1]}
    with pytest.raises(DomainError, match="has not begun"):
        ask(cast.manager, at=before, **quarter)
    assert ask(cast.manager, at=datetime(2025, 3, 31, 16, tzinfo=UTC), **quarter).pk


def test_measures_are_kept_once_and_in_their_declared_order(cast):
    assert kept(ask(cast.manager, measures=["S-CONV", "S-SRC", "S-CONV"])).measures == [
        "S-SRC",
        "S-CONV",
    ]


def test_days_that_a_live_release_counts_are_not_counted_again(cast):
    earlier = ask(cast.manager)
    for days in (Q1, Q2, (date(2025, 4, 1), date(2025, 9, 30)), (date(2024, 1, 1), Q2[1])):
        with pytest.raises(DomainError) as refused:
            ask(cast.analyst, period_start=days[0], period_end=days[1])
        assert (refused.value.field, refused.value.code) == ("period", "overlapping_release")
        assert earlier.reference in refused.value.message
    assert _stored() == 1


def test_days_beside_a_live_release_and_other_measures_are_counted(cast):
    ask(cast.manager)
    ask(cast.manager, period_start=date(2025, 7, 1), period_end=date(2025, 9, 30))
    ask(cast.manager, measures=["S-CONV"])
    with pytest.raises(DomainError):
        ask(cast.manager, measures=["S-CONV", "S-SRC"])
    assert _stored() == 3


def test_an_unfinished_quarter_blocks_the_whole_one_until_it_is_withdrawn(cast, run_jobs):
    """The rule for a period that is not over: one live count of its days, whenever it was made."""
    in_may = datetime(2025, 5, 15, 4, tzinfo=UTC)
    partial = ask(cast.manager, period_start=Q2[0], period_end=Q2[1], at=in_may)
    run_jobs()
    publish_release(actor=cast.dpo, release_id=partial.pk)
    with pytest.raises(DomainError):
        ask(cast.manager, period_start=Q2[0], period_end=Q2[1])
    withdraw_release(actor=cast.dpo, release_id=partial.pk, reason="The quarter is over now")
    assert ask(cast.manager, period_start=Q2[0], period_end=Q2[1]).pk != partial.pk


def test_a_failed_release_blocks_nothing(cast, run_jobs, monkeypatch):
    def fail(*args, **more):
        raise CountingError("A row has no date.")

    first = ask(cast.manager)
    with monkeypatch.context() as patch:
        patch.setattr(releases, "count", fail)
        run_jobs()
    assert kept(first).status == "failed"
    assert ask(cast.manager).pk != first.pk


def test_another_agencys_releases_block_nothing(cast, superuser):
    ask(cast.manager)
    # No other agency of the cast has a manager, so this one's release is given away below.
    superuser.execute("ALTER TABLE reporting_statisticsrelease DISABLE TRIGGER USER")
    superuser.execute("UPDATE reporting_statisticsrelease SET agency_id = %s", [cast.shelter.pk])
    superuser.execute("ALTER TABLE reporting_statisticsrelease ENABLE TRIGGER USER")
    assert ask(cast.manager).agency_id == cast.agency.pk


def test_two_people_asking_at_once_get_one_release(cast):
    people, outcomes, ready = [cast.manager, cast.analyst], [], threading.Barrier(2)
    assert cast.agency

    def request(person):
        ready.wait()
        try:
            ask(person)
            outcomes.append("asked")
        except DomainError as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=request, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "overlapping_release"]
    assert _stored() == 1
