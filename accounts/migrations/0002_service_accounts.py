"""The service accounts. The statistics service belongs to no agency and sees no case."""

import uuid

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

ACCOUNTS = (
    ("5a1e0000-0000-4000-8000-0000000000a1", "importer@service.invalid", "Import service"),
    ("5a1e0000-0000-4000-8000-0000000000a2", "statistics@service.invalid", "Statistics service"),
)


def add(apps, schema_editor):
    user = apps.get_model("accounts", "User")
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
    for pk, email, name in ACCOUNTS:
        user.objects.using(alias).create(
            id=uuid.UUID(pk), email=email, name=name, kind="service", password="!"
        )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', '', true)")


class Migration(migrations.Migration):
    # After the library's own migrations, which tidy addresses outside any act.
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='only_in_act', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF coalesce(current_setting('liwanag.act', true), '') = '' THEN RAISE EXCEPTION 'no act is open: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;", hash='da071d2b04bb92b03338f1fdc4d9292521a2087b', level='STATEMENT', operation='INSERT OR DELETE OR TRUNCATE OR UPDATE OF "email", "kind", "agency_id", "is_active", "is_demo"', pgid='pgtrigger_only_in_act_0157d', table='accounts_user', when='BEFORE')),
        ),
    ]
