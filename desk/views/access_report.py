"""The report a person gets: who opened what is kept about them, when and why."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import CaseParticipant
from core.errors import Denied
from core.views import Workspace
from desk.log_names import reads_for_the_house
from desk.selectors.access_report import (
    FOR,
    Subject,
    access_report,
    subject_in_log,
    subject_of_place,
)


class ReportPage(Workspace):
    """What both ways to the report share. It leaves the house, so it asks who is there."""

    permission = "audit.make_access_report"
    reads = "access_report.made"
    steps_up = True
    template_name = "desk/access_report.html"

    def show(self, subject: Subject, back: str) -> HttpResponse:
        at = timezone.now()
        report = access_report(self.request.user, subject, at)
        with self.request.reading() as look:
            look.record(
                self.reads,
                object_type="cases.person",
                object_id=subject.person_id,
                case_id=subject.case_ids[0] if len(subject.case_ids) == 1 else None,
                facts={"rows": len(report.lines), "names": report.names_staff},
            )
        return self.answer(
            {
                "report": report,
                "back": back,
                "printed_at": at,
                "purpose": _("For the person it is about"),
            }
        )


class AccessReport(ReportPage):
    """For those of the agency that leads the case: as far as this case goes."""

    model = CaseParticipant

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        place = (
            CaseParticipant.objects.visible_to(user)
            .select_related("person", "case")
            .get(pk=self.kwargs["pk"], role__in=FOR)
        )
        if place.case.lead_agency_id != user.agency_id:
            raise Denied(self.permission, case_id=place.case_id)
        self.require_purpose(place)
        back = reverse("audit_trail:who_opened", args=[place.case_id])
        return self.show(subject_of_place(user, place), back)


class AccessReportOfPerson(ReportPage):
    """For the data protection officer: by the person's id, over all their cases."""

    model = CaseParticipant

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reads_for_the_house(self.request.user):
            raise ObjectDoesNotExist
        subject = subject_in_log(str(self.kwargs["pk"]))
        if subject is None:
            raise ObjectDoesNotExist
        return self.show(subject, reverse("audit_trail:events"))
