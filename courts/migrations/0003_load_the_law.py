"""Steps, ways and offences of `courts/law/`, and a step for every proceeding there is."""

import json
import uuid
from datetime import date
from pathlib import Path

from django.db import migrations

LAW = Path(__file__).resolve().parent.parent / "law"
# Days before anybody's case: a way that has no other day.
ALWAYS = date(1900, 1, 1)
PHILIPPINE = {"charged": "information_filed", "pre_charge": "complaint_filed",
              "verdict": "judgment_promulgated"}


def load(apps, schema_editor):
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid.uuid4())])
    step_model = apps.get_model("courts", "ProcedureStep").objects.using(alias)
    edge_model = apps.get_model("courts", "StepEdge").objects.using(alias)
    steps = {}
    for procedure, law in json.loads((LAW / "steps.json").read_text()).items():
        for position, (code, label, stage, reached_by, *more) in enumerate(law["steps"]):
            steps[procedure, code] = step_model.create(
                procedure=procedure, code=code, label=label, stage=stage, reached_by=reached_by,
                needs_reason=bool(more and more[0]), position=position,
                valid_from=date.fromisoformat(more[1]) if len(more) > 1 else ALWAYS,
            )
        ways = [(a, b, ALWAYS, None) for a, ends in law["edges"].items() for b in ends]
        ways += [(a, b, date.fromisoformat(first), last)
                 for a, b, first, last in law["dated_edges"]]
        for start, end, first, last in ways:
            edge_model.create(from_step=steps[procedure, start] if start else None,
                              to_step=steps[procedure, end], valid_from=first, valid_to=last)
    table = json.loads((LAW / "statutes.json").read_text())
    statutes = apps.get_model("courts", "Statute").objects.using(alias)
    for row in table["rows"]:
        facts = dict(zip(table["fields"], row, strict=True))
        for name in ("valid_from", "valid_to"):
            facts[name] = date.fromisoformat(facts[name]) if facts[name] else None
        statutes.create(source_checked=False, **facts)
    _place(apps, alias, steps)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', '', true)")


def _place(apps, alias, steps):
    """What stands there already has no earlier steps on record."""
    changes = apps.get_model("courts", "StageChange").objects.using(alias)
    for proceeding in apps.get_model("courts", "Proceeding").objects.using(alias).all():
        here = proceeding.jurisdiction == "PH"
        code = PHILIPPINE.get(proceeding.stage, proceeding.stage) if here else proceeding.stage
        step = steps["PH" if here else "generic", code]
        proceeding.step, proceeding.reached_on = step, proceeding.opened_on
        proceeding.earlier_unknown = True
        proceeding.save(update_fields=["step", "reached_on", "earlier_unknown"])
        changes.create(proceeding=proceeding, case_id=proceeding.case_id,
                       number=proceeding.version, to_step=step, document=b"",
                       happened_on=proceeding.opened_on, recorded_by_id=proceeding.opened_by_id)


class Migration(migrations.Migration):

    dependencies = [('courts', '0002_the_law_as_data')]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
