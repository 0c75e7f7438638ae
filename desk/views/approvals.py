"""One list of what waits for one's second pair of eyes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.views import Workspace
from desk.selectors.approvals import approvals_of


class Approvals(Workspace):
    """What a colleague asked for and the person decides, each with the place to do it."""

    reads = "approval.listed"
    template_name = "desk/approvals.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        groups = approvals_of(self.request.user, timezone.now())
        number = sum(group.number for group in groups)
        self.record_read(facts={"kinds": len(groups), "rows": number})
        return self.answer({"groups": groups, "number": number})
