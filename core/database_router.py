"""Which connection a table's schema may be changed through."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Schema changes go through the owner's connection only; rows are read as the caller asks."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
