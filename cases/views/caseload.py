"""Caseloads of a supervisor's colleagues, and handing one over in one go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.forms.sight import TransferCaseloadForm
from cases.selectors.caseload import cases_led_by, cases_without_lead, loads, tasks_in_hand
from cases.selectors.sight import workers
from cases.services.caseload import (
    MOST_CASES,
    HandedOver,
    hand_over_tasks,
    transfer_caseload,
)
from core.ui.dates import spell
from core.views import FormPage, Workspace


class Caseload(Workspace):
    """Who leads how many cases, and which have nobody."""

    permission = "cases.change_lead"
    reads = "caseload.listed"
    template_name = "cases/caseload.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        self.record_read(object_type="cases.case")
        return self.answer(
            {
                "rows": loads(user, timezone.localdate()),
                "without": list(cases_without_lead(user)[:MOST_CASES]),
            }
        )


class TransferCaseload(FormPage):
    """One list, one reason: the cases of somebody, or those that nobody leads."""

    permission = "cases.change_lead"
    reads = "caseload.listed"
    template_name = "cases/transfer_caseload.html"
    form_class = TransferCaseloadForm

    def find(self) -> Any:
        """Whose cases; None for those that nobody leads."""
        asked: UUID | None = self.kwargs.get("pk")
        return User.objects.visible_to(self.request.user).get(pk=asked) if asked else None

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        self.record_read(object_type="cases.case")
        return self.answer(self.context(record, form), status=status)

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        found = cases_led_by(user, record.pk) if record else cases_without_lead(user)
        cases = [
            (case.pk, f"{case.reference}, {case.get_risk_display()}") for case in found[:MOST_CASES]
        ]
        in_hand = tasks_in_hand(user, record.pk)[:MOST_CASES] if record else ()
        tasks = [
            (
                task.pk,
                _("%(kind)s in %(case)s, by %(day)s")
                % {
                    "kind": task.get_kind_display(),
                    "case": task.case.reference,
                    "day": spell(task.due_on),
                },
            )
            for task in in_hand
        ]
        people = [(pk, name) for pk, name in workers(user) if not record or pk != record.pk]
        return {"cases": cases, "tasks": tasks, "workers": people}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": _("Hand over what %(name)s has") % {"name": record.name}
            if record
            else _("Give these cases a lead"),
            "nothing": not {"case_ids", "task_ids"} & set(form.fields),
        }

    def perform(self, data: dict[str, Any]) -> tuple[HandedOver, HandedOver]:
        """What was handed over of the cases, and of the tasks in cases of others."""
        actor, whose = self.request.user, self.kwargs.get("pk")
        tasks, done = data.pop("task_ids"), (HandedOver(), HandedOver())
        if data["case_ids"]:
            done = (transfer_caseload(actor=actor, from_user_id=whose, **data), done[1])
        if tasks:
            to = data["to_user_id"]
            handed = hand_over_tasks(actor=actor, task_ids=tasks, from_user_id=whose, to_user_id=to)
            done = (done[0], handed)
        return done

    def done_url(self, result: tuple[HandedOver, HandedOver]) -> str:
        cases, tasks = result
        if number := len(cases.moved):
            messages.success(
                self.request,
                ngettext(
                    "%(n)d case is handed over. Both are told.",
                    "%(n)d cases are handed over. Everybody is told.",
                    number,
                )
                % {"n": number},
            )
        if number := len(tasks.moved):
            messages.success(
                self.request,
                ngettext("%(n)d task is handed over.", "%(n)d tasks are handed over.", number)
                % {"n": number},
            )
        for reference, why in cases.left:
            messages.warning(
                self.request, _("%(case)s stays: %(why)s") % {"case": reference, "why": why}
            )
        for reference, why in tasks.left:
            messages.warning(
                self.request,
                _("A task in %(case)s stays: %(why)s") % {"case": reference, "why": why},
            )
        return reverse("cases:caseload")
