"""The paper service: takes up files of papers that wait, and keeps or refuses them."""

import uuid

from django.db import migrations, models


def add(apps, schema_editor):
    user = apps.get_model("accounts", "User")
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
    user.objects.using(alias).create(
        id=uuid.UUID("5a1e0000-0000-4000-8000-0000000000a6"),
        email="papers@service.invalid",
        name="Paper service",
        kind="service",
        password="!",
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', '', true)")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sign_in_locks")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('caseworker', 'Caseworker'), ('case_supervisor', 'Case supervisor'), ('intake_officer', 'Intake officer'), ('liaison_officer', 'Liaison officer'), ('partner_officer', 'Partner officer'), ('investigator', 'Investigator'), ('prosecutor', 'Prosecutor'), ('legal_officer', 'Legal officer'), ('clinician', 'Clinician'), ('manager', 'Manager'), ('analyst', 'Analyst'), ('survivor_advisor', 'Survivor advisor'), ('data_protection_officer', 'Data protection officer'), ('auditor', 'Auditor'), ('agency_admin', 'Agency administrator'), ('import_service', 'Import service'), ('statistics_service', 'Statistics service'), ('key_service', 'Key keeper'), ('watch_service', 'Log watch'), ('housekeeping_service', 'Housekeeping service'), ('paper_service', 'Paper service')], max_length=30),
        ),
    ]
