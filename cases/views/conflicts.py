"""Conflicts of interest of a case."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.forms import DeclareConflictForm, LiftConflictForm
from cases.models import Case, ConflictBlock
from cases.selectors import everybody_of
from cases.selectors.sight import seers_of
from cases.services.conflicts import declare_conflict, lift_conflict
from cases.views.base import CaseForm
from core.views import FormPage


class DeclareConflict(CaseForm):
    """Say that oneself, or a colleague, is too close to a case."""

    permission = "cases.declare_conflict"
    template_name = "cases/declare_conflict.html"
    form_class = DeclareConflictForm
    success_message = _("It is recorded, and the case is hidden. A supervisor was told.")

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        people = everybody_of(user, record.pk).values()
        return {
            "others": [(who.participant_id, f"{who.code}, {who.label}") for who in people],
            # Also whoever sees it for minutes, by an emergency.
            "colleagues": [
                (seer.pk, seer.name)
                for seer in seers_of(user, record)
                if seer.pk != user.pk and seer.agency_id == user.agency_id
            ]
            if user.may("cases.declare_conflict_for")
            else [],
        }

    def perform(self, data: dict[str, Any]) -> ConflictBlock:
        return declare_conflict(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: ConflictBlock) -> str:
        if result.user_id == self.request.user.pk:
            return reverse("cases:list")
        return reverse("cases:case", args=[result.case_id])


class LiftConflict(FormPage):
    """Lift a block, with a reason."""

    permission = "cases.lift_conflict"
    reads = "conflict.listed"
    template_name = "cases/person_form.html"
    form_class = LiftConflictForm
    success_message = _("The case is visible to them again. The reason is reviewed.")

    def find(self) -> ConflictBlock:
        block: ConflictBlock = (
            ConflictBlock.objects.visible_to(self.request.user)
            .select_related("user", "case")
            .get(pk=self.kwargs["pk"])
        )
        return block

    def context(self, record: ConflictBlock, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "back": reverse("cases:case", args=[record.case_id]),
            "title": _("Lift a conflict of interest"),
            "sentence": _("%(name)s: %(relation)s.")
            % {"name": record.user.name, "relation": record.get_relation_display()},
            "button": _("Lift it"),
        }

    def perform(self, data: dict[str, Any]) -> ConflictBlock:
        return lift_conflict(actor=self.request.user, block_id=self.kwargs["pk"], **data)

    def done_url(self, result: ConflictBlock) -> str:
        return reverse("cases:case", args=[result.case_id])
