"""Printing is recorded before paper comes out (R-P7)."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from core.views import Workspace
from desk.printing import opened_mark


class RecordPrint(Workspace):
    """Asked by a page's Print button, and when the browser prints by itself. 204, or 422 for a
    mark that does not hold: the page is to be opened anew."""

    http_method_names = ("post", "options")
    reads = "page.printed"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        try:
            printed = opened_mark(self.request.POST.get("mark", ""), user)
        except BadSignature:
            return HttpResponse(status=422)
        with self.request.reading() as look:
            look.record(
                self.reads,
                object_type=printed.object_type,
                object_id=printed.object_id,
                case_id=printed.case_id,
                facts={"page": printed.page, "reference": printed.reference},
            )
        return HttpResponse(status=204)
