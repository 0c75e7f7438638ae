"""A client that believes nothing: every response that read case data must stand in the log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.db import connection, connections
from django.test import Client

from core.walls import all_walls

# Row security is there, and no case data: reading them needs no event.
NO_CASE_DATA = {
    "reporting_statisticsrelease": "protected figures; a page that waits asks every two seconds",
}


@cache
def case_data_tables() -> re.Pattern[str]:
    """Finds the tables with case data that a statement reads."""
    names = "|".join(
        wall.table for wall in all_walls() if wall.see and wall.table not in NO_CASE_DATA
    )
    # Quoted by the ORM, bare in SQL of our own; the reporting role's views hold no case data.
    return re.compile(rf'(?:FROM|JOIN|,)\s+(?:public\.)?"?({names})\b', re.IGNORECASE)


def confirm(client: Client, user: Any, *, minutes_ago: int = 0) -> None:
    """Note in the client's session that the person gave their second factor, now or earlier."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time() - minutes_ago * 60}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


class WatchedClient(Client):
    """Fails the test when a request read a table with case data and left no event."""

    def request(self, **request: Any) -> Any:
        read: set[str] = set()
        pattern = case_data_tables()

        def note(
            execute: Callable[..., Any], query: str, params: Any, many: bool, context: Any
        ) -> Any:
            read.update(pattern.findall(str(query)))
            return execute(query, params, many, context)

        with connection.execute_wrapper(note):
            response = super().request(**request)
        if read:
            with connections["auditor"].cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM audit_event WHERE request_id = %s",
                    [response.headers["X-Request-Id"]],
                )
                written = cursor.fetchone()[0]
            assert written, (
                f"{request['REQUEST_METHOD']} {request['PATH_INFO']} read {sorted(read)} "
                "and left no event"
            )
        return response
