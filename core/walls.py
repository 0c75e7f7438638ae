"""The walls below Python: grants and row-level security, declared beside each app's tables.

Every app with tables has a `walls.py` with `WALLS` (one `Wall` a table) and, where needed,
`FUNCTIONS` (SQL run first) and `VIEWS`. `manage.py provision_database` applies them; a table
without a wall is closed to everyone but its owner, and a test names it. How to write one:
docs/adr/0003-walls-beside-the-tables.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings

OWNER = "liwanag_owner"
APP = "liwanag_app"
SEQUENCER = "liwanag_sequencer"
AUDITOR = "liwanag_auditor"
REPORTING = "liwanag_reporting"
ROLES = (OWNER, APP, SEQUENCER, AUDITOR, REPORTING)

# Nobody is set, or an act is not open: the functions give NULL or nothing, and no row matches.
ACTOR = "nullif(current_setting('liwanag.actor', true), '')::uuid"
IN_ACT = "coalesce(current_setting('liwanag.act', true), '') <> ''"


def day_of(moment: str) -> str:
    """SQL of the day on which a moment was where the house stands: sessions count in UTC."""
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


TODAY = day_of("now()")

# What refuse-triggers run. Plain SQL and ENABLE ALWAYS: no setting of a session lifts them, neither
# session_replication_role nor the ignore list that pgtrigger's own functions ask.
REFUSE = """CREATE OR REPLACE FUNCTION liwanag_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $body$ BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, replace(TG_ARGV[0], '_', ' ')
        USING ERRCODE = 'insufficient_privilege';
END $body$"""
# What migrations made before the default was closed, or a library opened again.
CLOSE_FUNCTIONS = f"""DO $close$ DECLARE made regprocedure; BEGIN
    FOR made IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proowner = '{OWNER}'::regrole LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, {APP}, {SEQUENCER}, {AUDITOR}, '
            '{REPORTING}', made);
    END LOOP;
END $close$"""
# Every trigger of pgtrigger asks first whether a setting of the session lifts it. Here none does.
# The library's own answer also raises and swallows an error in every call where the setting is
# unknown, and each such error made PostgreSQL look through all checks that the transaction still
# has to do: writing many rows at once took time by the square of their number.
NEVER_IGNORED = """CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT false $body$"""
FUNCTIONS: list[str] = [
    REFUSE,
    NEVER_IGNORED,
    CLOSE_FUNCTIONS,
    # Asked by every trigger of that library, in the name of whoever writes.
    f"GRANT EXECUTE ON FUNCTION _pgtrigger_should_ignore(name) TO {APP}",
]


@dataclass(frozen=True)
class Wall:
    """What each database role may do with one table.

    Attributes:
        table: its name in the database.
        app, sequencer, auditor, reporting: privileges, e.g. `SELECT, INSERT, UPDATE (status)`; ""
            for none. What the application may do must be said, and UPDATE names its columns.
        see: SQL condition for the rows the application may read: the same as `visible_to`, which a
            test compares for everybody. Empty means that the table holds no case data, and
            `open_because` must say why that is so.
        wider_because: why the database must show more than `visible_to`; otherwise they are equal.
        write: condition a row must meet after INSERT or UPDATE; `see` when empty.
        never: operations that are refused to everyone by a trigger, e.g. `UPDATE, DELETE`;
            TRUNCATE always goes with them.
        frozen: changes that are refused to everyone by a trigger: name → condition over OLD and
            NEW. The name is what the refusal says.
        born: rows that are refused at INSERT: name → condition over NEW.
        open_because: the reason for having no row-level security.
    """

    table: str
    app: str | None = None
    sequencer: str = ""
    auditor: str = ""
    reporting: str = ""
    see: str = ""
    wider_because: str = ""
    write: str = ""
    never: str = ""
    frozen: Mapping[str, str] = field(default_factory=dict)
    born: Mapping[str, str] = field(default_factory=dict)
    open_because: str = ""

    def __post_init__(self) -> None:
        if bool(self.see) == bool(self.open_because):
            raise ValueError(f"{self.table}: give either `see` or the reason for its absence")
        if self.app is None:
            raise ValueError(
                f"{self.table}: say what the application may do, such as "
                "app='SELECT, INSERT, UPDATE (status, version)', or app='' for nothing"
            )

    def statements(self) -> Iterator[str]:
        """The SQL that makes it so, whatever stood before."""
        everybody = ", ".join(("PUBLIC", APP, SEQUENCER, AUDITOR, REPORTING))
        yield f'REVOKE ALL ON "{self.table}" FROM {everybody}'
        for role, privileges in (
            (APP, self.app),
            (SEQUENCER, self.sequencer),
            (AUDITOR, self.auditor),
            (REPORTING, self.reporting),
        ):
            if privileges:
                yield f'GRANT {privileges} ON "{self.table}" TO {role}'
        yield from self._policies()
        yield from self._triggers()

    def _policies(self) -> Iterator[str]:
        for policy in ("app_select", "app_insert", "app_update", "app_delete"):
            yield f'DROP POLICY IF EXISTS {policy} ON "{self.table}"'
        if not self.see:
            # Asked first, since the statement locks the table against everybody.
            yield (
                "DO $off$ BEGIN IF (SELECT relrowsecurity FROM pg_class "
                f"WHERE oid = 'public.{self.table}'::regclass) THEN "
                f"ALTER TABLE public.{self.table} DISABLE ROW LEVEL SECURITY; END IF; END $off$"
            )
            return
        write = self.write or self.see
        # Enabled, not forced: forced policies would turn the owner's data migrations into no-ops.
        yield f'ALTER TABLE "{self.table}" ENABLE ROW LEVEL SECURITY'
        yield f'CREATE POLICY app_select ON "{self.table}" FOR SELECT TO {APP} USING ({self.see})'
        yield (
            f'CREATE POLICY app_insert ON "{self.table}" FOR INSERT TO {APP} WITH CHECK ({write})'
        )
        yield (
            f'CREATE POLICY app_update ON "{self.table}" FOR UPDATE TO {APP} '
            f"USING ({self.see}) WITH CHECK ({write})"
        )
        yield f'CREATE POLICY app_delete ON "{self.table}" FOR DELETE TO {APP} USING ({self.see})'

    def _triggers(self) -> Iterator[str]:
        # What an earlier version declared must not outlive its declaration.
        yield (
            "DO $drop$ DECLARE old name; BEGIN FOR old IN SELECT tgname FROM pg_trigger "
            f"WHERE tgrelid = 'public.{self.table}'::regclass AND tgname LIKE 'liwanag\\_%' LOOP "
            f"EXECUTE format('DROP TRIGGER %I ON public.{self.table}', old); END LOOP; END $drop$"
        )
        if self.never:
            operations = " OR ".join(f"{part.strip()}" for part in self.never.split(","))
            yield (
                f'CREATE TRIGGER liwanag_never BEFORE {operations} OR TRUNCATE ON "{self.table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION liwanag_refuse('append_only')"
            )
            yield f'ALTER TABLE "{self.table}" ENABLE ALWAYS TRIGGER liwanag_never'
        for kind, operation, refused in (
            ("frozen", "UPDATE", self.frozen),
            ("born", "INSERT", self.born),
        ):
            for name, condition in refused.items():
                yield (
                    f'CREATE TRIGGER liwanag_{kind}_{name} BEFORE {operation} ON "{self.table}" '
                    f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION liwanag_refuse('{name}')"
                )
                yield f'ALTER TABLE "{self.table}" ENABLE ALWAYS TRIGGER liwanag_{kind}_{name}'


@dataclass(frozen=True)
class View:
    """A view of the owner's, which looks past row security on purpose, for one role to read."""

    name: str
    query: str
    reader: str
    because: str

    def statements(self) -> Iterator[str]:
        """The SQL that makes it so, whatever stood before."""
        yield f"DROP VIEW IF EXISTS {self.name}"
        yield f"CREATE VIEW {self.name} AS {self.query}"
        yield f"ALTER VIEW {self.name} OWNER TO {OWNER}"
        yield f"GRANT SELECT ON {self.name} TO {self.reader}"


def listed(codes: Iterable[str]) -> str:
    """Codes as the inside of an SQL list."""
    return ", ".join(f"'{code!s}'" for code in codes)


def changed(*columns: str) -> str:
    """Condition for `Wall.frozen`: one of the columns gets another value."""
    return "(" + " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns) + ")"


def step_out_of_order(steps: Mapping[str, tuple[str, ...]], column: str = "status") -> str:
    """Condition for `Wall.frozen`: a step that `steps` (from → to) does not know."""
    known = ", ".join(f"('{old}', '{new}')" for old, ends in steps.items() for new in ends)
    return f"{changed(column)} AND (OLD.{column}, NEW.{column}) NOT IN ({known})"


def the_applications(condition: str) -> str:
    """The condition where the application's role asks: data migrations have no actor."""
    return f"current_user = '{APP}' AND ({condition})"


def all_walls() -> list[Wall]:
    """Every declared wall, lowest app first."""
    return [wall for module in _modules() for wall in getattr(module, "WALLS", [])]


def all_views() -> list[View]:
    """Every declared view."""
    return [view for module in _modules() for view in getattr(module, "VIEWS", [])]


def wall_statements() -> Iterator[str]:
    """All SQL of all apps in an order that works: functions of an app before its tables."""
    for module in _modules():
        yield from getattr(module, "FUNCTIONS", [])
        for wall in (*getattr(module, "VIEWS", []), *getattr(module, "WALLS", [])):
            yield from wall.statements()


def definer_function(name: str, returns: str, body: str, arguments: str = "") -> str:
    """SQL for a helper that looks past row security on behalf of a policy.

    SECURITY DEFINER with a pinned search path, executable by the application alone: it answers
    one question about the current actor and takes nothing that could widen it.
    """
    types = ", ".join(a.split()[-1] for a in arguments.split(",") if a.strip())
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns} LANGUAGE sql STABLE "
        f"PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp "
        f"AS $body$ {body} $body$; "
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC; "
        f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}"
    )


def definer_procedure(name: str, returns: str, body: str, arguments: str = "") -> str:
    """SQL for a helper that writes past row security: PL/pgSQL, within an act alone.

    It must ask by itself whether the current actor may have just this done.
    """
    types = ", ".join(a.split()[-1] for a in arguments.split(",") if a.strip())
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns} LANGUAGE plpgsql "
        "VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp "
        f"AS $body$ {body} $body$; "
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC; "
        f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}"
    )


def _modules() -> Iterator[object]:
    # Settings list the highest app first; walls are built from the ground up.
    for config in reversed(list(apps.get_app_configs())):
        if find_spec(config.name) and find_spec(f"{config.name}.walls"):
            yield import_module(f"{config.name}.walls")
