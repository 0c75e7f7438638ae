"""Safe contact, safety plan and crisis of one person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from cases.forms import (
    EndContactForm,
    LowerCrisisForm,
    PlanContactForm,
    RaiseCrisisForm,
    SetSafeContactForm,
    WriteSafetyPlanForm,
)
from cases.models import CaseParticipant, ContactAttempt, CrisisFlag, SafeContact, SafetyPlan
from cases.selectors import (
    attempts_of,
    crises_of,
    hotlines,
    newest_contact,
    plan_of,
    show_contact,
    show_plan,
    was_acknowledged,
    who_wrote,
)
from cases.services.safe_contact import (
    acknowledge_safe_contact,
    end_contact,
    plan_contact,
    reconfirm_safe_contact,
    set_safe_contact,
)
from cases.services.safety import end_safety_plan, lower_crisis, raise_crisis, write_safety_plan
from cases.views.base import case_context
from cases.views.family import PersonForm
from cases.views.people import find_place
from core.requests import session_mark
from core.views import DetailPage, FormPage, Workspace


def plan_in_words(view: Workspace, plan: SafetyPlan | None) -> Any:
    """A plan as it is read; the reading, and a plan that does not open, stand in the log."""
    if plan is None:
        return None
    shown = show_plan(plan, at=timezone.now())
    with view.request.reading() as look:
        look.record("safety_plan.opened", plan)
        if not shown.readable:
            look.record("text.unreadable", plan, fields=["plan"])
    return shown


class SafetyPage(DetailPage):
    """What keeps one person safe: crisis and plan first, then contact (R-T7)."""

    model = CaseParticipant
    permission = "cases.read_safety"
    reads = "safety.opened"
    template_name = "cases/safety.html"

    def find(self) -> CaseParticipant:
        return find_place(self)

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        return self.safety_context(record, shown=None)

    def safety_context(self, place: CaseParticipant, *, shown: Any) -> dict[str, Any]:
        user = self.request.user
        plan = plan_of(user, place.person_id, place.case_id)
        crisis = [f for f in crises_of(user, place.case_id) if f.person_id == place.person_id]
        may = ("set_safe_contact", "plan_contact", "write_safety_plan", "lower_crisis")
        return case_context(user, place.case, current="cases:people") | {
            "place": place,
            "contact": newest_contact(user, place.person_id),
            "shown": shown,
            "attempts": attempts_of(user, place),
            "plan": plan_in_words(self, plan),
            "crisis": crisis[0] if crisis else None,
            "hotlines": hotlines(),
            "can": {name: user.may(f"cases.{name}") for name in (*may, "raise_crisis")},
        }


class ShowSafeContact(SafetyPage):
    """Show the instructions; the number comes once they were acknowledged. Recorded each time."""

    http_method_names = ["post"]
    fragment_name = "cases/_safe_contact.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading() as look:
            place = self.find()
            self.require_purpose(place)
            contact = newest_contact(self.request.user, place.person_id)
            shown = None
            if contact:
                mark = session_mark(self.request)
                acknowledged = was_acknowledged(self.request.user, contact, mark)
                shown = show_contact(contact, acknowledged=acknowledged, at=timezone.now())
                look.record("safe_contact.shown", contact, facts={"number": acknowledged})
                if shown.unreadable:
                    look.record("text.unreadable", contact, fields=shown.unreadable)
            else:
                self.record_read(place)
            return self.answer(self.safety_context(place, shown=shown))


class AcknowledgeSafeContact(ShowSafeContact):
    """Say that one has read the instructions; the answer shows them with the number."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading() as look:
            place = self.find()
            self.require_purpose(place)
            contact = newest_contact(self.request.user, place.person_id)
            look.record(self.reads, place)
        if contact:
            acknowledge_safe_contact(
                actor=self.request.user,
                safe_contact_id=contact.pk,
                session_mark=session_mark(self.request),
            )
        return super().post(request, *args, **kwargs)


class ConfirmSafeContact(Workspace):
    """Record that the person confirmed the instructions."""

    permission = "cases.set_safe_contact"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading() as look:
            place = find_place(self)
            self.require_purpose(place)
            contact = newest_contact(self.request.user, place.person_id)
            look.record("safety.opened", place)
        if contact is None:
            raise SafeContact.DoesNotExist
        reconfirm_safe_contact(actor=self.request.user, safe_contact_id=contact.pk)
        return HttpResponseRedirect(reverse("cases:safety", args=[place.pk]))


class SafetyForm(PersonForm):
    """A form of the safety page; it leads back there."""

    reads = "safety.opened"

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "back": reverse("cases:safety", args=[record.pk]),
        }

    def done_url(self, result: Any) -> str:
        return reverse("cases:safety", args=[self.kwargs["pk"]])

    def options_of(self, model: Any, place: CaseParticipant) -> dict[str, Any]:
        """Options of a form whose record replaces the one before it, for the same person."""
        before = self._before(model, place)
        words = "" if before is None else date_format(localtime(before.created_at), "j M Y, H:i")
        return {
            "others": self.others(place),
            "version": before.version if before else 0,
            "beside": [(_("Recorded"), words)],
        }

    def who_replaced(self, model: Any, place: CaseParticipant, verb: str) -> str:
        before = self._before(model, place)
        return who_wrote(place.case_id, before.pk, verb) if before else ""

    def _before(self, model: Any, place: CaseParticipant) -> Any:
        found = model.objects.visible_to(self.request.user)
        return (
            found.filter(case_id=place.case_id, person_id=place.person_id)
            .order_by("-version")
            .first()
        )


class SetSafeContact(SafetyForm):
    """Record how somebody may be reached."""

    permission = "cases.set_safe_contact"
    form_class = SetSafeContactForm
    title = _("Record safe contact")
    sentence = _("Ask the person. It replaces what stood before and runs out in 30 days.")
    button = _("Record safe contact")
    success_message = _("Safe contact is recorded. It holds for 30 days.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return self.options_of(SafeContact, record)

    def who_changed(self, record: CaseParticipant) -> str:
        return self.who_replaced(SafeContact, record, "safe_contact.set")

    def perform(self, data: dict[str, Any]) -> Any:
        return set_safe_contact(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class PlanContact(SafetyForm):
    """Plan contact within the instructions."""

    permission = "cases.plan_contact"
    form_class = PlanContactForm
    title = _("Plan contact")
    sentence = _("A call, a visit, a notice. The instructions decide whether it may be.")
    button = _("Plan it")
    success_message = _("The contact is planned. Read the instructions again before you make it.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {"may_override": self.request.user.may("cases.override_safe_contact")}

    def perform(self, data: dict[str, Any]) -> Any:
        return plan_contact(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class WriteSafetyPlan(SafetyForm):
    """Write a safety plan; it replaces the one in force."""

    permission = "cases.write_safety_plan"
    form_class = WriteSafetyPlanForm
    title = _("Write a safety plan")
    sentence = _("Made together with the person. It replaces the plan in force.")
    button = _("Put the plan in force")
    success_message = _("The safety plan is in force.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return self.options_of(SafetyPlan, record)

    def who_changed(self, record: CaseParticipant) -> str:
        return self.who_replaced(SafetyPlan, record, "safety_plan.written")

    def perform(self, data: dict[str, Any]) -> Any:
        return write_safety_plan(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class RaiseCrisis(SafetyForm):
    """Flag that somebody is in a crisis."""

    permission = "cases.raise_crisis"
    form_class = RaiseCrisisForm
    title = _("Flag a crisis")
    sentence = _("Everybody who opens the case sees it first, with the safety plan and hotlines.")
    button = _("Flag the crisis")
    success_message = _("The crisis is flagged. The safety plan opens first from now on.")

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        back = reverse("cases:person", args=[record.pk])
        return super().context(record, form) | {"back": back}

    def perform(self, data: dict[str, Any]) -> Any:
        return raise_crisis(actor=self.request.user, participant_id=self.kwargs["pk"], **data)

    def done_url(self, result: CrisisFlag) -> str:
        return reverse("cases:case", args=[result.case_id])


class OneSafetyRecord(FormPage):
    """A form about one attempt, plan or flag; it leads back to the person's safety page."""

    reads = "safety.opened"
    template_name = "cases/person_form.html"
    model: Any = None

    def find(self) -> Any:
        return (
            self.model.objects.visible_to(self.request.user)
            .select_related("person", "case")
            .get(pk=self.kwargs["pk"])
        )

    def safety_url(self, record: Any) -> str:
        place = CaseParticipant.objects.visible_to(self.request.user).filter(
            case_id=record.case_id, person_id=record.person_id
        )
        return reverse("cases:safety", args=[place.order_by("created_at")[0].pk])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"form": form, "back": self.safety_url(record), **self.words(record)}

    def words(self, record: Any) -> dict[str, Any]:
        raise NotImplementedError

    def done_url(self, result: Any) -> str:
        with self.request.reading():
            self.record_read(result)
            return self.safety_url(result)


class EndContact(OneSafetyRecord):
    """Record what came of planned contact."""

    permission = "cases.plan_contact"
    model = ContactAttempt
    form_class = EndContactForm
    success_message = _("What came of the contact is recorded.")

    def words(self, record: ContactAttempt) -> dict[str, Any]:
        return {
            "title": _("Record what came of it"),
            "sentence": _("%(how)s to %(code)s.")
            % {"how": record.get_channel_display(), "code": record.person.code},
            "button": _("Record it"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return end_contact(actor=self.request.user, attempt_id=self.kwargs["pk"], **data)


class LowerCrisis(OneSafetyRecord):
    """Lower the flag of a crisis."""

    permission = "cases.lower_crisis"
    model = CrisisFlag
    form_class = LowerCrisisForm
    success_message = _("The crisis flag is lowered.")

    def words(self, record: CrisisFlag) -> dict[str, Any]:
        return {
            "title": _("Lower the crisis flag"),
            "sentence": _("%(code)s: %(kind)s.")
            % {"code": record.person.code, "kind": record.get_kind_display()},
            "button": _("Lower the flag"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return lower_crisis(actor=self.request.user, crisis_id=self.kwargs["pk"], **data)


class EndSafetyPlan(OneSafetyRecord):
    """End a plan that is not needed any more."""

    permission = "cases.write_safety_plan"
    model = SafetyPlan
    success_message = _("The safety plan has ended.")

    def words(self, record: SafetyPlan) -> dict[str, Any]:
        return {
            "title": _("End the safety plan"),
            "sentence": _("The plan of %(code)s stays in the record; it is in force no more.")
            % {"code": record.person.code},
            "button": _("End the plan"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return end_safety_plan(actor=self.request.user, plan_id=self.kwargs["pk"])
