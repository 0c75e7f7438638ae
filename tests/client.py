"""A client that believes nothing: every response that read case data must stand in the log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.db import connections
from django.test import Client
from django.test.client import FakePayload

from core.walls import all_views, all_walls

# Row security is there, and no case data: reading them needs no event.
NO_CASE_DATA = {
    "reporting_statisticsrelease": "protected figures; a page that waits asks every two seconds",
}


@cache
def case_data_tables() -> re.Pattern[str]:
    """Finds the tables with case data, and the coded views of them, that a statement reads."""
    tables = [wall.table for wall in all_walls() if wall.see and wall.table not in NO_CASE_DATA]
    names = "|".join([*tables, *(view.name for view in all_views())])
    # Quoted by the ORM, bare in SQL of our own; a DELETE reads what stands after USING.
    return re.compile(
        rf'(?:FROM|JOIN|USING|,)\s*\(*\s*(?:ONLY\s+)?(?:public\.)?"?({names})\b', re.IGNORECASE
    )


def confirm(client: Client, user: Any, *, minutes_ago: int = 0) -> None:
    """Note in the client's session that the person gave their second factor, now or earlier."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time() - minutes_ago * 60}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def _asked_for_purpose(response: Any) -> str:
    """The address of the question, where the answer leads to it."""
    if response.status_code == 403 and response.get("Content-Type") == "application/json":
        said = response.json()
        asks = isinstance(said, dict) and said.get("code") == "purpose_needed"
        return f"/cases/{said['case']}/purpose/" if asks else ""
    where = urlsplit(response.get("HX-Redirect") or response.get("Location") or "").path
    return where if re.fullmatch(r"/cases/[0-9a-f-]{36}/purpose/", where) else ""


class WatchedClient(Client):
    """Fails the test when a request read a table with case data and left no event.

    Asked why it opens a case, it says so with one tap and goes on, as people do. With
    `states_purposes = False` it leaves the question to the test.
    """

    states_purposes = True

    def request(self, **request: Any) -> Any:
        body = request["wsgi.input"].read() if "wsgi.input" in request else None

        def again() -> Any:
            more = {} if body is None else {"wsgi.input": FakePayload(body)}
            return self.watched(**{**request, **more})

        response = again()
        asked = self.states_purposes and _asked_for_purpose(response)
        if not asked:
            return response
        self.post(asked, {"purpose": "casework", "reason": "Covering while they are away."})
        return again()

    def watched(self, **request: Any) -> Any:
        read: set[str] = set()
        pattern = case_data_tables()

        def note(
            execute: Callable[..., Any], query: str, params: Any, many: bool, context: Any
        ) -> Any:
            read.update(pattern.findall(str(query)))
            return execute(query, params, many, context)

        # Whichever login reads: statistics and the log have logins of their own.
        with ExitStack() as watching:
            for one in connections.all():
                watching.enter_context(one.execute_wrapper(note))
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
