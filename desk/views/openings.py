"""Who opened a case, when and why: for those who work on it, and for those who audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from audit.models import AuditEvent
from cases.models import Case, CaseParticipant
from cases.tabs import tabs_of
from core.views import DetailPage, Workspace
from desk.log_names import codes_of, reads_for_the_house
from desk.selectors import openings
from desk.selectors.access_report import FOR

ASKED = frozenset({"period", "person", "before"})


def openings_context(request: Any, events: Any, *, case_id: UUID, here: str) -> dict[str, Any]:
    """What `desk/_who_opened.html` takes; `here` is the page's address."""
    period = request.GET.get("period", "")
    person = request.GET.get("person", "")
    before = request.GET.get("before", "")
    found = openings.openings_of(
        request.user,
        events,
        case_id=case_id,
        period=period,
        person=person,
        # No entry has a number of nineteen digits.
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        at=timezone.now(),
    )

    def url(**asked: Any) -> str:
        kept = {name: value for name, value in asked.items() if value}
        return f"{here}?{urlencode(kept)}" if kept else here

    return {
        "shown": found,
        "chips": [
            {
                "label": label,
                "url": url(period=code, person=found.person),
                "current": code == period,
            }
            for code, label in openings.PERIODS
        ],
        "openers": [
            {"opener": opener, "url": url(period=period, person=opener.person_id)}
            for opener in found.openers
        ],
        "everybody_url": url(period=period),
        "older_url": url(period=period, person=found.person, before=found.older_than)
        if found.older_than
        else "",
    }


def reports_for(user: Any, case: Case) -> list[CaseParticipant]:
    """The people of the case for whom the actor may make the report about their own record."""
    if not user.may("audit.make_access_report") or case.lead_agency_id != user.agency_id:
        return []
    places = CaseParticipant.objects.visible_to(user).filter(case=case, role__in=FOR)
    return list(places.select_related("person").order_by("person__code"))


class WhoOpenedThis(DetailPage):
    """A case's own entries, for those who work on it."""

    model = Case
    permission = "cases.read_access"
    reads = "access.listed"
    template_name = "desk/who_opened.html"
    fragment_name = "desk/_who_opened_tab.html"

    def context(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        here = reverse("audit_trail:who_opened", args=[record.pk])
        return {
            "case": record,
            "tabs": tabs_of(record, user, current="audit_trail:who_opened"),
            "reports": reports_for(user, record),
            **openings_context(
                self.request, openings.known_of(user, record), case_id=record.pk, here=here
            ),
        }


class CaseInTheLog(Workspace):
    """The same for whoever audits: by the case's code, without seeing the case."""

    permission = "audit.read_log"
    reads = "access.listed"
    template_name = "desk/case_in_the_log.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case_id = self.kwargs["pk"]
        events = AuditEvent.objects.visible_to(self.request.user).filter(case_id=case_id)
        newest = events.order_by("-id").first()
        if newest is None:
            raise ObjectDoesNotExist
        with self.request.reading() as look:
            look.record(self.reads, object_type="cases.case", object_id=case_id, case_id=case_id)
        return self.answer(
            {
                "reads_archives": reads_for_the_house(self.request.user),
                "code": codes_of([newest], self.request.user).get(case_id, str(case_id)[:8]),
                **openings_context(
                    self.request,
                    events,
                    case_id=case_id,
                    here=reverse("audit_trail:case", args=[case_id]),
                ),
            }
        )
