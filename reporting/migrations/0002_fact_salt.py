from django.db import migrations

# Of this installation alone, read by nobody but the owner's views (`reporting.walls`).
SALT = """
CREATE TABLE reporting_fact_salt (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    salt bytea NOT NULL
);
INSERT INTO reporting_fact_salt (salt)
VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [migrations.RunSQL(SALT, "DROP TABLE reporting_fact_salt")]
