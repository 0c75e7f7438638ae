"""Suspected abuse material: what to do, step by step."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.forms import MaterialStepForm, ReportMaterialForm
from cases.models import Case, MaterialFound
from cases.selectors import steps_of
from cases.services.material import report_material, take_material_step
from core.paging import Page
from core.views import FormPage, ListPage


class MaterialList(ListPage):
    """What was reported, and how far each has come."""

    model = MaterialFound
    permission = "cases.report_material"
    reads = "material.opened"
    template_name = "cases/material_list.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("case", "found_by")

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page)


class ReportMaterial(FormPage):
    """Report it. What to do now stands above the one question asked."""

    permission = "cases.report_material"
    template_name = "cases/report_material.html"
    form_class = ReportMaterialForm
    success_message = _("It is reported. Take the next step as soon as it is done.")

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        back = reverse("cases:case", args=[record.pk]) if record else reverse("cases:material")
        return {"form": form, "back": back, "police_desk": settings.LIWANAG_POLICE_DESK}

    def perform(self, data: dict[str, Any]) -> MaterialFound:
        return report_material(
            actor=self.request.user, case_id=self.kwargs.get("pk"), where=data["where"]
        )

    def done_url(self, result: MaterialFound) -> str:
        return reverse("cases:material_found", args=[result.pk])


class ReportMaterialInCase(ReportMaterial):
    """The same from a case; it stands in that case's record."""

    reads = "case.opened"

    def find(self) -> Case:
        case: Case = Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return case


class MaterialPage(FormPage):
    """The steps taken, and the one to take now."""

    permission = "cases.report_material"
    reads = "material.opened"
    template_name = "cases/material_found.html"
    form_class = MaterialStepForm
    success_message = _("The step is recorded.")

    def find(self) -> MaterialFound:
        found: MaterialFound = (
            MaterialFound.objects.visible_to(self.request.user)
            .select_related("case", "found_by")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def form_options(self, record: MaterialFound) -> dict[str, Any]:
        following = self.following(record)
        return {
            "step": following.code if following else "",
            "asks_receipt": bool(following and following.asks_receipt),
        }

    def following(self, record: MaterialFound) -> Any:
        steps = steps_of(self.request.user, record)
        return next((step for step in steps if step.taken is None), None)

    def context(self, record: MaterialFound, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "found": record,
            "steps": steps_of(self.request.user, record),
            "following": self.following(record),
            "police_desk": settings.LIWANAG_POLICE_DESK,
            "back": reverse("cases:material"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return take_material_step(actor=self.request.user, material_id=self.kwargs["pk"], **data)

    def done_url(self, result: Any) -> str:
        return reverse("cases:material_found", args=[self.kwargs["pk"]])
