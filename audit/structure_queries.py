"""The questions of a snapshot: each gives (name, state) of one kind of thing.

Read by the sequencer's login, so they ask only what everybody may read, but for `NEEDS_A_GRANT`.
Nothing of the data is in any answer. Secrets a setting may hold stay out: only a hash is kept.
"""

# ruff: noqa: S608 - the fixed texts of this module, no value from anywhere

from __future__ import annotations


def _mark(text: str) -> str:
    """SQL for the beginning of a hash of `text`: enough to see that it is not the same."""
    return f"left(encode(sha256(convert_to(coalesce({text}, ''), 'UTF8')), 'hex'), 16)"


OURS = "'public'::regnamespace"
NOT_OF_AN_EXTENSION = (
    "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalogue}'::regclass "
    "AND d.objid = {oid} AND d.deptype = 'e')"
)
FIRES = (
    "CASE {enabled} WHEN 'A' THEN 'always' WHEN 'O' THEN 'on' WHEN 'R' THEN 'only in replicas' "
    "ELSE 'off' END"
)

QUERIES: dict[str, str] = {
    # Roles that come with PostgreSQL cannot be changed, only given.
    "login": f"""
        SELECT rolname, concat_ws(', ', CASE WHEN rolcanlogin THEN 'may log in' END,
            CASE WHEN rolsuper THEN 'superuser' END,
            CASE WHEN rolbypassrls THEN 'goes round row security' END,
            CASE WHEN rolcreaterole THEN 'makes roles' END,
            CASE WHEN rolcreatedb THEN 'makes databases' END,
            CASE WHEN rolreplication THEN 'replicates' END,
            CASE WHEN rolinherit THEN 'inherits' END,
            'mark ' || {_mark("concat(rolconnlimit, rolvaliduntil)")})
        FROM pg_roles WHERE rolname !~ '^pg_'""",
    "membership": """
        SELECT m.rolname || ' in ' || r.rolname, CASE WHEN bool_or(a.admin_option)
            THEN 'may pass it on' ELSE 'member' END
        FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid
        JOIN pg_roles m ON m.oid = a.member WHERE m.rolname !~ '^pg_' GROUP BY 1""",
    "setting of a login": f"""
        SELECT concat(coalesce(r.rolname, 'everybody'), ' in ', coalesce(b.datname, 'any')),
            {_mark("array_to_string(s.setconfig, ';')")}
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
        LEFT JOIN pg_database b ON b.oid = s.setdatabase""",
    # The port is chosen anew by a private server at each start.
    "setting in force": f"""
        SELECT name, CASE WHEN vartype IN ('bool', 'enum') THEN setting ELSE {_mark("setting")} END
        FROM pg_settings WHERE source IN ('configuration file', 'command line')
        AND name <> 'port'""",
    "event trigger": f"""
        SELECT evtname, {FIRES.format(enabled="evtenabled")} || ', mark ' ||
            {_mark("concat(evtevent, evtfoid::regprocedure, evttags)")}
        FROM pg_event_trigger""",
    "trigger": f"""
        SELECT t.tgname || ' on ' || c.relname, {FIRES.format(enabled="t.tgenabled")} ||
            ', mark ' || {_mark("pg_get_triggerdef(t.oid)")}
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = {OURS} AND (NOT t.tgisinternal OR t.tgenabled <> 'O')""",
    "row security": f"""
        SELECT relname, concat(CASE WHEN relrowsecurity THEN 'on' ELSE 'off' END,
            CASE WHEN relforcerowsecurity THEN ', forced' END)
        FROM pg_class WHERE relnamespace = {OURS} AND relkind IN ('r', 'p')""",
    "policy": f"""
        SELECT p.polname || ' on ' || c.relname, {
        _mark(
            "concat(p.polcmd, p.polpermissive, p.polroles::regrole[], "
            "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
        )
    } FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid""",
    "rule": f"""
        SELECT r.rulename || ' on ' || c.relname, {_mark("pg_get_ruledef(r.oid)")}
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        WHERE c.relnamespace = {OURS} AND r.rulename <> '_RETURN'""",
    "function": f"""
        SELECT p.oid::regprocedure::text, {
        _mark(
            "concat(pg_get_userbyid(p.proowner), p.prosecdef, p.proleakproof, p.proconfig, "
            "p.provolatile, p.prosrc, p.probin, p.proacl)"
        )
    } FROM pg_proc p WHERE p.pronamespace = {OURS}
        AND {NOT_OF_AN_EXTENSION.format(catalogue="pg_proc", oid="p.oid")}""",
    "view": f"""
        SELECT relname, {_mark("concat(pg_get_userbyid(relowner), pg_get_viewdef(oid))")}
        FROM pg_class WHERE relnamespace = {OURS} AND relkind IN ('v', 'm')""",
    "table": f"""
        SELECT c.relname, {
        _mark(
            "concat(pg_get_userbyid(c.relowner), c.relpersistence, string_agg(concat(a.attname, "
            "format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
            "a.attgenerated, pg_get_expr(f.adbin, f.adrelid)), ',' ORDER BY a.attnum))"
        )
    } FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped
        LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        WHERE c.relnamespace = {OURS} AND c.relkind IN ('r', 'p', 'f')
        GROUP BY c.oid""",
    "index": f"""
        SELECT c.relname, {
        _mark("concat(i.indisvalid, i.indisunique, pg_get_indexdef(i.indexrelid))")
    } FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = {OURS}""",
    "constraint": f"""
        SELECT o.conname || ' on ' || c.relname, {
        _mark("concat(o.convalidated, pg_get_constraintdef(o.oid))")
    } FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        WHERE c.relnamespace = {OURS} AND o.contype <> 't'""",
    "rights": f"""
        SELECT 'on ' || c.relname, {
        _mark(
            "concat(c.relacl, (SELECT string_agg(concat(a.attname, a.attacl), ',' "
            "ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid "
            "AND a.attacl IS NOT NULL))"
        )
    } FROM pg_class c WHERE c.relnamespace = {OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL SELECT 'on schema ' || nspname, {_mark("concat(nspacl, nspowner::regrole)")}
        FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
        UNION ALL SELECT 'on database ' || datname, {_mark("concat(datacl, datdba::regrole)")}
        FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT 'on language ' || lanname, {_mark("lanacl::text")} FROM pg_language
        UNION ALL SELECT 'on parameter ' || parname, {_mark("paracl::text")} FROM pg_parameter_acl
        UNION ALL SELECT concat('by default, of ', defaclrole::regrole, ' on ', defaclobjtype,
            ' in ', defaclnamespace), {_mark("defaclacl::text")} FROM pg_default_acl
        UNION ALL SELECT 'on what belongs to PostgreSQL', {
        _mark("string_agg(acl, ',' ORDER BY acl)")
    } FROM (SELECT concat(oid::regprocedure, proacl) AS acl FROM pg_proc
            WHERE pronamespace = 'pg_catalog'::regnamespace AND proacl IS NOT NULL
            UNION ALL SELECT concat(relname, relacl) FROM pg_class
            WHERE relnamespace = 'pg_catalog'::regnamespace AND relacl IS NOT NULL) own""",
    "extension": "SELECT extname, extversion FROM pg_extension",
    "way out": """
        SELECT 'publication ' || pubname, CASE WHEN puballtables THEN 'of all tables' ELSE 'on' END
        FROM pg_publication
        UNION ALL SELECT 'foreign server ' || srvname, 'on' FROM pg_foreign_server
        UNION ALL SELECT 'replication slot ' || slot_name, coalesce(plugin, 'physical')
        FROM pg_replication_slots""",
}

NEEDS_A_GRANT: dict[str, str] = {
    # What ALTER SYSTEM wrote counts at once, not when the server reads it.
    "written setting": f"""
        SELECT name || ' in ' || regexp_replace(sourcefile, '^.*/', ''),
            {_mark("string_agg(setting, ';' ORDER BY seqno)")}
        FROM pg_file_settings WHERE name <> 'port' GROUP BY 1""",
    "who may connect": f"""
        SELECT 'rules of the server', {
        _mark(
            "string_agg(concat_ws(' ', type, database, user_name, address, netmask, auth_method, "
            "options, error), ';' ORDER BY line_number)"
        )
    } FROM pg_hba_file_rules""",
}
