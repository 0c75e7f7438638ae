"""Pages of the second person: asked for, looked at, authorised or given back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views import FormPage
from handoffs import selectors
from handoffs.choices import Status
from handoffs.forms import ReturnForm, SendForm
from handoffs.models import Handoff
from handoffs.package import counts
from handoffs.services import authorising
from handoffs.views.sending import own, send_context, to_handoff
from handoffs.views.showing import ShowNames


class SecondPersonPage(FormPage):
    """What a colleague wants to send, exactly as it would leave."""

    permission = "handoffs.authorise_handoff"
    steps_up = True
    reads = "package.previewed"
    template_name = "handoffs/authorise.html"

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        preview = selectors.preview(self.request.user, record)
        self.record_read(record, facts=counts(preview.package))
        return self.answer(
            authorise_context(self.request.user, record, preview, form), status=status
        )

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:handoff", args=[result.pk])


class AuthoriseHandoff(SecondPersonPage):
    """Stand behind it."""

    form_class = SendForm
    success_message = _("It is authorised. Its author is told and can send it.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        if record.status != Status.PENDING:
            return to_handoff(self.request, record)
        return self.show(record, self.form(record))

    def perform(self, data: dict[str, Any]) -> Handoff:
        return authorising.authorise_handoff(
            actor=self.request.user, handoff_id=self.kwargs["pk"], seen=data["seen"]
        )


class ReturnHandoff(SecondPersonPage):
    """Give it back; a broken rule comes back on the page of what was looked at."""

    form_class = ReturnForm
    success_message = _("It is with its author again, who is told why.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:authorise", args=[self.kwargs["pk"]]))

    def perform(self, data: dict[str, Any]) -> Handoff:
        return authorising.return_handoff(
            actor=self.request.user, handoff_id=self.kwargs["pk"], reason=data["reason"]
        )


class ShowNamesToAuthorise(ShowNames):
    """The page of the second person with the names it holds; each one shown is recorded."""

    permission = "handoffs.authorise_handoff"
    template_name = "handoffs/authorise.html"
    page = "handoffs:authorise"

    def context(self, record: Handoff, preview: selectors.Preview) -> dict[str, Any]:
        return authorise_context(self.request.user, record, preview, SendForm())


class SubmitHandoff(FormPage):
    """Ask a second person; a broken rule comes back on the page of what would leave."""

    permission = "handoffs.compose_handoff"
    reads = "package.previewed"
    template_name = "handoffs/send.html"
    success_message = _("A second person is asked. You will be told when they have decided.")

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:send", args=[self.kwargs["pk"]]))

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        preview = selectors.preview(self.request.user, record)
        self.record_read(record, facts=counts(preview.package))
        return self.answer(send_context(self.request.user, record, preview, form), status=status)

    def perform(self, data: dict[str, Any]) -> Handoff:
        return authorising.submit_handoff(actor=self.request.user, handoff_id=self.kwargs["pk"])

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:handoff", args=[result.pk])


def authorise_context(
    user: Any, record: Handoff, preview: selectors.Preview, form: Any
) -> dict[str, Any]:
    standing = authorising.authorising(user, record)
    # What is wrong with a no is said beside the no.
    shown = SendForm() if isinstance(form, ReturnForm) else form
    return {
        **send_context(user, record, preview, shown),
        "may": standing.may,
        "alone": standing.alone,
        "return_form": form if isinstance(form, ReturnForm) else ReturnForm(),
    }
