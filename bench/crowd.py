"""Many cases at once, made by the owner in SQL: what a country has, of which a worker sees few."""

from __future__ import annotations

import uuid

from bench.installation import superuser
from bench.people import WORKER, person, team
from core.references import ALPHABET

OTHER_TEAMS = 50
# Of those a worker sees, the part that was granted to them alone and not to their team.
PERSONAL = 6


def made_code(prefix: str, number: str) -> str:
    """SQL of a code as the product writes codes, C-3333-336D, made from a number."""
    digits = f"translate(lpad(to_hex({number}), 8, '0'), '{DIGITS}', '{LETTERS}')"
    return f"'{prefix}-' || overlay({digits} placing '-' from 5 for 0)"


# Sixteen of the letters that codes are written with, in place of the digits of a number.
DIGITS = "0123456789abcdef"
LETTERS = ALPHABET[: len(DIGITS)]
# SQL: whether a case's code was made from a number, and the number.
MADE = f"reference ~ '^C-{LETTERS[0] * 2}[{LETTERS}]{{2}}-[{LETTERS}]{{4}}$'"
NUMBER = (
    f"('x' || translate(replace(substr(reference, 3), '-', ''), '{LETTERS}', '{DIGITS}'))"
    "::bit(32)::int"
)

# Every tenth of the others is closed; what the worker sees is open, so that the list shows it.
CASES = f"""
    INSERT INTO cases_case (id, created_at, version, reference, lead_agency_id, opened_by_id,
        opened_on, protection_stage, justice_stage, justice_reason, risk, country, admin1)
    SELECT gen_random_uuid(), now(), 1, {made_code("C", "number")}, %(agency)s,
        %(worker)s, current_date - (number %% 2000)::int,
        CASE WHEN number > %(seen)s AND number %% 10 = 0 THEN 'closed' ELSE 'planning' END,
        'none', '', (ARRAY['immediate', 'high', 'medium', 'low', 'not_assessed'])[1 + number %% 5],
        'PH', 'Northern Province'
    FROM generate_series(1, %(total)s) number
"""  # noqa: S608 (parts of this file)
TEAMS = """
    WITH groups AS (
        INSERT INTO auth_group (name) SELECT 'other:' || number
        FROM generate_series(1, %(teams)s) number RETURNING id, name
    )
    INSERT INTO accounts_team (id, created_at, agency_id, name, group_id)
    SELECT gen_random_uuid(), now(), %(agency)s, 'Team ' || name, id FROM groups
"""
NUMBERED = f"""
    SELECT id, {NUMBER} AS number FROM cases_case WHERE {MADE}
"""  # noqa: S608 (parts of this file)
VIEW = """
    SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'cases' AND p.codename = 'view_case'
"""
GRANTS = f"""
    INSERT INTO cases_casegroupobjectpermission (id, reason, granted_at, permission_id, case_id,
        group_id)
    SELECT gen_random_uuid(), 'opened', now(), ({VIEW}), made.id,
        CASE WHEN made.number <= %(seen)s THEN %(group)s ELSE
            (SELECT id FROM auth_group WHERE name = 'other:' || (1 + made.number %% %(teams)s)) END
    FROM ({NUMBERED}) made
    WHERE NOT (made.number <= %(seen)s AND made.number %% {PERSONAL} = 0)
"""  # noqa: S608 (parts of this file)
PERSONAL_GRANTS = f"""
    INSERT INTO cases_caseuserobjectpermission (id, reason, granted_at, permission_id, case_id,
        user_id)
    SELECT gen_random_uuid(), 'shared_work', now(), ({VIEW}), made.id, %(worker)s
    FROM ({NUMBERED}) made
    WHERE made.number <= %(seen)s AND made.number %% {PERSONAL} = 0
"""  # noqa: S608 (parts of this file)


def make_cases(database: str, *, total: int, seen: int) -> None:
    """Make `total` cases over many teams; the worker sees `seen`, most of them by their team."""
    worker, own = person(WORKER), team()
    given = {
        "total": total,
        "seen": seen,
        "teams": OTHER_TEAMS,
        "agency": own.agency_id,
        "worker": worker.pk,
        "group": own.group_id,
    }
    with superuser(database) as admin:
        with admin.transaction():
            admin.execute("SET LOCAL ROLE liwanag_owner")
            admin.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
            for statement in (CASES, TEAMS, GRANTS, PERSONAL_GRANTS):
                admin.execute(statement, given)
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")
