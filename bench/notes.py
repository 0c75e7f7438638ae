"""A note written as the product writes it, against the same work without its act and event."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db import connection, connections, transaction
from django.utils import timezone

from bench.installation import clone
from bench.measuring import in_turns, milliseconds_of
from bench.people import WORKER, person, team
from bench.report import Figure, Outcome, Target, as_rate_ratio
from bench.talk import say
from cases.models import Case, CaseNote
from cases.services import notes
from cases.services.cases import open_case
from config import env
from config.database_shell import find_program
from config.private_postgres import PrivateServerError

# turns, notes a turn, seconds of each pgbench run
SIZES = {"toy": (1, 3, 1), "small": (3, 40, 2), "normal": (9, 150, 5), "full": (9, 150, 5)}
CONNECTIONS = 8
TEXT = "The aunt called to say that school starts on Monday. She asks who will bring the child."
PART = Target("at least", 0.7)
RATE = Target("at least", 1_000)

FLUSHES = re.compile(r"^\s*(?:fdatasync|fsync)\s+([\d.]+) ops/sec")

# What the service writes for one note, as the application's role; the event only where :event is 1.
SCRIPT = """
BEGIN;
SELECT set_config('liwanag.actor', '{actor}', true),
    set_config('liwanag.act', gen_random_uuid()::text, true);
INSERT INTO cases_casenote (id, created_at, case_id, kind, sensitivity, author_id, occurred_at,
    facts_reported, facts_said_by, observations, professional_assessment, actions, corrects,
    interview_place)
VALUES (gen_random_uuid(), now(), '{case}', 'contact', 2, '{actor}', now(),
    decode(repeat('5a', 120), 'hex'), '', '', '', '', false, '');
{event}
COMMIT;
"""
EVENT = """
INSERT INTO audit_event (act, actor_id, agency_id, role, verb, object_type, object_id, case_id,
    fields, facts, purpose, outcome)
VALUES (current_setting('liwanag.act')::uuid, '{actor}', '{agency}', 'caseworker', 'note.written',
    'cases.casenote', gen_random_uuid(), '{case}', ARRAY['facts_reported'],
    '{{"kind": "contact", "level": 2}}', '', 'done');
"""


def measure(size: str) -> dict[str, Any]:
    turns, count, seconds = SIZES[size]
    with clone():
        actor = person(WORKER)
        case = open_case(actor=actor, team_id=team().pk, country="PH")

        def audited_turn() -> float:
            took = milliseconds_of(lambda: write_audited(actor, case.pk), count)
            say(f"    {1000 / took:.0f} audited notes a second")
            return took

        def plain_turn() -> float:
            with settings_of_the_session(actor.pk):
                return milliseconds_of(lambda: write_plain(actor, case.pk), count)

        def unacted_turn() -> float:
            with settings_of_the_session(actor.pk), patch.object(notes, "acting", no_act):
                return milliseconds_of(lambda: write_audited(actor, case.pk), count)

        against_orm = in_turns(audited_turn, plain_turn, turns=turns, unit="ms")
        against_itself = in_turns(audited_turn, unacted_turn, turns=turns, unit="ms")
        below = through_the_database(actor, case, turns=min(turns, 5), seconds=seconds)
    figures = [
        as_rate_ratio("rate, of the plain rate", against_orm, PART),
        as_rate_ratio("rate, of its own without act and event", against_itself, PART),
        Figure.of("audited notes a second", per_second(against_orm.product), "/s"),
        Figure.of("plain notes a second", per_second(against_orm.bare), "/s"),
    ]
    figures += below
    return Outcome(
        name="notes",
        title="a note, sealed and written with its event in one durable transaction",
        against=(
            "the same lookup and the same sealed row through the ORM in one durable transaction, "
            "as one would write it by hand: no act, no permission, no event, no check of the text, "
            "the database's settings given to the session once"
        ),
        figures=figures,
        facts={"notes a turn": count, "one connection": "except by pgbench"},
    ).as_json()


def write_audited(actor: Any, case_id: uuid.UUID) -> None:
    notes.write_note(
        actor=actor,
        case_id=case_id,
        kind="contact",
        occurred_at=an_hour_ago(),
        facts_reported=TEXT,
        facts_said_by="the aunt",
        actions=TEXT,
    )


def write_plain(actor: Any, case_id: uuid.UUID) -> None:
    """The denominator: what is left when nobody keeps an eye on it."""
    with transaction.atomic(durable=True):
        case = Case.objects.visible_to(actor).get(pk=case_id)
        CaseNote.objects.create(
            case=case,
            kind="contact",
            sensitivity=2,
            author_id=actor.pk,
            occurred_at=an_hour_ago(),
            facts_reported=TEXT,
            facts_said_by="the aunt",
            actions=TEXT,
        )


class NoAct:
    """Stands in for `audit.acting.Act` in the service's own code: asks and records nothing."""

    def __init__(self) -> None:
        self.id = uuid.uuid4()

    def authorise(self, *args: Any, **more: Any) -> None: ...

    def record(self, *args: Any, **more: Any) -> None: ...


@contextmanager
def no_act(actor: Any) -> Iterator[NoAct]:
    with transaction.atomic(durable=True):
        yield NoAct()


@contextmanager
def settings_of_the_session(actor_id: uuid.UUID) -> Iterator[None]:
    """Say once, outside the clock, who asks and that an act is open: no row enters without."""
    tell = "SELECT set_config('liwanag.actor', %s, false), set_config('liwanag.act', %s, false)"
    with connection.cursor() as cursor:
        cursor.execute(tell, [str(actor_id), str(uuid.uuid4())])
        try:
            yield
        finally:
            cursor.execute(tell, ["", ""])


def through_the_database(actor: Any, case: Any, *, turns: int, seconds: int) -> list[Figure]:
    """Both writes as SQL, by eight connections at once; nothing where there is no pgbench.

    Each write waits for the disk once, so that what the disk does stands beside it: how often it
    can be waited for in a second, and the rate when nobody waits.
    """
    try:
        program, yardstick = find_program("pgbench"), find_program("pg_test_fsync")
    except PrivateServerError:
        say("    There is no pgbench here: writes by eight connections are not measured.")
        return []
    ids = {"actor": actor.pk, "agency": actor.agency_id, "case": case.pk}
    scripts = {
        name: SCRIPT.format(event=EVENT.format(**ids) if name == "audited" else "", **ids)
        for name in ("audited", "plain")
    }
    flushes, parsed, unwaited = [], [], []

    def audited() -> float:
        flushes.append(flushes_a_second(yardstick))
        parsed.append(pgbench(program, scripts["audited"], seconds, prepared=False))
        unwaited.append(pgbench(program, scripts["audited"], seconds, waits=False))
        return pgbench(program, scripts["audited"], seconds)

    turned = in_turns(
        audited,
        lambda: pgbench(program, scripts["plain"], seconds),
        turns=turns,
        unit="ms",
        warm_up=0,
    )
    many = f"{CONNECTIONS} connections"
    return [
        as_rate_ratio("by pgbench: rate, of that without the event", turned),
        Figure.of(
            f"by pgbench: audited writes a second, {many}", per_second(turned.product), "/s", RATE
        ),
        Figure.of("by pgbench: the same without the event", per_second(turned.bare), "/s"),
        Figure.of("by pgbench: the same, parsed anew each time", per_second(parsed), "/s"),
        Figure.of("by pgbench: the same, not waiting for the disk", per_second(unwaited), "/s"),
        Figure.of("the disk: 8 kB written and flushed, times a second", flushes, "/s"),
    ]


def flushes_a_second(program: str) -> float:
    """What `pg_test_fsync` says of fdatasync, PostgreSQL's way on Linux, where the database is."""
    command = [program, "--secs-per-test=1"]
    with (
        tempfile.TemporaryDirectory(dir=env.home) as folder,
        subprocess.Popen(
            [*command, f"--filename={Path(folder) / 'file'}"], stdout=subprocess.PIPE, text=True
        ) as measuring,
    ):
        assert measuring.stdout is not None
        try:
            for line in measuring.stdout:
                if found := FLUSHES.match(line):
                    return float(found[1])
        finally:
            # What it measures after that takes a quarter of a minute and is not needed.
            measuring.kill()
    raise RuntimeError("pg_test_fsync said nothing of fdatasync")


def pgbench(
    program: str, script: str, seconds: int, *, prepared: bool = True, waits: bool = True
) -> float:
    """Run a script from eight connections at once.

    Args:
        prepared: every connection prepares its statements once.
        waits: a commit waits for the disk.

    Returns:
        The milliseconds a transaction takes on average when all are counted together.
    """
    found = connections["default"].settings_dict
    variables = {
        "PGHOST": found["HOST"],
        "PGPORT": str(found["PORT"]),
        "PGUSER": found["USER"],
        "PGPASSWORD": found["PASSWORD"],
        "PGDATABASE": found["NAME"],
        "PGOPTIONS": f"-c synchronous_commit={'on' if waits else 'off'}",
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "write.sql"
        file.write_text(script)
        told = subprocess.run(
            [
                *[program, "--no-vacuum", f"--file={file}", f"--client={CONNECTIONS}"],
                *["--jobs=2", f"--time={seconds}"],
                f"--protocol={'prepared' if prepared else 'simple'}",
            ],
            env=dict(os.environ) | variables,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    rate = re.search(r"^tps = ([\d.]+)", told, re.MULTILINE)
    if rate is None or "number of failed transactions: 0 " not in told:
        raise RuntimeError(f"pgbench did not finish cleanly:\n{told}")
    return 1000 / float(rate[1])


def per_second(milliseconds: list[float]) -> list[float]:
    return [1000 / one for one in milliseconds]


def an_hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)
