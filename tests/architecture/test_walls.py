"""The whole catalogue of the database says what the walls declare: no grant more, none missing.

Something of yours is named here? Declare it beside your table in your app's `walls.py`; how, and
why each of these holds, is in docs/adr/0003-walls-beside-the-tables.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from core.provisioning import CLOSED_FUNCTIONS, CLOSED_VIEWS, OPENED
from core.walls import APP, OWNER, ROLES, all_walls
from tests.architecture.catalogue import declared, granted, system_changes
from tests.architecture.test_scope import OURS, our_models

CASE_DATA_APPS = {"cases", "referrals", "handoffs", "courts"}
# Tables of libraries, which save a row as a whole.
SAVED_AS_A_WHOLE = re.compile(r"(account|mfa|usersessions|socialaccount|django)_")
# What is written once and then only read. A table of yours that must never change belongs here too.
APPEND_ONLY = {
    "audit_event": "append_only",
    "audit_leaf": "append_only",
    "audit_checkpoint": "append_only",
    "audit_cosignature": "append_only",
    "audit_archive": "append_only",
    "audit_retention": "append_only",
    "cases_casenote": "liwanag_never",
    "cases_notemention": "liwanag_never",
    "cases_notereader": "liwanag_never",
    "courts_operationoutcome": "liwanag_never",
    "courts_appealruling": "liwanag_never",
    "courts_stagechange": "liwanag_never",
    "courts_verdict": "liwanag_never",
    "handoffs_handoffpackage": "liwanag_never",
}
# PostgreSQL's own objects: what was taken from everybody, and who needs it.
SYSTEM = (
    {
        ("PUBLIC", "lost", name, right)
        for closed, right in ((CLOSED_FUNCTIONS, "EXECUTE"), (CLOSED_VIEWS, "SELECT"))
        for name in closed
    }
    | {
        (role, "gained", name, right)
        for closed, right in ((CLOSED_FUNCTIONS, "EXECUTE"), (CLOSED_VIEWS, "SELECT"))
        for name, roles in closed.items()
        for role in roles
    }
    | {(role, "gained", name, right) for name, (right, role) in OPENED.items()}
)


def ask(superuser, query, *parameters):
    return superuser.execute(query, parameters).fetchall()


def said(grants):
    return "\n".join(
        sorted(f"  {who}: {what} on {kind} {name}" for who, kind, name, what in grants)
    )


def test_every_table_has_one_wall(superuser):
    tables = {
        row[0]
        for row in ask(superuser, "SELECT tablename FROM pg_tables WHERE schemaname='public'")
    }
    walls = [wall.table for wall in all_walls()]
    assert sorted(walls) == sorted(set(walls)), "a table has two walls"
    assert not tables - set(walls), f"write a Wall for {sorted(tables - set(walls))}"
    assert not set(walls) - tables, f"drop the Wall of {sorted(set(walls) - tables)}: no such table"


def test_every_grant_of_the_database_is_declared_and_every_declared_one_is_there(superuser):
    found, wanted = granted(superuser), declared()
    assert not found - wanted, f"granted, but declared by no wall:\n{said(found - wanted)}"
    assert not wanted - found, f"declared, but not granted:\n{said(wanted - found)}"


def test_nothing_is_granted_on_the_systems_own_objects_but_what_is_listed(superuser):
    found = system_changes(superuser)
    assert found == SYSTEM, f"differs:\n{said(found ^ SYSTEM)}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("GRANT SELECT ON accounts_user TO liwanag_reporting", "accounts_user"),
        ("GRANT SELECT (name) ON accounts_user TO liwanag_auditor", "accounts_user.name"),
        ("GRANT USAGE ON SEQUENCE audit_event_id_seq TO liwanag_app", "audit_event_id_seq"),
        ("GRANT EXECUTE ON FUNCTION liwanag_refuse() TO PUBLIC", "liwanag_refuse()"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "public"),
        ("GRANT TEMPORARY ON DATABASE {database} TO liwanag_app", "this"),
        ("GRANT USAGE ON LANGUAGE plpgsql TO liwanag_app", "plpgsql"),
        ("GRANT SET ON PARAMETER log_statement TO liwanag_app", "log_statement"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO liwanag_app", "r"),
        ("GRANT CREATE ON TABLESPACE pg_default TO liwanag_app", "pg_default"),
        ("GRANT USAGE ON TYPE citext TO liwanag_reporting", "citext"),
        ("CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC", "elsewhere"),
    ],
)
def test_a_grant_more_is_noticed(superuser, database, change, says):
    with superuser.transaction(force_rollback=True):
        superuser.execute(change.format(database=database))
        more = granted(superuser) - declared()
    assert {name for _who, _kind, name, _what in more} == {says}


def test_a_grant_less_is_noticed(superuser):
    with superuser.transaction(force_rollback=True):
        superuser.execute("REVOKE UPDATE (version) ON cases_case FROM liwanag_app")
        assert declared() - granted(superuser) == {(APP, "column", "cases_case.version", "UPDATE")}


def test_updates_name_their_columns():
    """A whole-row UPDATE lets a thief rewrite ids, authors and dates that no service changes."""
    whole = [
        wall.table
        for wall in all_walls()
        if re.search(r"UPDATE\s*(,|$)", wall.app or "") and not SAVED_AS_A_WHOLE.match(wall.table)
    ]
    assert not whole, (
        f"{whole}: name the columns that services change, such as UPDATE (status, version), and "
        "save with update_fields"
    )


# Rights that a library uses, out of sight of our code.
USED_ELSEWHERE = {("accounts_user", "last_login"): "Django, at sign-in"}
APPS = (
    *("core", "accounts", "audit", "vault", "cases", "referrals", "handoffs", "courts"),
    *("reporting", "desk"),
)


def test_no_right_to_change_or_remove_stands_that_no_code_uses():
    """A grant outlives the service that needed it unless somebody looks."""
    root = Path(__file__).resolve().parents[2]
    texts = [
        file.read_text()
        for app in APPS
        for file in (root / app).rglob("*.py")
        if "migrations" not in file.parts and "walls" not in file.stem
    ]
    # Every word that a field can be named by, found in one pass: "name", name=, name =.
    named = {
        one or two or three
        for one, two, three in re.findall(r'"(\w+)"|\b(\w+)=|\b(\w+) =', "\n".join(texts))
    }
    removes = re.compile(r"\.(_raw_)?delete\(")
    removing = [set(re.findall(r"\w+", text)) for text in texts if removes.search(text)]
    models = {model._meta.db_table: model.__name__ for model in apps.get_models()}
    unused = set()
    for wall in all_walls():
        if SAVED_AS_A_WHOLE.match(wall.table):
            continue
        columns = re.search(r"UPDATE \(([^)]*)\)", wall.app or "")
        for column in columns[1].replace('"', "").split(", ") if columns else ():
            if not {column, column.removesuffix("_id")} & named:
                unused.add((wall.table, column))
        if "DELETE" in (wall.app or "") and not any(
            models[wall.table] in words for words in removing
        ):
            unused.add((wall.table, "DELETE"))
    assert unused == set(USED_ELSEWHERE)


# Tables of those apps that hold no case data, and why.
NO_CASE_DATA = {
    "courts_procedurestep": "the law, the same for everybody",
    "courts_stepedge": "the law, the same for everybody",
    "courts_statute": "the law, the same for everybody",
    "courts_statuteevent": "the law, the same for everybody",
}


def test_every_table_of_a_case_data_app_has_row_security():
    for wall in all_walls():
        if wall.table in NO_CASE_DATA:
            assert not wall.see, f"{wall.table} has row security now: take it out of the list"
        elif wall.table.split("_")[0] in CASE_DATA_APPS:
            assert wall.see, f"{wall.table} holds case data and has no row security"


def test_row_security_is_on_where_declared_and_not_forced(superuser):
    states = {
        name: (on, forced)
        for name, on, forced in ask(
            superuser,
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        )
    }
    for wall in all_walls():
        assert states[wall.table] == (bool(wall.see), False), wall.table


def test_policies_are_the_applications_four_and_no_others(superuser):
    found = set(
        ask(
            superuser, "SELECT tablename, policyname, cmd, permissive, roles::text FROM pg_policies"
        )
    )
    assert found == {
        (wall.table, f"app_{command.lower()}", command, "PERMISSIVE", f"{{{APP}}}")
        for wall in all_walls()
        if wall.see
        for command in ("SELECT", "INSERT", "UPDATE", "DELETE")
    }


def test_roles_have_no_attribute_and_no_setting_of_their_own(superuser):
    rows = ask(
        superuser,
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR "
        "rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit OR rolconfig IS NOT NULL)",
        list(ROLES),
    )
    assert rows == []
    assert ask(superuser, "SELECT count(*) FROM pg_db_role_setting") == [(0,)]


def test_no_role_is_a_member_of_another_and_only_the_administrator_of_ours(superuser):
    rows = ask(
        superuser,
        "SELECT r.rolname, m.rolname, m.rolsuper FROM pg_auth_members a "
        "JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member "
        "WHERE m.rolname = ANY(%s) OR r.rolname = ANY(%s)",
        list(ROLES),
        list(ROLES),
    )
    assert all(member not in ROLES and is_super for _role, member, is_super in rows), rows


def test_all_objects_belong_to_the_owner_or_to_an_extension(superuser):
    rows = ask(
        superuser,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND pg_get_userbyid(relowner) <> %s UNION ALL "
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace "
        "AND pg_get_userbyid(proowner) <> %s AND NOT EXISTS (SELECT FROM pg_depend d "
        "WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')",
        OWNER,
        OWNER,
    )
    assert rows == []


def test_every_guarded_table_refuses_writes_outside_an_act(superuser):
    guarded = {
        row[0]
        for row in ask(
            superuser,
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'pgtrigger_only_in_act%%' AND t.tgenabled <> 'D'",
        )
    }
    # The log has its own, stronger walls; the outbox holds ids only.
    exempt = {
        "audit_event",
        "audit_leaf",
        "audit_checkpoint",
        "audit_cosignature",
        "audit_archive",
        "audit_retention",
        "audit_outbox",
        "audit_structure",
    }
    expected = {model._meta.db_table for model in our_models()} - exempt
    many_to_many = {"accounts_user_groups", "accounts_user_user_permissions"}
    assert guarded == expected - many_to_many


REFUSE_TRIGGERS = (
    "SELECT c.relname, t.tgname, t.tgenabled, p.proname, p.prosrc FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE t.tgname = 'append_only' OR t.tgname LIKE 'liwanag\\_%%'"
)


def test_refuse_triggers_fire_always_and_ask_no_setting(superuser):
    found = ask(superuser, REFUSE_TRIGGERS)
    assert {(table, name) for table, name, *_ in found} >= set(APPEND_ONLY.items())
    expected = {(wall.table, "liwanag_never") for wall in all_walls() if wall.never}
    expected |= {
        (wall.table, f"liwanag_frozen_{name}") for wall in all_walls() for name in wall.frozen
    }
    expected |= {(wall.table, f"liwanag_born_{name}") for wall in all_walls() for name in wall.born}
    assert {(t, n) for t, n, *_ in found if n != "append_only"} == expected
    for table, name, enabled, function, source in found:
        assert enabled == "A", f"{name} of {table} does not fire always"
        assert function in {"audit_refuse", "liwanag_refuse"}
        assert "RAISE EXCEPTION" in source
        assert "setting" not in source.lower()


def test_refusals_stand_in_a_replica_session_and_with_pgtriggers_ignore_list(superuser, world):
    """The superuser's two ways round ordinary triggers, and pgtrigger's own."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("SELECT set_config('pgtrigger.ignore', '{*}', false)")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    rewrites = [
        *(f"DELETE FROM {table}" for table in APPEND_ONLY),
        *(f"TRUNCATE {table} CASCADE" for table in APPEND_ONLY),
        "UPDATE handoffs_handoff SET purpose = 'another' WHERE status = 'sent'",
        "UPDATE handoffs_handoff SET status = 'draft' WHERE status = 'accepted'",
        "UPDATE handoffs_handoff SET answered_at = now() WHERE status = 'accepted'",
        "UPDATE referrals_importbatch SET rows_kept = 99",
        "UPDATE courts_charge SET status = 'acquitted' WHERE status = 'convicted'",
        "UPDATE cases_caseevent SET version = 7",
        "UPDATE reporting_statisticsrelease SET status = 'published'",
        "DELETE FROM reporting_statisticsrelease",
    ]
    for rewrite in rewrites:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"is refused|append-only"):
            superuser.execute(rewrite)


def test_no_setting_of_the_application_lifts_the_guard_of_the_act(superuser, cast, world):
    """pgtrigger's own list of triggers to ignore, which any session may set."""
    names = ask(superuser, "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_%%'")
    everything = "{" + ",".join(name for (name,) in names) + "}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [everything])
        cursor.execute("SELECT set_config('liwanag.actor', %s, false)", [str(cast.caseworker.pk)])
        with pytest.raises(DatabaseError, match="no act is open"):
            cursor.execute("UPDATE cases_case SET risk = 'low'")
        # Not even the question costs anything: it used to raise and swallow an error each time.
        cursor.execute(
            "SELECT l.lanname, p.provolatile FROM pg_proc p JOIN pg_language l "
            "ON l.oid = p.prolang WHERE p.proname = '_pgtrigger_should_ignore'"
        )
        assert cursor.fetchall() == [("sql", "i")]
    connection.close()


def test_what_may_leave_the_live_log_is_for_one_trigger_to_say(superuser):
    kept = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'kept' AND tgrelid = %s::regclass"
    assert ask(superuser, kept, "audit_event") == [("A",)]


def test_role_groups_hold_no_permission_of_their_own(superuser):
    assert ask(superuser, "SELECT count(*) FROM auth_group_permissions") == [(0,)]
    assert ask(superuser, "SELECT count(*) FROM accounts_user_user_permissions") == [(0,)]


def test_definer_functions_pin_their_search_path(superuser):
    rows = ask(
        superuser,
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef "
        "AND pronamespace = 'public'::regnamespace",
    )
    assert len(rows) >= 7
    for name, config in rows:
        paths = [s for s in config or [] if s.startswith("search_path=pg_catalog")]
        assert paths, f"{name} takes the caller's search path: make it with definer_function()"
        assert paths[0].endswith("pg_temp"), f"{name}: pg_temp comes last, or it comes first"


def test_every_app_of_ours_with_tables_has_walls():
    tables = {wall.table for wall in all_walls()}
    for config in apps.get_app_configs():
        if config.label in OURS:
            for model in config.get_models():
                assert model._meta.db_table in tables, f"{model._meta.db_table} has no Wall"
