"""The walls below Python: grants and row-level security, declared beside each app's tables.

Every app with tables has a `walls.py` with `WALLS` (one `Wall` a table) and, where needed,
`FUNCTIONS` (SQL run first). `manage.py provision_database` applies them; a table without a wall is
closed to everyone but its owner, and a test names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

OWNER = "liwanag_owner"
APP = "liwanag_app"
SEQUENCER = "liwanag_sequencer"
AUDITOR = "liwanag_auditor"
REPORTING = "liwanag_reporting"
ROLES = (OWNER, APP, SEQUENCER, AUDITOR, REPORTING)

# Nobody is set, or an act is not open: the functions give NULL or nothing, and no row matches.
ACTOR = "nullif(current_setting('liwanag.actor', true), '')::uuid"
FUNCTIONS: list[str] = []


@dataclass(frozen=True)
class Wall:
    """What each database role may do with one table.

    Attributes:
        table: its name in the database.
        app, sequencer, auditor, reporting: privileges, e.g. `SELECT, INSERT (act, verb)`.
        see: SQL condition for the rows the application may read (and change); empty means the
            table holds no case data, and `open_because` must say why that is so.
        write: condition a row must meet after INSERT or UPDATE; `see` when empty.
        open_because: the reason for having no row-level security.
    """

    table: str
    app: str = "SELECT, INSERT, UPDATE"
    sequencer: str = ""
    auditor: str = ""
    reporting: str = ""
    see: str = ""
    write: str = ""
    open_because: str = ""

    def __post_init__(self) -> None:
        if bool(self.see) == bool(self.open_because):
            raise ValueError(f"{self.table}: give either `see` or the reason for its absence")

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
        for policy in ("app_select", "app_insert", "app_update", "app_delete"):
            yield f'DROP POLICY IF EXISTS {policy} ON "{self.table}"'
        if not self.see:
            yield f'ALTER TABLE "{self.table}" DISABLE ROW LEVEL SECURITY'
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


def all_walls() -> list[Wall]:
    """Every declared wall, lowest app first."""
    return [wall for module in _modules() for wall in getattr(module, "WALLS", [])]


def wall_statements() -> Iterator[str]:
    """All SQL of all apps in an order that works: functions of an app before its tables."""
    for module in _modules():
        yield from getattr(module, "FUNCTIONS", [])
        for wall in getattr(module, "WALLS", []):
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


def _modules() -> Iterator[object]:
    # Settings list the highest app first; walls are built from the ground up.
    for config in reversed(list(apps.get_app_configs())):
        if find_spec(config.name) and find_spec(f"{config.name}.walls"):
            yield import_module(f"{config.name}.walls")
