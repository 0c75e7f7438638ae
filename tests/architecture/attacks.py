"""What somebody with one of the product's database logins would try, one line each.

An attack is: what it is after, the login, the SQL (parts are run one after another), and how it
ends. A code of five characters is the error it must be refused with, so that a slip of the pen
cannot pass for a wall; NOTHING lets it run, finding no row and changing none; TOLD does too, but
the database writes into the log who ran it.

`{case}`, `{ref}`, `{person}`, `{note}` … are of a case of the North team. Where `actor` is given,
the thief has set that person's id in `liwanag.actor`; an act is open in any case, for they can do
that too. What such settings open to them is in `test_attacks.py`.
"""

from __future__ import annotations

from typing import NamedTuple

DENIED, NOTHING, CHECKED, TAKEN = "42501", "", "23514", "23505"
# It runs without effect, but for an entry of the log that says who tried.
TOLD = "told"
APP, SEQUENCER, AUDITOR, REPORTING = "default", "sequencer", "auditor", "reporting"

EVENT = "act, verb, role, object_type, fields, facts, purpose, outcome"
VALUES = "gen_random_uuid(), 'case.opened', '', '', '{{}}', '{{}}', '', 'done'"


class Attack(NamedTuple):
    after: str
    login: str
    sql: str
    ends: str = DENIED
    actor: str = ""
    since: int = 15


def _by(login: str, *attacks: tuple[str, ...], actor: str = "") -> list[Attack]:
    return [Attack(one[0], login, one[1], *one[2:], actor=actor) for one in attacks]


THE_LOG = _by(
    APP,
    ("read the log", "SELECT * FROM audit_event"),
    ("count its entries", "SELECT count(*) FROM audit_event"),
    ("read one column of it", "SELECT verb FROM audit_event LIMIT 1"),
    ("hold its entries", "SELECT id FROM audit_event FOR UPDATE"),
    ("read it by a query in a text", "SELECT query_to_xml('TABLE audit_event',true,false,'')"),
    ("read it through a cursor", "BEGIN;; DECLARE c CURSOR FOR TABLE audit_event"),
    ("read it by a prepared statement", "PREPARE p AS TABLE audit_event;; EXECUTE p"),
    ("see how it would be read", "EXPLAIN SELECT * FROM audit_event WHERE verb = 'case.opened'"),
    ("copy it out", "COPY audit_event TO STDOUT"),
    ("copy it to a program", "COPY audit_event TO PROGRAM 'cat'"),
    ("change an entry", "UPDATE audit_event SET verb = 'case.listed'"),
    ("back-date an entry", "UPDATE audit_event SET at = now() - interval '1 day'"),
    ("name another actor afterwards", "UPDATE audit_event SET actor_id = '{south}'"),
    ("delete entries", "DELETE FROM audit_event"),
    (
        "delete by MERGE",
        "MERGE INTO audit_event e USING (VALUES (1)) v (i) ON true WHEN MATCHED THEN DELETE",
    ),
    ("empty it", "TRUNCATE audit_event"),
    ("empty all of it", "TRUNCATE audit_event, audit_leaf, audit_checkpoint CASCADE"),
    (
        "write a past entry",
        f"INSERT INTO audit_event ({EVENT}, at) VALUES ({VALUES}, now() - interval '1 day')",
    ),
    (
        "write a future entry",
        f"INSERT INTO audit_event ({EVENT}, at) VALUES ({VALUES}, now() + interval '1 day')",
    ),
    (
        "write under another login",
        f"INSERT INTO audit_event ({EVENT}, db_user) VALUES ({VALUES}, 'liwanag_owner')",
    ),
    (
        "choose an entry's number",
        f"INSERT INTO audit_event (id, {EVENT}) OVERRIDING SYSTEM VALUE VALUES (1, {VALUES})",
    ),
    (
        "learn an entry's number",
        f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES}) RETURNING id",
    ),
    (
        "write over an entry",
        f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES}) ON CONFLICT (id) DO UPDATE "
        "SET role = ''",
    ),
    (
        "ask whether a number is taken",
        f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES}) ON CONFLICT (id) DO NOTHING",
    ),
    (
        "speak for the database",
        "INSERT INTO audit_event (act, verb) VALUES (gen_random_uuid(), 'database.differs')",
        CHECKED,
    ),
    (
        "write no verb",
        "INSERT INTO audit_event (act, verb) VALUES (gen_random_uuid(), 'Nothing')",
        CHECKED,
    ),
    (
        "write an outcome of one's own",
        "INSERT INTO audit_event (act, verb, outcome) VALUES (gen_random_uuid(), 'a.b', 'fine')",
        CHECKED,
    ),
    (
        "write facts that are none",
        "INSERT INTO audit_event (act, verb, facts) VALUES (gen_random_uuid(), 'a.b', '[]')",
        CHECKED,
    ),
    ("draw numbers, for a gap", "SELECT nextval('audit_event_id_seq')"),
    ("begin the numbers anew", "SELECT setval('audit_event_id_seq', 1)"),
    ("change how numbers run", "ALTER SEQUENCE audit_event_id_seq RESTART"),
    ("read leaves", "SELECT * FROM audit_leaf"),
    ("add a leaf", "INSERT INTO audit_leaf VALUES (0, 1, decode(repeat('00', 32), 'hex'))"),
    ("take leaves away", "DELETE FROM audit_leaf"),
    ("read checkpoints", "SELECT * FROM audit_checkpoint"),
    (
        "add a checkpoint",
        "INSERT INTO audit_checkpoint (size, root, frontier, note) VALUES (1, '', '{{}}', '')",
    ),
    ("read cosignatures", "SELECT * FROM audit_cosignature"),
    ("take cosignatures away", "DELETE FROM audit_cosignature"),
    (
        "say that entries are archived",
        'INSERT INTO audit_archive (first, "end", sha256, removed_by) '
        "VALUES (0, 9, decode(repeat('00', 32), 'hex'), '{south}')",
    ),
    ("keep the log for a day only", "UPDATE audit_retention SET days = 1"),
    ("forget how the database was built", "DELETE FROM audit_structure"),
    ("say how the database is built", "SELECT audit_tell_structure('database.differs', '{{}}')"),
    ("note a change that was none", "INSERT INTO audit_pending_ddl VALUES (DEFAULT, '', '', '')"),
    ("switch its triggers off", "ALTER TABLE audit_event DISABLE TRIGGER ALL"),
    ("switch one trigger off", "ALTER TABLE audit_event DISABLE TRIGGER append_only"),
    ("drop a trigger", "DROP TRIGGER append_only ON audit_event"),
    ("drop what a trigger runs", "DROP FUNCTION audit_refuse() CASCADE"),
    (
        "write anew what a trigger runs",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
    ),
    ("run it by hand", "SELECT audit_refuse()"),
    ("lose entries by a rule", "CREATE RULE quiet AS ON INSERT TO audit_event DO INSTEAD NOTHING"),
    (
        "lose them by a trigger",
        "CREATE TRIGGER quiet BEFORE INSERT ON audit_event FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    ("stamp later dates", "ALTER TABLE audit_event ALTER at SET DEFAULT '2020-01-01'"),
    ("allow any verb", "ALTER TABLE audit_event DROP CONSTRAINT database_speaks_for_itself"),
    ("own it", "ALTER TABLE audit_event OWNER TO liwanag_app"),
    ("put another in its place", "ALTER TABLE audit_event RENAME TO audit_event_old"),
    ("let a crash empty it", "ALTER TABLE audit_event SET UNLOGGED"),
    ("drop it", "DROP TABLE audit_event CASCADE"),
    ("give oneself the right", "GRANT SELECT ON audit_event TO liwanag_app"),
    ("index it, to read by an index", "CREATE INDEX ON audit_event (verb)"),
    ("hold it against everybody", "BEGIN;; LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE"),
    ("hold it by writing it anew", "CLUSTER audit_event USING audit_event_pkey"),
    ("hold it by indexing anew", "REINDEX TABLE audit_event"),
    ("hold it by cleaning", "VACUUM FULL audit_event", NOTHING),
    ("gather what it holds", "ANALYZE audit_event", NOTHING),
    ("read what was gathered", "SELECT * FROM pg_stats WHERE tablename = 'audit_event'", NOTHING),
)

SOMEBODY_ELSE = _by(
    APP,
    ("become the owner", "SET ROLE liwanag_owner"),
    ("become the sequencer", "SET ROLE liwanag_sequencer"),
    ("become the auditor", "SET ROLE liwanag_auditor"),
    ("become the superuser", "SET ROLE postgres"),
    ("sign in as the owner", "SET SESSION AUTHORIZATION liwanag_owner"),
    ("join the owner", "GRANT liwanag_owner TO liwanag_app"),
    ("join who reads all", "GRANT pg_read_all_data TO liwanag_app"),
    ("make oneself a superuser", "ALTER ROLE liwanag_app SUPERUSER"),
    ("go round row security", "ALTER ROLE liwanag_app BYPASSRLS"),
    ("make a login", "CREATE ROLE mole LOGIN"),
    ("take the owner's password", "ALTER ROLE liwanag_owner PASSWORD 'mine'"),
    ("drop the auditor", "DROP ROLE liwanag_auditor"),
    ("set something for everybody", "ALTER ROLE ALL SET session_replication_role = replica"),
    ("be somebody in every session", "ALTER ROLE liwanag_app SET liwanag.actor = '{north}'"),
    ("lift triggers in every session", "ALTER ROLE liwanag_app SET pgtrigger.ignore = '{{*}}'"),
    ("set something for the sequencer", "ALTER ROLE liwanag_sequencer SET search_path = pg_temp"),
    ("give away what one may", "GRANT SELECT ON cases_case TO liwanag_reporting", TOLD),
    ("give away what is to come", "ALTER DEFAULT PRIVILEGES FOR ROLE liwanag_owner GRANT SELECT "
     "ON TABLES TO liwanag_app"),
    ("drop what one owns", "DROP OWNED BY liwanag_app"),
    ("drop what others own", "DROP OWNED BY liwanag_owner"),
    ("take over what others own", "REASSIGN OWNED BY liwanag_owner TO liwanag_app"),
    ("play a replica", "SET session_replication_role = replica"),
    ("log what others say", "SET log_statement = 'all'"),
    ("change the server", "ALTER SYSTEM SET log_statement = 'all'"),
    ("let the server read it", "SELECT pg_reload_conf()"),
    ("switch row security off", "SET row_security = off;; SELECT * FROM cases_case"),
)  # fmt: skip

THE_SERVER = _by(
    APP,
    ("read the passwords", "SELECT rolpassword FROM pg_authid"),
    ("read them elsewhere", "SELECT passwd FROM pg_shadow"),
    ("read who may connect", "SELECT * FROM pg_hba_file_rules"),
    ("read a file", "SELECT pg_read_file('/etc/passwd')"),
    ("copy a file in", "COPY django_session FROM '/etc/passwd'"),
    ("copy a program in", "COPY django_session FROM PROGRAM 'id'"),
    ("write a file", "COPY (SELECT 1) TO '/tmp/liwanag'"),
    ("list a folder", "SELECT pg_ls_dir('/')"),
    ("look at a file", "SELECT pg_stat_file('/etc/passwd')"),
    ("load a library", "LOAD '/tmp/mine.so'"),
    ("import a file as an object", "SELECT lo_import('/etc/passwd')"),
    ("keep data in a large object", "SELECT lo_from_bytea(0, 'a name')"),
    ("make a large object", "SELECT lo_create(0)"),
    ("read all large objects", "SELECT * FROM pg_largeobject"),
    ("reach another database", "CREATE EXTENSION dblink"),
    ("reach another server", "CREATE EXTENSION postgres_fdw"),
    ("publish everything", "CREATE PUBLICATION leak FOR ALL TABLES"),
    ("publish one table", "CREATE PUBLICATION leak FOR TABLE cases_case"),
    (
        "take in from elsewhere",
        "CREATE SUBSCRIPTION leak CONNECTION 'host=127.0.0.1' PUBLICATION x WITH (connect = false)",
    ),
    ("follow every change", "SELECT pg_create_physical_replication_slot('leak')"),
    ("follow them in words", "SELECT pg_create_logical_replication_slot('leak', 'test_decoding')"),
    ("read what others ask", "SELECT query FROM pg_stat_activity"),
    ("read it by the function", "SELECT * FROM pg_stat_get_activity(NULL)"),
    ("read one other's statement", "SELECT pg_stat_get_backend_activity(1)"),
    ("see who is connected", "SELECT * FROM pg_stat_ssl"),
    ("end another session", "SELECT pg_terminate_backend({backend})"),
    ("stop another's statement", "SELECT pg_cancel_backend({backend})"),
    ("stop the sequencer by its lock", "SELECT pg_advisory_lock({lock})"),
    ("try its lock", "SELECT pg_try_advisory_lock({lock})"),
    ("hold it to the end", "SELECT pg_advisory_xact_lock({lock})"),
    ("share it", "SELECT pg_advisory_lock_shared({lock})"),
    ("prepare a transaction and leave", "BEGIN;; PREPARE TRANSACTION 'stay'", "55000"),
    ("call out to listeners", "SELECT pg_notify('x', 'a name')"),
    ("write everything down now", "CHECKPOINT"),
    ("begin a new file of changes", "SELECT pg_switch_wal()"),
    ("make a database", "CREATE DATABASE mine"),
    ("set something for a database", "ALTER DATABASE {database} SET search_path = pg_temp"),
    ("make a tablespace", "CREATE TABLESPACE mine LOCATION '/tmp'"),
)  # fmt: skip

SHADOWS = _by(
    APP,
    ("make a table", "CREATE TABLE audit_shadow (id int)"),
    ("make a passing table", "CREATE TEMPORARY TABLE cases_case (id uuid)"),
    ("make one of an answer", "SELECT 1 AS id INTO TEMPORARY cases_case"),
    ("make a view", "CREATE VIEW mine AS SELECT * FROM cases_case"),
    ("make a passing view", "CREATE TEMPORARY VIEW audit_event AS SELECT 1"),
    ("make a schema", "CREATE SCHEMA mine"),
    ("make a sequence", "CREATE SEQUENCE mine"),
    ("make a type", "CREATE TYPE mine AS ENUM ('a')"),
    ("make a cast", "CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT"),
    (
        "put one's own answer before ours",
        "SET search_path = pg_temp, public;; CREATE FUNCTION pg_temp.liwanag_may(text) "
        "RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    ),
    (
        "write our answer anew",
        "CREATE OR REPLACE FUNCTION liwanag_may(a_permission text) RETURNS boolean LANGUAGE sql "
        "AS 'SELECT true'",
    ),
    ("make ours look elsewhere", "ALTER FUNCTION liwanag_may(text) SET search_path = pg_temp"),
    ("make ours leak", "ALTER FUNCTION liwanag_may(text) LEAKPROOF"),
    ("make a function", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    (
        "make a function of the server's",
        "CREATE FUNCTION mine(text) RETURNS text LANGUAGE internal AS 'textin'",
    ),
    ("run a block", "DO $$ BEGIN PERFORM 1; END $$"),
    ("run a block of others", "DO LANGUAGE sql $$ SELECT 1 $$"),
    (
        "make an operator",
        "CREATE OPERATOR === (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
    ),
    (
        "make an aggregate",
        "CREATE AGGREGATE gather (text) (SFUNC = array_append, STYPE = text[])",
    ),
    (
        "hear of changes of structure",
        "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION audit_note_ddl()",
    ),
    ("silence what records them", "ALTER EVENT TRIGGER liwanag_ddl DISABLE"),
    ("drop what records them", "DROP EVENT TRIGGER liwanag_drop"),
    ("drop a policy", "DROP POLICY app_select ON cases_case"),
    ("widen a policy", "ALTER POLICY app_select ON cases_case USING (true)"),
    ("add a policy", "CREATE POLICY mine ON cases_case USING (true)"),
    ("switch row security off for all", "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY"),
    ("gather statistics of two columns", "CREATE STATISTICS s ON country, risk FROM cases_case"),
    ("read of everything at once", "SELECT * FROM pg_statistic"),
    ("read what was gathered of cases", "ANALYZE;; SELECT most_common_vals FROM pg_stats "
     "WHERE tablename IN ('cases_case', 'cases_caseparticipant')", NOTHING),
)  # fmt: skip

NOBODY = _by(
    APP,
    ("read cases as nobody", "SELECT * FROM cases_case", NOTHING),
    ("read people as nobody", "SELECT * FROM cases_person", NOTHING),
    ("read identities as nobody", "SELECT * FROM cases_personidentity", NOTHING),
    ("read notes as nobody", "SELECT * FROM cases_casenote", NOTHING),
    ("read referrals as nobody", "SELECT * FROM referrals_referral", NOTHING),
    ("read handoffs as nobody", "SELECT * FROM handoffs_handoff", NOTHING),
    ("read history as nobody", "SELECT * FROM cases_caseevent", NOTHING),
    ("ask which cases are nobody's", "SELECT unnest(liwanag_my_cases())", NOTHING),
    ("read facts for statistics", "SELECT * FROM fact_referral"),
    ("read convictions", "SELECT * FROM fact_conviction"),
    (
        "be somebody who is no id",
        "SELECT set_config('liwanag.actor', 'x'' OR true', false);; SELECT * FROM cases_case",
        "22P02",
    ),
)

# Of another agency, who works for the same survivors' sake and sees no case at all.
ANOTHER_AGENCY = _by(
    APP,
    ("read it by its place", "SELECT * FROM cases_case WHERE ctid = '(0,1)'", NOTHING),
    ("read a sample", "SELECT 1 FROM cases_person TABLESAMPLE SYSTEM (100)", NOTHING),
    ("copy it out", "COPY (SELECT * FROM cases_caseparticipant) TO STDOUT", NOTHING),
    ("read it by a query in a text", "SELECT query_to_xml('SELECT facts_reported FROM "
     "cases_casenote', true, true, '')", NOTHING),
    ("read words by a search's function", "SELECT * FROM ts_stat('SELECT to_tsvector(admin1) "
     "FROM cases_case')", NOTHING),
    ("divide by what is hidden", "SELECT 1 FROM cases_case WHERE 1 / (length(reference) - "
     "length('{ref}')) = 1", NOTHING),
    ("cast what is hidden", "SELECT 1 FROM cases_case WHERE reference::int = 1", NOTHING),
    ("match what is hidden by a pattern", "SELECT 1 FROM cases_case WHERE '' ~ ('(' || reference)",
     NOTHING),
    ("order by what fails", "SELECT 1 FROM cases_person p ORDER BY (p.id::text)::int", NOTHING),
    ("count windows over it", "SELECT count(*) OVER () FROM cases_casenote", NOTHING),
    ("change it and read", "UPDATE cases_case SET version = 9 RETURNING reference", NOTHING),
    ("clear an accused", "UPDATE cases_caseparticipant SET legal_status = 'cleared'", NOTHING),
    ("clear it, whoever that is", "WITH x AS (UPDATE cases_caseparticipant SET legal_status = "
     "'cleared' RETURNING 1) SELECT count(*) FROM x", NOTHING),
    ("open the case to oneself", "UPDATE cases_casegroupobjectpermission SET until = NULL",
     NOTHING),
    ("rewrite a note", "UPDATE cases_casenote SET facts_reported = ''"),
    ("delete notes", "DELETE FROM cases_casenote"),
    ("empty the cases", "TRUNCATE cases_case CASCADE"),
    actor="stranger",
)  # fmt: skip

# Of the same agency, with a case of their own.
ANOTHER_TEAM = _by(
    APP,
    ("read the case", "SELECT * FROM cases_case WHERE id = '{case}'", NOTHING),
    ("hold it", "SELECT id FROM cases_case WHERE id = '{case}' FOR UPDATE", NOTHING),
    ("change it", "UPDATE cases_case SET risk = 'low' WHERE id = '{case}'", NOTHING),
    ("change it by MERGE", "MERGE INTO cases_case c USING (VALUES ('{case}'::uuid)) v (i) "
     "ON c.id = v.i WHEN MATCHED THEN UPDATE SET risk = 'low'", NOTHING),
    ("write over the case by its code", "INSERT INTO cases_case SELECT gen_random_uuid(), now(), "
     "1, '{ref}', now(), protection_stage, justice_stage, risk, country, admin1, lead_agency_id, "
     "opened_by_id FROM cases_case WHERE id = '{own}' ON CONFLICT (reference) DO UPDATE "
     "SET risk = 'low'"),
    ("put somebody into the case", "INSERT INTO cases_caseparticipant SELECT gen_random_uuid(), "
     "now(), role, legal_status, NULL, '{case}', person_id FROM cases_caseparticipant LIMIT 1"),
    ("grant the case to oneself", "INSERT INTO cases_caseuserobjectpermission VALUES "
     "(gen_random_uuid(), NULL, 'joined', now(), '{case}', (SELECT id FROM auth_permission "
     "WHERE codename = 'view_case'), '{south}')"),
    ("move one's case to another number", "UPDATE cases_case SET id = '{case}'"),
    ("give one's case another code", "UPDATE cases_case SET reference = 'C-0000'"),
    ("give one's case to another agency", "UPDATE cases_case SET lead_agency_id = '{agency}'"),
    ("move somebody to the case", "UPDATE cases_caseparticipant SET case_id = '{case}'"),
    ("put a note under another name", "UPDATE cases_casenote SET author_id = '{south}'"),
    ("delete one's own case", "DELETE FROM cases_case WHERE id = '{own}'"),
    ("ask whether one is accused", "SELECT liwanag_is_accused('{person}')", NOTHING),
    ("ask what the log calls the case", "SELECT liwanag_log_names_cases(ARRAY['{case}'::uuid])",
     NOTHING),
    ("ask which case the code is", "SELECT liwanag_log_ids_cases('{ref}')", NOTHING),
    ("take out a finding", "DELETE FROM audit_review"),
    ("make oneself a superuser here", "UPDATE accounts_user SET is_superuser = true"),
    ("change whose account it is", "UPDATE accounts_user SET email = 'mine@people.example'"),
    ("change one's agency", "UPDATE accounts_user SET agency_id = '{agency}'"),
    ("drop memberships", "DELETE FROM accounts_membership"),
    actor="south",
) + _by(
    APP,
    ("find a case in an emergency from outside", "SELECT liwanag_case_in_emergency('{ref}')",
     NOTHING),
    ("read a package before accepting", "SELECT * FROM handoffs_handoffpackage WHERE handoff_id "
     "= '{sent}'", NOTHING),
    ("read a draft to oneself", "SELECT * FROM handoffs_handoff WHERE status = 'draft'", NOTHING),
    ("accept in another's name", "UPDATE handoffs_handoff SET status = 'accepted', answered_at = "
     "now(), answered_by_id = '{north}' WHERE id = '{sent}'"),
    ("rewrite what was sent", "UPDATE handoffs_handoff SET purpose = 'another' WHERE id = "
     "'{sent}'"),
    actor="partner",
)  # fmt: skip

# Of the case's own team, which sees these rows: what was written once stays, with every setting.
WRITTEN_ONCE = _by(
    APP,
    ("accept one's own handoff", "UPDATE handoffs_handoff SET status = 'accepted', answered_at = "
     "now(), answered_by_id = '{north}' WHERE id = '{sent}'"),
    ("send it back to draft", "UPDATE handoffs_handoff SET status = 'draft' WHERE id = '{sent}'"),
    ("rewrite why it was sent", "SET pgtrigger.ignore = '{{*}}';; UPDATE handoffs_handoff "
     "SET purpose = 'another' WHERE id = '{sent}'"),
    ("rewrite a package", "UPDATE handoffs_handoffpackage SET digest = ''"),
    ("drop a package", "DELETE FROM handoffs_handoffpackage"),
    ("rewrite a verdict", "UPDATE courts_verdict SET result = 'acquitted'"),
    ("drop a verdict", "SET pgtrigger.ignore = '{{*}}';; DELETE FROM courts_verdict"),
    ("rewrite a step of the law", "UPDATE cases_legalstatuschange SET to_status = 'cleared'"),
    ("rewrite history", "UPDATE cases_caseevent SET risk = 'low'"),
    ("drop history", "DELETE FROM cases_caseevent"),
    ("change who was let read", "UPDATE cases_notereader SET user_id = '{south}'"),
    ("rewrite a signed note, unwatched", "SET pgtrigger.ignore = '{{*}}';; "
     "UPDATE cases_casenote SET actions = ''"),
    ("drop a release", "DELETE FROM reporting_statisticsrelease"),
    actor="north",
)  # fmt: skip

LEAF = "decode(repeat('00', 32), 'hex')"
OF_THE_SEQUENCER = _by(
    SEQUENCER,
    ("change an entry", "UPDATE audit_event SET verb = 'case.listed'"),
    ("delete an entry that no archive holds", "DELETE FROM audit_event WHERE id = 1"),
    ("write an entry", f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES})"),
    ("change a leaf", f"UPDATE audit_leaf SET hash = {LEAF}"),
    ("take a leaf away", "DELETE FROM audit_leaf"),
    ("put a leaf over another", f"INSERT INTO audit_leaf VALUES (0, 999999, {LEAF})", TAKEN),
    ("give an event a second leaf", f"INSERT INTO audit_leaf VALUES (999999, 1, {LEAF})", TAKEN),
    ("change a checkpoint", "UPDATE audit_checkpoint SET note = ''"),
    ("take checkpoints away", "DELETE FROM audit_checkpoint"),
    (
        "sign the same size twice",
        "INSERT INTO audit_checkpoint (size, root, frontier, note) SELECT size, root, frontier, "
        "'another' FROM audit_checkpoint ORDER BY size LIMIT 1",
        TAKEN,
    ),
    ("forget a witness", "DELETE FROM audit_cosignature"),
    (
        "archive what is not in the log",
        'INSERT INTO audit_archive (first, "end", sha256, removed_by) '
        f"VALUES (0, 999999, {LEAF}, '{{south}}')",
    ),
    (
        "archive out of order",
        'INSERT INTO audit_archive (first, "end", sha256, removed_by) '
        f"VALUES (5, 6, {LEAF}, '{{south}}')",
    ),
    ("keep the log for a day only", "UPDATE audit_retention SET days = 1"),
    ("rewrite how the database was built", "UPDATE audit_structure SET state = '{{}}'"),
    (
        "date a snapshot",
        "INSERT INTO audit_structure (at, digest, state) "
        f"VALUES ('2020-01-01', {LEAF}, '{{{{}}}}')",
    ),
    ("say something else", "SELECT audit_tell_structure('case.opened', '{{}}')"),
    ("switch its triggers off", "ALTER TABLE audit_event DISABLE TRIGGER kept"),
    ("play a replica", "SET session_replication_role = replica"),
    ("become the owner", "SET ROLE liwanag_owner"),
    ("read cases", "SELECT * FROM cases_case"),
    ("read people", "SELECT * FROM accounts_user"),
    ("read keys", "SELECT * FROM vault_datakey"),
    ("read sessions", "SELECT * FROM django_session"),
    ("end a session", "SELECT pg_terminate_backend({backend})"),
    ("hold the application up", "SELECT pg_advisory_lock(1, 1)"),
    ("make a passing table", "CREATE TEMPORARY TABLE audit_leaf (id int)"),
    ("run a block", "DO $$ BEGIN PERFORM 1; END $$"),
    ("copy to a program", "COPY audit_event TO PROGRAM 'cat'"),
)

OF_THE_AUDITOR = _by(
    AUDITOR,
    ("write an entry", f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES})"),
    ("change an entry", "UPDATE audit_event SET actor_id = NULL"),
    ("delete an entry", "DELETE FROM audit_event"),
    ("add a leaf", f"INSERT INTO audit_leaf VALUES (999999, 1, {LEAF})"),
    ("draw a number", "SELECT nextval('audit_event_id_seq')"),
    ("stop the sequencer", "SELECT pg_advisory_lock({lock})"),
    ("read cases", "SELECT * FROM cases_case"),
    ("read identities", "SELECT * FROM cases_personidentity"),
    ("read people", "SELECT * FROM accounts_user"),
    ("read keys", "SELECT * FROM vault_datakey"),
    ("read sessions", "SELECT * FROM django_session"),
    ("ask as the application", "SELECT liwanag_my_cases()"),
    ("name what the log names", "SELECT liwanag_log_names_cases(ARRAY['{case}'::uuid])"),
    ("become the application", "SET ROLE liwanag_app"),
    ("make a passing table", "CREATE TEMPORARY TABLE mine (id int)"),
    ("run a block", "DO $$ BEGIN PERFORM 1; END $$"),
)

OF_REPORTING = _by(
    REPORTING,
    ("read referrals", "SELECT * FROM referrals_referral"),
    ("read people", "SELECT * FROM cases_person"),
    ("read notes", "SELECT * FROM cases_casenote"),
    ("read staff", "SELECT * FROM accounts_user"),
    ("read the log", "SELECT * FROM audit_event"),
    ("read keys", "SELECT * FROM vault_datakey"),
    ("write an entry", f"INSERT INTO audit_event ({EVENT}) VALUES ({VALUES})"),
    ("write through a view", "UPDATE fact_referral SET country = 'XX'", "55000"),
    ("delete through a view", "DELETE FROM fact_conviction", "55000"),
    ("write a view anew", "CREATE OR REPLACE VIEW fact_referral AS SELECT 1"),
    ("ask as the application", "SELECT liwanag_my_people()"),
    ("become the application", "SET ROLE liwanag_app"),
    ("keep a copy", "CREATE TEMPORARY TABLE mine AS SELECT * FROM fact_referral"),
)

ATTACKS = [
    *THE_LOG,
    *SOMEBODY_ELSE,
    *THE_SERVER,
    *SHADOWS,
    *NOBODY,
    *ANOTHER_AGENCY,
    *ANOTHER_TEAM,
    *WRITTEN_ONCE,
    *OF_THE_SEQUENCER,
    *OF_THE_AUDITOR,
    *OF_REPORTING,
    # Before these versions a role could pass itself on, and there was no such setting.
    Attack("pass oneself on", APP, "GRANT liwanag_app TO liwanag_reporting", since=16),
    Attack("silence event triggers", APP, "SET event_triggers = off", since=17),
]

# What must be answered alike for an id that is hidden and for one that is nowhere.
PROBES = {
    "read": "SELECT id FROM cases_case WHERE id = '{id}'",
    "a reference to it": "INSERT INTO cases_caseparticipant SELECT gen_random_uuid(), now(), "
    "role, legal_status, NULL, '{id}', person_id FROM cases_caseparticipant LIMIT 1",
    "a grant on it": "INSERT INTO cases_caseuserobjectpermission VALUES (gen_random_uuid(), NULL, "
    "'joined', now(), '{id}', (SELECT id FROM auth_permission WHERE codename = 'view_case'), "
    "'{south}')",
    "a conflict of interest with it": "INSERT INTO cases_conflictblock (id, created_at, case_id, "
    "user_id) VALUES (gen_random_uuid(), now(), '{id}', '{south}')",
    "a change of it": "UPDATE cases_case SET risk = 'low' WHERE id = '{id}'",
    "its name in the log": "SELECT liwanag_log_names_cases(ARRAY['{id}'::uuid])",
    "its accused": "SELECT liwanag_is_accused('{id}')",
}
