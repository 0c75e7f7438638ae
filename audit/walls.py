"""The log: the application inserts named columns and nothing more; nobody changes a row."""

from core.walls import Wall

EVENT_COLUMNS = (
    "act, request_id, actor_id, agency_id, role, verb, object_type, object_id, case_id, fields, "
    "facts, purpose, outcome, commitment"
)
LOG = "not case data: ids and verbs only, and the application's role cannot read it at all"

WALLS = [
    Wall(
        "audit_event",
        app=f"INSERT ({EVENT_COLUMNS})",
        sequencer="SELECT",
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
    Wall(
        "audit_cosignature", app="", sequencer="SELECT, INSERT", auditor="SELECT", open_because=LOG
    ),
    Wall(
        "audit_outbox",
        app="SELECT, INSERT, UPDATE (sent_at), DELETE",
        open_because="task names and ids only; the worker sends for everybody",
    ),
    Wall(
        "django_migrations",
        app="SELECT",
        auditor="SELECT",
        sequencer="SELECT",
        reporting="SELECT",
        open_because="names of schema changes",
    ),
    Wall("pghistory_context", app="", open_because="unused and closed: history joins by the act"),
    Wall("django_content_type", app="SELECT", open_because="names of models"),
    Wall("auth_permission", app="SELECT", open_because="names of permissions"),
    Wall("django_session", app="SELECT, INSERT, UPDATE, DELETE", open_because="Django's sessions"),
]
