"""Problem details (RFC 9457) for whoever asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

PROBLEM = "application/problem+json"


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The body of a problem. `type` is left at its default: `code` tells kinds apart."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }


def as_problem(status: int, told: Any) -> dict[str, Any]:
    """What the API would have said, as a problem; nothing of it is lost."""
    known: Mapping[str, Any] = told if isinstance(told, Mapping) else {"fields": told}
    more = {name: value for name, value in known.items() if name not in ("code", "detail")}
    words = known.get("detail") or (
        "What was sent breaks a rule of its form." if "fields" in more else ""
    )
    return problem(
        status, str(known.get("code", "refused")), str(words or HTTPStatus(status).phrase), **more
    )
