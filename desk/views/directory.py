"""The table of what each role may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.roles import TABLE, Role, every_permission
from core.choices import Sensitivity
from core.views import Workspace


class RolesPage(Workspace):
    """What each role may do, from the very table the code asks."""

    template_name = "desk/roles.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        roles = [
            {
                "label": Role(role).label,
                "permissions": [(_words(code), code) for code in sorted(TABLE[role][0])],
                "level": Sensitivity(TABLE[role][1]).label if TABLE[role][1] else "",
                "mine": role in self.request.user.roles,
            }
            for role in Role
        ]
        return self.answer({"roles": roles, "permissions": every_permission()})


def _words(permission: str) -> str:
    """ "handoffs.accept_handoff" → "Accept handoff": the verb and the noun are one everywhere."""
    return permission.split(".")[-1].replace("_", " ").capitalize()
