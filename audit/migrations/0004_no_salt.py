"""Salts are derived from their owner's key (`vault.commitments`) and stand nowhere in the log."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_reviews")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE audit_event DROP COLUMN salt; "
            "ALTER TABLE audit_event ADD CONSTRAINT audit_event_commitment_check "
            "CHECK (octet_length(commitment) = 32)",
            "ALTER TABLE audit_event DROP CONSTRAINT audit_event_commitment_check; "
            "ALTER TABLE audit_event ADD COLUMN salt bytea",
        ),
        migrations.RemoveField(model_name="auditevent", name="salt"),
    ]
