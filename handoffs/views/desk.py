"""Pages of the receiving desk: the letterbox, one envelope, its answer, and the package inside."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage, Workspace
from handoffs import selectors
from handoffs.choices import Status
from handoffs.forms import DeclineForm
from handoffs.models import Handoff
from handoffs.package_words import section_labels
from handoffs.services import handoffs
from handoffs.services.opening import open_package
from handoffs.services.stopping import confirm_stopped
from handoffs.views.package_page import package_context
from vault.keys import load_keys


def on_desk(user: Any) -> models.QuerySet[Handoff]:
    """What lies on the desk of the person's agency. Its case is not theirs to join."""
    return Handoff.objects.visible_to(user).on_desk_of(user).select_related("from_agency")


class Desk(ListPage):
    """The letterbox: sealed envelopes, most pressing first."""

    model = Handoff
    permission = "handoffs.read_desk"
    reads = "handoff.desk_listed"
    template_name = "handoffs/desk.html"

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in selectors.ON_DESK else "waiting"

    def queryset(self) -> Any:
        return selectors.letterbox(self.request.user, self.show)

    def context(self, page: Page) -> dict[str, Any]:
        load_keys(("handoff", row.pk) for row in page.rows)
        return {
            "page": page,
            "envelopes": [(row, section_labels(row.sections)) for row in page.rows],
            "show": self.show,
            "overdue": self.queryset().overdue(timezone.localdate()).order_by().count(),
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('handoffs:desk')}?show={code}",
                    "current": code == self.show,
                }
                for code, (label, _condition) in selectors.ON_DESK.items()
            ],
        }


class Envelope(DetailPage):
    """The outside of one handoff: who, what for, how urgent, which kinds of data, by when."""

    model = Handoff
    permission = "handoffs.read_desk"
    reads = "handoff.previewed"
    template_name = "handoffs/envelope.html"

    def queryset(self) -> models.QuerySet[Any]:
        return on_desk(self.request.user)

    def context(self, record: Any) -> dict[str, Any]:
        return envelope_context(self.request.user, record)


class Answer(FormPage):
    """Something said about an envelope; a broken rule comes back on the envelope."""

    reads = "handoff.previewed"
    template_name = "handoffs/envelope.html"

    def find(self) -> Handoff:
        return on_desk(self.request.user).get(pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An answer is sent from the envelope; by address one finds the envelope."""
        return HttpResponseRedirect(reverse("handoffs:envelope", args=[self.kwargs["pk"]]))

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        context = envelope_context(self.request.user, record)
        if isinstance(form, DeclineForm):
            context["decline_form"] = form
        problems = form.non_field_errors()
        return {**context, "problem": problems[0] if problems else ""}

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:envelope", args=[result.pk])


class AcceptHandoff(Answer):
    permission = "handoffs.accept_handoff"
    success_message = _("You accepted the handoff. You can open the package now.")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.accept_handoff(actor=self.request.user, handoff_id=self.kwargs["pk"])


class DeclineHandoff(Answer):
    permission = "handoffs.decline_handoff"
    form_class = DeclineForm
    success_message = _("You declined the handoff. The package stays closed.")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.decline_handoff(
            actor=self.request.user, handoff_id=self.kwargs["pk"], reason=data["reason"]
        )


class ConfirmStopped(Answer):
    permission = "handoffs.confirm_stopped"
    success_message = _("You confirmed that nothing of it is used any more. The sender is told.")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return confirm_stopped(actor=self.request.user, handoff_id=self.kwargs["pk"])


class OpenPackage(Workspace):
    """Open the package to read it now; every opening is recorded."""

    permission = "handoffs.open_package"
    steps_up = True
    reads = "handoff.previewed"
    template_name = "handoffs/package.html"
    model = Handoff

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes back here by address finds the envelope, its package closed."""
        return HttpResponseRedirect(reverse("handoffs:envelope", args=[self.kwargs["pk"]]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        problem = ""
        try:
            package = open_package(
                actor=user,
                handoff_id=self.kwargs["pk"],
                read_instructions=request.POST.get("read_instructions") == "yes",
            )
        except DomainError as broken:
            problem = broken.message
        with self.request.reading():
            record = on_desk(user).get(pk=self.kwargs["pk"])
            self.record_read(record)
            if problem:
                context = {**envelope_context(user, record), "problem": problem}
                return render(request, "handoffs/envelope.html", context, status=422)
            back = reverse("handoffs:envelope", args=[record.pk])
            show = reverse("handoffs:open", args=[record.pk])
            return self.answer(package_context(record, package, back=back, show_numbers=show))


def envelope_context(user: Any, record: Handoff) -> dict[str, Any]:
    waiting = record.status == Status.SENT
    return {
        "handoff": record,
        "holds": section_labels(record.sections),
        "chain": selectors.chain_of(record, user, selectors.CHAIN_OF_BOTH),
        "decline_form": DeclineForm(),
        "can": {
            "accept": waiting and user.may("handoffs.accept_handoff"),
            "decline": waiting and user.may("handoffs.decline_handoff"),
            "confirm": record.has_to_be_stopped and user.may("handoffs.confirm_stopped"),
            "open": record.status == Status.ACCEPTED and user.may("handoffs.open_package"),
        },
    }
