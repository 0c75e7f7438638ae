"""The log: the application inserts named columns and nothing more; nobody changes a row."""

from audit import structure_walls
from core.walls import ACTOR, Wall, definer_function

EVENT_COLUMNS = (
    "act, request_id, actor_id, agency_id, role, verb, object_type, object_id, case_id, fields, "
    "facts, purpose, outcome, commitment"
)
LOG = "not case data: ids and verbs only, and the application's role cannot read it at all"


def log_name_functions(app: str, named: str) -> list[str]:
    """SQL functions by which the house's readers of the log read codes instead of ids.

    `liwanag_log_names_<app>(ids)` gives the codes of ids, `liwanag_log_ids_<app>(code)` the ids of
    a code. They answer nobody else, and a code opens no record.

    Args:
        app: the app whose tables are named.
        named: SQL of two columns, id and code. Codes only: never a name, a docket or a text.
    """
    allowed = "(SELECT liwanag_reviews_all())"
    return [
        definer_function(
            f"liwanag_log_names_{app}",
            "TABLE (id uuid, name text)",
            f"SELECT n.id, n.name FROM ({named}) n (id, name) WHERE n.id = ANY ($1) AND {allowed}",
            arguments="ids uuid[]",
        ),
        definer_function(
            f"liwanag_log_ids_{app}",
            "uuid[]",
            f"SELECT array_agg(n.id) FROM ({named}) n (id, name) WHERE n.name = $1 AND {allowed}",
            arguments="a_name text",
        ),
    ]


FUNCTIONS = [*structure_walls.FUNCTIONS]

WALLS = [
    Wall(
        "audit_logcheck",
        app="SELECT, INSERT",
        open_because="how the log stood at each check: counts and no case data",
    ),
    Wall(
        "audit_savedsearch",
        app="SELECT, INSERT, DELETE",
        see=f"owner_id = {ACTOR}",
    ),
    Wall(
        "audit_event",
        app=f"INSERT ({EVENT_COLUMNS})",
        # A trigger lets nothing go but what an archive holds and is old (migration 0007).
        sequencer="SELECT, DELETE",
        auditor="SELECT",
        open_because=LOG,
    ),
    Wall("audit_leaf", app="", sequencer="SELECT, INSERT", auditor="SELECT", open_because=LOG),
    Wall(
        "audit_checkpoint",
        app="",
        sequencer="SELECT, INSERT",
        auditor="SELECT",
        open_because=LOG,
    ),
    Wall("audit_archive", app="", sequencer="SELECT, INSERT", auditor="SELECT", open_because=LOG),
    Wall(
        "audit_retention",
        app="SELECT",
        sequencer="SELECT",
        auditor="SELECT",
        open_because="how long the log's parts are kept",
    ),
    Wall(
        "audit_cosignature", app="", sequencer="SELECT, INSERT", auditor="SELECT", open_because=LOG
    ),
    Wall(
        "audit_structure",
        app="",
        sequencer="SELECT, INSERT (digest, state)",
        auditor="SELECT",
        never="UPDATE, DELETE",
        open_because="names of tables, rights and settings at each look; hashes of the rest",
    ),
    Wall(
        "audit_pending_ddl", app="", open_because="written and read by the database's own triggers"
    ),
    Wall(
        "audit_outbox",
        app="SELECT, INSERT, UPDATE (sent_at, done_at)",
        open_because="task names and ids only; the worker sends for everybody",
    ),
    Wall("django_migrations", app="SELECT", open_because="names of schema changes"),
    Wall("pghistory_context", app="", open_because="unused and closed: history joins by the act"),
    Wall("django_content_type", app="SELECT", open_because="names of models"),
    Wall("auth_permission", app="SELECT", open_because="names of permissions"),
    Wall("django_session", app="SELECT, INSERT, UPDATE, DELETE", open_because="Django's sessions"),
]
