"""What belongs to many cases, made from one example of each that the services wrote."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import psycopg
from django.utils import timezone
from psycopg import sql

from accounts.roles import Role
from accounts.services.directory import add_agency, add_agreement
from bench.crowd import MADE, NUMBER, made_code
from bench.installation import superuser
from bench.people import WORKER, administrator, join, person, team
from cases.services.cases import open_case
from cases.services.notes import write_note
from cases.services.people import add_participant
from courts.services.proceedings import open_proceeding
from handoffs.choices import Section
from handoffs.services.handoffs import compose_handoff
from referrals.services.desk import log_referral

NUMBERED = f"""
    CREATE TABLE bench_numbered AS SELECT id AS case_id, gen_random_uuid() AS person_id,
        gen_random_uuid() AS survivor_id, {NUMBER} AS number
    FROM cases_case WHERE {MADE};
    GRANT SELECT ON bench_numbered TO liwanag_owner;
"""  # noqa: S608 (parts of the benches)
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
    ORDER BY ordinal_position
"""
DESKS = 20
NEW, CASE, PERSON = "gen_random_uuid()", "n.case_id", "n.person_id"
MINE = """CASE WHEN n.number <= {seen} THEN t.team_id ELSE (
    SELECT id FROM accounts_team WHERE name = 'Team other:' || (1 + n.number % 50)) END"""


def make_many(database: str, *, seen: int) -> dict[str, int]:
    """Give each of `bench.crowd`'s cases a person in a role, a note, a handoff and a proceeding,
    and each number a referral; those of the `seen` first are the worker's to see.

    Returns:
        How many rows each table holds.
    """
    example, desks = _examples(), [f"'{pk}'" for pk in _more_desks()]
    mine = MINE.format(seen=seen)
    wanted: dict[str, Mapping[str, str]] = {
        "cases_person": {"id": PERSON, "code": made_code("S", "n.number")},
        "cases_caseparticipant": {"id": NEW, "case_id": CASE, "person_id": PERSON},
        "cases_casenote": {"id": NEW, "case_id": CASE},
        "referrals_referral": {"id": NEW, "reference": made_code("R", "n.number"), "team_id": mine},
        "handoffs_handoff": {
            "id": NEW,
            "case_id": CASE,
            "reference": made_code("H", "n.number"),
            "to_agency_id": f"(ARRAY[{', '.join(desks)}]::uuid[])[1 + n.number % {DESKS}]",
        },
        "courts_proceeding": {
            "id": NEW,
            "case_id": CASE,
            "reference": made_code("P", "n.number"),
            "accused_id": "(SELECT id FROM cases_caseparticipant p WHERE p.case_id = n.case_id)",
        },
    }
    with superuser(database) as admin:
        admin.execute(NUMBERED)
        with admin.transaction():
            admin.execute("SET LOCAL ROLE liwanag_owner")
            admin.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
            for table, changed in wanted.items():
                multiply(admin, table, example[table], changed)
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")
        return {
            table: admin.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchone()[0]  # type: ignore[index]
            for table in wanted
        }


def multiply(
    admin: psycopg.Connection[Any], table: str, example: uuid.UUID, changed: Mapping[str, str]
) -> None:
    """Write as many rows like the example as there are cases, with what is changed in each."""
    columns = [row[0] for row in admin.execute(COLUMNS, [table])]
    values = [changed.get(name, f't."{name}"') for name in columns]
    admin.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t "
            "CROSS JOIN bench_numbered n WHERE t.id = {example}"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(map(sql.SQL, values)),  # type: ignore[arg-type]
            example=sql.Literal(str(example)),
        )
    )


def _more_desks() -> list[uuid.UUID]:
    """Agencies that handoffs go to."""
    admin = administrator()
    return [
        add_agency(
            actor=admin,
            name=f"Desk {number}",
            short_code=f"DESK{number}",
            agency_type="LawEnforcement",
            country="PH",
            side="source",
        ).pk
        for number in range(DESKS)
    ]


def _examples() -> dict[str, uuid.UUID]:
    """One row of each table, written by the services as people would."""
    admin, worker, own = administrator(), person(WORKER), team()
    legal = join(admin, own, name="Lawyer", email="legal@bench.example", role=Role.LEGAL_OFFICER)
    desk = add_agency(
        actor=admin,
        name="Northern Digital Response Unit",
        short_code="NCRB",
        agency_type="LawEnforcement",
        country="PH",
        side="source",
    )
    today, now = timezone.localdate(), timezone.now()
    add_agreement(
        actor=admin,
        reference="DSA-1",
        to_agency_id=desk.pk,
        scope="Investigation",
        categories=[section.value for section in Section],
        valid_from=today,
        valid_until=None,
    )
    case = open_case(actor=worker, team_id=own.pk, country="PH")
    accused = add_participant(
        actor=worker,
        case_id=case.pk,
        role="alleged_offender_demand",
        legal_status="person_of_interest",
    )
    return {
        "cases_person": accused.person_id,
        "cases_caseparticipant": accused.pk,
        "cases_casenote": write_note(
            actor=worker,
            case_id=case.pk,
            kind="contact",
            occurred_at=now - timedelta(hours=1),
            facts_reported="The aunt called.",
            facts_said_by="the aunt",
        ).pk,
        "referrals_referral": log_referral(
            actor=worker,
            team_id=own.pk,
            received_at=now - timedelta(hours=1),
            source_category="school",
            content_origin="unknown",
            immediate_danger="no",
            legal_basis="public_task",
            harm_types=["live_streaming"],
        ).pk,
        "handoffs_handoff": compose_handoff(
            actor=worker,
            case_id=case.pk,
            to_agency_id=desk.pk,
            kind="information_share",
            purpose="To keep the child safe",
            legal_basis="public_task",
            sections=["case_summary"],
            basis_reason="Asked for in writing by the desk",
            answer_by=today + timedelta(days=3),
        ).pk,
        "courts_proceeding": open_proceeding(
            actor=legal,
            case_id=case.pk,
            accused_id=accused.pk,
            jurisdiction="PH",
            side="demand",
            opened_on=today,
        ).pk,
    }
