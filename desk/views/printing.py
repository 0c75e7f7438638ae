"""Printing is recorded before paper comes out (R-P7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.views import Workspace
from desk.printing import let_print, opened_mark


class RecordPrint(Workspace):
    """Asked by a page's script when it prints, and by the form of a page without one.

    A script gets 204, or 422 for a mark that does not hold: the page is to be opened anew. The form
    leads back to its page, which may then be printed.
    """

    http_method_names = ("post", "options")
    reads = "page.printed"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, back = self.request.user, self.request.POST.get("back", "")
        if back and not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return HttpResponse(status=422)
        try:
            printed = opened_mark(self.request.POST.get("mark", ""), user)
        except BadSignature:
            if not back:
                return HttpResponse(status=422)
            messages.error(request, _("The page lay open too long. Try again from here."))
            return HttpResponseRedirect(back)
        with self.request.reading() as look:
            look.record(
                self.reads,
                object_type=printed.object_type,
                object_id=printed.object_id,
                case_id=printed.case_id,
                facts={"page": printed.page, "reference": printed.reference},
            )
        if not back:
            return HttpResponse(status=204)
        let_print(request, back, printed)
        messages.success(request, _("It is written down. Print now, by the browser’s own menu."))
        return HttpResponseRedirect(back)
