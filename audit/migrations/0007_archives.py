"""What is kept how long, and the one way an event may leave the live table: archived, and old."""

from django.db import migrations, models

TABLES = """
CREATE TABLE audit_retention (
    what text PRIMARY KEY,
    days integer CHECK (days > 0),
    afterwards text NOT NULL,
    why text NOT NULL
);
INSERT INTO audit_retention (what, days, afterwards, why) VALUES
    ('event', 730, 'archived to a file, then removed from the live table',
        'questions about who read a case come up within two years; the table stays quick'),
    ('archive', 3650, 'the file is destroyed by the data-protection officer',
        'limitation of claims and of prosecutions; longer where the law of the place says so'),
    ('leaf', NULL, 'kept', 'without all leaves no proof of any entry could be made'),
    ('checkpoint', NULL, 'kept', 'the signed history of the log, and its frontier'),
    ('cosignature', NULL, 'kept', 'what witnesses said of it');

CREATE TABLE audit_archive (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first bigint NOT NULL UNIQUE CHECK (first >= 0),
    "end" bigint NOT NULL UNIQUE CHECK ("end" > first),
    sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    removed_by uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
REFUSE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
"""
# An archive begins where the one before ended, and holds only what has a place in the log.
NEXT = """
CREATE FUNCTION audit_archive_next() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.first <> (SELECT coalesce(max("end"), 0) FROM public.audit_archive)
        OR NEW."end" > (SELECT coalesce(max(size), 0) FROM public.audit_checkpoint) THEN
        RAISE EXCEPTION 'an archive begins where the last one ended and ends within the log'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON audit_archive
    FOR EACH ROW EXECUTE FUNCTION audit_archive_next();
ALTER TABLE audit_archive ENABLE ALWAYS TRIGGER in_order;
"""
# Whoever deletes, the owner included: only what an archive holds and what is old enough.
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(OLD.at > now() - make_interval(days =>
            (SELECT days FROM public.audit_retention WHERE what = 'event')), true)
        OR NOT EXISTS (
            SELECT FROM public.audit_leaf l JOIN public.audit_archive a
                ON l.position >= a.first AND l.position < a."end"
            WHERE l.event_id = OLD.id) THEN
        RAISE EXCEPTION 'the audit log is append-only: an event that is not archived and old '
            'enough stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER append_only ON audit_event;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER kept BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_keep();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER kept;
"""
UNDO = """
DROP TRIGGER kept ON audit_event;
DROP TRIGGER append_only ON audit_event;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only;
DROP FUNCTION audit_keep();
DROP TABLE audit_archive;
DROP FUNCTION audit_archive_next();
DROP TABLE audit_retention;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_search_indexes")]

    operations = [
        migrations.RunSQL(
            TABLES
            + "".join(REFUSE.format(table=name) for name in ("audit_archive", "audit_retention"))
            + NEXT
            + KEEP,
            UNDO,
        ),
        migrations.CreateModel(
            name="AuditRetention",
            fields=[
                ("what", models.TextField(primary_key=True, serialize=False)),
                ("days", models.IntegerField(null=True)),
                ("afterwards", models.TextField()),
                ("why", models.TextField()),
            ],
            options={"db_table": "audit_retention", "managed": False},
        ),
        migrations.CreateModel(
            name="AuditArchive",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField(unique=True)),
                ("end", models.BigIntegerField(unique=True)),
                ("sha256", models.BinaryField()),
                ("removed_by", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "audit_archive", "managed": False},
        ),
    ]
