"""What the people of a soak do, and what is looked at meanwhile and afterwards."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from http.client import HTTPException
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from audit.verification import verify
from bench.footprint import megabytes_under
from bench.measuring import percentile, seconds_of
from bench.people import MANAGER, PASSWORD, VISITORS, WORKER, code_of, person, team
from bench.report import Figure, Outcome, Target
from bench.talk import say
from bench.visitor import Unexpected, Visitor
from cases.models import CaseNote
from cases.services.cases import open_case
from reporting.models import StatisticsRelease
from reporting.services.releases import request_release

# Each of them one after another, so that a code is never used twice.
BROWSERS = 2
LISTS = ("/", "/cases/", "/referrals/", "/handoffs/", "/court/")
PAUSE = 0.1
ROUNDS_A_SIGN_IN = 12
RELEASE_EVERY = 15.0
LOOK_EVERY = 2.0
# A first part of the time in which processes load what they need is not held against them.
WARM_UP = 0.3
GROWTH = Target("at most", 1.10)
NONE = Target("at most", 0)
PATIENCE = 60


@dataclass
class Done:
    """What the people did, and what they met."""

    sign_ins: int = 0
    pages: list[float] = field(default_factory=list)
    notes: list[float] = field(default_factory=list)
    releases: int = 0
    faults: list[str] = field(default_factory=list)


def drive(address: str, served: int, seconds: float) -> dict[str, Any]:
    worker = person(WORKER)
    case = open_case(actor=worker, team_id=team().pk, country="PH")
    done, stop = Done(), threading.Event()
    shares = [VISITORS[number::BROWSERS] for number in range(BROWSERS)]
    with ThreadPoolExecutor(BROWSERS + 1) as people:
        at_work = [people.submit(_visit, address, case.pk, share, done, stop) for share in shares]
        at_work.append(people.submit(_ask_for_releases, done, stop))
        try:
            sizes = _watch(served, seconds, done)
        finally:
            stop.set()
        for one in at_work:
            one.result()  # raises what ended it before its time
    return _outcome(done, sizes, seconds, case.pk)


def _visit(
    address: str, case_id: UUID, emails: list[str], done: Done, stop: threading.Event
) -> None:
    turn = 0
    while not stop.is_set():
        email = emails[turn % len(emails)]
        turn += 1
        visitor = Visitor(address)
        try:
            visitor.sign_in(email, PASSWORD, partial(code_of, email))
            done.sign_ins += 1
            for _round in range(ROUNDS_A_SIGN_IN):
                if stop.is_set():
                    break
                _look_and_write(visitor, case_id, done)
                stop.wait(PAUSE)
        except (Unexpected, HTTPException, OSError) as fault:
            done.faults.append(str(fault) or type(fault).__name__)
            stop.wait(1)
        finally:
            visitor.leave()
    connections.close_all()


def _look_and_write(visitor: Visitor, case_id: UUID, done: Done) -> None:
    for path in LISTS:
        done.pages.append(seconds_of(partial(visitor.see, path)))
    done.notes.append(seconds_of(lambda: _write_note(visitor, case_id)))


def _write_note(visitor: Visitor, case_id: UUID) -> None:
    written = visitor.submit(
        f"/cases/{case_id}/notes/write/",
        {
            "kind": "contact",
            "occurred_at": (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
            "draft_id": str(uuid4()),
            "facts_reported": "The aunt called to say that school starts on Monday.",
            "facts_said_by": "the aunt",
        },
    )
    if written.status != 302:
        raise Unexpected(f"a note was answered with {written.status}")


def _ask_for_releases(done: Done, stop: threading.Event) -> None:
    manager, start = person(MANAGER), quarter_of(timezone.localdate())
    while not stop.is_set():
        # No day may be counted by two releases, so each goes a quarter further back.
        end, start = start - timedelta(days=1), quarter_of(start - timedelta(days=1))
        request_release(
            actor=manager,
            title=f"Sources, part {done.releases + 1}",
            measures=["S-SRC"],
            period_start=start,
            period_end=end,
        )
        done.releases += 1
        stop.wait(RELEASE_EVERY)
    connections.close_all()


def quarter_of(day: date) -> date:
    """The first day of the quarter that `day` is in."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _watch(served: int, seconds: float, done: Done) -> list[dict[str, float]]:
    """Look at the processes' memory until the time is up, and until there is something to tell."""
    sizes: list[dict[str, float]] = []
    began = told = time.monotonic()
    while (past := time.monotonic() - began) < seconds or (
        past < seconds + PATIENCE and not (done.notes or done.faults)
    ):
        time.sleep(min(LOOK_EVERY, seconds / 20))
        sizes.append(megabytes_under(served))
        if gone := {"web", "worker"} - set(sizes[-1]):
            done.faults.append(f"no {' and no '.join(sorted(gone))} is running")
            sizes.pop()
        if time.monotonic() - told > 20:
            told = time.monotonic()
            say(
                f"    {told - began:.0f} s: {done.sign_ins} sign-ins, {len(done.pages)} pages, "
                f"{len(done.notes)} notes, {len(done.faults)} faults; MB: "
                + ", ".join(f"{kind} {size:.0f}" for kind, size in sorted(sizes[-1].items()))
            )
    return sizes


def _outcome(
    done: Done, sizes: list[dict[str, float]], seconds: float, case_id: UUID
) -> dict[str, Any]:
    if not done.notes or not sizes:
        raise RuntimeError(f"no note was written: {', '.join(done.faults) or 'too little time'}")
    settled = sizes[int(len(sizes) * WARM_UP) :]
    part = max(1, len(settled) // 4)
    growth = [
        Figure(
            f"memory of the {kind}, end by start",
            median(size[kind] for size in settled[-part:])
            / median(size[kind] for size in settled[:part]),
            "×",
            target=GROWTH,
        )
        for kind in ("web", "worker")
    ]
    computed = _releases_computed(done.releases)
    kept, recorded, entries, problem = _kept(case_id)
    for line in sorted(set(done.faults))[:10]:
        say(f"    fault: {line}")
    if problem:
        say(f"    {problem}")
    return Outcome(
        name="soak",
        title=f"the served product for {seconds / 60:.2g} minutes",
        against="itself: what web and worker hold at the end, by what they held once warm",
        figures=[
            *growth,
            *[
                Figure(f"memory of the {kind} at the end", size, "MB")
                for kind, size in sorted(sizes[-1].items())
            ],
            Figure("a list page, median", 1000 * median(done.pages), "ms"),
            Figure("a list page, 99 in 100", 1000 * percentile(done.pages, 99), "ms"),
            Figure("opening the form and writing a note, median", 1000 * median(done.notes), "ms"),
            Figure("requests not answered as they should", len(done.faults), "", target=NONE),
            Figure(
                "notes lost or without an event", _missing(done, kept, recorded), "", target=NONE
            ),
            Figure("statistics not computed", done.releases - computed, "", target=NONE),
            Figure("faults of the audit log", 1 if problem else 0, "", target=NONE),
        ],
        facts={
            "sign-ins": done.sign_ins,
            "pages": len(done.pages),
            "notes": len(done.notes),
            "statistics": done.releases,
            "entries verified": entries,
        },
    ).as_json()


def _missing(done: Done, kept: int, recorded: int) -> int:
    # A note under way when its person met a fault may be kept though nobody was told.
    return max(0, len(done.notes) - kept) + abs(kept - recorded)


def _releases_computed(asked: int) -> int:
    """How many releases the worker has computed; the last may need a moment."""
    manager, end = person(MANAGER), time.monotonic() + PATIENCE
    while True:
        with reading(manager):
            computed = StatisticsRelease.objects.visible_to(manager).filter(status="in_review")
            count = int(computed.count())
        if count >= asked or time.monotonic() > end:
            return count
        time.sleep(0.5)


def _kept(case_id: UUID) -> tuple[int, int, int, str]:
    """Notes kept, events of notes, entries verified, and what is wrong with the log."""
    worker, end = person(WORKER), time.monotonic() + PATIENCE
    with reading(worker):
        kept = CaseNote.objects.visible_to(worker).filter(case_id=case_id).count()
    recorded = AuditEvent.objects.of_case(case_id).filter(verb="note.written").count()
    while True:
        report = verify(connections["auditor"])
        if not report.ok:
            return kept, recorded, report.entries, report.sentence()
        if not report.waiting:
            return kept, recorded, report.entries, ""
        if time.monotonic() > end:
            return kept, recorded, report.entries, "Events wait and nobody takes them in."
        time.sleep(0.5)
