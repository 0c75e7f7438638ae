"""Asking to close a case, deciding it as a second person, and opening it again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.second_person import Matter, second_person
from cases.closing import missing_for, survivors_of
from cases.forms.closing import (
    ANSWER,
    DecideClosureForm,
    ReopenCaseForm,
    RequestClosureForm,
    ReturnClosureForm,
)
from cases.models import Case, CaseClosure
from cases.selectors import closure_page, consent_to_contact, who_wrote
from cases.services.closing import (
    close_case,
    reopen_case,
    request_closure,
    return_closure,
    withdraw_closure,
)
from cases.views.files import ChangesCase
from core.versioned_forms import VersionedForm
from core.views import DetailPage, FormPage


class RequestClosure(ChangesCase):
    """What is still open, with where to see to it; then the asking."""

    permission = "cases.request_closure"
    template_name = "cases/request_closure.html"
    form_class = RequestClosureForm
    success_message = _("A supervisor of the team is told. The case is closed when they agree.")

    def form_options(self, record: Case) -> dict[str, Any]:
        survivors = survivors_of(self.request.user, record)
        return super().form_options(record) | {
            "survivors": [(place.person_id, place.person.code) for place in survivors],
            # What they said before is shown, not asked again (R-T1).
            "initial": {
                f"{ANSWER}{person_id}": answer
                for person_id, answer in consent_to_contact(self.request.user, record).items()
            },
        }

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        missing = missing_for(self.request.user, record, form["reason"].value() or "")
        return super().context(record, form) | {
            "missing": missing,
            "blocked": any(thing.blocks for thing in missing_for(self.request.user, record)),
        }

    def perform(self, data: dict[str, Any]) -> CaseClosure:
        return request_closure(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class ReopenCase(ChangesCase):
    """Open a closed case again."""

    permission = "cases.reopen_case"
    template_name = "cases/form.html"
    form_class = ReopenCaseForm
    success_message = _("The case is open again. It begins with a new assessment.")

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Open the case again"),
            "sentence": _("It starts with a new assessment. What was written stays as it is."),
            "button": _("Open it again"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return reopen_case(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class ClosurePage(DetailPage):
    """One asking to close a case: why, what was achieved, what is open, and what came of it."""

    model = CaseClosure
    permission = "cases.read_case"
    reads = "closure.opened"
    template_name = "cases/closure.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("case", "asked_by", "decided_by")

    def context(self, record: CaseClosure) -> dict[str, Any]:
        user = self.request.user
        shown = closure_page(user, record)
        if shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", record, fields=shown.unreadable)
        mine, waits = record.asked_by_id == user.pk, record.status == "asked"
        standing = second_person(user, first_id=record.asked_by_id, matter=Matter.CLOSE_CASE)
        return {
            "closure": record,
            "case": record.case,
            "shown": shown,
            "missing": missing_for(user, record.case, record.reason) if waits else [],
            "can": {
                "decide": waits and standing.may and user.may("cases.close_case"),
                "alone": standing.alone,
                "withdraw": waits and mine,
                "own": mine,
            },
        }


class ClosureForm(FormPage):
    """A form about one closure; it leads back to the case."""

    reads = "closure.opened"
    template_name = "cases/form.html"
    permission = "cases.close_case"
    form_class: ClassVar[type[VersionedForm]] = DecideClosureForm

    def find(self) -> CaseClosure:
        found: CaseClosure = (
            CaseClosure.objects.visible_to(self.request.user)
            .select_related("case")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def form_options(self, record: CaseClosure) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [(_("Where it stands"), record.get_status_display())],
        }

    def who_changed(self, record: CaseClosure) -> str:
        verbs = ("case.closed", "closure.returned", "closure.withdrawn")
        return who_wrote(record.case_id, record.pk, *verbs)

    def words(self, record: CaseClosure) -> dict[str, Any]:
        raise NotImplementedError

    def context(self, record: CaseClosure, form: Any) -> dict[str, Any]:
        back = reverse("cases:closure", args=[record.pk])
        return {"case": record.case, "form": form, "back": back, **self.words(record)}

    def done_url(self, result: CaseClosure) -> str:
        return reverse("cases:case", args=[result.case_id])


class CloseCase(ClosureForm):
    """Close the case, as a second person."""

    template_name = "cases/close_case.html"
    success_message = _("The case is closed.")

    def words(self, record: CaseClosure) -> dict[str, Any]:
        return {
            "title": _("Close the case"),
            "sentence": _("You look at it as the second person."),
            "button": _("Close the case"),
            "closure": record,
            "missing": missing_for(self.request.user, record.case, record.reason),
        }

    def perform(self, data: dict[str, Any]) -> CaseClosure:
        return close_case(actor=self.request.user, closure_id=self.kwargs["pk"], **data)


class ReturnClosure(ClosureForm):
    """Give it back with what is still to do."""

    form_class = ReturnClosureForm
    success_message = _("It is returned. Whoever asked is told.")

    def words(self, record: CaseClosure) -> dict[str, Any]:
        return {
            "title": _("Return it"),
            "sentence": _("The case goes on where it was."),
            "button": _("Return it"),
        }

    def perform(self, data: dict[str, Any]) -> CaseClosure:
        return return_closure(actor=self.request.user, closure_id=self.kwargs["pk"], **data)


class WithdrawClosure(ClosureForm):
    """Take back what one asked for."""

    permission = "cases.request_closure"
    success_message = _("You took it back. The case goes on where it was.")

    def words(self, record: CaseClosure) -> dict[str, Any]:
        return {
            "title": _("Take it back"),
            "sentence": _("The case goes on where it was."),
            "button": _("Take it back"),
        }

    def perform(self, data: dict[str, Any]) -> CaseClosure:
        return withdraw_closure(actor=self.request.user, closure_id=self.kwargs["pk"], **data)
