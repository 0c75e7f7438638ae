"""The court calendar, one hearing, and the address for a calendar program."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.selectors import who_wrote
from core.forms import PlainForm
from core.views import DetailPage, FormPage, Workspace
from courts.forms.hearing import (
    ATTENDS,
    BESIDE,
    EndHearingForm,
    PrepareHearingForm,
    ScheduleHearingForm,
)
from courts.middleware import PREFIX
from courts.models import Hearing
from courts.selectors import hearing as selectors
from courts.selectors.sentence import survivors
from courts.services import feeds, hearings
from courts.views.proceedings import ProceedingAct
from courts.zones import zones_of

CHANGES = ("hearing.prepared", "hearing.ended")
REPORTS_WITHIN = timedelta(days=14)


class CourtCalendar(Workspace):
    """Hearings by month or week, each by the clock of its court."""

    permission = "courts.read_proceeding"
    reads = "hearing.listed"
    template_name = "courts/calendar.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, today = self.request.user, timezone.localdate()
        by_week = request.GET.get("by") == "week"
        asked = request.GET.get("from", "")
        span = (selectors.week_of if by_week else selectors.month_of)(user, asked, today)
        due = selectors.reports_due(user, today + REPORTS_WITHIN)
        self.record_read(
            object_type="courts.hearing",
            facts={"by": span.kind, "rows": len(span.hearings)},
        )
        page = reverse("courts:calendar")
        return self.answer(
            {
                "span": span,
                "due": due,
                "chips": [
                    {"label": _("Month"), "url": page, "current": not by_week},
                    {"label": _("Week"), "url": f"{page}?by=week", "current": by_week},
                ],
                "can_feed": user.may("courts.feed_calendar"),
            }
        )


class ScheduleHearing(ProceedingAct):
    permission = "courts.schedule_hearing"
    form_class = ScheduleHearingForm
    title = _("Record a hearing")
    button = _("Record the hearing")
    success_message = _("The hearing is in the calendar.")

    def form_options(self, record: Any) -> dict[str, Any]:
        others = selectors.sibling_proceedings(self.request.user, record)
        return {
            "zones": zones_of(record.jurisdiction),
            "others": [
                (str(one.pk), f"{one.reference}, {one.accused.person.code}") for one in others
            ],
        }

    def perform(self, data: dict[str, Any]) -> list[Hearing]:
        chosen = data.pop("others", [])
        with self.request.reading():
            others = selectors.sibling_proceedings(self.request.user, self.find())
        return hearings.schedule_hearings(
            actor=self.request.user,
            proceeding_ids=[
                self.kwargs["pk"],
                *(one.pk for one in others if str(one.pk) in chosen),
            ],
            **data,
        )


class HearingPage(DetailPage):
    """One hearing with what is missing before it."""

    model = Hearing
    permission = "courts.read_proceeding"
    reads = "hearing.opened"
    template_name = "courts/hearing.html"

    def find(self) -> Hearing:
        return selectors.one_hearing(self.request.user, self.kwargs["pk"])

    def context(self, record: Any) -> dict[str, Any]:
        shown = selectors.hearing_page(self.request.user, record, timezone.now())
        for row, name in shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", row, fields=[name])
        return {"shown": shown, "hearing": record, "can": shown.can}


class _HearingAct(FormPage):
    """Something recorded about one hearing."""

    reads = "hearing.opened"
    template_name = "courts/operation_form.html"
    title: Any = ""
    button: Any = ""

    def find(self) -> Hearing:
        return selectors.one_hearing(self.request.user, self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "title": self.title,
            "button": self.button,
            "back": reverse("courts:hearing", args=[record.pk]),
            "back_label": _("The hearing"),
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, record.pk, *CHANGES)

    def done_url(self, result: Any) -> str:
        return reverse("courts:hearing", args=[self.kwargs["pk"]])


class EndHearing(_HearingAct):
    permission = "courts.end_hearing"
    form_class = EndHearingForm
    title = _("What became of the hearing")
    button = _("Record it")
    success_message = _("Recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [(_("How it stands"), record.get_status_display())],
        }

    def perform(self, data: dict[str, Any]) -> Hearing:
        return hearings.end_hearing(actor=self.request.user, hearing_id=self.kwargs["pk"], **data)


class PrepareHearing(_HearingAct):
    permission = "courts.prepare_hearing"
    form_class = PrepareHearingForm
    title = _("Prepare the hearing")
    button = _("Save")
    success_message = _("Saved. Reminders are tasks of the case.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        shown = selectors.hearing_page(user, record, timezone.now())
        initial: dict[str, Any] = {
            "protections": record.protections,
            "report_sent_on": record.report_sent_on,
        }
        for one in shown.attendances:
            if one.row is not None:
                initial[f"{ATTENDS}{one.place.pk}"] = one.row.attendance
                initial[f"{BESIDE}{one.place.pk}"] = str(one.row.supporter_id or "")
        return {
            "version": record.version,
            "initial": initial,
            "survivors": [(one.place.pk, one.place.person.code) for one in shown.attendances],
            "colleagues": selectors.colleague_choices(user, record),
        }

    def perform(self, data: dict[str, Any]) -> Hearing:
        with self.request.reading():
            record = self.find()
            places = survivors(self.request.user, record.case_id)
        # Whoever joined the case since the form was shown was not asked about.
        asked = [one for one in places if f"{ATTENDS}{one.pk}" in data]
        return hearings.prepare_hearing(
            actor=self.request.user,
            hearing_id=self.kwargs["pk"],
            version=data["version"],
            protections=data["protections"],
            report_sent_on=data["report_sent_on"],
            report_unsent=data["report_sent_on"] is None,
            attendances={one.person_id: data[f"{ATTENDS}{one.pk}"] for one in asked},
            supporters={
                one.person_id: UUID(beside) if (beside := data[f"{BESIDE}{one.pk}"]) else None
                for one in asked
            },
        )


class CalendarFeedPage(FormPage):
    """One's own address for a calendar program: made, shown once, taken back."""

    permission = "courts.feed_calendar"
    reads = "hearing.listed"
    form_class = PlainForm
    template_name = "courts/feed.html"

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"form": form, "has_feed": selectors.has_feed(self.request.user), "address": ""}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("revoke"):
            feeds.revoke_feed(actor=self.request.user)
            return self.go_on(None)
        secret = feeds.make_feed(actor=self.request.user)
        address = request.build_absolute_uri(f"{PREFIX}{secret}.ics")
        with self.request.reading():
            context = self.context(None, PlainForm()) | {"address": address}
            self.record_read()
            return self.answer(context)

    def done_url(self, result: Any) -> str:
        return reverse("courts:feed")
