"""What a thief of one of the product's database logins can and cannot do."""

from __future__ import annotations

import uuid
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from psycopg.rows import tuple_row

from audit.database import psycopg_connection
from audit.sequencing import WRITER_LOCK, Sequencer
from audit.structure import Watch, differences, snapshot
from tests.architecture.attacks import ATTACKS, NOTHING, PROBES, TOLD
from tests.factories import add_participant, log_referral, open_case

# Every row of every table, as one line each: what no attack may change.
DIGEST = """
    SELECT string_agg(format(
        'SELECT %L, md5(coalesce(string_agg(t::text, ''|'' ORDER BY t::text), '''')) FROM %I t',
        tablename, tablename), ' UNION ALL ')
    FROM pg_tables WHERE schemaname = 'public'
"""


@contextmanager
def login(alias, actor=None):
    """A plain connection with one of the product's logins; an act is open and, where given,
    somebody's name is set."""
    settings = connections[alias].settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
        options=settings["OPTIONS"].get("options", ""),
        autocommit=True,
    ) as connection:
        connection.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
        connection.execute("SELECT set_config('liwanag.actor', %s, false)", [str(actor or "")])
        yield connection


@pytest.fixture
def thief(database):
    with login("default") as connection:
        yield connection


@pytest.fixture
def target(cast, world, superuser):
    """What attacks name: ids of a case of the North team, and of one of the South team."""
    own = open_case(cast.south_caseworker)
    add_participant(cast.south_caseworker, own)
    call_command("run_sequencer", once=True, verbosity=0)
    reference = superuser.execute(
        "SELECT reference FROM cases_case WHERE id = %s", [world.case_id]
    ).fetchone()[0]
    return {
        "case": world.case_id,
        "ref": reference,
        "own": own.pk,
        "person": world.accused.person_id,
        "sent": world.sent.pk,
        "agency": cast.cyber_unit.pk,
        "north": cast.caseworker.pk,
        "south": cast.south_caseworker.pk,
        "stranger": cast.stranger_caseworker.pk,
        "partner": cast.partner.pk,
        "lock": WRITER_LOCK,
        "backend": superuser.info.backend_pid,
        "database": superuser.info.dbname,
    }


def run(connection, sql):
    """(SQLSTATE or "", what it said, values that came back and rows it touched)."""
    found = []
    cursor = connection.cursor()
    try:
        for part in sql.split(";; "):
            if part.endswith("TO STDOUT"):
                with cursor.copy(part) as copy:
                    found += list(copy)
                continue
            cursor.execute(part)
            if cursor.description:
                rows = cursor.fetchall()
                found += [] if part.startswith(("SELECT set_config", "SHOW")) else rows
            elif part.split()[0] in {"UPDATE", "DELETE", "INSERT", "MERGE"}:
                found += [cursor.rowcount]
    except psycopg.Error as error:
        return error.sqlstate or "no answer", str(error), found
    return "", "", found


def is_nothing(found):
    values = [value for row in found for value in (row if isinstance(row, tuple) else (row,))]
    return not any(bool(value) for value in values)


def rows_of(superuser):
    return dict(superuser.execute(superuser.execute(DIGEST).fetchone()[0]).fetchall())


def structure_of(superuser):
    with superuser.transaction(), superuser.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SET LOCAL search_path = public")
        return snapshot(cursor)


def test_every_attack_is_refused_or_finds_nothing_and_changes_nothing(target, superuser):
    assert len({attack.sql for attack in ATTACKS}) >= 200
    assert len({attack.sql for attack in ATTACKS if attack.login == "default"}) >= 60
    rows, structure = rows_of(superuser), structure_of(superuser)
    version = superuser.info.server_version // 10_000
    won = []
    for attack in ATTACKS:
        if version < attack.since:
            continue
        with login(attack.login, target.get(attack.actor)) as connection:
            ended, said, found = run(connection, attack.sql.format(**target))
        refused = attack.ends not in (NOTHING, TOLD)
        if ended != (attack.ends if refused else ""):
            won.append(f"{attack.login}, {attack.after}: {ended or 'not refused'} {said} {found}")
        elif not refused and not is_nothing(found):
            won.append(f"{attack.login}, {attack.after}: {found}")
        now = rows_of(superuser)
        changed = [table for table in rows if now.get(table) != rows[table]]
        if changed != (["audit_event"] if attack.ends == TOLD else []):
            won.append(f"{attack.login}, {attack.after}: changed {changed}")
        rows = now
    won += [str(change) for change in differences(structure, structure_of(superuser))]
    assert not won, "\n".join(won)


def test_what_is_hidden_answers_like_what_is_nowhere(target):
    told = {}
    for name, sql in PROBES.items():
        answers = []
        for asked in (target["case"], uuid.uuid4()):
            with login("default", target["south"]) as connection:
                ended, said, found = run(connection, sql.format(id=asked, **target))
            answers.append((ended, said.replace(str(asked), "the id"), found))
        if answers[0] != answers[1]:
            told[name] = answers
    assert told == {}


def test_a_forged_entry_bears_the_true_login_and_time_and_takes_none_away(target, superuser):
    """The application writes for everybody, so a thief of its login can write in any name (ADR 1);
    what they cannot do is hide that it was this login, when it was, or what was there before."""
    before = (
        rows_of(superuser)["audit_event"],
        superuser.execute("SELECT count(*), max(id) FROM audit_event").fetchone(),
    )
    with login("default") as connection:
        connection.execute(
            "INSERT INTO audit_event (act, request_id, actor_id, agency_id, role, verb, "
            "object_type, object_id, case_id) "
            "VALUES (gen_random_uuid(), gen_random_uuid(), %s, %s, 'caseworker', 'case.opened', "
            "'cases.case', %s, %s)",
            [target["south"], target["agency"], target["case"], target["case"]],
        )
    forged = superuser.execute(
        "SELECT db_user, at - now() < interval '1 minute', id FROM audit_event ORDER BY id DESC"
    ).fetchone()
    assert forged[:2] == ("liwanag_app", True)
    assert forged[2] > before[1][1]
    assert superuser.execute("SELECT count(*) FROM audit_event").fetchone()[0] == before[1][0] + 1


def test_a_forged_actor_reads_what_that_person_reads_and_a_closed_account_nothing(
    target, superuser, cast
):
    """Row security believes `liwanag.actor`: it guards against forgetting, not against a thief of
    the application's login (ADR 1). Nobody's scope becomes wider by it, and some have none."""
    seen = {}
    superuser.execute("SELECT set_config('liwanag.act', 'x', false)")
    superuser.execute(
        "UPDATE accounts_user SET is_active = false WHERE id = %s", [cast.second_caseworker.pk]
    )
    for name in ("caseworker", "second_caseworker", "admin", "analyst", "auditor", "stranger"):
        with login("default", getattr(cast, name).pk) as connection:
            rows = connection.execute("SELECT id FROM cases_case").fetchall()
        seen[name] = {row[0] for row in rows}
    assert target["case"] in seen.pop("caseworker")
    assert set(map(frozenset, seen.values())) == {frozenset()}


def test_what_a_login_may_set_for_itself_reaches_no_session_and_is_found(target, superuser, cast):
    """PostgreSQL lets every login set defaults of its own, and nobody can take that away."""
    watch = Watch()
    watch.look(connections["sequencer"])
    try:
        with login("default") as connection:
            for name, value in (
                ("search_path", "pg_temp"),
                ("row_security", "off"),
                ("default_transaction_read_only", "on"),
                ("statement_timeout", "1"),
            ):
                connection.execute(f"ALTER ROLE liwanag_app SET {name} = '{value}'")
        connections["default"].close()
        with connections["default"].cursor() as cursor:
            # Off, row security would make it an error.
            cursor.execute("SELECT count(*), current_setting('search_path') FROM cases_case")
            assert cursor.fetchone() == (0, "public")
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("2min",)
        log_referral(cast.intake)
        found = [
            (change["kind"], change["name"]) for change in watch.look(connections["sequencer"])
        ]
        assert ("setting of a login", "liwanag_app in any") in found
    finally:
        superuser.execute("ALTER ROLE liwanag_app RESET ALL")
        connections["default"].close()


def test_the_sequencer_goes_on_while_the_application_holds_every_lock_it_can(target, superuser):
    waiting = (
        "SELECT count(*) FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id "
        "WHERE l.event_id IS NULL"
    )
    with login("default") as thief:
        for high, low in ((WRITER_LOCK >> 32, WRITER_LOCK & 0x7FFFFFFF), (0, 0), (1, 1)):
            thief.execute("SELECT pg_advisory_lock(%s::int, %s::int)", [high, low])
        # And keeps an entry of its own open.
        thief.execute("BEGIN")
        thief.execute("INSERT INTO audit_event (act, verb) VALUES (gen_random_uuid(), 'a.b')")
        with login("default") as other:
            other.execute(
                "INSERT INTO audit_event (act, verb) VALUES (gen_random_uuid(), 'case.opened')"
            )
        assert Sequencer().step(psycopg_connection(connections["sequencer"])) >= 1
        assert superuser.execute(waiting).fetchone() == (0,)


def test_nobody_hears_of_a_case_by_listening(thief, cast):
    """The product sends no notifications, so a listener hears nothing of it."""
    thief.execute('LISTEN "cases_case"')
    thief.execute('LISTEN "audit_event"')
    log_referral(cast.intake)
    assert list(thief.notifies(timeout=0.5, stop_after=1)) == []


def test_a_login_of_nobodys_is_not_let_in(database, superuser):
    superuser.execute("CREATE ROLE mole LOGIN PASSWORD 'a mole in the garden'")
    try:
        settings = connections["default"].settings_dict
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(
                host=settings["HOST"],
                port=settings["PORT"],
                user="mole",
                password="a mole in the garden",
                dbname=database,
            )
    finally:
        superuser.execute("DROP ROLE mole")


def test_reporting_reads_coded_facts_without_a_name_or_a_text(database):
    with connections["reporting"].cursor() as cursor:
        cursor.execute("SELECT * FROM fact_referral")
        columns = {column.name for column in cursor.description}
    assert not columns & {"summary", "subject", "source_name", "reference", "logged_by_id"}
