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
from handoffs.forms import AskForm, CompleteForm, DeclineForm
from handoffs.key_selectors import desk_keys, for_the_browser, signatures_of
from handoffs.models import Handoff
from handoffs.package_words import section_labels
from handoffs.services import handoffs
from handoffs.services.answering import ask_sender, complete_handoff
from handoffs.services.opening import open_package
from handoffs.services.stopping import confirm_stopped
from handoffs.views.package_page import package_context
from vault.keys import load_keys
from vault.opening import opened

FORMS_OF_AN_ENVELOPE = {
    AskForm: "ask_form",
    CompleteForm: "complete_form",
    DeclineForm: "decline_form",
}


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
            "can_hold_key": self.request.user.may("handoffs.hold_key"),
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
        for kind, name in FORMS_OF_AN_ENVELOPE.items():
            if isinstance(form, kind):
                context[name] = form
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


class AskSender(Answer):
    permission = "handoffs.ask_sender"
    form_class = AskForm
    success_message = _("The sender is asked. The package stays closed until you answer.")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return ask_sender(
            actor=self.request.user, handoff_id=self.kwargs["pk"], question=data["question"]
        )


class CompleteHandoff(Answer):
    permission = "handoffs.complete_handoff"
    form_class = CompleteForm
    success_message = _("The handoff is completed. The sender is told what came of it.")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return complete_handoff(
            actor=self.request.user,
            handoff_id=self.kwargs["pk"],
            outcome=data["outcome"],
            words=data["words"],
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


def sealed_context(user: Any, record: Handoff) -> dict[str, Any]:
    """What the page's script needs to open a sealed file; the key itself is never here."""
    own = [copy for copy in desk_keys(user).own if copy.key.recipient in record.sealed_to]
    return {
        "own": for_the_browser(own),
        "signatures": " ".join(signatures_of(user, record)),
        "today": timezone.localdate().isoformat(),
    }


def envelope_context(user: Any, record: Handoff) -> dict[str, Any]:
    waiting = record.status == Status.SENT
    expired = record.has_expired(timezone.localdate())
    accepted = record.status == Status.ACCEPTED
    opens = accepted and not expired and user.may("handoffs.open_package")
    return {
        "handoff": record,
        "expired": expired and (accepted or waiting or record.status == Status.EXPIRED),
        "holds": section_labels(record.sections),
        "chain": selectors.chain_of(record, user, selectors.CHAIN_OF_BOTH),
        "decline_form": DeclineForm(),
        "ask_form": AskForm(auto_id="ask_%s"),
        "complete_form": CompleteForm(auto_id="complete_%s"),
        "question": opened(record, "question").value,
        "outcome_words": opened(record, "outcome_words").value,
        "can": {
            "accept": waiting and not expired and user.may("handoffs.accept_handoff"),
            "ask": waiting and user.may("handoffs.ask_sender"),
            "complete": accepted and user.may("handoffs.complete_handoff"),
            "decline": waiting and user.may("handoffs.decline_handoff"),
            "confirm": record.has_to_be_stopped and user.may("handoffs.confirm_stopped"),
            "open": opens and not record.sealed_to,
            "open_sealed": opens and bool(record.sealed_to),
        },
        **(sealed_context(user, record) if opens and record.sealed_to else {}),
    }
