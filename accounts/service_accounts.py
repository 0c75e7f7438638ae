"""Service accounts: named actors for imports and computed statistics, never for sign-in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from accounts.roles import Role

IMPORTER_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a1")
STATISTICIAN_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a2")
KEY_KEEPER_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a3")
WATCHER_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a4")
HOUSEKEEPER_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a5")
PAPER_CLEANER_ID = uuid.UUID("5a1e0000-0000-4000-8000-0000000000a6")

# id, address (never mailed: the domain cannot exist), name
ACCOUNTS = (
    (IMPORTER_ID, "importer@service.invalid", "Import service"),
    (STATISTICIAN_ID, "statistics@service.invalid", "Statistics service"),
    (KEY_KEEPER_ID, "keys@service.invalid", "Key keeper"),
    (WATCHER_ID, "watch@service.invalid", "Log watch"),
    (HOUSEKEEPER_ID, "housekeeping@service.invalid", "Housekeeping service"),
    (PAPER_CLEANER_ID, "papers@service.invalid", "Paper service"),
)

# Held by the account itself, everywhere: figures are made for every agency, so there is no team
# to be a member of. The importer is admitted team by team instead.
ROLES: Mapping[uuid.UUID, frozenset[str]] = {
    STATISTICIAN_ID: frozenset({Role.STATISTICS_SERVICE}),
    # Whoever may run a command on the server: keys and backups belong to no agency.
    KEY_KEEPER_ID: frozenset({Role.KEY_SERVICE}),
    WATCHER_ID: frozenset({Role.WATCH_SERVICE}),
    HOUSEKEEPER_ID: frozenset({Role.HOUSEKEEPING_SERVICE}),
    PAPER_CLEANER_ID: frozenset({Role.PAPER_SERVICE}),
}
