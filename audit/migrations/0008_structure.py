"""Where the database writes down changes of itself, and what it was at each look."""

from django.db import migrations, models

TABLES = """
CREATE TABLE audit_pending_ddl (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL
);
CREATE TABLE audit_structure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    state jsonb NOT NULL CHECK (jsonb_typeof(state) = 'object')
);
"""
UNDO = "DROP TABLE audit_structure, audit_pending_ddl"

# The application writes any verb but these: they are the database's own word. The owner writes
# them through functions that the application may not call, and a restore puts them back.
SPEAKS = """
ALTER TABLE audit_event ADD CONSTRAINT database_speaks_for_itself
    CHECK (verb NOT LIKE 'database.%' OR pg_has_role(current_user, 'liwanag_owner', 'member'));
"""
SILENT = "ALTER TABLE audit_event DROP CONSTRAINT database_speaks_for_itself"


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_archives")]

    operations = [
        migrations.RunSQL(TABLES, UNDO),
        migrations.RunSQL(SPEAKS, SILENT),
        migrations.CreateModel(
            name="StructureSnapshot",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("digest", models.BinaryField()),
                ("state", models.JSONField()),
            ],
            options={"db_table": "audit_structure", "managed": False},
        ),
    ]
