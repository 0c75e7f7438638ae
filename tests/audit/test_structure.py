"""Changes of how the database is built and guarded are found and told, whoever makes them."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from audit.models import AuditEvent
from audit.structure import LAST, Watch, differences, digest_of
from desk.audit_sentences import sentences
from desk.database_sentences import what_is_said


@pytest.fixture
def watch(database):
    """A watch that has taken its baseline."""
    watch = Watch()
    assert watch.look(connections["sequencer"]) == []
    return watch


def events(*verbs):
    with connections["auditor"].cursor() as cursor:
        cursor.execute(
            "SELECT verb, db_user, facts FROM audit_event WHERE verb LIKE 'database.%%' ORDER BY id"
        )
        rows = [(verb, user, json.loads(facts)) for verb, user, facts in cursor.fetchall()]
    return [row for row in rows if not verbs or row[0] in verbs]


def seen(watch):
    """Looks once more: [(kind, name, from, to)], without the marks of what has no words."""
    return {
        (change["kind"], change["name"], words(change["from"]), words(change["to"]))
        for change in watch.look(connections["sequencer"])
    }


def sentence_of(verb, reader):
    """(sentence, detail) of the newest event of a verb, as the audit trail shows it."""
    shown = sentences([AuditEvent.objects.filter(verb=verb).latest("id")], reader)[0]
    return shown.sentence, shown.detail


def words(state):
    return state.split(", mark")[0]


def test_provisioning_again_is_a_few_entries_and_not_thousands(database):
    told = [verb for verb, _user, _facts in events()]
    assert told[0] == "database.provisioned"
    call_command("provision_database", verbosity=0)
    again = events()[len(told) :]
    assert [verb for verb, *_ in again].count("database.provisioned") == 1
    assert len(again) <= 4, again


def test_a_statement_that_changes_a_table_is_an_entry_without_its_text(superuser):
    before = len(events())
    superuser.execute("ALTER TABLE cases_case ADD COLUMN secret text DEFAULT 'a child''s name'")
    with superuser.transaction():
        superuser.execute("CREATE TABLE stolen AS SELECT * FROM accounts_user")
        superuser.execute("CREATE INDEX ON stolen (email)")
        superuser.execute("DROP TABLE stolen")
    superuser.execute("CREATE TEMPORARY TABLE passing (id int)")
    told = events()[before:]
    assert [verb for verb, *_ in told] == ["database.changed", "database.changed"]
    (_verb, user, altered), (_verb, _user, stolen) = told
    assert user == superuser.info.user
    assert altered["commands"] == ["ALTER TABLE"]
    assert "table public.cases_case" in altered["objects"]
    assert "name" not in json.dumps(altered)
    assert set(stolen["commands"]) == {"CREATE TABLE AS", "CREATE INDEX", "DROP TABLE"}


def test_what_is_rolled_back_is_no_entry(superuser):
    before = len(events())
    with superuser.transaction(force_rollback=True):
        superuser.execute("DROP TABLE audit_outbox")
    assert len(events()) == before


def test_an_entry_is_made_in_a_replica_session_and_by_the_owner_too(superuser):
    before = len(events())
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY")
    told = events()[before:]
    assert [facts["objects"] for _verb, _user, facts in told] == [
        ["table public.audit_event"],
        ["table public.cases_case"],
    ]


def test_the_first_look_is_the_baseline_and_a_quiet_minute_says_nothing(watch):
    first = events("database.first_seen")
    assert len(first) == 1
    assert watch.look(connections["sequencer"]) == []
    assert Watch().look(connections["sequencer"]) == []
    assert events("database.first_seen", "database.differs") == first


CHANGES = [
    (
        "ALTER TABLE audit_event DISABLE TRIGGER append_only",
        ("trigger", "append_only on audit_event", "always", "off"),
    ),
    (
        "GRANT liwanag_owner TO liwanag_app",
        ("membership", "liwanag_app in liwanag_owner", "", "member"),
    ),
    ("DROP EVENT TRIGGER liwanag_ddl", ("event trigger", "liwanag_ddl", "always", "")),
    (
        "ALTER EVENT TRIGGER liwanag_drop DISABLE",
        ("event trigger", "liwanag_drop", "always", "off"),
    ),
    (
        "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
        ("row security", "cases_case", "on", "off"),
    ),
    (
        "CREATE ROLE mole LOGIN BYPASSRLS",
        ("login", "mole", "", "may log in, goes round row security, inherits"),
    ),
    ("DROP POLICY app_select ON cases_case", ("policy", "app_select on cases_case", None, "")),
    (
        "ALTER ROLE liwanag_app SET log_statement = 'all'",
        ("setting of a login", "liwanag_app in any", "", None),
    ),
    ("GRANT SELECT ON audit_event TO liwanag_app", ("rights", "on audit_event", None, None)),
    (
        "CREATE PUBLICATION leak FOR ALL TABLES",
        ("way out", "publication leak", "", "of all tables"),
    ),
    (
        "CREATE OR REPLACE FUNCTION liwanag_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
        ("function", "liwanag_refuse()", None, None),
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO liwanag_app",
        ("rights", "on what belongs to PostgreSQL", None, None),
    ),
    (
        "CREATE RULE quiet AS ON INSERT TO audit_outbox DO INSTEAD NOTHING",
        ("rule", "quiet on audit_outbox", "", None),
    ),
    (
        "ALTER TABLE cases_case DROP CONSTRAINT cases_case_reference_key",
        ("constraint", "cases_case_reference_key on cases_case", None, ""),
    ),
]


def test_what_no_event_trigger_sees_is_found_at_the_next_look(watch, superuser):
    """All of them with the event triggers' own switch off, as a careful thief would."""
    missing = []
    for statement, _expected in CHANGES:
        superuser.execute(statement)
    try:
        found = seen(watch)
    finally:
        superuser.execute("REVOKE liwanag_owner FROM liwanag_app")
        superuser.execute("ALTER ROLE liwanag_app RESET ALL")
        superuser.execute("DROP ROLE mole")
    for statement, (kind, name, was, becomes) in CHANGES:
        if not any(
            (kind, name) == change[:2]
            and (was is None or was == change[2])
            and (becomes is None or becomes == change[3])
            for change in found
        ):
            missing.append(statement)
    assert missing == [], found
    told = events("database.differs")[-1][2]
    assert told["changes"] >= len(CHANGES)
    assert {"kind": "row security", "name": "cases_case", "from": "on", "to": "off"} in told["what"]


def test_alter_system_is_found_before_the_server_reads_it(watch, superuser):
    superuser.execute("ALTER SYSTEM SET log_statement = 'all'")
    try:
        found = seen(watch)
    finally:
        superuser.execute("ALTER SYSTEM RESET log_statement")
    assert {(kind, name) for kind, name, *_ in found} == {
        ("written setting", "log_statement in postgresql.auto.conf")
    }
    assert "all" not in json.dumps(events("database.differs")[-1][2]["what"])


def test_a_change_while_nobody_looked_is_found_at_the_next_start(watch, superuser):
    superuser.execute("ALTER TABLE courts_verdict DISABLE TRIGGER liwanag_never")
    changes = Watch().look(connections["sequencer"])
    assert [(c["name"], words(c["to"])) for c in changes] == [
        ("liwanag_never on courts_verdict", "off")
    ]


def test_a_snapshot_that_was_altered_is_found_now_and_at_the_next_start(watch, superuser):
    superuser.execute("ALTER TABLE audit_structure DISABLE TRIGGER ALL")
    watch.look(connections["sequencer"])
    state = json.loads(superuser.execute(LAST).fetchone()[2])
    state["membership"] = {}
    superuser.execute(
        "UPDATE audit_structure SET state = %s, digest = %s WHERE id = (SELECT max(id) "
        "FROM audit_structure)",
        [json.dumps(state), digest_of(state)],
    )
    Watch().look(connections["sequencer"])
    assert [verb for verb, *_ in events()[-2:]] == [
        "database.record_altered",
        "database.first_seen",
    ]
    superuser.execute("DELETE FROM audit_structure")
    watch.look(connections["sequencer"])
    assert [verb for verb, *_ in events()[-2:]] == [
        "database.record_altered",
        "database.first_seen",
    ]


@pytest.mark.parametrize("left", ["nothing at all", "an older one"])
def test_snapshots_that_were_removed_are_missed_at_the_next_start(watch, superuser, left):
    superuser.execute("GRANT SELECT ON audit_event TO liwanag_reporting")
    watch.look(connections["sequencer"])
    assert len(events("database.differs")) == 1
    superuser.execute("ALTER TABLE audit_structure DISABLE TRIGGER ALL")
    superuser.execute("ALTER TABLE courts_verdict DISABLE TRIGGER liwanag_never")
    superuser.execute(
        "DELETE FROM audit_structure WHERE id > (SELECT min(id) FROM audit_structure)"
        if left == "an older one"
        else "TRUNCATE audit_structure"
    )
    Watch().look(connections["sequencer"])
    assert [verb for verb, *_ in events()[-2:]] == [
        "database.record_altered",
        "database.first_seen",
    ]


def test_the_sequencer_says_this_and_nothing_else(database):
    with connections["sequencer"].cursor() as cursor:
        with pytest.raises(Exception, match="not for the sequencer"):
            cursor.execute("SELECT audit_tell_structure('case.opened', '{}')")
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute(
                "INSERT INTO audit_event (act, verb) VALUES (gen_random_uuid(), 'case.opened')"
            )


@pytest.mark.parametrize("verb", ["database.changed", "database.differs", "database.provisioned"])
def test_the_application_cannot_speak_for_the_database(database, verb):
    with pytest.raises(Exception, match="database_speaks_for_itself"):
        connections["default"].cursor().execute(
            "INSERT INTO audit_event "
            "(act, verb, role, object_type, fields, facts, purpose, outcome) "
            "VALUES (%s, %s, '', '', '{}', '{}', '', 'done')",
            [uuid4(), verb],
        )


def test_differences_name_what_came_went_and_changed():
    before = {"trigger": {"a": "always", "b": "on"}, "login": {"x": "superuser"}}
    after = {"trigger": {"a": "off", "c": "on"}}
    assert differences(before, after) == [
        {"kind": "login", "name": "x", "from": "superuser", "to": ""},
        {"kind": "trigger", "name": "a", "from": "always", "to": "off"},
        {"kind": "trigger", "name": "b", "from": "on", "to": ""},
        {"kind": "trigger", "name": "c", "from": "", "to": "on"},
    ]


def test_the_audit_trail_says_it_in_words(watch, superuser, cast):
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    superuser.execute("GRANT liwanag_auditor TO liwanag_reporting")
    try:
        watch.look(connections["sequencer"])
    finally:
        superuser.execute("REVOKE liwanag_auditor FROM liwanag_reporting")
    assert sentence_of("database.changed", cast.auditor) == (
        f"The database login “{superuser.info.user}” changed how the database is built",
        "ALTER TABLE: table public.audit_event",
    )
    sentence, detail = sentence_of("database.differs", cast.auditor)
    assert sentence == "The sequencer found the database built or guarded otherwise than before"
    assert "trigger append_only on audit_event: from always to off" in detail
    assert "membership liwanag_reporting in liwanag_auditor: now there, member" in detail


def test_many_changes_are_counted_and_words_do_not_run_together():
    def said(verb, **facts):
        return what_is_said(AuditEvent(verb=verb, facts=facts))

    table = [f"table t{number}" for number in range(1, 13)]
    assert said("database.changed", commands=["ALTER TABLE"], objects=[], changes=1) == (
        "ALTER TABLE"
    )
    assert said("database.changed", commands=["DROP TABLE"], objects=table[:9], changes=9) == (
        "DROP TABLE: table t1; table t2; table t3; table t4; table t5; table t6; table t7; "
        "table t8; and one more"
    )
    assert said(
        "database.changed", commands=["ALTER TABLE", "COMMENT"], objects=table[:1], changes=4
    ) == ("ALTER TABLE, COMMENT: table t1 (4 changes)")
    gone = [{"kind": "trigger", "name": f"t{n}", "from": "on", "to": ""} for n in range(12)]
    assert said("database.differs", what=gone, changes=1312).endswith(
        "trigger t7: gone; and 1,304 more"
    )


def test_a_database_that_fails_leaves_the_watch_as_it_was(watch, superuser):
    superuser.execute("REVOKE SELECT ON audit_structure FROM liwanag_sequencer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        watch.look(connections["sequencer"])
    superuser.execute("GRANT SELECT ON audit_structure TO liwanag_sequencer")
    # Only the right itself, given anew, is another entry than before.
    found = {change["name"] for change in watch.look(connections["sequencer"])}
    assert found <= {"on audit_structure"}
