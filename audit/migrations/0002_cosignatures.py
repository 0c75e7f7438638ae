"""What witnesses say of the log, in plain SQL behind the log's own wall."""

from django.db import migrations, models

TABLE = """
CREATE TABLE audit_cosignature (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL CHECK (size >= 0),
    witness text NOT NULL,
    key_id bytea NOT NULL CHECK (octet_length(key_id) = 4),
    cosigned_at timestamptz NOT NULL,
    line text NOT NULL CHECK (line ~ '^\\u2014 \\S+ [A-Za-z0-9+/=]+\\n$'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (size, witness, key_id, cosigned_at)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_cosignature ENABLE ALWAYS TRIGGER append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_log")]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE audit_cosignature"),
        migrations.CreateModel(
            name="AuditCosignature",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("key_id", models.BinaryField()),
                ("cosigned_at", models.DateTimeField()),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "audit_cosignature", "managed": False},
        ),
    ]
