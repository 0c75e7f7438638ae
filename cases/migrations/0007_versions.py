"""A version on every record that two people may edit; what replaces another is numbered."""

from django.db import migrations, models

VERSION = models.PositiveIntegerField(default=1)
NUMBER = """
SELECT set_config('liwanag.act', gen_random_uuid()::text, true);
UPDATE cases_{table} SET version = numbered.n FROM (
    SELECT id, row_number() OVER (PARTITION BY case_id, person_id ORDER BY created_at, id) AS n
    FROM cases_{table}) numbered WHERE numbered.id = cases_{table}.id;
SELECT set_config('liwanag.act', '', true);
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_papers")]
    operations = [
        *(
            migrations.AddField(model_name=name, name="version", field=VERSION)
            for name in ("harmrecord", "relationshiplink", "safecontact", "safetyplan")
        ),
        *(
            migrations.RunSQL(NUMBER.format(table=table), migrations.RunSQL.noop)
            for table in ("safecontact", "safetyplan")
        ),
        migrations.AddConstraint(
            model_name="safecontact",
            constraint=models.UniqueConstraint(
                fields=("case", "person", "version"), name="safe_contact_replaces_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyplan",
            constraint=models.UniqueConstraint(
                fields=("case", "person", "version"), name="safety_plan_replaces_one"
            ),
        ),
    ]
