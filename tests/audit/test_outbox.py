"""The outbox: a job survives a queue outage, leaves once its act has committed, and is marked."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from audit.acting import acting
from audit.models import OutboxMessage
from audit.outbox import send_waiting

TASK = "audit.send_outbox"


@pytest.fixture
def queue_away(monkeypatch):
    """The queue's address answers nothing, as when Redis is down; calling it brings Redis back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    working = current_app.conf.broker_url
    current_app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    current_app._pool = None
    current_app.amqp._producer_pool = None

    def back():
        current_app.conf.broker_url = working
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


def test_nothing_is_sent_twice(cast):
    _act_with_job(cast.admin)
    assert send_waiting(at=timezone.now() + timedelta(hours=1)) == 0


def test_while_the_queue_is_away_the_sender_stops_at_the_first(cast, queue_away):
    for _ in range(3):
        _act_with_job(cast.admin)
    assert send_waiting(at=timezone.now() + timedelta(seconds=61)) == 0
    assert OutboxMessage.objects.filter(sent_at=None).count() == 3


def test_a_message_holds_a_name_and_ids_only(cast):
    _act_with_job(cast.admin)
    message = _message()
    assert (message.task, message.ids) == (TASK, [])
