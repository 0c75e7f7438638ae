"""What the catalogue of a database grants to whom, in one form for every kind of object.

A grant is (grantee, kind of object, object, privilege); a column's object is `table.column`.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

from core import walls
from core.walls import APP, AUDITOR, OWNER, REPORTING, ROLES, SEQUENCER

Grant = tuple[str, str, str, str]

# What an owner has on their own, and what a superuser has, are no grants.
OURS = "NOT IN (SELECT oid FROM pg_roles WHERE rolsuper) AND a.grantee <> a.grantor"
NAME = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END"

GRANTS = f"""
    SELECT {NAME}, CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END,
        c.relname, a.privilege_type
    FROM pg_class c CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault(
        CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r','p','v','m','S','f')
        AND a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'column', c.relname || '.' || t.attname, a.privilege_type
    FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
    CROSS JOIN LATERAL aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.attisdropped AND a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'function', p.oid::regprocedure::text, a.privilege_type
    FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee {OURS} AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
        AND d.deptype = 'e')
    UNION ALL
    SELECT {NAME}, 'schema', n.nspname, a.privilege_type
    FROM pg_namespace n
    CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'database', 'this', a.privilege_type
    FROM pg_database b
    CROSS JOIN LATERAL aclexplode(coalesce(b.datacl, acldefault('d', b.datdba))) a
    WHERE b.datname = current_database() AND a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'language', l.lanname, a.privilege_type
    FROM pg_language l
    CROSS JOIN LATERAL aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
    WHERE l.lanpltrusted AND a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'default', d.defaclobjtype::text, a.privilege_type
    FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a WHERE a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'parameter', p.parname, a.privilege_type
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a
    UNION ALL
    SELECT {NAME}, 'large object', 'any', a.privilege_type
    FROM pg_largeobject_metadata m CROSS JOIN LATERAL aclexplode(m.lomacl) a WHERE a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'foreign', f.fdwname, a.privilege_type
    FROM pg_foreign_data_wrapper f CROSS JOIN LATERAL aclexplode(f.fdwacl) a WHERE a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'server', f.srvname, a.privilege_type
    FROM pg_foreign_server f CROSS JOIN LATERAL aclexplode(f.srvacl) a WHERE a.grantee {OURS}
    UNION ALL
    SELECT {NAME}, 'tablespace', t.spcname, a.privilege_type
    FROM pg_tablespace t CROSS JOIN LATERAL aclexplode(t.spcacl) a WHERE a.grantee {OURS}
    UNION ALL
    -- What everybody may do with a type by default is to use it.
    SELECT {NAME}, 'type', t.typname, a.privilege_type
    FROM pg_type t CROSS JOIN LATERAL aclexplode(t.typacl) a
    WHERE t.typnamespace = 'public'::regnamespace AND a.grantee {OURS}
"""
# What PostgreSQL's own objects grant beyond, or short of, what they granted when they were made.
SYSTEM = f"""
    WITH now AS (
        SELECT c.oid, 'pg_class'::regclass AS classid, c.relname::text AS name, c.relacl AS acl,
            acldefault('r', c.relowner) AS usual FROM pg_class c
        WHERE c.relnamespace = 'pg_catalog'::regnamespace
        UNION ALL
        SELECT p.oid, 'pg_proc'::regclass, p.oid::regprocedure::text, p.proacl,
            acldefault('f', p.proowner)
        FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
    )
    SELECT {NAME}, change, name, a.privilege_type FROM now
    LEFT JOIN pg_init_privs i ON i.objoid = now.oid AND i.classoid = now.classid AND i.objsubid = 0
    CROSS JOIN LATERAL (
        SELECT 'gained' AS change, g.* FROM (
            SELECT grantee, privilege_type FROM aclexplode(coalesce(now.acl, now.usual))
            EXCEPT SELECT grantee, privilege_type FROM aclexplode(coalesce(i.initprivs, now.usual))
        ) g
        UNION ALL
        SELECT 'lost', l.* FROM (
            SELECT grantee, privilege_type FROM aclexplode(coalesce(i.initprivs, now.usual))
            EXCEPT SELECT grantee, privilege_type FROM aclexplode(coalesce(now.acl, now.usual))
        ) l
    ) a
    WHERE a.grantee NOT IN (SELECT oid FROM pg_roles WHERE rolsuper)
"""


def granted(connection: psycopg.Connection[Any]) -> set[Grant]:
    """Every grant on an object of ours, and every default that gives one."""
    return set(connection.execute(GRANTS).fetchall())


def system_changes(connection: psycopg.Connection[Any]) -> set[Grant]:
    """(grantee, gained or lost, object, privilege) on PostgreSQL's own tables and functions."""
    return set(connection.execute(SYSTEM).fetchall())


def declared() -> set[Grant]:
    """Every grant that the walls declare, the database and its schema included."""
    grants: set[Grant] = {(role, "database", "this", "CONNECT") for role in ROLES}
    grants |= {(role, "schema", "public", "USAGE") for role in ROLES}
    grants |= {(OWNER, "schema", "public", "CREATE")}
    grants |= {(OWNER, "language", name, "USAGE") for name in ("plpgsql", "sql")}
    for wall in walls.all_walls():
        for role, privileges in (
            (APP, wall.app),
            (SEQUENCER, wall.sequencer),
            (AUDITOR, wall.auditor),
            (REPORTING, wall.reporting),
        ):
            grants |= _of_table(role, wall.table, privileges or "")
    grants |= {(view.reader, "view", view.name, "SELECT") for view in walls.all_views()}
    grants |= {
        (role, "function", signature.replace(", ", ","), "EXECUTE")
        for statement in walls.wall_statements()
        for signature, role in re.findall(
            r"GRANT EXECUTE ON FUNCTION (\w+\([^)]*\)) TO (\w+)", statement
        )
    }
    return grants


def _of_table(role: str, table: str, privileges: str) -> set[Grant]:
    grants: set[Grant] = set()
    for privilege, columns in re.findall(r"(\w+)\s*(?:\(([^)]*)\))?\s*(?:,|$)", privileges):
        if columns:
            names = (column.strip().strip('"') for column in columns.split(","))
            grants |= {(role, "column", f"{table}.{name}", privilege) for name in names}
        else:
            grants.add((role, "table", table, privilege))
    return grants
