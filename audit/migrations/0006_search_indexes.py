"""Indexes for the searches of people: by verb, by agency, by time, and what was refused.

Each ends with the id, so that a page of a million entries is read from where the last one ended.
"""

from django.db import migrations

INDEXES = """
CREATE INDEX audit_event_verb ON audit_event (verb, id);
CREATE INDEX audit_event_agency ON audit_event (agency_id, id) WHERE agency_id IS NOT NULL;
CREATE INDEX audit_event_at ON audit_event (at, id);
CREATE INDEX audit_event_refused ON audit_event (id) WHERE outcome <> 'done';
"""
UNDO = """
DROP INDEX audit_event_verb, audit_event_agency, audit_event_at, audit_event_refused;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_checks_and_searches")]

    operations = [migrations.RunSQL(INDEXES, UNDO)]
