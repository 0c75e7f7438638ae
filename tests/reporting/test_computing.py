"""The job: what it counts, that it may run twice or die, and that no exact count gets out."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.service_accounts import IMPORTER_ID, STATISTICIAN_ID
from audit.models import AuditEvent, OutboxMessage
from core.errors import Denied
from courts.services.charges import file_charge
from courts.services.proceedings import open_proceeding
from courts.services.verdicts import record_verdict
from reporting import facts
from reporting.disclosure import DisclosureRisk, Policy, audit
from reporting.measures import MEASURES, CountingError, Period
from reporting.packaging import tables_of
from reporting.selectors import stored
from reporting.services import releases
from reporting.services.releases import compute_release, withdraw_release
from reporting.tables import TOTAL
from reporting.tasks import compute_release as task
from tests.factories import add_participant, log_referral, open_case
from tests.reporting.conftest import ask, kept


def _verbs(release) -> list[str]:
    events = AuditEvent.objects.filter(object_id=release.pk).order_by("id")
    return [event.verb for event in events]


def _table(release, number: int = 0):
    return tables_of(stored(release))[number]


# Who computes


def test_the_statistics_service_holds_its_role_by_being_that_account(statistician):
    assert statistician.roles == {Role.STATISTICS_SERVICE}
    assert statistician.may("reporting.compute_release")
    assert not statistician.may("reporting.publish_release")
    assert not statistician.may("cases.read_case")
    assert statistician.agency_id is None


def test_no_person_and_no_other_service_computes(cast):
    importer = User.objects.get(pk=IMPORTER_ID)
    assert Role.STATISTICS_SERVICE not in importer.roles
    release = ask(cast.manager)
    for person in (cast.manager, cast.analyst, cast.dpo):
        with pytest.raises(Denied):
            compute_release(actor=person, release_id=release.pk)
    assert kept(release).status == "requested"


def test_a_person_is_never_given_the_role_by_an_id(cast, superuser):
    superuser.execute("ALTER TABLE accounts_user DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE accounts_user SET kind = 'person', agency_id = %s WHERE id = %s",
        [cast.agency.pk, STATISTICIAN_ID],
    )
    assert User.objects.get(pk=STATISTICIAN_ID).roles == frozenset()


# What comes out


def test_the_job_counts_protects_and_freezes(cast, in_review):
    assert in_review.status == "in_review"
    table = _table(in_review)
    assert table.value((TOTAL, TOTAL)) == 38
    assert table.value(("health", TOTAL)) == 12
    assert table.value(("school", TOTAL)) is None
    assert audit(table, Policy(10)).is_safe
    assert in_review.cells_hidden == len(table.hidden) > 0
    assert in_review.as_of is not None
    assert _verbs(in_review) == ["release.requested", "release.computing", "release.computed"]


def test_events_of_the_job_name_the_service_and_hold_no_count(cast, in_review):
    events = AuditEvent.objects.filter(object_id=in_review.pk, actor_id=STATISTICIAN_ID)
    assert [(event.verb, event.role, event.facts) for event in events.order_by("id")] == [
        ("release.computing", "statistics_service", {"again": False}),
        ("release.computed", "statistics_service", {"cells_hidden": in_review.cells_hidden}),
    ]


def test_only_what_the_agency_knew_by_the_day_of_computing_is_counted(cast, run_jobs, statistician):
    for day in (1, 20):
        for number in range(12):
            log_referral(
                cast.intake,
                source_category="ngo",
                received_at=datetime(2025, 5, day, 4, number, tzinfo=UTC),
            )
    release = ask(cast.manager, period_start=date(2025, 4, 1))
    compute_release(
        actor=statistician, release_id=release.pk, at=datetime(2025, 5, 15, 4, tzinfo=UTC)
    )
    document = stored(kept(release)).payload
    assert _table(kept(release)).value((TOTAL, TOTAL)) == 12
    assert (document["as_of"], document["period"]["complete"]) == ("2025-05-15", False)
    assert document["agency"] == "Tanglaw Foundation"
    assert document["tier"] == "partner"


def test_another_agencys_referrals_are_not_counted(cast, superuser, run_jobs):
    for number in range(24):
        log_referral(
            cast.intake,
            source_category="ngo",
            received_at=datetime(2025, 5, 1 + number, 4, tzinfo=UTC),
        )
    release = ask(cast.manager)
    superuser.execute("ALTER TABLE accounts_team DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE accounts_team SET agency_id = %s WHERE id = %s", [cast.shelter.pk, cast.north.pk]
    )
    run_jobs()
    assert set(_table(kept(release)).published.values()) == {None}


def test_a_conviction_is_counted_once_and_hidden_while_it_is_one_of_few(cast, run_jobs):
    case = open_case(cast.caseworker)
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    proceeding = open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=date(2025, 2, 1),
        step="submitted_for_decision",
        earlier_unknown=True,
    )
    charges = [
        file_charge(
            actor=cast.legal,
            proceeding_id=proceeding.pk,
            statute=f"PH-RA11862-{section}",
            filed_on=date(2025, 2, 2),
        )
        for section in ("4", "6")
    ]
    for charge in charges:
        record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=charge.version,
            result="convicted",
            decided_on=date(2025, 3, 3),
        )
    exact = facts.count(
        [MEASURES["S-CONV"]],
        period=Period.parse("2025H1"),
        as_of=timezone.localdate(),
        agency_id=cast.agency.pk,
    )
    assert exact[0][1].value(("PH", "source")) == exact[0][1].value((TOTAL, TOTAL)) == 1
    release = ask(cast.manager, measures=["S-CONV"])
    run_jobs()
    table = _table(kept(release))
    assert set(table.published.values()) == {None}
    assert audit(table, Policy(10)).is_safe


# Running twice, dying, being called off


def test_running_the_job_again_changes_nothing(cast, in_review):
    before = (in_review.version, bytes(in_review.digest), _verbs(in_review))
    task(str(in_review.pk))
    again = kept(in_review)
    assert (again.version, bytes(again.digest), _verbs(again)) == before


def test_a_worker_that_dies_while_counting_leaves_it_computing_and_the_next_one_ends_it(
    cast, referrals, monkeypatch
):
    release = ask(cast.manager)

    class Killed(BaseException):
        pass

    def die(*args, **more):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(releases, "count", die)
        with pytest.raises(Killed):
            task(str(release.pk))
    assert kept(release).status == "computing"
    task(str(release.pk))
    assert kept(release).status == "in_review"
    again = AuditEvent.objects.filter(object_id=release.pk, verb="release.computing")
    assert [event.facts["again"] for event in again.order_by("id")] == [False, True]


def test_a_database_that_is_away_is_not_a_failed_release(cast, referrals, monkeypatch):
    release = ask(cast.manager)

    def away(*args, **more):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(releases, "count", away)
        with pytest.raises(OperationalError):
            task(str(release.pk))
    assert kept(release).status == "computing"
    assert OperationalError in task.autoretry_for


def test_a_release_that_is_gone_asks_for_nothing(cast):
    task("00000000-0000-4000-8000-000000000000")


def test_a_release_called_off_while_it_is_counted_stays_called_off(cast, referrals, monkeypatch):
    release = ask(cast.manager)
    count = releases.count

    def call_off_then_count(*args, **more):
        withdraw_release(actor=cast.manager, release_id=release.pk, reason="Asked by mistake")
        return count(*args, **more)

    monkeypatch.setattr(releases, "count", call_off_then_count)
    task(str(release.pk))
    after = kept(release)
    assert (after.status, after.payload, after.digest) == ("withdrawn", None, None)
    assert "release.computed" not in _verbs(release)


def test_a_release_called_off_before_it_is_counted_is_not_counted(cast, run_jobs):
    release = ask(cast.manager)
    withdraw_release(actor=cast.manager, release_id=release.pk, reason="Asked by mistake")
    run_jobs()
    assert (kept(release).status, kept(release).payload) == ("withdrawn", None)


def test_two_workers_at_once_freeze_one_document(cast, referrals, monkeypatch):
    release = ask(cast.manager)
    both_counted = threading.Barrier(2, timeout=30)
    count = releases.count

    def count_together(*args, **more):
        counted = count(*args, **more)
        both_counted.wait()
        return counted

    def work():
        try:
            task(str(release.pk))
        finally:
            connections.close_all()

    monkeypatch.setattr(releases, "count", count_together)
    with ThreadPoolExecutor(2) as workers:
        for job in [workers.submit(work) for _worker in range(2)]:
            job.result()
    assert kept(release).status == "in_review"
    assert _verbs(release).count("release.computed") == 1


# When it must not leave


SECRET = "271828"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (DisclosureRisk("s-src", ["School × 2025 Q1"]), "small_counts"),
        (CountingError(f"There are {SECRET} of them."), "uncountable"),
        (ValueError(f"There are {SECRET} of them."), "uncountable"),
        (KeyError(SECRET), "uncountable"),
    ],
)
def test_what_cannot_be_released_safely_fails_with_a_code_and_no_figure(
    cast, referrals, monkeypatch, caplog, failure, reason
):
    release = ask(cast.manager)

    def fail(*args, **more):
        raise failure

    monkeypatch.setattr(releases, "freeze", fail)
    with caplog.at_level(logging.DEBUG):
        task(str(release.pk))
    after = kept(release)
    assert (after.status, after.failed_because, after.payload) == ("failed", reason, None)
    event = AuditEvent.objects.filter(object_id=release.pk).latest("id")
    assert (event.verb, event.facts) == ("release.failed", {"because": reason})
    assert SECRET not in caplog.text
    assert "School" not in caplog.text
    assert f"release {release.pk} was not computed: {reason}" in caplog.text


def test_no_exact_count_is_in_a_log_an_event_or_a_task(cast, caplog, run_jobs, monkeypatch):
    """A count that stands nowhere else: if it turns up, it came from the table."""
    count = releases.count

    def many(*args, **more):
        [(measure, table)] = count(*args, **more)
        counts = {("school", "2025Q1"): int(SECRET), ("ngo", "2025Q1"): 3, ("ngo", "2025Q2"): 40}
        return [(measure, replace(table, counts=counts))]

    monkeypatch.setattr(releases, "count", many)
    before = AuditEvent.objects.latest("id").pk
    with caplog.at_level(logging.DEBUG):
        release = ask(cast.manager)
        run_jobs()
    assert SECRET.encode() in bytes(kept(release).payload), "the count is not the one counted"
    said = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert [line for line in said if SECRET in line] == []
    events = AuditEvent.objects.filter(pk__gt=before)
    assert SECRET not in str([(event.facts, event.fields) for event in events])
    assert SECRET not in str([message.ids for message in OutboxMessage.objects.all()])


# Which connection counts


def test_counting_uses_the_reporting_login_and_nothing_else(cast, referrals, monkeypatch):
    release = ask(cast.manager)
    asked = {alias: [] for alias in ("default", "owner", "auditor", "reporting")}

    def listen(alias):
        def note(execute, query, params, many, context):
            asked[alias].append(str(query))
            return execute(query, params, many, context)

        return note

    wrappers = [connections[alias].execute_wrapper(listen(alias)) for alias in asked]
    for wrapper in wrappers:
        wrapper.__enter__()
    try:
        task(str(release.pk))
    finally:
        for wrapper in wrappers:
            wrapper.__exit__(None, None, None)
    assert any("fact_referral" in query for query in asked["reporting"])
    assert "READ ONLY" in asked["reporting"][0]
    for alias in ("default", "owner", "auditor"):
        assert not any("fact_" in q or "referrals_referral" in q for q in asked[alias]), alias
    with connections["reporting"].cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert set(cursor.fetchone()) == {"liwanag_reporting"}


def test_all_measures_of_a_release_are_counted_in_one_snapshot(cast, referrals):
    def arrive_in_between(execute, query, params, many, context):
        if "fact_conviction" in str(query):
            log_referral(cast.intake, received_at=datetime(2025, 2, 1, 4, tzinfo=UTC))
        return execute(query, params, many, context)

    twice = [MEASURES["S-SRC"], MEASURES["S-CONV"], MEASURES["S-SRC"]]
    with connections["reporting"].execute_wrapper(arrive_in_between):
        counted = facts.count(
            twice,
            period=Period.parse("2025H1"),
            as_of=timezone.localdate(),
            agency_id=cast.agency.pk,
        )
    totals = [table.value((TOTAL, TOTAL)) for _measure, table in counted]
    assert totals == [38, 0, 38]
