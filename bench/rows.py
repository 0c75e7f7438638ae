"""What row-level security costs: the same lists with the policies and past them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from audit.reading import reading
from bench.crowd import make_cases
from bench.installation import clone, login, superuser
from bench.many import make_many
from bench.measuring import in_turns, milliseconds_of
from bench.people import WORKER, person
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.models import Case, CaseNote, CaseParticipant, Person
from courts.models import Proceeding
from handoffs.models import Handoff
from referrals.models import Referral

# all cases, those the worker sees, turns, times a turn
SIZES = {
    "toy": (300, 60, 1, 3),
    "small": (10_000, 60, 5, 20),
    "normal": (100_000, 60, 9, 40),
    "full": (100_000, 60, 9, 40),
}
SHOWN = 50
MOST = Target("at most", 2)
LISTED: dict[str, tuple[Any, str]] = {
    "cases": (Case, "-opened_on"),
    "versions of cases": (Case.pgh_event_model, "-pgh_id"),
    "notes": (CaseNote, "-occurred_at"),
    "people": (Person, "-created_at"),
    "people's roles": (CaseParticipant, "-created_at"),
    "referrals": (Referral, "-received_at"),
    "versions of referrals": (Referral.pgh_event_model, "-pgh_id"),
    "handoffs": (Handoff, "-created_at"),
    "versions of handoffs": (Handoff.pgh_event_model, "-pgh_id"),
    "proceedings": (Proceeding, "-opened_on"),
}


def measure(size: str) -> dict[str, Any]:
    total, seen, turns, times = SIZES[size]
    figures = []
    with clone() as database:
        say(f"    making {total:,} cases and what belongs to them …")
        make_cases(database, total=total, seen=seen)
        counted = make_many(database, seen=seen)
        with past_the_walls(database) as free, psycopg.connect(login("default")) as walled:
            for name, (model, order) in LISTED.items():
                for what, statement in statements(model, order).items():
                    figures += compared(f"{name}: {what}", statement, walled, free, turns, times)
    return Outcome(
        name="rows",
        title=f"lists of a worker who sees {seen} of {total:,} cases, with row-level security",
        against=(
            "the same statements of the product's own querysets, which narrow to the same rows, "
            "sent by a role with the same grants that no policy binds"
        ),
        figures=figures,
        facts={"rows shown": SHOWN, **{f"rows of {table}": n for table, n in counted.items()}},
    ).as_json()


def statements(model: Any, order: str) -> dict[str, tuple[str, Any]]:
    """A page and its count, as the product asks for them."""
    actor = person(WORKER)
    with reading(actor):
        rows = model.objects.visible_to(actor).order_by(order)
        page = rows[:SHOWN].query.sql_with_params()
        text, values = rows.order_by().values("pk").query.sql_with_params()
    count = f"SELECT count(*) FROM ({text}) listed"  # noqa: S608 (the product's own statement)
    return {"a page": page, "count": (count, values)}


def compared(
    name: str,
    statement: tuple[str, Any],
    walled: psycopg.Connection[Any],
    free: psycopg.Connection[Any],
    turns: int,
    times: int,
) -> list[Figure]:
    """The ratio and both times; the rows have to be the same."""

    def asked(connection: psycopg.Connection[Any]) -> Callable[[], float]:
        return lambda: milliseconds_of(lambda: ask(connection, statement), times)

    ours, theirs = ask(walled, statement), ask(free, statement)
    # A page of rows of the same day may hold others of them; a count may not differ.
    if len(ours) != len(theirs) or (len(ours) == 1 and ours != theirs) or not ours:
        raise RuntimeError(f"{name}: {len(ours)} rows with row security, {len(theirs)} without")
    comparison = in_turns(asked(walled), asked(free), turns=turns, unit="ms")
    return [
        as_ratio(name, comparison, MOST),
        Figure.of(f"{name}: with row security", comparison.product, "ms"),
    ]


def ask(connection: psycopg.Connection[Any], statement: tuple[str, Any]) -> list[Any]:
    """All rows, as the worker, in a transaction as every request has one."""
    text, values = statement
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.actor', %s, true)", [str(_worker())])
        return cursor.execute(sql.SQL(text), values).fetchall()  # type: ignore[arg-type]


@cache
def _worker() -> UUID:
    pk: UUID = person(WORKER).pk
    return pk


def past_the_walls(database: str) -> psycopg.Connection[Any]:
    """A login with the application's grants that no policy binds; it goes with the database."""
    name, password = f"bench_{secrets.token_hex(4)}", secrets.token_hex(16)
    with superuser(database) as admin:
        admin.execute(
            sql.SQL(
                "CREATE ROLE {} LOGIN BYPASSRLS INHERIT IN ROLE liwanag_app PASSWORD {}"
            ).format(sql.Identifier(name), sql.Literal(password))
        )
    return psycopg.connect(make_conninfo(login("default"), user=name, password=password))
