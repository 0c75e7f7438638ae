"""People who go on working while processes are killed, and the book of what they were told.

What the server answered as done is in the book; what it did not answer may or may not have
happened, and is tried again where the product says that this is safe.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connections
from django.utils import timezone

from accounts.second_factor import factor_of
from bench.people import person
from bench.visitor import Answer, Unexpected, Visitor
from reporting.forms import period_choices

PAUSE = 0.02
WHILE_AWAY = 0.1
RELEASE_EVERY = 1.5
NOTE, REFERRAL, RELEASE = "note", "referral", "release"


class Unanswered(Exception):
    """No answer, or one that says that something is broken: it may or may not have been done."""


@dataclass
class Book:
    """What people were told.

    Attributes:
        acknowledged: by kind, the ids of what was answered as done.
        unanswered: by kind, how often there was no answer.
        faults: answers that nobody should get even while processes are killed.
    """

    acknowledged: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    unanswered: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(ids) for ids in list(self.acknowledged.values()))


class Crowd:
    """Everybody at work, each in a thread of their own; they pause while the gate is closed."""

    def __init__(self, address: str, book: Book) -> None:
        self.address = address
        self.book = book
        self.gate = threading.Event()
        self.ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._idle: list[threading.Event] = []

    def add(self, kind: str, email: str, password: str, steps: Iterator[Step]) -> None:
        """Sign somebody in and let them do one step after another."""
        visitor = Visitor(self.address)
        visitor.sign_in(email, password, partial(code_of, email))
        idle = threading.Event()
        thread = threading.Thread(target=self._work, args=(kind, visitor, steps, idle), daemon=True)
        self._threads.append(thread)
        self._idle.append(idle)
        thread.start()

    def pause(self, *, seconds: float) -> bool:
        """Close the gate and wait until nobody is in the middle of anything."""
        self.gate.clear()
        return all(idle.wait(seconds) for idle in self._idle)

    def end(self) -> None:
        self.ending.set()
        self.gate.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _work(
        self, kind: str, visitor: Visitor, steps: Iterator[Step], idle: threading.Event
    ) -> None:
        pause = PAUSE
        step: Step | None = None
        while not self.ending.is_set():
            if not self.gate.is_set():
                idle.set()
                self.gate.wait(1)
                continue
            idle.clear()
            step = step or next(steps, None)
            if step is None:
                self.ending.wait(PAUSE)
                continue
            try:
                self.book.acknowledged[kind].add(step.done_by(visitor))
                step, pause = None, step.pause
            except (Unanswered, HTTPException, OSError):
                self.book.unanswered[kind] += 1
                visitor.leave()
                step, pause = (step if step.may_be_repeated else None), WHILE_AWAY
            except Unexpected as fault:
                self.book.faults.append(f"{kind}: {fault}")
                step, pause = None, WHILE_AWAY
            self.ending.wait(pause)
        idle.set()
        connections.close_all()


@dataclass
class Step:
    """One form sent.

    Attributes:
        path: the page with the form.
        values: what is filled in.
        number: the id that the record will have, where the form gives it; it may then be sent
            again, and is still done once.
    """

    path: str
    values: dict[str, str]
    number: UUID | None = None
    pause: float = PAUSE

    @property
    def may_be_repeated(self) -> bool:
        return self.number is not None

    def done_by(self, visitor: Visitor) -> UUID:
        """Send it and return the id of what was made.

        Raises:
            Unanswered: nobody knows whether it was done.
            Unexpected: it was refused, or the person is suddenly signed out.
        """
        try:
            answer: Answer = visitor.submit(self.path, self.values, opened=True)
        except Unexpected as fault:
            if " answered 5" in str(fault):
                raise Unanswered from None
            raise
        if answer.status >= 500:
            raise Unanswered
        if answer.status != 302 or "/account/" in answer.location:
            raise Unexpected(f"{self.path} was answered with {answer.status} {answer.location}")
        return self.number or UUID(urlsplit(answer.location).path.strip("/").split("/")[-1])


def notes(case_id: UUID, colleague_id: UUID) -> Iterator[Step]:
    """Notes without end, each of which asks a colleague to read it: a job for the worker."""
    while True:
        number = uuid4()
        values = {
            "kind": "contact",
            "occurred_at": an_hour_ago(),
            "draft_id": str(number),
            "facts_reported": "The aunt called to say that school starts on Monday.",
            "facts_said_by": "the aunt",
            "mention_ids": str(colleague_id),
        }
        yield Step(f"/cases/{case_id}/notes/write/", values, number)


def referrals(team_id: UUID) -> Iterator[Step]:
    """Referrals without end."""
    while True:
        values = {
            "team": str(team_id),
            "received_at": an_hour_ago(),
            "source_category": "school",
            "detection_method": "unknown",
            "immediate_danger": "no",
            "content_origin": "unknown",
            "harm_types": "unknown",
            "legal_basis": "mandatory_report",
            "gender": "NonSpecifiedUnknown",
        }
        yield Step("/referrals/log/", values)


def releases() -> Iterator[Step]:
    """Statistics, quarter by quarter, as far as the form goes: no day may be counted twice."""
    for _group, choices in period_choices(timezone.localdate())[:1]:
        for code, words in choices:
            values = {"title": f"Sources, {words}", "period": code, "measures": "S-SRC"}
            yield Step("/reporting/request/", values, pause=RELEASE_EVERY)


def an_hour_ago() -> str:
    return (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")


def code_of(email: str) -> str:
    """The six digits that a person's authenticator shows now."""
    user = person(email)
    with factor_of(user):
        sealed = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
        secret = get_adapter().decrypt(sealed)
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
