"""Case conferences: writing one down, and reading it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.forms import HoldConferenceForm
from cases.models import Case, CaseConference
from cases.selectors import assignees_of, provider_choices, show_conference
from cases.services import conferences as service
from cases.views.base import CaseForm, case_context
from core.views import DetailPage


class HoldConference(CaseForm):
    """Write down who was at the table, what was said, and who does what by when."""

    permission = "cases.hold_conference"
    template_name = "cases/hold_conference.html"
    form_class = HoldConferenceForm
    back_to = "cases:work"
    success_message = _("The conference is written down. What colleagues do are tasks now.")

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        known = provider_choices(user)
        return {
            "others": [one for one in known if one[0] != user.agency_id],
            "ours": assignees_of(user, record),
        }

    def perform(self, data: dict[str, Any]) -> CaseConference:
        decisions = [
            service.Decided(
                what=one["what"],
                agency_id=one["agency"],
                assignee_id=one["assignee"],
                due_on=one["due"],
            )
            for one in data.pop("decisions")
        ]
        return service.hold_conference(
            actor=self.request.user, case_id=self.kwargs["pk"], decisions=decisions, **data
        )

    def done_url(self, result: CaseConference) -> str:
        return reverse("cases:conference", args=[result.pk])


class ConferencePage(DetailPage):
    """One conference: minutes covered until opened, decisions with whoever carries them out."""

    model = CaseConference
    permission = "cases.read_conference"
    reads = "conference.opened"
    template_name = "cases/conference.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("case__lead_agency", "recorded_by")

    def context(self, record: CaseConference) -> dict[str, Any]:
        shown = show_conference(self.request.user, record)
        for row, name in shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", row, fields=[name])
        context = case_context(self.request.user, record.case, current="cases:work")
        return context | {"shown": shown}
