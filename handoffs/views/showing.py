"""What the sender opens: the names of a draft, and the package that was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core.errors import DomainError
from core.requests import session_mark
from core.views import Workspace
from handoffs import selectors
from handoffs.forms import SendForm
from handoffs.models import Handoff
from handoffs.package import numbers_covered
from handoffs.package_words import in_words
from handoffs.services import handoffs
from handoffs.services.opening import open_package
from handoffs.views.package_page import package_context
from handoffs.views.sending import handoff_context, own, send_context


class ShowNames(Workspace):
    """The same page with the names it holds; each one shown is recorded."""

    permission = "handoffs.compose_handoff"
    steps_up = True
    template_name = "handoffs/send.html"
    model = Handoff
    # The page whose names they are.
    page = "handoffs:send"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes back here by address finds the names covered."""
        return HttpResponseRedirect(reverse(self.page, args=[self.kwargs["pk"]]))

    def context(self, record: Handoff, preview: selectors.Preview) -> dict[str, Any]:
        return send_context(self.request.user, record, preview, SendForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        problem = ""
        with self.request.reading():
            self.require_purpose(own(user).get(pk=self.kwargs["pk"]))
        try:
            package = handoffs.preview_package(
                actor=user, handoff_id=self.kwargs["pk"], session_mark=session_mark(request)
            )
        except DomainError as broken:
            problem = broken.message
        with self.request.reading() as look:
            record = own(user).get(pk=self.kwargs["pk"])
            if problem:
                look.record("handoff.opened", record)
                preview = selectors.Preview(package={}, problem=problem)
            else:
                # What may leave is compared whole; on this screen some of it may be covered.
                whole = selectors.preview(user, record)
                preview = replace(whole, shown=in_words(package))
            context = {
                **self.context(record, preview),
                "named": True,
                "numbers_covered": not problem and numbers_covered(package),
            }
            return self.answer(context, status=422 if problem else 200)


class ShowSent(Workspace):
    """Open what was sent, as the sender; recorded like every opening."""

    permission = "handoffs.read_handoff"
    steps_up = True
    reads = "handoff.opened"
    template_name = "handoffs/package.html"
    model = Handoff

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes back here by address finds the handoff, its package closed."""
        return HttpResponseRedirect(reverse("handoffs:handoff", args=[self.kwargs["pk"]]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        problem = ""
        with self.request.reading():
            self.require_purpose(own(user).get(pk=self.kwargs["pk"]))
        try:
            package = open_package(
                actor=user, handoff_id=self.kwargs["pk"], session_mark=session_mark(request)
            )
        except DomainError as broken:
            problem = broken.message
        with self.request.reading():
            record = own(user).get(pk=self.kwargs["pk"])
            self.record_read(record)
            if problem:
                context = {**handoff_context(user, record), "problem": problem}
                return render(request, "handoffs/handoff.html", context, status=422)
            back = reverse("handoffs:handoff", args=[record.pk])
            return self.answer(package_context(record, package, back=back))
