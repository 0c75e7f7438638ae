"""What a thief of the application's own login can and cannot do to the log and to case data."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connections

from tests.factories import log_referral

EVENT = "act, verb, role, object_type, fields, facts, purpose, outcome"
VALUES = "gen_random_uuid(), 'case.opened', '', '', '{}', '{}', '', 'done'"
LOG_ATTACKS = [
    "SELECT * FROM audit_event",
    "SELECT count(*) FROM audit_event",
    "SELECT id FROM audit_event FOR UPDATE",
    "UPDATE audit_event SET verb = 'case.listed'",
    "UPDATE audit_event SET at = now() - interval '1 day'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "TRUNCATE audit_event, audit_leaf, audit_checkpoint",
    f"INSERT INTO audit_event ({EVENT}, at) VALUES ({VALUES}, now() - interval '1 day')",
    f"INSERT INTO audit_event ({EVENT}, db_user) VALUES ({VALUES}, 'somebody')",
    f"INSERT INTO audit_event (id, {EVENT}) OVERRIDING SYSTEM VALUE VALUES (1, {VALUES})",
    f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES}) RETURNING id",
    f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES}) ON CONFLICT (id) DO UPDATE SET role = ''",
    "INSERT INTO audit_leaf VALUES (0, 1, decode(repeat('00', 32), 'hex'))",
    "DELETE FROM audit_leaf",
    "SELECT * FROM audit_leaf",
    "INSERT INTO audit_checkpoint (size, root, frontier, note) VALUES (1, '', '{}', '')",
    "SELECT * FROM audit_checkpoint",
    "SELECT * FROM audit_cosignature",
    "DELETE FROM audit_cosignature",
    "INSERT INTO audit_cosignature (size, witness, key_id, cosigned_at, line) "
    "VALUES (1, '', '', now(), '')",
    "DROP TABLE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE audit_event DISABLE TRIGGER append_only",
    "DROP TRIGGER append_only ON audit_event",
    "ALTER TABLE audit_event OWNER TO liwanag_app",
    "GRANT SELECT ON audit_event TO liwanag_app",
    "SET session_replication_role = replica",
    "SET ROLE liwanag_owner",
    "SET ROLE liwanag_sequencer",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION liwanag_owner",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NULL; END $$",
    "DROP FUNCTION audit_refuse() CASCADE",
    "SELECT audit_refuse()",
    "CREATE TABLE public.audit_shadow (id int)",
    "CREATE RULE quiet AS ON INSERT TO audit_event DO INSTEAD NOTHING",
    "COPY audit_event TO PROGRAM 'cat'",
    "COPY audit_event TO STDOUT",
    "SELECT setval('audit_event_id_seq', 1)",
    "SELECT nextval('audit_event_id_seq')",
    "LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE",
    "VACUUM FULL audit_event",
    "CREATE INDEX ON audit_event (verb)",
    "COMMENT ON TABLE audit_event IS 'mine'",
    "ALTER ROLE liwanag_app BYPASSRLS",
    "ALTER ROLE liwanag_app SUPERUSER",
    "CREATE ROLE mole LOGIN",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "CREATE EXTENSION dblink",
    "CREATE SCHEMA mine",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
    "DROP POLICY app_select ON cases_case",
    "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
    "TRUNCATE cases_case",
    "TRUNCATE cases_casenote",
    "SELECT * FROM fact_referral",
    "SELECT * FROM fact_conviction",
    "UPDATE cases_casenote SET facts_reported = ''",
    "UPDATE cases_casenote SET author_id = NULL",
    "DELETE FROM cases_casenote",
    "UPDATE handoffs_handoffpackage SET digest = ''",
    "DELETE FROM handoffs_handoffpackage",
    "UPDATE courts_verdict SET result = 'acquitted'",
    "DELETE FROM reporting_statisticsrelease",
]


@pytest.fixture
def thief(database):
    """A plain connection with the application's own login, outside Django."""
    settings = connections["default"].settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=database,
        options=settings["OPTIONS"].get("options", ""),
        autocommit=True,
    ) as connection:
        yield connection


def test_every_attack_on_the_log_and_the_walls_is_refused(thief, cast):
    log_referral(cast.intake)
    assert len(LOG_ATTACKS) >= 60
    won = []
    for attack in LOG_ATTACKS:
        try:
            with thief.transaction():
                thief.execute("SELECT set_config('liwanag.act', 'x', true)")
                cursor = thief.execute(attack)
                if cursor.description and attack.startswith("SELECT") and not cursor.fetchall():
                    continue
                won.append(attack)
        except psycopg.Error:
            continue
    assert won == []


def test_without_an_actor_no_row_of_case_data_is_there(thief, cast):
    log_referral(cast.intake)
    for table in ("referrals_referral", "cases_case", "cases_person", "handoffs_handoff"):
        assert thief.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_rows_of_another_team_stay_away_from_somebody_elses_name(thief, cast):
    referral = log_referral(cast.intake)
    with thief.transaction():
        thief.execute(
            "SELECT set_config('liwanag.actor', %s, true)", [str(cast.south_caseworker.pk)]
        )
        assert thief.execute("SELECT count(*) FROM referrals_referral").fetchone() == (0,)
    with thief.transaction():
        thief.execute("SELECT set_config('liwanag.actor', %s, true)", [str(cast.intake.pk)])
        assert thief.execute("SELECT id FROM referrals_referral").fetchall() == [(referral.pk,)]


@pytest.mark.parametrize("alias", ["default", "auditor", "reporting", "sequencer"])
def test_no_login_but_the_sequencers_adds_a_leaf(database, alias):
    if alias == "sequencer":
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_leaf VALUES (999999, 999999, decode(repeat('00', 32), 'hex'))"
            )
        return
    with pytest.raises(Exception, match="permission denied"):
        connections[alias].cursor().execute(
            "INSERT INTO audit_leaf VALUES (999999, 999999, decode(repeat('00', 32), 'hex'))"
        )


def test_reporting_reads_coded_facts_and_nothing_else(database):
    with connections["reporting"].cursor() as cursor:
        cursor.execute("SELECT * FROM fact_referral")
        columns = {column.name for column in cursor.description}
    assert not columns & {"summary", "subject", "source_name", "reference", "logged_by_id"}
    for table in ("referrals_referral", "cases_person", "accounts_user", "audit_event"):
        with pytest.raises(Exception, match="permission denied"):
            connections["reporting"].cursor().execute(f"SELECT * FROM {table}")
