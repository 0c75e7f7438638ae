"""Why are you opening this case? One tap, and on to where the person was going."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from cases.choices import CasePurpose
from cases.forms import OpenManyForm, StatePurposeForm
from cases.models import StatedPurpose
from cases.selectors.purpose import is_at_the_limit, is_of_the_team
from cases.services.purposes import ask_to_open_many, state_purpose
from cases.views.base import CaseForm
from core.views import FormPage


class StatePurpose(CaseForm):
    permission = "cases.read_case"
    reads = "purpose.asked"
    form_class = StatePurposeForm
    template_name = "cases/purpose.html"

    def require_purpose(self, record: models.Model | None) -> None:
        """Here it is stated."""

    def form_options(self, record: Any) -> dict[str, Any]:
        self.off_team = not is_of_the_team(self.request.user, record.pk, timezone.now())
        return {
            "off_team": self.off_team,
            "initial": {"next": self.request.GET.get("next", "")},
        }

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "off_team": self.off_team,
            "too_many": is_at_the_limit(self.request.user, record.pk, timezone.now()),
            "purposes": CasePurpose.choices,
            "back": reverse("cases:list"),
        }

    def perform(self, data: dict[str, Any]) -> StatedPurpose:
        self.way_on = data["next"]
        return state_purpose(
            actor=self.request.user,
            case_id=self.kwargs["pk"],
            purpose=data["purpose"],
            reason=data.get("reason", ""),
            at=timezone.now(),
        )

    def done_url(self, result: StatedPurpose) -> str:
        here = {self.request.get_host()}
        safe = self.way_on.startswith("/") and url_has_allowed_host_and_scheme(self.way_on, here)
        return self.way_on if safe else reverse("cases:case", args=[self.kwargs["pk"]])


class OpenMany(FormPage):
    """Ask a second person to let one open many cases today."""

    permission = "cases.read_case"
    template_name = "cases/open_many.html"
    form_class = OpenManyForm
    success_message = _(
        "Asked. A supervisor, a data protection officer or an auditor decides under Reviews."
    )

    def perform(self, data: dict[str, Any]) -> Any:
        return ask_to_open_many(actor=self.request.user, at=timezone.now(), **data)

    def done_url(self, result: Any) -> str:
        return "cases:list"
