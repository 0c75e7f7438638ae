"""Taking entries out of the log with what proves them."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import connections
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log_key import LogKeyError
from audit.models import AuditEvent
from audit.proving import NotInLog, prove_event
from audit.selection import MOST, export_selection
from audit.stored_tree import TreeDamaged
from core.errors import DomainError
from core.views import Workspace
from desk.forms import ExportFoundForm
from desk.selectors.log_search import Asked, choices_for, in_words, matching


def neutral_name(suffix: str) -> str:
    """Random and a date: a file's name tells nobody what it is about (R-P9)."""
    return f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.{suffix}"


class ExportFound(Workspace):
    """What a search finds, as a file that an outside auditor checks alone."""

    permission = "audit.read_log"
    reads = "log.searched"
    steps_up = True
    template_name = "desk/export_found.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # What was asked for before the second factor was.
        return self.show(request.kept_form())  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "ask" in request.POST:
            # From the page of results: the reason is asked for here.
            with self.request.reading():
                return self.show(request.POST)
        with self.request.reading():
            form = ExportFoundForm(request.POST, choices=choices_for(self.request.user))
            if not form.is_valid():
                return self.show(request.POST, status=422)
            asked = Asked.of(form.cleaned_data)
            found = matching(self.request.user, asked).order_by("id").values_list("id", flat=True)
            ids = list(found[: MOST + 1])
        try:
            selection = export_selection(
                actor=self.request.user,
                event_ids=ids,
                purpose=form.cleaned_data["purpose"],
                filters=sorted(asked.parts()),
            )
        except DomainError as broken:
            return self.again(broken.message)
        except LogKeyError:
            return self.again(_("The log’s public keys cannot be read here. Tell whoever runs it."))
        except TreeDamaged:
            return self.again(_("The log is damaged. Have it checked, and tell nobody it is well."))
        return FileResponse(
            selection.file,
            as_attachment=True,
            filename=neutral_name("jsonl"),
            content_type="application/jsonl",
        )

    def again(self, problem: str) -> HttpResponse:
        with self.request.reading():
            return self.show(self.request.POST, problem=problem, status=422)

    def show(self, data: Any, *, problem: str = "", status: int = 200) -> HttpResponse:
        """The search again, and the reason; nothing is called wrong before it was sent."""
        choices = choices_for(self.request.user)
        if data and "ask" in data:
            form = ExportFoundForm(initial=data.dict(), choices=choices)
        else:
            form = ExportFoundForm(data or None, choices=choices)
        if problem:
            form.is_valid()
            form.add_rule_broken(problem)
        asked = Asked.of(data or {})
        self.record_read(
            object_type="audit.auditevent", facts={"filters": sorted(asked.parts()), "rows": 0}
        )
        return self.answer(
            {"form": form, "in_words": in_words(asked, choices), "most": f"{MOST:,}"},
            status=status if data else 200,
        )


class TakeProof(Workspace):
    """One entry's proof under the newest witnessed checkpoint, the entry with it."""

    permission = "audit.read_log"
    reads = "log.proof_taken"
    steps_up = True
    model = AuditEvent

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = self.kwargs["number"]
        if number >= 2**63:
            raise Http404
        event = AuditEvent.objects.visible_to(self.request.user).get(pk=number)
        try:
            proof = prove_event(connections["auditor"], event.pk, with_event=True)
        except NotInLog as reason:
            raise Http404(str(reason)) from None
        with self.request.reading() as look:
            look.record(self.reads, object_type="audit.auditevent", facts={"entry": event.pk})
        response = HttpResponse(proof.encode(), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{neutral_name("tlog-proof")}"'
        return response
