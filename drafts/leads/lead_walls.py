"""Lead identifiers below Python: written, counted, never read again but by one sending."""

from __future__ import annotations

from accounts.walls import may
from core.walls import ACTOR, IN_ACT, Wall, changed, definer_function, definer_procedure

MY_AGENCY = "(SELECT liwanag_my_agency())"
OF_MINE = (
    "(case_id = ANY ((SELECT liwanag_my_cases())::uuid[]) OR EXISTS (SELECT FROM "
    "referrals_referral r WHERE r.id = referral_id))"
)
COUNTS = f"{may('handoffs.count_leads')} AND {OF_MINE}"
OF_CASE = (
    "(l.case_id = h.case_id OR EXISTS (SELECT FROM referrals_referral r "
    "WHERE r.id = l.referral_id AND r.case_id = h.case_id))"
)
# Everything but what was told: no role of this installation may select that column.
TOLD = (
    "id, created_at, case_id, referral_id, kind, platform, told_by, recorded_by_id, "
    "released_in_id, purged_at"
)

FUNCTIONS = [
    # Once more, sealed: to whoever is sending a sealed handoff to the police in this act.
    definer_function(
        "liwanag_leads_of",
        "TABLE (id uuid, kind text, platform text, told_by text, value bytea)",
        "SELECT l.id, l.kind::text, l.platform::text, l.told_by::text, l.value "
        "FROM handoffs_handoff h JOIN accounts_agency a ON a.id = h.to_agency_id "
        f"JOIN handoffs_leadidentifier l ON {OF_CASE} "
        "WHERE h.id = $1 AND a.type = 'LawEnforcement' AND l.purged_at IS NULL "
        f"AND {IN_ACT} AND liwanag_may('handoffs.send_handoff') "
        "AND h.from_agency_id = liwanag_my_agency() AND h.status IN ('draft', 'authorised') "
        "AND h.case_id = ANY (liwanag_my_cases()) "
        "AND EXISTS (SELECT FROM handoffs_agencykey k WHERE k.agency_id = a.id "
        "AND k.retired_at IS NULL) ORDER BY l.created_at, l.id",
        arguments="a_handoff uuid",
    ),
    # By its receiver, who took the file; the keys end, so that copies elsewhere end too.
    definer_procedure(
        "liwanag_purge_leads",
        "integer",
        "DECLARE v_ids uuid[]; BEGIN SELECT coalesce(array_agg(l.id), '{}') INTO v_ids "
        "FROM handoffs_leadidentifier l JOIN handoffs_handoff h ON h.id = l.released_in_id "
        "WHERE h.id = a_handoff AND l.purged_at IS NULL AND h.opened_at IS NOT NULL "
        f"AND h.to_agency_id = liwanag_my_agency() AND {IN_ACT} "
        "AND liwanag_may('handoffs.open_package'); "
        "INSERT INTO vault_erasedkey (id, created_at, owner_type, owner_id, erased_at) "
        "SELECT gen_random_uuid(), now(), 'handoff', one, now() FROM unnest(v_ids) one "
        "ON CONFLICT DO NOTHING; "
        "DELETE FROM vault_datakey d WHERE d.owner_type = 'handoff' AND d.owner_id = ANY (v_ids); "
        "UPDATE handoffs_leadidentifier SET value = '', purged_at = now() WHERE id = ANY (v_ids); "
        "RETURN cardinality(v_ids); END",
        arguments="a_handoff uuid",
    ),
]

WALLS = [
    Wall(
        "handoffs_leadidentifier",
        app=f"SELECT ({TOLD}), INSERT, UPDATE (released_in_id)",
        see=COUNTS,
        write=f"{OF_MINE} AND ({may('handoffs.seal_lead')} OR {may('handoffs.send_handoff')})",
        never="DELETE",
        born={"sealed_before_released": "NEW.released_in_id IS NOT NULL OR length(NEW.value) = 0"},
        frozen={
            "what_was_told_stays": changed(
                *("id", "case_id", "referral_id", "kind", "platform", "told_by", "recorded_by_id")
            ),
            "what_is_purged_stays_purged": "OLD.purged_at IS NOT NULL",
        },
    ),
]
_ = (ACTOR, MY_AGENCY)
