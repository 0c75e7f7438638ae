"""The SQL that makes the roles and closes the server and the database to everyone not named.

Run by `manage.py provision_database` as the administrator; the tables' own walls follow as the
owner (`core.walls`). Nothing here depends on what stood before.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from core import walls

Statement = sql.SQL | sql.Composed

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "citext")

# Functions of PostgreSQL that everybody may call and nobody of ours needs but the roles named.
# They let one login watch, stop or hold up the others, or keep data outside every table.
ADVISORY = (
    "pg_advisory_lock",
    "pg_try_advisory_lock",
    "pg_advisory_xact_lock",
    "pg_try_advisory_xact_lock",
)
CLOSED_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "pg_stat_get_activity(integer)": (walls.SEQUENCER,),
    "pg_stat_get_backend_activity(integer)": (),
    "pg_cancel_backend(integer)": (),
    "pg_terminate_backend(integer,bigint)": (),
    "pg_notify(text,text)": (),
    "lo_creat(integer)": (),
    "lo_create(oid)": (),
    "lo_from_bytea(oid,bytea)": (),
    # The sequencer's lock is what makes it one writer: whoever could take it could stop the log.
    # The two forms have key spaces of their own; the application uses the one of two integers.
    **{f"{name}(bigint)": (walls.SEQUENCER,) for name in ADVISORY},
    **{f"{name}(integer,integer)": (walls.APP,) for name in ADVISORY},
    **{
        f"{name}_shared({arguments})": ()
        for name in ADVISORY
        for arguments in ("bigint", "integer,integer")
    },
}
# What only superusers may read and the sequencer's snapshots need (`audit.structure`).
OPENED: dict[str, tuple[str, str]] = {
    "pg_show_all_file_settings()": ("EXECUTE", walls.SEQUENCER),
    "pg_hba_file_rules()": ("EXECUTE", walls.SEQUENCER),
    "pg_file_settings": ("SELECT", walls.SEQUENCER),
    "pg_hba_file_rules": ("SELECT", walls.SEQUENCER),
}
CLOSED_VIEWS: dict[str, tuple[str, ...]] = {"pg_stat_activity": (walls.SEQUENCER,)}


def role_statements(passwords: dict[str, str] | None) -> Iterator[Statement]:
    """SQL for the five roles.

    Args:
        passwords: short role name (`app`, …) → password, for roles that log in themselves; None
            when one outside login is a member of all of them and switches.
    """
    for role in walls.ROLES:
        name = sql.Identifier(role)
        yield sql.SQL(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) "
            "THEN CREATE ROLE {} NOLOGIN; END IF; END $$"
        ).format(sql.Literal(role), name)
        yield sql.SQL(
            "ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
        ).format(name)
        yield sql.SQL("ALTER ROLE {} RESET ALL").format(name)
        yield sql.SQL("GRANT {} TO CURRENT_USER").format(name)
        password = (passwords or {}).get(role.removeprefix("liwanag_"))
        if password:
            yield sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))
    # None of ours is a member of anything: it could become what it is a member of.
    yield sql.SQL(
        "DO $$ DECLARE held record; BEGIN "
        "FOR held IN SELECT r.rolname AS role, m.rolname AS member "
        "FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid "
        "JOIN pg_roles m ON m.oid = a.member WHERE m.rolname IN ({}) "
        "LOOP EXECUTE format('REVOKE %I FROM %I', held.role, held.member); END LOOP; END $$"
    ).format(sql.SQL(", ").join(map(sql.Literal, walls.ROLES)))


def connect_statements(database: str) -> Iterator[Statement]:
    """SQL that lets the five roles connect to the database, and nobody else."""
    name = sql.Identifier(database)
    roles = sql.SQL(", ").join(map(sql.Identifier, walls.ROLES))
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC, {}").format(name, roles)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles)


def database_statements(database: str) -> Iterator[Statement]:
    """SQL that closes the database and its schema to everyone not named here."""
    roles = sql.SQL(", ").join(map(sql.Identifier, walls.ROLES))
    owner = sql.Identifier(walls.OWNER)
    for extension in EXTENSIONS:
        yield sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
    yield from connect_statements(database)
    others = sql.SQL(", ").join(sql.Identifier(role) for role in walls.ROLES if role != walls.OWNER)
    # Not from the owner, whose functions record this very statement.
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC, {}").format(others)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles)
    yield sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(owner)
    yield from _languages(owner)
    # What the owner makes is closed until a wall opens it.
    yield sql.SQL(
        "ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    ).format(owner)
    yield from system_statements()


def _languages(owner: sql.Identifier) -> Iterator[Statement]:
    # Without it no login but the owner's can run a DO block or make a function anywhere.
    yield _where_allowed(sql.SQL("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC"))
    yield _where_allowed(sql.SQL("REVOKE USAGE ON LANGUAGE sql FROM PUBLIC"))
    yield _where_allowed(sql.SQL("GRANT USAGE ON LANGUAGE plpgsql, sql TO {}").format(owner))


def system_statements() -> Iterator[Statement]:
    """SQL that closes PostgreSQL's own functions and views to everyone who does not need them."""
    for kind, closed in (("FUNCTION", CLOSED_FUNCTIONS), ("TABLE", CLOSED_VIEWS)):
        for name, needed_by in closed.items():
            what = sql.SQL(f"{kind} pg_catalog.{name}")
            yield _where_allowed(sql.SQL("REVOKE ALL ON {} FROM PUBLIC").format(what))
            for role in needed_by:
                right = sql.SQL("EXECUTE" if kind == "FUNCTION" else "SELECT")
                yield _where_allowed(
                    sql.SQL("GRANT {} ON {} TO {}").format(right, what, sql.Identifier(role))
                )

    for name, (privilege, reader) in OPENED.items():
        kind = "FUNCTION" if privilege == "EXECUTE" else "TABLE"
        yield _where_allowed(
            sql.SQL(f"GRANT {privilege} ON {kind} pg_catalog.{name} TO {{}}").format(
                sql.Identifier(reader)
            )
        )


def event_trigger_statements() -> Iterator[Statement]:
    """SQL by which the database records changes of itself, once the walls are up.

    ENABLE ALWAYS, so that a session that plays a replica is recorded too.
    """
    for name, event in (("liwanag_ddl", "ddl_command_end"), ("liwanag_drop", "sql_drop")):
        yield _where_allowed(
            sql.SQL(
                f"IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = '{name}') THEN "
                f"CREATE EVENT TRIGGER {name} ON {event} "
                "EXECUTE FUNCTION public.audit_note_ddl(); END IF"
            )
        )
        yield _where_allowed(sql.SQL(f"ALTER EVENT TRIGGER {name} ENABLE ALWAYS"))


def _where_allowed(statement: Statement) -> Statement:
    """The statement, with a warning instead of an error where only a superuser may.

    A rented server has none; everything else still stands there.
    """
    return sql.SQL(
        "DO $$ BEGIN {}; EXCEPTION WHEN insufficient_privilege OR undefined_function THEN "
        "RAISE WARNING 'not done, a superuser is needed: %', {}; END $$"
    ).format(statement, sql.Literal(statement.as_string(None)))
