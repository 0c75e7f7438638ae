"""Every run of a background job is in the log, and none is lost for want of its event."""

from __future__ import annotations

import uuid

import pytest
from celery import current_app
from celery.app.trace import build_tracer
from django.db import OperationalError, connections
from django.utils import timezone

from audit.models import AuditEvent, OutboxMessage


def run_as_a_worker_does(task, *args, run=None):
    """By Celery's own tracer, which a worker calls, without a queue."""
    run = run or str(uuid.uuid4())
    tracer = build_tracer(task.name, task, app=current_app, eager=True, propagate=False)
    request = {"id": run, "task": task.name, "args": args, "kwargs": {}, "retries": 0}
    return tracer(run, args, {}, request), uuid.UUID(run)


def events_of(run):
    return [
        (event.verb, event.outcome, event.facts)
        for event in AuditEvent.objects.filter(request_id=run).order_by("id")
    ]


@pytest.fixture
def task():
    """Makes a task of the installation's own kind, and takes it out again."""
    made = []

    def make(work, **options):
        name = f"tests.{uuid.uuid4().hex[:8]}"
        made.append(name)
        return current_app.task(name=name, **options)(work)

    yield make
    for name in made:
        current_app.tasks.pop(name)


def test_a_run_is_recorded_with_its_name_and_ids_and_nothing_else(cast, task):
    about = str(uuid.uuid4())

    def work(one, word):
        return None

    job = task(work)
    _, run = run_as_a_worker_does(job, about, "kalapati")
    facts = {"task": job.name, "ids": [about], "try": 1}
    assert events_of(run) == [
        ("job.started", "done", facts),
        ("job.finished", "done", facts),
    ]
    event = AuditEvent.objects.filter(request_id=run).first()
    assert (event.act, event.actor_id) == (run, None)


def test_a_failure_is_recorded_by_its_kind_and_comes_out_as_it_is(cast, task):
    def work():
        raise ValueError("Maria Santos, born 2011")

    job = task(work)
    outcome, run = run_as_a_worker_does(job)
    assert isinstance(outcome.retval.exception, ValueError)
    kinds = events_of(run)
    assert [kind[:2] for kind in kinds] == [("job.started", "done"), ("job.failed", "failed")]
    assert kinds[1][2]["error"] == "ValueError"
    assert "Maria" not in str(kinds)


def test_a_job_to_be_tried_again_says_so(cast, task):
    def work():
        raise OSError

    job = task(work, autoretry_for=(OSError,))
    _, run = run_as_a_worker_does(job)
    assert [kind[:2] for kind in events_of(run)][:2] == [
        ("job.started", "done"),
        ("job.postponed", "failed"),
    ]


@pytest.fixture
def message(cast):
    """A job that an act left in the outbox, sent and not yet done."""
    return OutboxMessage.objects.create(
        act=uuid.uuid4(), task="tests.any", ids=[], sent_at=timezone.now()
    )


def ended(message):
    message.refresh_from_db()
    return message.done_at is not None


def test_a_job_of_the_outbox_ends_there_with_its_event_and_is_not_done_twice(message, task):
    ran = []

    def work():
        ran.append(1)

    job = task(work)
    for _ in range(2):
        run_as_a_worker_does(job, run=str(message.pk))
    assert ran == [1]
    assert ended(message)
    assert [kind[0] for kind in events_of(message.pk)] == ["job.started", "job.finished"]


def test_a_job_that_failed_by_itself_has_ended_too(message, task):
    def work():
        raise ValueError

    run_as_a_worker_does(task(work), run=str(message.pk))
    assert ended(message)


def test_a_job_that_met_a_database_that_went_away_is_tried_again_and_stays_open(
    message, task, monkeypatch
):
    def work():
        raise OperationalError("gone")

    job = task(work)
    asked = []
    monkeypatch.setattr(job, "retry", lambda **how: asked.append(how) or RuntimeError("again"))
    run_as_a_worker_does(job, run=str(message.pk))
    assert isinstance(asked[0]["exc"], OperationalError)
    assert not ended(message)
    assert [kind[0] for kind in events_of(message.pk)] == ["job.started", "job.postponed"]
    # Even when it was tried too often: beat sends it again when the database is back.
    monkeypatch.setattr("audit.jobs.MOST_TRIES", 0)
    run_as_a_worker_does(job, run=str(message.pk))
    assert not ended(message)
    assert [kind[0] for kind in events_of(message.pk)][-1] == "job.failed"


def test_what_runs_all_day_is_silent_when_it_found_nothing_and_not_when_it_failed(cast, task):
    found = iter([0, 3])

    def work():
        return next(found)

    job = task(work, quiet_when_idle=True)
    assert events_of(run_as_a_worker_does(job)[1]) == []
    assert [kind[0] for kind in events_of(run_as_a_worker_does(job)[1])] == ["job.finished"]
    # The third time there is nothing left to take: StopIteration.
    assert [kind[0] for kind in events_of(run_as_a_worker_does(job)[1])] == ["job.failed"]


def test_a_job_whose_event_cannot_be_written_is_tried_again_and_not_run(cast, task, monkeypatch):
    ran = []

    def work():
        ran.append(1)

    job = task(work)

    def away(**event):
        raise OperationalError("away")

    monkeypatch.setattr("audit.jobs.write_event", away)
    asked = []
    monkeypatch.setattr(job, "retry", lambda **how: asked.append(how) or RuntimeError("again"))
    run_as_a_worker_does(job)
    assert ran == []
    assert isinstance(asked[0]["exc"], OperationalError)


def test_every_task_of_the_product_is_of_that_kind(cast):
    current_app.loader.import_default_modules()
    ours = [name for name in current_app.tasks if not name.startswith("celery.")]
    assert {"audit.send_outbox", "reporting.compute_release"} <= set(ours)
    from audit.jobs import AuditedTask

    others = [name for name in ours if not isinstance(current_app.tasks[name], AuditedTask)]
    assert others == []
    # The real sender of the outbox, with nothing to send.
    assert not OutboxMessage.objects.exists()
    assert events_of(run_as_a_worker_does(current_app.tasks["audit.send_outbox"])[1]) == []
    connections["default"].close()
