"""Killing processes at random moments under load, and looking at what is left."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.utils import timezone
from psycopg import sql

from accounts.models import Team
from audit.cosignature import WitnessKey
from audit.cosigning import kept_checkpoint
from audit.outbox import RESEND_AFTER, send_waiting
from audit.verification import verify
from bench.at_work import NOTE, REFERRAL, RELEASE, Book, Crowd, notes, referrals, releases
from bench.installation import superuser
from bench.people import MANAGER, PASSWORD, VISITORS, WORKER, person
from bench.report import Figure, Outcome, Target
from bench.talk import say
from bench.victims import KINDS, Victims, Witness
from cases.services.cases import open_case
from config import env
from config.machine import wait_for

# What may go at once; a deck of them is dealt out, so that none is left out by chance.
DECK = [(kind,) for kind in KINDS] + [
    KINDS,
    ("web", "database"),
    ("worker", "sequencer"),
    ("beat", "redis"),
]
BEFORE, AFTER = (0.05, 0.8), (0.0, 0.3)
PATIENCE = 60.0
# A message that was lost is sent again after a minute, by what beat starts every half.
BEAT_PATIENCE = RESEND_AFTER.total_seconds() + 60
JOBS_EVERY = 10

PEOPLE = {
    "password": PASSWORD,
    "workers": [WORKER, VISITORS[0]],
    "intake": VISITORS[1],
    "manager": MANAGER,
}
TABLES = {
    NOTE: ("cases_casenote", "note.written"),
    REFERRAL: ("referrals_referral", "referral.logged"),
    RELEASE: ("reporting_statisticsrelease", "release.requested"),
}
LOST = "SELECT count(*) FROM unnest(%s::uuid[]) told WHERE told NOT IN (SELECT id FROM {table})"
# A row without its event, an event without its row, or one with two.
UNEQUAL = """
    SELECT count(*) FROM {table} r FULL JOIN (
        SELECT object_id, count(*) AS times FROM audit_event WHERE verb = %s GROUP BY object_id
    ) e ON e.object_id = r.id
    WHERE r.id IS NULL OR e.times IS DISTINCT FROM 1
"""
# Versions kept by triggers, messages of the outbox: whatever names its act.
# The law that an installation comes with was written by a migration, which no event tells of.
ACTED = """
    SELECT table_name FROM information_schema.columns c JOIN information_schema.tables t
        USING (table_schema, table_name)
    WHERE table_schema = 'public' AND column_name = 'act' AND table_type = 'BASE TABLE'
        AND table_name NOT IN ('audit_event', 'courts_statuteevent') AND data_type = 'uuid'
    ORDER BY table_name
"""
UNRECORDED = """
    SELECT count(*) FROM {table} r
    WHERE r.act IS NOT NULL AND NOT EXISTS (SELECT FROM audit_event e WHERE e.act = r.act)
"""
WAITING = """
    SELECT count(*) FROM audit_event e
    WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
"""
OPEN_JOBS = "SELECT count(*) FROM audit_outbox WHERE done_at IS NULL"
UNENDED_JOBS = """
    SELECT count(*) FROM audit_outbox o WHERE NOT EXISTS (
        SELECT FROM audit_event e WHERE e.request_id = o.id AND e.verb = 'job.finished')
"""
UNSETTLED = """
    SELECT count(*) FROM reporting_statisticsrelease WHERE status NOT IN ('in_review', 'failed')
"""
NEWEST = "SELECT coalesce(max(size), 0) FROM audit_checkpoint"


class NotSurvived(RuntimeError):
    """Something was lost, or the log does not hold. Says what, in which round, of which seed."""


@dataclass
class Survivors:
    """What is asked of the database afterwards, by one who sees all of it."""

    witness: Witness
    book: Book

    def look(self) -> int:
        """See that nothing is lost and the log holds; return the entries verified.

        Raises:
            NotSurvived: what is wrong.
        """
        with superuser(settings.DATABASES["default"]["NAME"]) as admin:
            self._see_the_writes(admin)
            self._wait("events without a place in the log", lambda: not _one(admin, WAITING))
            cosigned = self.witness_size()
            known = kept_checkpoint(self.witness.state, [WitnessKey.parse(self.witness.vkey)])
            connections["auditor"].close()  # it may have been killed
            report = verify(
                connections["auditor"],
                witnessed=[known],
                witness_keys=[WitnessKey.parse(self.witness.vkey)],
            )
            if not report.ok:
                raise NotSurvived(report.sentence())
            newest = _one(admin, NEWEST)
        if report.entries < cosigned:
            raise NotSurvived(f"{cosigned} entries were cosigned and {report.entries} are left")
        # The witness cosigns only what continues what it saw before the kill.
        self._wait("the witness does not follow", lambda: self.witness_size() >= newest)
        if self.witness.contradictions:
            raise NotSurvived("the witness was shown another log than the one it cosigned")
        return report.entries

    def look_at_jobs(self, *, by_beat: bool) -> int:
        """See that every job has ended; return how many there were.

        Args:
            by_beat: wait until beat itself has had sent again what was lost; otherwise that is done
                here, in its place and at once.

        Raises:
            NotSurvived: some did not.
        """
        with superuser(settings.DATABASES["default"]["NAME"]) as admin:
            # A minute later beat sends what a killed web server or Redis did not.
            connections["default"].close()
            if not by_beat:
                send_waiting(at=timezone.now() + RESEND_AFTER)
            self._wait(
                "jobs that have not ended",
                lambda: not _one(admin, OPEN_JOBS),
                seconds=BEAT_PATIENCE if by_beat else PATIENCE,
            )
            for query, what in ((UNENDED_JOBS, "jobs"), (UNSETTLED, "statistics")):
                if left := _one(admin, query):
                    raise NotSurvived(f"{left} {what} never came to an end")
            return _one(admin, "SELECT count(*) FROM audit_outbox")

    def witness_size(self) -> int:
        logs = json.loads(self.witness.state)["logs"]
        return max((int(seen["size"]) for seen in logs.values()), default=0)

    def _see_the_writes(self, admin: psycopg.Connection[Any]) -> None:
        for kind, (table, verb) in TABLES.items():
            told = list(self.book.acknowledged[kind])
            if lost := _one(admin, LOST, [told], table=table):
                raise NotSurvived(f"{lost} acknowledged of {kind} are gone")
            if unequal := _one(admin, UNEQUAL, [verb], table=table):
                raise NotSurvived(f"{unequal} of {kind} do not have one row and one event")
        for (table,) in admin.execute(ACTED).fetchall():
            if alone := _one(admin, UNRECORDED, table=table):
                raise NotSurvived(f"{alone} rows of {table} were written by no recorded act")
        if self.book.faults:
            raise NotSurvived(f"somebody was told: {self.book.faults[0]}")

    @staticmethod
    def _wait(what: str, happened: Any, *, seconds: float = PATIENCE) -> None:
        if not wait_for(happened, seconds=seconds):
            raise NotSurvived(f"{what}, after {seconds:.0f} seconds")


def drive(people: dict[str, Any] | None, rounds: int, seed: int) -> dict[str, Any]:
    """Kill `rounds` times and look each time.

    Args:
        people: `password`, and the emails of two `workers`, an `intake` officer and a `manager`;
            the bench's own when left out.
        rounds: how often something is killed.
        seed: of what is killed and when. How threads and processes then meet is the machine's.
    """
    chance = random.Random(seed)
    began = time.monotonic()
    witness = Witness(Path(env.home) / "witness")
    witness.start()
    victims = Victims(witness)
    book = Book()
    crowd = Crowd(victims.address, book)
    survivors = Survivors(witness, book)
    counted: list[float] = []
    deck: list[tuple[str, ...]] = []
    killed: set[str] = set()
    try:
        victims.start()
        _let_them_work(crowd, people or PEOPLE)
        say(f"    ready after {time.monotonic() - began:.1f} s")
        for number in range(1, rounds + 1):
            if not deck:
                deck = chance.sample(DECK, len(DECK))
            kinds = deck.pop()
            killed.update(kinds)
            delay, after = chance.uniform(*BEFORE), chance.uniform(*AFTER)
            try:
                counted.append(_one_round(victims, crowd, survivors, kinds, delay, after))
                if number % JOBS_EVERY == 0 or number == rounds:
                    # In a long run the last jobs are left to beat alone, as in an installation.
                    jobs = survivors.look_at_jobs(by_beat=number == rounds and rounds > JOBS_EVERY)
                    entries = survivors.look()
            except NotSurvived as loss:
                raise NotSurvived(
                    f"round {number} of seed {seed}, {' and '.join(kinds)} killed after "
                    f"{delay:.3f} s: {loss}"
                ) from None
            if number % 10 == 0:
                say(f"    {number} kills, {book.count} acknowledged, {entries} entries verified")
    finally:
        crowd.end()
        victims.stop()
        witness.stop()
    return Outcome(
        name="killing",
        title=f"kill -9 of {', '.join(KINDS[:-1])} and {KINDS[-1]}, {rounds} times under load",
        against="what people were told had been kept",
        figures=[
            Figure("kills after which something was lost", 0, "", target=Target("at most", 0)),
            Figure.of("from the kill to the next acknowledged write", counted, "s"),
            Figure("all of it", time.monotonic() - began, "s"),
        ],
        facts={
            "seed": str(seed),
            "acknowledged": book.count,
            "unanswered": sum(book.unanswered.values()),
            "jobs ended": jobs,
            "kinds killed": len(killed),
            "entries verified": entries,
        },
    ).as_json()


def _let_them_work(crowd: Crowd, people: dict[str, Any]) -> None:
    workers = [person(email) for email in people["workers"]]
    team = Team.objects.of_member(workers[0], timezone.now()).get()
    case = open_case(actor=workers[0], team_id=team.pk, country="PH")
    password = people["password"]
    for worker, colleague in zip(workers, reversed(workers), strict=True):
        crowd.add(NOTE, worker.email, password, notes(case.pk, colleague.pk))
    crowd.add(REFERRAL, people["intake"], password, referrals(team.pk))
    crowd.add(RELEASE, people["manager"], password, releases())


def _one_round(
    victims: Victims,
    crowd: Crowd,
    survivors: Survivors,
    kinds: tuple[str, ...],
    delay: float,
    after: float,
) -> float:
    """Kill, bring back, let people work on, look; the seconds until they could."""
    crowd.gate.set()
    time.sleep(delay)
    killed = time.monotonic()
    victims.kill(kinds)
    before = crowd.book.count
    victims.bring_back(kinds)
    if not wait_for(lambda: crowd.book.count > before + 2, seconds=PATIENCE):
        raise NotSurvived("nobody could work again")
    back = time.monotonic() - killed
    time.sleep(after)
    if not crowd.pause(seconds=PATIENCE):
        raise NotSurvived("somebody waits for an answer for ever")
    if ended := victims.ended_by_themselves():
        last = "\n".join(f"{name}: {victims.last_words(name)}" for name in ended)
        raise NotSurvived(f"{' and '.join(ended)} ended though nobody killed them\n{last}")
    survivors.look()
    return back


def _one(admin: psycopg.Connection[Any], query: str, values: Any = None, *, table: str = "") -> int:
    named = sql.SQL(query).format(table=sql.Identifier(table)) if table else sql.SQL(query)
    row = admin.execute(named, values).fetchone()
    return int(row[0]) if row else 0
