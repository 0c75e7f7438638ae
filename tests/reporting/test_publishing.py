"""Approving by a second person, withdrawing with a reason, and what the database itself holds."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from accounts.models import Team
from accounts.services.directory import assign_role
from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError, InvalidTransition
from reporting.models import StatisticsRelease
from reporting.services.releases import publish_release, request_release, withdraw_release
from tests.reporting.conftest import H1, ask, kept


def _change(release: StatisticsRelease, **values: object) -> None:
    """Change a release below the services, as its owner inside an act."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        StatisticsRelease.objects.using("owner").filter(pk=release.pk).update(**values)


def _give_dpo_the_analysts_role(cast):
    assign_role(
        actor=cast.admin,
        user_id=cast.dpo.pk,
        team_id=Team.objects.get(name="Office").pk,
        role="analyst",
    )
    return cast.again("dpo")


# Publishing


def test_the_data_protection_officer_publishes_what_somebody_else_asked_for(cast, in_review):
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    publish_release(actor=cast.dpo, release_id=in_review.pk, at=at)
    after = kept(in_review)
    assert (after.status, after.approved_by_id, after.published_at) == (
        "published",
        cast.dpo.pk,
        at,
    )
    assert bytes(after.payload) == bytes(in_review.payload)
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id, event.actor_id) == (
        "release.published",
        in_review.pk,
        cast.dpo.pk,
    )


@pytest.mark.parametrize("who", ["manager", "analyst"])
def test_nobody_else_publishes(cast, in_review, who):
    with pytest.raises(Denied):
        publish_release(actor=getattr(cast, who), release_id=in_review.pk)
    assert kept(in_review).status == "in_review"
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.outcome, event.object_id) == ("act.refused", "refused", in_review.pk)


def test_whoever_asked_does_not_approve_even_with_both_roles(cast, referrals, run_jobs):
    both = _give_dpo_the_analysts_role(cast)
    release = ask(both)
    run_jobs()
    with pytest.raises(Denied):
        publish_release(actor=both, release_id=release.pk)
    assert kept(release).status == "in_review"
    assert AuditEvent.objects.latest("id").verb == "act.refused"


def test_the_database_refuses_an_author_as_approver_too(cast, in_review):
    with pytest.raises(DatabaseError, match="author_does_not_approve"):
        _change(
            in_review,
            status="published",
            approved_by=cast.manager,
            published_at=datetime(2026, 1, 2, tzinfo=UTC),
        )
    with pytest.raises(DatabaseError, match="published_release_is_approved"):
        _change(in_review, status="published")


@pytest.mark.parametrize("who", ["stranger", "partner", "caseworker", "admin", "auditor"])
def test_who_does_not_see_it_does_not_find_it(cast, in_review, who):
    for decide in (publish_release, withdraw_release):
        more = {"reason": "No longer needed"} if decide is withdraw_release else {}
        with pytest.raises(StatisticsRelease.DoesNotExist):
            decide(actor=getattr(cast, who), release_id=in_review.pk, **more)
    assert kept(in_review).status == "in_review"


def test_what_is_not_computed_is_not_published(cast):
    release = ask(cast.manager)
    with pytest.raises(InvalidTransition):
        publish_release(actor=cast.dpo, release_id=release.pk)
    assert kept(release).status == "requested"


def test_a_second_publication_is_refused(cast, published):
    with pytest.raises(InvalidTransition):
        publish_release(actor=cast.dpo, release_id=published.pk)
    assert kept(published).version == published.version


def test_figures_that_are_not_what_was_computed_are_not_published(cast, in_review, superuser):
    superuser.execute("ALTER TABLE reporting_statisticsrelease DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE reporting_statisticsrelease SET payload = convert_to("
        "replace(convert_from(payload, 'UTF8'), '\"value\":38', '\"value\":27'), 'UTF8')"
    )
    superuser.execute("ALTER TABLE reporting_statisticsrelease ENABLE TRIGGER USER")
    with pytest.raises(DomainError) as refused:
        publish_release(actor=cast.dpo, release_id=in_review.pk)
    assert refused.value.code == "not_intact"
    assert kept(in_review).status == "in_review"


def test_publishing_twice_at_once_publishes_once(cast, in_review):
    dpo, ready, outcomes = cast.dpo, threading.Barrier(2), []

    def publish():
        ready.wait()
        try:
            publish_release(actor=dpo, release_id=in_review.pk)
            outcomes.append("published")
        except InvalidTransition:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "refused"]
    assert AuditEvent.objects.filter(verb="release.published").count() == 1


# Withdrawing


@pytest.mark.parametrize("who", ["manager", "dpo"])
def test_a_published_release_is_withdrawn_with_a_reason(cast, published, who):
    withdraw_release(
        actor=getattr(cast, who), release_id=published.pk, reason=" A source was\ncounted twice "
    )
    after = kept(published)
    assert (after.status, after.withdrawn_reason) == ("withdrawn", "A source was counted twice")
    assert after.withdrawn_at is not None
    assert after.published_at == published.published_at
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.facts) == ("release.withdrawn", {"was_published": True})
    assert event.fields == ["withdrawn_reason"]


def test_an_analyst_does_not_withdraw(cast, in_review):
    with pytest.raises(Denied):
        withdraw_release(actor=cast.analyst, release_id=in_review.pk, reason="Asked by mistake")
    assert kept(in_review).status == "in_review"


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 201])
def test_withdrawing_needs_a_reason(cast, published, reason):
    with pytest.raises(DomainError) as refused:
        withdraw_release(actor=cast.dpo, release_id=published.pk, reason=reason)
    assert refused.value.field == "reason"
    assert kept(published).status == "published"


def test_what_is_withdrawn_or_failed_stays_so(cast, published):
    withdraw_release(actor=cast.dpo, release_id=published.pk, reason="Counted twice")
    with pytest.raises(InvalidTransition):
        withdraw_release(actor=cast.dpo, release_id=published.pk, reason="Counted thrice")
    with pytest.raises(InvalidTransition):
        publish_release(actor=cast.dpo, release_id=published.pk)
    assert kept(published).withdrawn_reason == "Counted twice"


# Who sees it


def test_readers_see_a_release_from_its_publication_on_and_the_reason_when_it_ends(cast, in_review):
    def seen(who: str) -> bool:
        with reading(getattr(cast, who)):
            return StatisticsRelease.objects.visible_to(getattr(cast, who)).exists()

    workers, readers = ("manager", "analyst", "dpo"), ("supervisor", "survivor_advisor")
    nobody = ("caseworker", "auditor", "admin", "partner", "stranger_caseworker")
    assert [seen(who) for who in (*workers, *readers)] == [True, True, True, False, False]
    publish_release(actor=cast.dpo, release_id=in_review.pk)
    assert all(seen(who) for who in (*workers, *readers))
    withdraw_release(actor=cast.dpo, release_id=in_review.pk, reason="Counted twice")
    assert all(seen(who) for who in (*workers, *readers))
    assert not any(seen(who) for who in nobody)


def test_a_release_called_off_before_publication_stays_with_those_who_work_on_it(cast, in_review):
    withdraw_release(actor=cast.dpo, release_id=in_review.pk, reason="The period was wrong")
    assert not StatisticsRelease.objects.visible_to(cast.supervisor).exists()
    with reading(cast.analyst):
        assert StatisticsRelease.objects.visible_to(cast.analyst).exists()


# What the database holds


@pytest.mark.parametrize(
    "values",
    [
        {"payload": b"{}"},
        {"digest": b"0" * 32},
        {"cells_hidden": 0},
        {"as_of": datetime(2026, 1, 2, tzinfo=UTC)},
        {"title": "Something else"},
        {"measures": ["S-CONV"]},
        {"threshold": 2},
        {"period_end": H1[0]},
        {"status": "requested"},
        {"status": "computing"},
        {"status": "in_review"},
        {"status": "failed", "failed_because": "uncountable"},
        {"published_at": datetime(2026, 1, 2, tzinfo=UTC)},
        {"approved_by": None},
    ],
)
def test_a_published_release_never_changes_below_the_services(cast, published, values):
    before = kept(published)
    with pytest.raises(DatabaseError):
        _change(published, **values)
    after = kept(published)
    for name in values:
        assert getattr(after, name) == getattr(before, name)


def test_a_release_is_not_approved_by_its_author_by_changing_the_author(cast, in_review):
    with pytest.raises(DatabaseError, match="is fixed"):
        _change(in_review, requested_by=cast.analyst)


def test_a_release_changes_in_no_other_way_than_in_an_act(cast, in_review):
    with pytest.raises(DatabaseError, match="no act is open"):
        StatisticsRelease.objects.filter(pk=in_review.pk).update(cells_hidden=99)
    with pytest.raises(DatabaseError):
        StatisticsRelease.objects.filter(pk=in_review.pk)._raw_delete("default")
    assert kept(in_review).cells_hidden == in_review.cells_hidden


def test_a_withdrawn_release_says_why_below_the_services_too(cast, published):
    with pytest.raises(DatabaseError, match="withdrawn_release_says_why"):
        _change(published, status="withdrawn")


def test_those_refusals_come_from_the_database(cast, superuser):
    """A plain connection of a superuser meets them too."""
    release = request_release(
        actor=cast.manager,
        title="Referrals by source",
        measures=["S-SRC"],
        period_start=H1[0],
        period_end=H1[1],
    )
    with superuser.transaction(), pytest.raises(psycopg.Error, match="is fixed"):
        superuser.execute("SELECT set_config('liwanag.act', 'x', true)")
        superuser.execute(
            "UPDATE reporting_statisticsrelease SET title = 'x' WHERE id = %s", [release.pk]
        )
