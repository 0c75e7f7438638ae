"""The catalogue of the database says the same as the declared walls."""

from __future__ import annotations

import pytest

from core.walls import APP, AUDITOR, REPORTING, ROLES, SEQUENCER, all_walls
from tests.architecture.test_scope import our_models

CASE_DATA_APPS = {"cases", "referrals", "handoffs", "courts"}


def ask(superuser, query, *parameters):
    return superuser.execute(query, parameters).fetchall()


def test_every_table_has_one_wall(superuser):
    tables = {
        row[0]
        for row in ask(superuser, "SELECT tablename FROM pg_tables WHERE schemaname='public'")
    }
    walls = [wall.table for wall in all_walls()]
    assert sorted(walls) == sorted(set(walls)), "a table has two walls"
    assert tables == set(walls)


def test_every_table_of_a_case_data_app_has_row_security():
    for wall in all_walls():
        if wall.table.split("_")[0] in CASE_DATA_APPS:
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


def _granted(superuser, role):
    """{table: {privilege}} and {table: {(privilege, column)}} as the catalogue has them."""
    whole: dict[str, set[str]] = {}
    for table, privilege in ask(
        superuser,
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = %s AND table_schema = 'public'",
        role,
    ):
        whole.setdefault(table, set()).add(privilege)
    return whole


@pytest.mark.parametrize("role", [APP, SEQUENCER, AUDITOR, REPORTING])
def test_grants_are_what_the_walls_declare_and_no_more(superuser, role):
    short = role.removeprefix("liwanag_")
    views = {"fact_referral", "fact_conviction", "fact_survivor", "fact_uncounted"}
    declared = {}
    for wall in all_walls():
        text = getattr(wall, short)
        privileges = {
            p.strip() for p in text.split(",") if p.strip() and "(" not in p and ")" not in p
        }
        privileges &= {"SELECT", "INSERT", "UPDATE", "DELETE"}
        if privileges:
            declared[wall.table] = privileges
    granted = _granted(superuser, role)
    if role == REPORTING:
        for view in views:
            assert granted.pop(view) == {"SELECT"}
    assert not views & set(granted)
    assert granted == declared


def test_nobody_is_a_superuser_or_goes_round_row_security(superuser):
    rows = ask(
        superuser,
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND "
        "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
        list(ROLES),
    )
    assert rows == []


def test_no_role_is_a_member_of_another(superuser):
    rows = ask(
        superuser,
        "SELECT r.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid "
        "JOIN pg_roles m ON m.oid = a.member WHERE m.rolname = ANY(%s)",
        list(ROLES),
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
        "audit_outbox",
    }
    expected = {model._meta.db_table for model in our_models()} - exempt
    many_to_many = {"accounts_user_groups", "accounts_user_user_permissions"}
    assert guarded == expected - many_to_many


def test_the_log_refuses_change_even_to_a_replica_session(superuser):
    rows = ask(
        superuser,
        "SELECT c.relname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgname = 'append_only'",
    )
    log = ("audit_event", "audit_leaf", "audit_checkpoint", "audit_cosignature")
    assert dict(rows) == dict.fromkeys(log, "A")


def test_role_groups_hold_no_permission_of_their_own(superuser):
    assert ask(superuser, "SELECT count(*) FROM auth_group_permissions") == [(0,)]
    assert ask(superuser, "SELECT count(*) FROM accounts_user_user_permissions") == [(0,)]


def test_definer_functions_pin_their_search_path_and_are_closed_to_the_public(superuser):
    rows = ask(
        superuser,
        "SELECT proname, proconfig, proacl::text FROM pg_proc WHERE prosecdef "
        "AND pronamespace = 'public'::regnamespace AND proname LIKE 'liwanag%%'",
    )
    assert len(rows) >= 7
    for name, config, acl in rows:
        assert config, name
        assert any("search_path=pg_catalog" in setting for setting in config), name
        assert "=X/" not in acl.replace("liwanag_app=X/", "").replace("liwanag_owner=X/", ""), name
