"""Report pages: the list, asking for one, looking at it, approving, withdrawing, taking it out."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.paging import Page
from core.views import DetailPage, FormPage, ListPage
from reporting import public, selectors
from reporting.choices import Tier
from reporting.facts import uncounted_survivors
from reporting.forms import (
    PeriodForm,
    RequestPublicReportForm,
    RequestReleaseForm,
    WithdrawReleaseForm,
)
from reporting.models import StatisticsRelease
from reporting.packaging import Release, TamperedRelease, UnknownRelease, to_csv
from reporting.services import releases


class ReleaseList(ListPage):
    """Releases of one's own agency."""

    model = StatisticsRelease
    permission = "reporting.read_release"
    reads = "release.listed"
    template_name = "reporting/list.html"

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in selectors.CHIPS else "all"

    def queryset(self) -> models.QuerySet[Any]:
        return selectors.releases_of(self.request.user, self.show)

    def context(self, page: Page) -> dict[str, Any]:
        return {
            "page": page,
            "rows": selectors.release_rows(page.rows),
            "show": self.show,
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('reporting:list')}?show={code}",
                    "current": code == self.show,
                }
                for code, (label, _statuses) in selectors.CHIPS.items()
            ],
            "can_request": self.request.user.may("reporting.request_release"),
            "can_count": self.request.user.may("reporting.read_outcomes"),
            "can_read_board": self.request.user.may("referrals.read_board"),
        }


class RequestRelease(FormPage):
    """Ask for a report; a background job computes it."""

    permission = "reporting.request_release"
    form_class: ClassVar[type[PeriodForm]] = RequestReleaseForm
    template_name = "reporting/request.html"
    success_message = _("The report is being computed.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"today": timezone.localdate()}

    def perform(self, data: dict[str, Any]) -> StatisticsRelease:
        return releases.request_release(
            actor=self.request.user,
            title=data["title"],
            period_start=data["period"].start,
            period_end=data["period"].end,
            **self.counted(data),
        )

    def counted(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is counted, and for whom."""
        return {"measures": data["measures"]}

    def done_url(self, result: StatisticsRelease) -> str:
        return reverse("reporting:release", args=[result.pk])


class RequestPublicReport(RequestRelease):
    """Ask for a report that everybody may read, once three people stand behind it."""

    form_class: ClassVar[type[PeriodForm]] = RequestPublicReportForm
    template_name = "reporting/request_public.html"

    def counted(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"measures": [data["population"]], "tier": Tier.PUBLIC}


class ReleasePage(DetailPage):
    """One report: its progress, its figures, or why there are none."""

    model = StatisticsRelease
    permission = "reporting.read_release"
    reads = "release.opened"
    template_name = "reporting/release.html"
    fragment_name = "reporting/_release.html"

    def find(self) -> StatisticsRelease:
        return selectors.one_release(self.request.user, self.kwargs["pk"])

    def context(self, record: StatisticsRelease) -> dict[str, Any]:
        shown = selectors.release_page(self.request.user, record, timezone.now())
        user = self.request.user
        oversees = user.may("cases.oversee_grounds") and user.agency_id is not None
        uncounted = uncounted_survivors(user.agency_id) if oversees else None
        return {"shown": shown, "release": record, "can": shown.can, "uncounted": uncounted}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        context = self.context(record)
        if request.GET.get("seen") == record.status and not context["shown"].is_late:
            # A waiting page asks every two seconds: "nothing new" shows nothing and is no reading.
            return HttpResponse(status=204)
        self.record_read(record, facts={"status": record.status})
        return self.answer(context)


class ReleaseAct(FormPage):
    """Something decided about one report."""

    reads = "release.opened"

    def find(self) -> StatisticsRelease:
        return selectors.one_release(self.request.user, self.kwargs["pk"])

    def context(self, record: StatisticsRelease, form: Any) -> dict[str, Any]:
        shown = selectors.release_page(self.request.user, record, timezone.now())
        return {"shown": shown, "release": record, "can": shown.can, "form": form}

    def done_url(self, result: StatisticsRelease) -> str:
        return reverse("reporting:release", args=[result.pk])


class AdviseRelease(ReleaseAct):
    """A survivor advisor's word that the public may read it."""

    permission = "reporting.advise_release"
    template_name = "reporting/advise.html"
    success_message = _("Thank you. The data protection officer can publish it now.")

    def perform(self, data: dict[str, Any]) -> StatisticsRelease:
        return releases.advise_release(actor=self.request.user, release_id=self.kwargs["pk"])


class PublishRelease(ReleaseAct):
    """Approve it: a second person's decision."""

    permission = "reporting.publish_release"
    steps_up = True
    template_name = "reporting/publish.html"
    success_message = _("The report is published.")

    def perform(self, data: dict[str, Any]) -> StatisticsRelease:
        return releases.publish_release(actor=self.request.user, release_id=self.kwargs["pk"])


class WithdrawRelease(ReleaseAct):
    """Take it back, or call it off, with a reason."""

    permission = "reporting.withdraw_release"
    form_class = WithdrawReleaseForm
    template_name = "reporting/withdraw.html"
    success_message = _("The report is withdrawn.")

    def perform(self, data: dict[str, Any]) -> StatisticsRelease:
        return releases.withdraw_release(
            actor=self.request.user, release_id=self.kwargs["pk"], reason=data["reason"]
        )


class Download(DetailPage):
    """A published report as a file. What is not published can't be taken out: it is not there."""

    model = StatisticsRelease
    permission = "reporting.read_release"
    reads = "release.downloaded"
    suffix: ClassVar[str] = ""
    content_type: ClassVar[str] = ""

    def queryset(self) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = super().queryset().published()  # type: ignore[attr-defined]
        return found

    def content(self, stored: Release) -> bytes:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        try:
            content = self.content(selectors.stored(record))
        except (TamperedRelease, UnknownRelease):
            # Its page says what is wrong and whom to tell.
            return HttpResponseRedirect(reverse("reporting:release", args=[record.pk]))
        self.record_read(record, facts={"format": self.suffix})
        # Random and a date: a file's name tells nobody what it is about (R-P9).
        name = f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.{self.suffix}"
        response = HttpResponse(content, content_type=self.content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class DownloadCsv(Download):
    """One line for each count, totals included."""

    suffix = "csv"
    content_type = "text/csv; charset=utf-8"

    def content(self, stored: Release) -> bytes:
        if stored.payload["schema"] == public.SCHEMA:
            return public.to_csv(stored)
        return to_csv(stored)


class DownloadJson(Download):
    """The document of record, byte for byte."""

    suffix = "json"
    content_type = "application/json"

    def content(self, stored: Release) -> bytes:
        return stored.document
