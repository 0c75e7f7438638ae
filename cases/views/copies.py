"""A copy for the person it is about: asked for, looked through, released, read together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.choices import CopyStatus
from cases.forms.copies import RequestCopyForm
from cases.models import SubjectCopy
from cases.policies import may_decide_on_copy
from cases.services.copies import refuse_copy, release_copy, request_copy, show_copy
from cases.views.family import PersonForm
from core.views import DetailPage, FormPage, Workspace


class RequestCopy(PersonForm):
    """Ask for a copy of what is kept about a person."""

    permission = "cases.request_copy"
    form_class = RequestCopyForm
    title = gettext_lazy("Ask for a copy for this person")
    sentence = gettext_lazy(
        "What is kept about them, in plain words, without anybody else in it. A supervisor reads "
        "it through before it leaves."
    )
    button = gettext_lazy("Ask for it")
    success_message = gettext_lazy("The supervisor has been told.")

    def perform(self, data: dict[str, Any]) -> SubjectCopy:
        return request_copy(
            actor=self.request.user, participant_id=self.kwargs["pk"], at=timezone.now(), **data
        )

    def done_url(self, result: SubjectCopy) -> str:
        return reverse("cases:copy", args=[result.pk])


class CopyPage(DetailPage):
    """Where a copy stands, and what comes next."""

    model = SubjectCopy
    permission = "cases.request_copy"
    reads = "copy.opened"
    template_name = "cases/copy.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("person", "asked_by", "decided_by")

    def context(self, record: SubjectCopy) -> dict[str, Any]:
        user, at = self.request.user, timezone.now()
        decides = record.status == CopyStatus.ASKED and may_decide_on_copy(user, record)
        facts = [
            (_("Person"), record.person.code),
            (_("Who asks"), record.get_asked_for_by_display()),
            (_("Written down by"), record.asked_by.name),
        ]
        if record.decided_by is not None:
            facts.append((_("Decided by"), record.decided_by.name))
        return {
            "copy": record,
            "facts": facts,
            "back": reverse("cases:person", args=[record.participant_id]),
            "over": record.status == CopyStatus.RELEASED and not record.is_open(at),
            "can": {"decide": decides, "show": decides or record.is_open(at)},
        }


class DecideCopy(FormPage):
    """What releasing and refusing share."""

    permission = "cases.release_copy"
    reads = "copy.opened"
    steps_up = True
    template_name = "cases/decide_copy.html"
    approve = False

    def find(self) -> SubjectCopy:
        found: SubjectCopy = (
            SubjectCopy.objects.visible_to(self.request.user)
            .select_related("person")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: SubjectCopy, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "copy": record,
            "approve": self.approve,
            "back": reverse("cases:copy", args=[record.pk]),
        }

    def done_url(self, result: SubjectCopy) -> str:
        return reverse("cases:copy", args=[result.pk])


class ReleaseCopy(DecideCopy):
    """Let it leave."""

    approve = True
    success_message = gettext_lazy("It may be handed over now, for 14 days.")

    def perform(self, data: dict[str, Any]) -> SubjectCopy:
        return release_copy(actor=self.request.user, copy_id=self.kwargs["pk"], at=timezone.now())


class RefuseCopy(DecideCopy):
    """Keep it here."""

    success_message = gettext_lazy("It stays here. Whoever asked has been told.")

    def perform(self, data: dict[str, Any]) -> SubjectCopy:
        return refuse_copy(actor=self.request.user, copy_id=self.kwargs["pk"], at=timezone.now())


class ShowCopy(Workspace):
    """The copy, for paper or to read together. It leaves the house, so it asks who is there."""

    model = SubjectCopy
    permission = "cases.show_copy"
    steps_up = True
    template_name = "cases/copy_print.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Opening it is an act, which a visit must not be: the button on the copy's page posts."""
        return self.go_back()

    def go_back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("cases:copy", args=[self.kwargs["pk"]]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = timezone.now()
        with self.request.reading():
            mine = SubjectCopy.objects.visible_to(self.request.user)
            self.require_purpose(mine.get(pk=self.kwargs["pk"]))
        copy, made = show_copy(actor=self.request.user, copy_id=self.kwargs["pk"], at=at)
        with self.request.reading():
            return self.answer(
                {
                    "copy": copy,
                    "made": made,
                    "printed_at": at,
                    "purpose": _("For the person it is about"),
                    "back": reverse("cases:copy", args=[copy.pk]),
                    "is_draft": copy.status == CopyStatus.ASKED,
                }
            )
