"""The outbox: a job survives a queue outage, leaves once its act has committed, and is marked."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from audit.acting import acting
from audit.models import OutboxMessage
from audit.outbox import has_ended, note_end, send_unfinished, send_waiting

TASK = "audit.send_outbox"


@pytest.fixture
def queue_away(monkeypatch):
    """The queue's address answers nothing, as when Redis is down; calling it brings Redis back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{port}/0")
    current_app._pool = None
    current_app.amqp._producer_pool = None

    def back():
        monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
        current_app._pool = None
        current_app.amqp._producer_pool = None

    yield back
    back()


def _act_with_job(actor):
    with acting(actor) as act:
        act.authorise("accounts.invite_user")
        act.record("directory.listed")
        act.after_commit(TASK)


def _message():
    return OutboxMessage.objects.get()


def test_an_outage_costs_neither_the_act_nor_the_job(cast, queue_away):
    _act_with_job(cast.admin)
    assert _message().sent_at is None
    queue_away()
    assert send_waiting(at=timezone.now() + timedelta(seconds=61)) == 1
    assert _message().sent_at is not None


def test_what_is_younger_than_a_minute_is_left_to_its_own_commit(cast, queue_away):
    _act_with_job(cast.admin)
    queue_away()
    assert send_waiting(at=timezone.now()) == 0
    assert _message().sent_at is None


def test_a_job_that_has_ended_is_not_sent_again(cast):
    _act_with_job(cast.admin)
    note_end(_message().pk)
    assert send_waiting(at=timezone.now() + timedelta(hours=1)) == 0
    assert send_unfinished(at=timezone.now() + timedelta(hours=1)) == 0
    assert has_ended(_message().pk)


def test_a_job_that_never_ended_is_sent_again_after_a_quarter_of_an_hour(cast):
    _act_with_job(cast.admin)
    first = _message().sent_at
    assert send_waiting(at=first + timedelta(minutes=14)) == 0
    assert send_waiting(at=first + timedelta(minutes=16)) == 1
    assert _message().sent_at > first


def test_a_worker_that_starts_takes_up_what_its_predecessor_held(cast):
    """Killed in the middle, it had taken the job from the queue and not said that it is done."""
    _act_with_job(cast.admin)
    assert send_unfinished(at=timezone.now()) == 1
    assert not has_ended(_message().pk)


def test_while_the_queue_is_away_the_sender_stops_at_the_first(cast, queue_away):
    for _ in range(3):
        _act_with_job(cast.admin)
    assert send_waiting(at=timezone.now() + timedelta(seconds=61)) == 0
    assert OutboxMessage.objects.filter(sent_at=None).count() == 3


def test_a_message_holds_a_name_and_ids_only(cast):
    _act_with_job(cast.admin)
    message = _message()
    assert (message.task, message.ids) == (TASK, [])
