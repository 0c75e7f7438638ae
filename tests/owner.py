"""What nobody does by the services, done as the owner of the tables."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction


def as_owner(statement: str, *values: Any) -> None:
    """Run one statement as the owner, within an act."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        cursor.execute(statement, values)
