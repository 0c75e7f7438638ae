"""A job's message stays open until the job has ended; what was sent before counts as ended."""

from django.db import migrations, models

ENDED = "UPDATE audit_outbox SET done_at = sent_at WHERE sent_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_structure")]

    operations = [
        migrations.AddField("OutboxMessage", "done_at", models.DateTimeField(null=True)),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        migrations.RemoveIndex("OutboxMessage", "outbox_waiting"),
        migrations.AddIndex(
            "OutboxMessage",
            models.Index(
                "created_at", name="outbox_unfinished", condition=models.Q(done_at__isnull=True)
            ),
        ),
    ]
