"""Assessments of one survivor: what changed over time, and the next one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import SURVIVOR_ROLES
from cases.forms import AssessForm
from cases.instruments import INSTRUMENTS, Instrument
from cases.models import Assessment, CaseParticipant
from cases.selectors import assessments_of
from cases.services.assessments import assess_survivor
from cases.views.base import case_context
from cases.views.family import PersonForm
from cases.views.people import find_place
from core.views import DetailPage


class AssessmentsPage(DetailPage):
    """How the answers to each instrument changed: drawn, and beside it as a table."""

    model = CaseParticipant
    permission = "cases.read_assessment"
    reads = "assessment.opened"
    template_name = "cases/assessments.html"

    def find(self) -> CaseParticipant:
        place = find_place(self)
        if place.role not in SURVIVOR_ROLES:
            raise CaseParticipant.DoesNotExist
        return place

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        user = self.request.user
        shown = assessments_of(user, record, timezone.localdate())
        for one in (broken for instrument in shown for broken in instrument.unreadable):
            with self.request.reading() as look:
                look.record("text.unreadable", one, fields=["answers"])
        return case_context(user, record.case, current="cases:work") | {
            "place": record,
            "instruments": shown,
            "can": {"assess": user.may("cases.assess_survivor")},
        }


class AssessSurvivor(PersonForm):
    """Go through one instrument with a survivor."""

    permission = "cases.assess_survivor"
    reads = "assessment.opened"
    form_class = AssessForm
    button = _("Save the assessment")
    success_message = _("The assessment is saved. It comes back on My work on its day.")

    @property
    def instrument(self) -> Instrument:
        return INSTRUMENTS[self.kwargs["instrument"]]

    def find(self) -> CaseParticipant:
        # Before anything of the person is read.
        if self.kwargs["instrument"] not in INSTRUMENTS:
            raise Assessment.DoesNotExist
        return super().find()

    def words(self, record: Any) -> dict[str, Any]:
        return super().words(record) | {
            "title": self.instrument.label,
            "sentence": self.instrument.sentence,
        }

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {"instrument": self.instrument}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        back = reverse("cases:assessments", args=[record.pk])
        return super().context(record, form) | {"back": back}

    def perform(self, data: dict[str, Any]) -> Any:
        return assess_survivor(
            actor=self.request.user,
            participant_id=self.kwargs["pk"],
            instrument=self.instrument.code,
            **data,
        )

    def done_url(self, result: Any) -> str:
        return reverse("cases:assessments", args=[self.kwargs["pk"]])
