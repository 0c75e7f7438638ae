"""Seal what a handoff is for. What stood in the clear goes, since no migration holds a key."""

import vault.fields
from django.db import migrations

# The walls' triggers name the column; `provision_database` makes them anew after migrating.
LET_GO = """DO $let_go$ DECLARE old name; BEGIN FOR old IN SELECT tgname FROM pg_trigger
    WHERE tgrelid = 'handoffs_handoff'::regclass AND tgname LIKE 'liwanag\\_frozen%' LOOP
    EXECUTE format('DROP TRIGGER %I ON handoffs_handoff', old); END LOOP; END $let_go$"""


class Migration(migrations.Migration):
    dependencies = [("handoffs", "0003_stop_confirmed")]

    operations = [
        migrations.RunSQL(LET_GO, migrations.RunSQL.noop),
        migrations.RemoveField("handoff", "purpose"),
        migrations.AddField(
            "handoff",
            "purpose",
            # Blank for the rows that are there; the service takes none without words.
            vault.fields.EncryptedTextField(blank=True, owner="handoff", owner_field="id"),
        ),
        migrations.AlterField(
            "handoff",
            "purpose",
            vault.fields.EncryptedTextField(owner="handoff", owner_field="id"),
        ),
    ]
