"""What readers of the log learn of the case file: codes in place of ids, and nothing else."""

from audit.walls import log_name_functions
from core.walls import definer_function

# The log holds ids. Whoever reads it for the house reads codes instead, and no case by that.
NAMED = (
    "SELECT id, reference::text FROM cases_case "
    "UNION ALL SELECT id, code::text FROM cases_person "
    "UNION ALL SELECT i.id, p.code::text FROM cases_personidentity i "
    "JOIN cases_person p ON p.id = i.person_id "
    "UNION ALL SELECT c.id, p.code::text FROM cases_caseparticipant c "
    "JOIN cases_person p ON p.id = c.person_id"
)
FUNCTIONS = log_name_functions("cases", NAMED)
# For the report of who opened a person's record, made by whoever audits without seeing the case.
# Alleged offenders have other ways to what is kept about them.
FUNCTIONS += [
    definer_function(
        "liwanag_log_person",
        "TABLE (person_id uuid, code text, ids uuid[], cases uuid[])",
        "SELECT p.id, p.code::text, "
        "array_agg(c.id) || p.id || array(SELECT i.id FROM cases_personidentity i "
        "WHERE i.person_id = p.id), array_agg(DISTINCT c.case_id) "
        "FROM cases_person p JOIN cases_caseparticipant c ON c.person_id = p.id "
        "WHERE (p.id::text = $1 OR p.code = $1) AND c.role IN ('survivor', 'at_risk_child') "
        "AND (SELECT liwanag_reviews_all()) GROUP BY p.id",
        arguments="a_person text",
    ),
]
