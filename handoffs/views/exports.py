"""Pages of exports: asking, the second person, waiting, taking the file."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage, Workspace
from handoffs.export_forms import RequestExportForm
from handoffs.export_progress import export_progress
from handoffs.export_selectors import export_page
from handoffs.exporting.files import extension_of
from handoffs.models import CaseExport
from handoffs.selectors import receiver_choices
from handoffs.services import export_files, exports
from vault.errors import CannotOpen


class ExportList(ListPage):
    """One's own exports, and for whoever approves those of their agency; newest first."""

    model = CaseExport
    permission = "handoffs.read_export"
    reads = "export.listed"
    template_name = "handoffs/exports.html"
    filters = frozenset()

    def queryset(self) -> models.QuerySet[Any]:
        return super().queryset().select_related("asked_by", "recipient").defer("reason")

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"can_ask": self.request.user.may("handoffs.export_cases")}


class RequestExport(FormPage):
    """Ask for a file of many cases."""

    permission = "handoffs.export_cases"
    steps_up = True
    form_class = RequestExportForm
    template_name = "handoffs/request_export.html"

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "receivers": receiver_choices(user, on=timezone.localdate())[:1],
            "may_name": user.may("cases.show_identity"),
        }

    def perform(self, data: dict[str, Any]) -> CaseExport:
        return exports.request_export(
            actor=self.request.user,
            recipient_id=data.pop("recipient"),
            open_only=data.pop("which") == "open",
            at=timezone.now(),
            **data,
        )

    def done_url(self, result: CaseExport) -> str:
        return reverse("handoffs:export", args=[result.pk])


class ExportPage(DetailPage):
    """Where an export stands: waiting for somebody, being made, ready, gone."""

    model = CaseExport
    permission = "handoffs.read_export"
    reads = "export.opened"
    template_name = "handoffs/export.html"

    def queryset(self) -> models.QuerySet[Any]:
        return super().queryset().select_related("asked_by", "recipient", "decided_by", "agency")

    def context(self, record: CaseExport) -> dict[str, Any]:
        user = self.request.user
        shown = export_page(user, record, timezone.now())
        if shown.being_made:
            export_progress.let_ask(record.pk, user.pk)
        return {"export": record, "shown": shown, "progress": None}


class ExportProgress(Workspace):
    """Two numbers, for whoever has the export's page open; no record is read."""

    template_name = "handoffs/_export_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        progress = export_progress.ask(self.kwargs["pk"], self.request.user.pk)
        if progress is None:
            raise Http404
        if progress.settled:
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"
            return answer
        return self.answer({"progress": progress, "export_id": self.kwargs["pk"]})


class OneExport(FormPage):
    """What every act about one export shares."""

    reads = "export.opened"
    steps_up = True

    def find(self) -> CaseExport:
        found: CaseExport = (
            CaseExport.objects.visible_to(self.request.user)
            .select_related("asked_by", "recipient", "agency")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: CaseExport, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "export": record,
            "shown": export_page(self.request.user, record, timezone.now()),
            "back": reverse("handoffs:export", args=[record.pk]),
        }

    def done_url(self, result: CaseExport) -> str:
        return reverse("handoffs:export", args=[result.pk])


class ApproveExport(OneExport):
    """Let it be made, as a second person."""

    permission = "handoffs.approve_export"
    template_name = "handoffs/approve_export.html"
    success_message = _("It is being made. Whoever asked for it takes the file; you do not see it.")

    def perform(self, data: dict[str, Any]) -> CaseExport:
        return exports.approve_export(
            actor=self.request.user, export_id=self.kwargs["pk"], at=timezone.now()
        )


class RefuseExport(OneExport):
    """Do not let it be made."""

    permission = "handoffs.approve_export"
    template_name = "handoffs/refuse_export.html"
    success_message = _("It is not made. Whoever asked for it has been told.")

    def perform(self, data: dict[str, Any]) -> CaseExport:
        return exports.refuse_export(
            actor=self.request.user, export_id=self.kwargs["pk"], at=timezone.now()
        )


class TakeExport(OneExport):
    """Take the file out."""

    permission = "handoffs.take_export"
    template_name = "handoffs/take_export.html"

    def perform(self, data: dict[str, Any]) -> tuple[CaseExport, bytes]:
        try:
            return export_files.take_export(
                actor=self.request.user, export_id=self.kwargs["pk"], at=timezone.now()
            )
        except CannotOpen as closed:
            raise DomainError(closed.message) from None

    def go_on(self, result: tuple[CaseExport, bytes]) -> HttpResponse:
        export, content = result
        ending, kind = extension_of(export.format)
        # Random and a date: a file's name tells nobody what it is about (R-P9).
        name = f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.{ending}"
        response = HttpResponse(content, content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class DropExport(OneExport):
    """Drop the file before its time."""

    permission = "handoffs.take_export"
    template_name = "handoffs/drop_export.html"
    success_message = _("The file is dropped.")

    def perform(self, data: dict[str, Any]) -> CaseExport:
        return export_files.drop_export(actor=self.request.user, export_id=self.kwargs["pk"])
