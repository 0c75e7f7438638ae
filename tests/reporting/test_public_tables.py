"""Public tables from the request to the frozen document: charged, noisy, looked over, published."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from django.db import connections

from audit.models import AuditEvent
from core.errors import Denied, DomainError, InvalidTransition
from reporting import public
from reporting.measures import CountingError, Period
from reporting.models import PrivacyCharge, StatisticsRelease
from reporting.packaging import thaw
from reporting.populations import BROUGHT_TO_SAFETY, read_people
from reporting.private.budget import FINEST, epsilon_of
from reporting.services import public_tables
from reporting.services.budget import dearest, release_cost
from reporting.services.releases import (
    advise_release,
    compute_release,
    publish_release,
    request_release,
    withdraw_release,
)
from tests.reporting.conftest import kept
from tests.reporting.made_up import survivors

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def ask(actor, period=YEAR, **over):
    values = {
        "title": "Children brought to safety",
        "measures": ["S-RES"],
        "tier": "public",
        "period_start": period[0],
        "period_end": period[1],
    }
    return request_release(actor=actor, **{**values, **over})


def document(release):
    return thaw(bytes(release.payload), bytes(release.digest).hex(), public.SCHEMA)


@pytest.fixture
def computed(cast, run_jobs):
    def make(people, **over):
        survivors(cast.manager.agency, people)
        release = ask(cast.manager, **over)
        run_jobs()
        return kept(release)

    return make


def test_a_large_population_gets_single_tables_and_pairs(computed):
    release = computed(2500)
    assert release.status == "in_review"
    tables = public.read_tables(document(release))
    assert len(tables) == 10
    by_gender = next(t for t in tables if t.id == "s-res-gender")
    total = by_gender.cells["_total", "_total"]
    assert abs(total.estimate - 2500) < 5 * total.moe95
    assert abs(by_gender.cells["Feminine", "_total"].estimate - 1500) < 200


def test_totals_of_the_document_are_the_same_in_every_table_that_has_them(computed):
    tables = public.read_tables(document(computed(2500)))
    said = {}
    for table in tables:
        for (row, column), cell in table.cells.items():
            named = frozenset(
                (axis.code, code)
                for axis, code in ((table.rows, row), (table.columns, column))
                if axis is not None and code != "_total"
            )
            said.setdefault(named, set()).add((cell.value, cell.estimate, cell.moe95))
    assert all(len(values) == 1 for values in said.values())


def test_a_middling_population_gets_four_single_tables_of_a_whole_year(computed):
    tables = public.read_tables(document(computed(500)))
    assert sorted(t.id for t in tables) == [
        "s-res-age_band",
        "s-res-country",
        "s-res-gender",
        "s-res-period",
    ]
    assert all(table.columns is None for table in tables)


@pytest.mark.parametrize(
    ("people", "period"), [(20, YEAR), (0, YEAR), (500, (date(2025, 1, 1), date(2025, 6, 30)))]
)
def test_too_few_people_get_no_table(computed, people, period):
    release = computed(people, period=period)
    assert (release.status, release.failed_because) == ("failed", "too_few")
    assert release.payload is None
    # What was drawn to find that out has been paid for.
    assert PrivacyCharge.objects.using("owner").filter(release=release).exists()


def test_what_it_says_of_itself(computed):
    payload = document(computed(500)).payload
    assert payload["parameters"]["epsilon"] <= 1.0
    assert payload["parameters"]["privacy_unit"] == "person"
    assert payload["population"]["id"] == "S-RES"
    assert payload["tier"] == "public"


def test_people_outside_the_period_or_of_another_agency_are_not_read(cast):
    survivors(cast.manager.agency, 365)
    half = Period.covering(date(2025, 1, 1), date(2025, 6, 30))
    here = read_people(
        BROUGHT_TO_SAFETY, period=half, as_of=date(2026, 1, 1), agency_id=cast.manager.agency_id
    )
    assert here.shape == (181, 4)
    assert set(np.unique(here[:, 0])) == {0, 1}
    elsewhere = read_people(
        BROUGHT_TO_SAFETY,
        period=half,
        as_of=date(2026, 1, 1),
        agency_id=cast.stranger_caseworker.agency_id,
    )
    assert len(elsewhere) == 0


def test_a_code_that_no_list_holds_stops_the_counting(cast):
    survivors(cast.manager.agency, 3)
    narrow = replace(
        BROUGHT_TO_SAFETY,
        dimensions=tuple(
            replace(d, other_code=None) if d.code == "country" else d
            for d in BROUGHT_TO_SAFETY.dimensions
        ),
    )
    survivors(cast.manager.agency, 9)
    with pytest.raises(CountingError):
        read_people(
            narrow,
            period=Period.covering(*YEAR),
            as_of=date(2026, 1, 1),
            agency_id=cast.manager.agency_id,
        )


def test_r_s2_three_people_stand_behind_what_the_public_reads(cast, computed):
    release = computed(500)
    with pytest.raises(DomainError, match="survivor advisor"):
        publish_release(actor=cast.dpo, release_id=release.pk)
    with pytest.raises(Denied):
        advise_release(actor=cast.dpo, release_id=release.pk)
    advise_release(actor=cast.survivor_advisor, release_id=release.pk)
    with pytest.raises(InvalidTransition):
        advise_release(actor=cast.survivor_advisor, release_id=release.pk)
    publish_release(actor=cast.dpo, release_id=release.pk)
    assert kept(release).status == "published"


def test_the_database_wants_the_advisor_too(cast, computed):
    release = computed(500)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'x', false)")
        with pytest.raises(Exception, match="public_release_is_advised"):
            cursor.execute(
                "UPDATE reporting_statisticsrelease SET status = 'published', "
                "approved_by_id = %s, published_at = now() WHERE id = %s",
                [cast.dpo.pk, release.pk],
            )


def test_the_budget_is_charged_once_and_never_given_back(cast, computed, statistician):
    release = computed(500)
    (charge,) = PrivacyCharge.objects.using("owner").all()
    assert charge.rho_billionths == int(release_cost() * FINEST)
    withdraw_release(actor=cast.manager, release_id=release.pk, reason="A word was wrong.")
    assert list(PrivacyCharge.objects.using("owner").all()) == [charge]
    for change in (
        "UPDATE reporting_privacycharge SET rho_billionths = 1",
        "DELETE FROM reporting_privacycharge",
    ):
        with (
            connections["owner"].cursor() as cursor,
            pytest.raises(Exception, match=r"refused|never"),
        ):
            cursor.execute(change)


def test_the_same_days_can_be_counted_again_until_the_budget_is_spent(cast, computed, run_jobs):
    release = computed(500)
    refused = ""
    for _again in range(10):
        withdraw_release(actor=cast.manager, release_id=release.pk, reason="Once more.")
        try:
            release = ask(cast.manager)
        except DomainError as refusal:
            refused = refusal.code
            break
        run_jobs()
        release = kept(release)
    assert refused == "budget_spent"
    charges = PrivacyCharge.objects.using("owner").all()
    spent = sum((Fraction(c.rho_billionths, FINEST) for c in charges), Fraction(0))
    assert epsilon_of(spent) <= 2.0 < epsilon_of(spent + release_cost())


def test_a_worker_that_died_after_the_charge_does_not_pay_twice(
    cast, run_jobs, statistician, monkeypatch
):
    survivors(cast.manager.agency, 500)
    release = ask(cast.manager)

    class Killed(BaseException):
        pass

    def die(*_args, **_more):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(public_tables, "compute", die)
        with pytest.raises(Killed):
            compute_release(actor=statistician, release_id=release.pk)
    assert kept(release).status == "computing"
    compute_release(actor=statistician, release_id=release.pk)
    assert kept(release).status == "in_review"
    assert PrivacyCharge.objects.using("owner").count() == 1


def test_two_who_ask_for_the_last_of_the_budget_do_not_both_get_it(cast, settings):
    settings.LIWANAG_EPSILON_A_YEAR = 1.0
    survivors(cast.manager.agency, 500)
    halves = [(date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 7, 1), date(2025, 6, 30))]
    answers = []

    def go(period):
        try:
            answers.append(ask(cast.manager, period=period).status)
        except DomainError as refusal:
            answers.append(refusal.code)
        finally:
            for alias in connections:
                connections[alias].close()

    threads = [threading.Thread(target=go, args=(period,)) for period in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["overlapping_release", "requested"]


def test_a_budget_that_was_spent_since_the_asking_fails_the_release(
    cast, computed, statistician, settings
):
    computed(500)
    waiting = ask(cast.manager, period=(date(2024, 7, 1), date(2024, 12, 31)))
    settings.LIWANAG_EPSILON_A_YEAR = settings.LIWANAG_EPSILON_A_RELEASE / 2
    charges = PrivacyCharge.objects.using("owner").count()
    failed = compute_release(actor=statistician, release_id=waiting.pk)
    assert failed == kept(waiting)
    assert (kept(waiting).status, kept(waiting).failed_because) == ("failed", "budget_spent")
    assert kept(waiting).payload is None
    assert PrivacyCharge.objects.using("owner").count() == charges
    told = AuditEvent.objects.filter(object_id=waiting.pk).order_by("id")
    assert [event.verb for event in told][-2:] == ["release.computing", "release.failed"]
    assert told.last().facts == {"because": "budget_spent"}
    # Once and for all: asked again, it stays as it is.
    assert compute_release(actor=statistician, release_id=waiting.pk).status == "failed"
    assert AuditEvent.objects.filter(object_id=waiting.pk).count() == len(told)


def test_one_person_pays_for_one_period_of_each_population():
    q1, q2 = date(2025, 1, 1), date(2025, 4, 1)
    ends = date(2025, 3, 31), date(2025, 6, 30)
    apart = [("S-RES", q1, ends[0], 5), ("S-RES", q2, ends[1], 7)]
    assert dearest(apart) == Fraction(7, FINEST)
    assert dearest([*apart, ("S-RES", q1, ends[1], 2)]) == Fraction(9, FINEST)
    assert dearest([*apart, ("S-CONV", q1, ends[0], 4)]) == Fraction(11, FINEST)
    assert dearest([]) == 0


def test_partners_and_public_do_not_stand_in_each_others_way(cast, referrals):
    ask(cast.manager)
    ask(cast.manager, tier="partner", measures=["S-SRC"])
    assert StatisticsRelease.objects.using("owner").count() == 2


@pytest.mark.parametrize("measures", [["S-SRC"], [], ["S-RES", "S-SRC"], ["nothing"]])
def test_a_public_release_is_of_one_population(cast, measures):
    with pytest.raises(DomainError) as refused:
        ask(cast.manager, measures=measures)
    assert refused.value.field == "measures"


def test_no_exact_count_is_in_the_log_or_a_task(cast, computed):
    # Five digits: no part of a random id is as long.
    survivors_of_a_year = 12347
    computed(survivors_of_a_year)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(e::text, ''), '') FROM audit_event e")
        log = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(o::text, ''), '') FROM audit_outbox o")
        tasks = cursor.fetchone()[0]
    assert not re.search(r"\b12347\b", log)
    assert not re.search(r"\b12347\b", tasks)
