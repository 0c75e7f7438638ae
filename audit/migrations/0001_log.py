"""The log's tables in plain SQL, with walls that no setting of the session can lower."""

import uuid

import django.contrib.postgres.fields
from django.db import migrations, models

LOG = """
CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    db_user text NOT NULL DEFAULT session_user,
    act uuid NOT NULL,
    request_id uuid,
    actor_id uuid,
    agency_id uuid,
    role text NOT NULL DEFAULT '',
    verb text NOT NULL CHECK (verb ~ '^[a-z_]+\\.[a-z_]+$'),
    object_type text NOT NULL DEFAULT '',
    object_id uuid,
    case_id uuid,
    fields text[] NOT NULL DEFAULT '{}',
    facts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    purpose text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'refused', 'failed')),
    salt bytea,
    commitment bytea
);
CREATE INDEX audit_event_case ON audit_event (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX audit_event_actor ON audit_event (actor_id, id);
CREATE INDEX audit_event_object ON audit_event (object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_event_request ON audit_event (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_event_act ON audit_event (act);

CREATE TABLE audit_leaf (
    position bigint PRIMARY KEY CHECK (position >= 0),
    event_id bigint NOT NULL UNIQUE,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE audit_checkpoint (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL UNIQUE CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea[] NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

# ENABLE ALWAYS: they also fire under session_replication_role = replica.
REFUSE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
"""
TABLES = ("audit_event", "audit_leaf", "audit_checkpoint")
UNDO = "".join(f"DROP TABLE {table};" for table in TABLES) + "DROP FUNCTION audit_refuse();"


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(LOG + "".join(REFUSE.format(table=table) for table in TABLES), UNDO),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("act", models.UUIDField()),
                ("task", models.CharField(max_length=120)),
                ("ids", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "audit_outbox",
                "indexes": [
                    models.Index(
                        "created_at",
                        name="outbox_waiting",
                        condition=models.Q(sent_at__isnull=True),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("db_user", models.TextField()),
                ("act", models.UUIDField()),
                ("request_id", models.UUIDField(null=True)),
                ("actor_id", models.UUIDField(null=True)),
                ("agency_id", models.UUIDField(null=True)),
                ("role", models.TextField()),
                ("verb", models.TextField()),
                ("object_type", models.TextField()),
                ("object_id", models.UUIDField(null=True)),
                ("case_id", models.UUIDField(null=True)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("facts", models.JSONField()),
                ("purpose", models.TextField()),
                ("outcome", models.TextField()),
                ("salt", models.BinaryField(null=True)),
                ("commitment", models.BinaryField(null=True)),
            ],
            options={"db_table": "audit_event", "managed": False, "ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="AuditLeaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField()),
            ],
            options={"db_table": "audit_leaf", "managed": False},
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField()),
                (
                    "frontier",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(), size=None
                    ),
                ),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "audit_checkpoint", "managed": False},
        ),
    ]
