"""Rules of a proceeding that the database keeps as well: whoever writes, by whatever way.

Each raises `integrity_constraint_violation` with the rule's name, which the services say in words
before it comes to that.
"""

from __future__ import annotations

import pgtrigger


def _rule(
    name: str, *, operation: pgtrigger.Operation, declare: str, body: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=operation,
        declare=[(part.split()[0], part.split()[1]) for part in declare.split(",") if part.strip()],
        func=f"{body} RETURN NEW;",
    )


def _unless(condition: str, rule: str) -> str:
    """SQL that stops the write, naming the rule, unless a condition holds."""
    return (
        f"IF NOT coalesce(({condition}), false) THEN RAISE EXCEPTION '{rule}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
    )


STEP_OF_COUNTRY = (
    "SELECT FROM courts_procedurestep s WHERE s.id = NEW.step_id AND s.stage = NEW.stage "
    "AND s.procedure = coalesce((SELECT max(o.procedure) FROM courts_procedurestep o "
    "WHERE o.procedure = NEW.jurisdiction), 'generic')"
)
EDGE = (
    "SELECT FROM courts_stepedge e WHERE e.from_step_id IS NOT DISTINCT FROM {start} "
    "AND e.to_step_id = {end} AND e.valid_from <= {day} "
    "AND (e.valid_to IS NULL OR e.valid_to >= {day})"
)

# A proceeding begins where its procedure begins, or says that what came before is not known.
BEGINS_LAWFULLY = _rule(
    "begins_lawfully",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(f"EXISTS ({STEP_OF_COUNTRY})", "the step is not of this country")
    + _unless("NEW.reached_on >= NEW.opened_on", "the step is earlier than the proceeding")
    + _unless(
        "NEW.earlier_unknown OR EXISTS ("
        + EDGE.format(start="NULL::uuid", end="NEW.step_id", day="NEW.opened_on")
        + ")",
        "a proceeding does not begin there",
    ),
)
# The step changes only with a `StageChange` that says from where, when and by which document.
STEP_IS_RECORDED = _rule(
    "step_is_recorded",
    operation=pgtrigger.UpdateOf("step_id", "stage", "reached_on"),
    declare="",
    body=_unless(f"EXISTS ({STEP_OF_COUNTRY})", "the step is not of this country")
    + _unless(
        "NEW.version > OLD.version AND EXISTS (SELECT FROM courts_stagechange c "
        "WHERE c.proceeding_id = NEW.id AND c.number = NEW.version "
        "AND c.from_step_id = OLD.step_id AND c.to_step_id = NEW.step_id "
        "AND c.happened_on = NEW.reached_on)",
        "the step was not recorded",
    ),
)
FOLLOWS_AN_EDGE = _rule(
    "follows_an_edge",
    operation=pgtrigger.Insert,
    declare="p record, s record",
    body="SELECT * INTO p FROM courts_proceeding WHERE id = NEW.proceeding_id; "
    "SELECT * INTO s FROM courts_procedurestep WHERE id = NEW.to_step_id; "
    + _unless("p.case_id = NEW.case_id", "a proceeding of another case")
    + "IF NEW.from_step_id IS NULL THEN "
    + _unless("NEW.to_step_id = p.step_id AND NEW.number = p.version", "it does not begin there")
    + "ELSE "
    + _unless("NEW.from_step_id = p.step_id", "it does not stand there")
    + _unless("NEW.number = p.version + 1", "the step has another number")
    + _unless("NEW.happened_on >= p.reached_on", "the step is earlier than the one before")
    + _unless(
        "EXISTS ("
        + EDGE.format(start="NEW.from_step_id", end="NEW.to_step_id", day="NEW.happened_on")
        + ")",
        "there is no such way on this day",
    )
    + _unless("NOT s.needs_reason OR NEW.reason <> ''", "the step needs a reason")
    + "IF s.reached_by = 'charge' THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id)", "there is no charge"
    )
    + "END IF; IF s.reached_by = 'verdict' THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id) AND NOT EXISTS ("
        "SELECT FROM courts_charge c WHERE c.proceeding_id = p.id AND c.status = 'filed')",
        "a charge is not decided",
    )
    + "END IF; IF s.reached_by = 'sentence' THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_sentence c WHERE c.proceeding_id = p.id "
        "AND c.superseded_on IS NULL)",
        "there is no sentence",
    )
    + "END IF; IF s.reached_by = 'appeal' THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_appeal a WHERE a.proceeding_id = p.id "
        "AND a.outcome = 'pending')",
        "there is no appeal",
    )
    + "END IF; IF s.reached_by = 'ruling' THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_appeal a WHERE a.proceeding_id = p.id "
        "AND a.decided_on <= NEW.happened_on) AND NOT EXISTS ("
        "SELECT FROM courts_appeal a WHERE a.proceeding_id = p.id AND a.outcome = 'pending')",
        "the appeal is not decided",
    )
    + "END IF; IF s.stage = 'final' THEN "
    + _unless(
        "NOT EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = p.id "
        "AND c.status = 'filed')",
        "a charge is not decided",
    )
    + "END IF; END IF;",
)
# It is the day of the act that counts: a law repealed since still judges what was done before.
UNDER_THE_LAW_OF_ITS_DAY = _rule(
    "under_the_law_of_its_day",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("law_id", "act_from", "act_to"),
    declare="l record",
    body="IF NEW.law_id IS NOT NULL THEN "
    "SELECT * INTO l FROM courts_statute WHERE id = NEW.law_id; "
    + _unless(
        "l.jurisdiction = (SELECT p.jurisdiction FROM courts_proceeding p "
        "WHERE p.id = NEW.proceeding_id AND p.case_id = NEW.case_id)",
        "a law of another country",
    )
    + _unless(
        "NEW.act_from IS NULL OR (coalesce(NEW.act_to, NEW.act_from) >= l.valid_from "
        "AND (l.valid_to IS NULL OR NEW.act_from <= l.valid_to))",
        "the law was not in force on the day of the act",
    )
    + "END IF;",
)
DECIDED_ONCE = _rule(
    "decided_once",
    operation=pgtrigger.UpdateOf("status"),
    declare="",
    body="IF NEW.status <> OLD.status THEN IF OLD.status <> 'filed' THEN "
    + _unless(
        "(SELECT CASE r.result WHEN 'sent_back' THEN 'filed' ELSE r.result END "
        "FROM courts_appealruling r WHERE r.charge_id = NEW.id "
        "ORDER BY r.created_at DESC LIMIT 1) = NEW.status",
        "a charge is decided once",
    )
    + "ELSIF NEW.status <> 'amended' THEN "
    # One that was sent back is decided by a verdict of its new trial, not by the old one.
    + _unless(
        "(SELECT v.result FROM courts_verdict v WHERE v.charge_id = NEW.id "
        "AND v.created_at > coalesce((SELECT max(r.created_at) FROM courts_appealruling r "
        "WHERE r.charge_id = NEW.id), '-infinity') "
        "ORDER BY v.created_at DESC LIMIT 1) = NEW.status",
        "a charge is decided by a verdict",
    )
    + "END IF; END IF;",
)
VERDICT_AFTER_CHARGE = _rule(
    "verdict_after_charge",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_charge c WHERE c.id = NEW.charge_id "
        "AND c.case_id = NEW.case_id AND c.status = 'filed' AND c.filed_on <= NEW.decided_on "
        "AND NOT EXISTS (SELECT FROM courts_appealruling r WHERE r.charge_id = c.id "
        "AND r.decided_on > NEW.decided_on))",
        "a verdict comes after its charge and once",
    ),
)
# A higher court rules on what was decided, not before that day.
RULING_AFTER_DECISION = _rule(
    "ruling_after_decision",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_charge c JOIN courts_appeal a ON a.id = NEW.appeal_id "
        "WHERE c.id = NEW.charge_id AND a.proceeding_id = c.proceeding_id "
        "AND c.case_id = NEW.case_id AND NEW.decided_on >= a.filed_on "
        "AND EXISTS (SELECT FROM courts_verdict v WHERE v.charge_id = c.id "
        "AND v.decided_on <= NEW.decided_on))",
        "a ruling comes after a decision",
    ),
)
SENTENCE_AFTER_CONVICTION = _rule(
    "sentence_after_conviction",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_charge c WHERE c.proceeding_id = NEW.proceeding_id "
        "AND c.case_id = NEW.case_id AND (NEW.charge_id IS NULL OR c.id = NEW.charge_id) "
        "AND c.status IN ('convicted', 'convicted_lesser') AND (EXISTS ("
        "SELECT FROM courts_verdict v WHERE v.charge_id = c.id AND v.result = c.status "
        "AND v.decided_on <= NEW.imposed_on) OR EXISTS ("
        "SELECT FROM courts_appealruling r WHERE r.charge_id = c.id AND r.result = c.status "
        "AND r.decided_on <= NEW.imposed_on)))",
        "a sentence comes after a conviction",
    ),
)
# Another value for a person comes after the one it replaces, in the same operation.
RECLASSIFIED_IN_ORDER = _rule(
    "reclassified_in_order",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_operation o JOIN cases_caseparticipant p "
        "ON p.case_id = o.case_id WHERE o.id = NEW.operation_id AND p.id = NEW.participant_id "
        "AND o.case_id = NEW.case_id AND NEW.decided_on >= o.happened_on)",
        "an outcome is of a person of the case and not before the operation",
    )
    + "IF NEW.replaces_id IS NOT NULL THEN "
    + _unless(
        "EXISTS (SELECT FROM courts_operationoutcome b WHERE b.id = NEW.replaces_id "
        "AND b.operation_id = NEW.operation_id AND b.participant_id = NEW.participant_id "
        "AND b.outcome <> NEW.outcome AND b.decided_on <= NEW.decided_on)",
        "the new value does not follow the old one",
    )
    + "END IF;",
)
# A hearing is of its proceeding's case, and whoever has to come is a person of it.
HEARING_OF_ITS_CASE = _rule(
    "hearing_of_its_case",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_proceeding p WHERE p.id = NEW.proceeding_id "
        "AND p.case_id = NEW.case_id)",
        "a hearing is of the case of its proceeding",
    ),
)
ATTENDS_IN_ITS_CASE = _rule(
    "attends_in_its_case",
    operation=pgtrigger.Insert,
    declare="",
    body=_unless(
        "EXISTS (SELECT FROM courts_hearing h JOIN cases_caseparticipant c "
        "ON c.case_id = h.case_id WHERE h.id = NEW.hearing_id AND h.case_id = NEW.case_id "
        "AND c.person_id = NEW.person_id)",
        "whoever attends is a person of the case",
    ),
)
