"""What a referral may be about too, looked up among many people and referrals that one may see."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg import sql

from audit.reading import reading
from bench.crowd import make_cases
from bench.installation import clone, superuser
from bench.many import COLUMNS
from bench.measuring import Comparison, percentile, seconds_of
from bench.people import WORKER, person, team
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.models import Case
from cases.services.people import add_participant
from referrals.models import Referral
from referrals.selectors.matching import likely_matches
from referrals.services.desk import log_referral

# people, cases they are in, referrals, look-ups
SIZES = {
    "toy": (200, 10, 100, 5),
    "small": (20_000, 200, 10_000, 100),
    "normal": (200_000, 1_000, 100_000, 300),
    "full": (200_000, 1_000, 100_000, 300),
}
# Words that names are made of; few are borne by many, as names are.
GIVEN, FAMILY = 900, 4_000
P95 = Target("at most", 30)

Statement = tuple[str, Any]

PEOPLE = """
    CREATE TABLE bench_people AS SELECT number, gen_random_uuid() AS id,
        (ARRAY(SELECT id FROM cases_case ORDER BY id))[1 + number %% %(cases)s] AS case_id,
        sha256(('given' || floor(%(given)s * random() * random()))::bytea) AS given,
        sha256(('family' || floor(%(family)s * random() * random()))::bytea) AS family
    FROM generate_series(1, %(people)s) number;
"""
WORDS = """
    INSERT INTO cases_persontoken (id, created_at, person_id, kind, digest)
    SELECT gen_random_uuid(), now(), id, kind, digest FROM bench_people
    CROSS JOIN LATERAL (VALUES ('name', given), ('name', family),
        ('sound', sha256(given)), ('sound', sha256(family))) words (kind, digest)
"""
TOKENS = """
    INSERT INTO referrals_referraltokens (id, created_at, referral_id, names, sounds, identifiers)
    SELECT gen_random_uuid(), now(), n.id, ARRAY[n.given, n.family],
        ARRAY[sha256(n.given), sha256(n.family)], '{}' FROM bench_told n
"""
TOLD = """
    CREATE TABLE bench_told AS SELECT number, gen_random_uuid() AS id, given, family
    FROM bench_people WHERE number <= %(referrals)s
"""


def measure(size: str) -> dict[str, Any]:
    people, cases, referrals, times = SIZES[size]
    with clone() as database:
        say(f"    making {people:,} people and {referrals:,} referrals …")
        make_cases(database, total=cases, seen=cases)
        asked = _fill(database, people=people, cases=cases, referrals=referrals, times=times)
        worker = person(WORKER)
        comparison, found = Comparison("ms"), 0
        with reading(worker):
            referrals_of = Referral.objects.visible_to(worker)
            whole = [referrals_of.get(pk=pk) for pk in asked]
            likely_matches(worker, whole[0])
            for referral in whole:
                sent: list[Statement] = []
                with connection.execute_wrapper(partial(_note, sent)):
                    found += len(likely_matches(worker, referral))
                again = partial(likely_matches, worker, referral)
                comparison.product.append(1000 * seconds_of(again))
                comparison.bare.append(1000 * seconds_of(partial(_send, sent)))
    return Outcome(
        name="matching",
        title=f"look-ups among {people:,} people and {referrals:,} referrals, all of them visible",
        against="the look-up's own statements, sent again over the same connection",
        figures=[
            as_ratio("time, of its statements' time", comparison),
            Figure("95 of 100 take at most", percentile(comparison.product, 95), "ms", target=P95),
            Figure.of("one look-up", comparison.product, "ms"),
        ],
        facts={"look-ups": len(whole), "matches found": found},
    ).as_json()


def _note(
    sent: list[Statement], execute: Any, text: str, values: Any, many: bool, context: Any
) -> Any:
    sent.append((text, values))
    return execute(text, values, many, context)


def _send(sent: list[Statement]) -> None:
    with connection.cursor() as cursor:
        for text, values in sent:
            cursor.execute(text, values)
            cursor.fetchall()


def _fill(database: str, *, people: int, cases: int, referrals: int, times: int) -> list[uuid.UUID]:
    """Make them from one example of each that the services wrote. Returns whom to look up."""
    worker, own = person(WORKER), team()
    with reading(worker):
        case = Case.objects.visible_to(worker).first()
    place = add_participant(actor=worker, case_id=case.pk, role="survivor")
    told = log_referral(
        actor=worker,
        team_id=own.pk,
        received_at=timezone.now() - timedelta(hours=1),
        source_category="school",
        content_origin="unknown",
        immediate_danger="no",
        legal_basis="public_task",
    )
    sizes: dict[str, Any] = {"people": people, "cases": cases, "referrals": referrals}
    sizes |= {"given": GIVEN, "family": FAMILY}
    with superuser(database) as admin:
        admin.execute(PEOPLE, sizes)
        admin.execute(TOLD, sizes)
        admin.execute("GRANT SELECT ON bench_people, bench_told TO liwanag_owner")
        with admin.transaction():
            admin.execute("SET LOCAL ROLE liwanag_owner")
            admin.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
            code = "'{}-' || lpad(to_hex(n.number), 8, '0')"
            for table, source, example, changed in (
                ("cases_person", "bench_people", place.person_id, {"code": code.format("S")}),
                (
                    "cases_caseparticipant",
                    "bench_people",
                    place.pk,
                    {"id": "gen_random_uuid()", "person_id": "n.id", "case_id": "n.case_id"},
                ),
                ("referrals_referral", "bench_told", told.pk, {"reference": code.format("R")}),
            ):
                _multiply(admin, table, source, example, {"id": "n.id", **changed})
            admin.execute(WORDS)
            admin.execute(TOKENS)
        admin.execute("VACUUM ANALYZE")
        rows = admin.execute(
            "SELECT id FROM bench_told ORDER BY md5(number::text) LIMIT %s", [times]
        )
        return [row[0] for row in rows]


def _multiply(
    admin: psycopg.Connection[Any],
    table: str,
    source: str,
    example: uuid.UUID,
    changed: dict[str, str],
) -> None:
    columns = [row[0] for row in admin.execute(COLUMNS, [table])]
    admin.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t "
            "CROSS JOIN {source} n WHERE t.id = {example}"
        ).format(
            table=sql.Identifier(table),
            source=sql.Identifier(source),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(sql.SQL(changed.get(c, f't."{c}"')) for c in columns),  # type: ignore[arg-type]
            example=sql.Literal(str(example)),
        )
    )
