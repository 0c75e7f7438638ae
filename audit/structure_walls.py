"""The SQL by which the database records statements that change how it is built.

An event trigger (made by the administrator, `core.provisioning`) notes each object; a deferred
trigger turns the notes of one transaction into one event, so that a migration or a provisioning is
one entry and not a thousand. Texts of statements are not kept: they may hold anything.
"""

NOTE = """CREATE OR REPLACE FUNCTION audit_note_ddl() RETURNS event_trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$ BEGIN
    IF tg_event = 'sql_drop' THEN
        INSERT INTO public.audit_pending_ddl (command, kind, name)
        SELECT tg_tag, object_type, coalesce(object_identity, '')
        FROM pg_event_trigger_dropped_objects() WHERE original AND NOT is_temporary;
    ELSE
        INSERT INTO public.audit_pending_ddl (command, kind, name)
        SELECT command_tag, object_type, coalesce(object_identity, '')
        FROM pg_event_trigger_ddl_commands()
        WHERE schema_name IS DISTINCT FROM 'pg_temp' AND NOT in_extension;
    END IF;
END $body$"""

MOST_OBJECTS = 40
CHANGED = "database.changed"
TELL_DDL = f"""CREATE OR REPLACE FUNCTION audit_tell_ddl() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE told jsonb; BEGIN
    WITH noted AS (DELETE FROM public.audit_pending_ddl RETURNING command, kind, name)
    SELECT jsonb_build_object(
        'changes', count(*),
        'commands', (SELECT jsonb_agg(DISTINCT command) FROM noted),
        'objects', (SELECT coalesce(jsonb_agg(object), '[]') FROM (
            SELECT DISTINCT kind || ' ' || name AS object FROM noted WHERE name <> ''
            ORDER BY 1 LIMIT {MOST_OBJECTS}) few))
    INTO told FROM noted HAVING count(*) > 0;
    IF told IS NOT NULL THEN
        INSERT INTO public.audit_event (act, verb, facts)
        VALUES (gen_random_uuid(), '{CHANGED}', told);
    END IF;
    RETURN NULL;
END $body$"""

# Made once: what has notes of this very transaction cannot be made anew within it.
TELL_AT_THE_END = """DO $make$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'tell_at_the_end'
            AND tgrelid = 'public.audit_pending_ddl'::regclass AND tgenabled = 'A') THEN
        DROP TRIGGER IF EXISTS tell_at_the_end ON public.audit_pending_ddl;
        CREATE CONSTRAINT TRIGGER tell_at_the_end AFTER INSERT ON public.audit_pending_ddl
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_tell_ddl();
        ALTER TABLE public.audit_pending_ddl ENABLE ALWAYS TRIGGER tell_at_the_end;
    END IF;
END $make$"""

VERBS = ("database.first_seen", "database.differs", "database.record_altered")
TELL_STRUCTURE = f"""CREATE OR REPLACE FUNCTION audit_tell_structure(a_verb text, a_facts jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $body$ BEGIN
    IF a_verb NOT IN ({", ".join(f"'{verb}'" for verb in VERBS)}) THEN
        RAISE EXCEPTION 'this is not for the sequencer to say'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.audit_event (act, verb, facts) VALUES (gen_random_uuid(), a_verb, a_facts);
END $body$"""

FUNCTIONS = [
    NOTE,
    TELL_DDL,
    TELL_STRUCTURE,
    "REVOKE ALL ON FUNCTION audit_note_ddl() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION audit_tell_ddl() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION audit_tell_structure(text, jsonb) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION audit_tell_structure(text, jsonb) TO liwanag_sequencer",
    TELL_AT_THE_END,
]
