"""Imports: bringing a file, waiting for it, what came of it."""

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
from referrals.choices import ImportState
from referrals.forms import ImportForm
from referrals.import_progress import import_progress
from referrals.models import ImportBatch
from referrals.selectors.imports import batch_page
from referrals.services.import_jobs import drop_rejects, request_import, take_rejects
from referrals.views.desk import teams_of
from vault.errors import CannotOpen


class Import(FormPage):
    """Bring a file. It is looked at as a whole at once, and read by a job."""

    permission = "referrals.import_referrals"
    takes_file = 20 * 1024 * 1024
    form_class = ImportForm
    template_name = "referrals/import.html"

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "teams": teams_of(self.request.user),
            "too_large": getattr(self.request, "upload_too_large", False),
        }

    def perform(self, data: dict[str, Any]) -> ImportBatch:
        return request_import(
            actor=self.request.user,
            team_id=data["team"].pk,
            format=data["format"],
            files=[(data["file"].name, data["file"])],
            dry_run=data["dry_run"],
            ignore_unknown=data["ignore_unknown"],
            address_columns=data["address_columns"],
            report_number=data["report_number"],
            into_cases=data["into_cases"],
        )

    def done_url(self, result: ImportBatch) -> str:
        choosing = result.state == ImportState.MAPPING
        name = "referrals:choose_columns" if choosing else "referrals:import_batch"
        return reverse(name, args=[result.pk])


class ImportList(ListPage):
    """The imports of one's desks, newest first."""

    model = ImportBatch
    permission = "referrals.import_referrals"
    reads = "referral.imports_listed"
    template_name = "referrals/imports.html"
    filters = frozenset()

    def queryset(self) -> models.QuerySet[Any]:
        return super().queryset().select_related("team", "started_by").defer("findings")

    def context(self, page: Page) -> dict[str, Any]:
        at = timezone.now()
        return {
            "page": page,
            "rows": [(batch, batch.is_waiting(at), batch.is_given_up(at)) for batch in page.rows],
        }


class BatchPage(DetailPage):
    """One import: how far it is, or what came of it."""

    model = ImportBatch
    permission = "referrals.import_referrals"
    reads = "referral.import_opened"
    template_name = "referrals/import_batch.html"

    def find(self) -> ImportBatch:
        batch: ImportBatch = (
            self.queryset().select_related("team", "started_by").get(pk=self.kwargs["batch"])
        )
        return batch

    def context(self, record: ImportBatch) -> dict[str, Any]:
        user = self.request.user
        shown = batch_page(user, record, timezone.now())
        if shown.waiting:
            import_progress.let_ask(record.pk, user.pk)
        if shown.unreadable:
            with self.request.reading() as look:
                look.record("text.unreadable", record, fields=["findings"])
        return {
            "shown": shown,
            "batch": record,
            "can_take": shown.has_rejects and user.may("referrals.take_rejects"),
        }


class BatchProgress(Workspace):
    """Two numbers, for whoever has the import's page open; no record is read."""

    permission = "referrals.import_referrals"
    template_name = "referrals/_import_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        progress = import_progress.ask(self.kwargs["batch"], self.request.user.pk)
        if progress is None:
            raise Http404
        if progress.settled:
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"
            return answer
        return self.answer({"progress": progress, "batch_id": self.kwargs["batch"]})


class TakeRejects(FormPage):
    """Take out what was not taken in, to correct it. It holds personal data as the file did."""

    permission = "referrals.take_rejects"
    steps_up = True
    reads = "referral.import_opened"
    template_name = "referrals/import_rejects.html"

    def find(self) -> ImportBatch:
        found: ImportBatch = ImportBatch.objects.visible_to(self.request.user).get(
            pk=self.kwargs["batch"], rejects__isnull=False, started_by=self.request.user
        )
        return found

    def perform(self, data: dict[str, Any]) -> bytes:
        try:
            return take_rejects(actor=self.request.user, batch_id=self.kwargs["batch"])
        except CannotOpen as closed:
            raise DomainError(closed.message) from None

    def go_on(self, result: bytes) -> HttpResponse:
        # Random and a date: a file's name tells nobody what it is about (R-P9).
        name = f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.csv"
        response = HttpResponse(result, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class DropRejects(FormPage):
    """Drop what was not taken in, before its week is over."""

    permission = "referrals.take_rejects"
    steps_up = True
    reads = "referral.import_opened"
    template_name = "referrals/import_drop.html"
    success_message = _("What was not taken is dropped.")

    def find(self) -> ImportBatch:
        found: ImportBatch = ImportBatch.objects.visible_to(self.request.user).get(
            pk=self.kwargs["batch"], rejects__isnull=False, started_by=self.request.user
        )
        return found

    def perform(self, data: dict[str, Any]) -> ImportBatch:
        drop_rejects(actor=self.request.user, batch_id=self.kwargs["batch"])
        with self.request.reading():
            kept: ImportBatch = ImportBatch.objects.visible_to(self.request.user).get(
                pk=self.kwargs["batch"]
            )
            return kept

    def done_url(self, result: ImportBatch) -> str:
        return reverse("referrals:import_batch", args=[result.pk])
