import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('courts', '0003_load_the_law')]

    operations = [
        migrations.AlterField(
            model_name='proceeding',
            name='step',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courts.procedurestep'),
        ),
        migrations.AlterField(
            model_name='proceeding',
            name='reached_on',
            field=models.DateField(),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proceeding',
            trigger=pgtrigger.compiler.Trigger(name='begins_lawfully', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NOT coalesce((EXISTS (SELECT FROM courts_procedurestep s WHERE s.id = NEW.step_id AND s.stage = NEW.stage AND s.procedure = coalesce((SELECT max(o.procedure) FROM courts_procedurestep o WHERE o.procedure = NEW.jurisdiction), 'generic'))), false) THEN RAISE EXCEPTION 'the step is not of this country' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.reached_on >= NEW.opened_on), false) THEN RAISE EXCEPTION 'the step is earlier than the proceeding' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.earlier_unknown OR EXISTS (SELECT FROM courts_stepedge e WHERE e.from_step_id IS NOT DISTINCT FROM NULL::uuid AND e.to_step_id = NEW.step_id AND e.valid_from <= NEW.opened_on AND (e.valid_to IS NULL OR e.valid_to >= NEW.opened_on))), false) THEN RAISE EXCEPTION 'a proceeding does not begin there' USING ERRCODE = 'integrity_constraint_violation'; END IF;  RETURN NEW;", hash='89d89ed3129b1450e476b9923eafe58c68df20f3', operation='INSERT', pgid='pgtrigger_begins_lawfully_af23c', table='courts_proceeding', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proceeding',
            trigger=pgtrigger.compiler.Trigger(name='step_is_recorded', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NOT coalesce((EXISTS (SELECT FROM courts_procedurestep s WHERE s.id = NEW.step_id AND s.stage = NEW.stage AND s.procedure = coalesce((SELECT max(o.procedure) FROM courts_procedurestep o WHERE o.procedure = NEW.jurisdiction), 'generic'))), false) THEN RAISE EXCEPTION 'the step is not of this country' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.version > OLD.version AND EXISTS (SELECT FROM courts_stagechange c WHERE c.proceeding_id = NEW.id AND c.number = NEW.version AND c.from_step_id = OLD.step_id AND c.to_step_id = NEW.step_id AND c.happened_on = NEW.reached_on)), false) THEN RAISE EXCEPTION 'the step was not recorded' USING ERRCODE = 'integrity_constraint_violation'; END IF;  RETURN NEW;", hash='195f208cdac63b45dcce792e7e6c7f0cca6e9e3b', operation='UPDATE OF "step_id", "stage", "reached_on"', pgid='pgtrigger_step_is_recorded_c650e', table='courts_proceeding', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stagechange',
            trigger=pgtrigger.compiler.Trigger(name='follows_an_edge', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE p record; s record;', func="SELECT * INTO p FROM courts_proceeding WHERE id = NEW.proceeding_id; SELECT * INTO s FROM courts_procedurestep WHERE id = NEW.to_step_id; IF NOT coalesce((p.case_id = NEW.case_id), false) THEN RAISE EXCEPTION 'a proceeding of another case' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NEW.from_step_id IS NULL THEN IF NOT coalesce((NEW.to_step_id = p.step_id AND NEW.number = p.version), false) THEN RAISE EXCEPTION 'it does not begin there' USING ERRCODE = 'integrity_constraint_violation'; END IF; ELSE IF NOT coalesce((NEW.from_step_id = p.step_id), false) THEN RAISE EXCEPTION 'it does not stand there' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.number = p.version + 1), false) THEN RAISE EXCEPTION 'the step has another number' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.happened_on >= p.reached_on), false) THEN RAISE EXCEPTION 'the step is earlier than the one before' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((EXISTS (SELECT FROM courts_stepedge e WHERE e.from_step_id IS NOT DISTINCT FROM NEW.from_step_id AND e.to_step_id = NEW.to_step_id AND e.valid_from <= NEW.happened_on AND (e.valid_to IS NULL OR e.valid_to >= NEW.happened_on))), false) THEN RAISE EXCEPTION 'there is no such way on this day' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NOT s.needs_reason OR NEW.reason <> ''), false) THEN RAISE EXCEPTION 'the step needs a reason' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF s.reached_by = 'charge' THEN IF NOT coalesce((EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id)), false) THEN RAISE EXCEPTION 'there is no charge' USING ERRCODE = 'integrity_constraint_violation'; END IF; END IF; IF s.reached_by = 'verdict' THEN IF NOT coalesce((EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id) AND NOT EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id AND c.status = 'filed')), false) THEN RAISE EXCEPTION 'a charge is not decided' USING ERRCODE = 'integrity_constraint_violation'; END IF; END IF; END IF; RETURN NEW;", hash='163f1eb7c6270dd56699c594d8501f83d9ff300d', operation='INSERT', pgid='pgtrigger_follows_an_edge_55e16', table='courts_stagechange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='charge',
            trigger=pgtrigger.compiler.Trigger(name='under_the_law_of_its_day', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE l record;', func="IF NEW.law_id IS NOT NULL THEN SELECT * INTO l FROM courts_statute WHERE id = NEW.law_id; IF NOT coalesce((l.jurisdiction = (SELECT p.jurisdiction FROM courts_proceeding p WHERE p.id = NEW.proceeding_id AND p.case_id = NEW.case_id)), false) THEN RAISE EXCEPTION 'a law of another country' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NOT coalesce((NEW.act_from IS NULL OR (coalesce(NEW.act_to, NEW.act_from) >= l.valid_from AND (l.valid_to IS NULL OR NEW.act_from <= l.valid_to))), false) THEN RAISE EXCEPTION 'the law was not in force on the day of the act' USING ERRCODE = 'integrity_constraint_violation'; END IF; END IF; RETURN NEW;", hash='720afcb2d33d788ae6a4a6e40ddc96d3770f09bf', operation='INSERT OR UPDATE OF "law_id", "act_from", "act_to"', pgid='pgtrigger_under_the_law_of_its_day_c5cfc', table='courts_charge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='charge',
            trigger=pgtrigger.compiler.Trigger(name='decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.status <> OLD.status THEN IF NOT coalesce((OLD.status = 'filed'), false) THEN RAISE EXCEPTION 'a charge is decided once' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF NEW.status <> 'amended' THEN IF NOT coalesce((EXISTS (SELECT FROM courts_verdict v WHERE v.charge_id = NEW.id AND v.result = NEW.status)), false) THEN RAISE EXCEPTION 'a charge is decided by a verdict' USING ERRCODE = 'integrity_constraint_violation'; END IF; END IF; END IF; RETURN NEW;", hash='0bc21bba135776db8ffcdfbf22c945745e8703af', operation='UPDATE OF "status"', pgid='pgtrigger_decided_once_89011', table='courts_charge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='verdict',
            trigger=pgtrigger.compiler.Trigger(name='verdict_after_charge', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NOT coalesce((EXISTS (SELECT FROM courts_charge c WHERE c.id = NEW.charge_id AND c.case_id = NEW.case_id AND c.status = 'filed' AND c.filed_on <= NEW.decided_on)), false) THEN RAISE EXCEPTION 'a verdict comes after its charge and once' USING ERRCODE = 'integrity_constraint_violation'; END IF;  RETURN NEW;", hash='3cf050265f2b176aa9ab86caa5a2fe4cf7ac9994', operation='INSERT', pgid='pgtrigger_verdict_after_charge_7c21a', table='courts_verdict', when='BEFORE')),
        ),
    ]
