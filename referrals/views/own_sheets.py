"""The columns of an organisation's own sheet: chosen, looked at, imported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from core.views import FormPage
from referrals.choices import ImportState
from referrals.forms import ChooseColumnsForm, StartOwnImportForm
from referrals.models import ImportBatch
from referrals.selectors.own_sheets import brought_batch, brought_sheet, first_rows
from referrals.services.own_sheets import choose_columns, start_own_import


class OwnSheetPage(FormPage):
    """A step with a sheet that somebody brought; one that is read already leads to its import."""

    permission = "referrals.import_referrals"
    model = ImportBatch
    reads = "referral.sheet_looked_at"

    def find(self) -> ImportBatch:
        return brought_batch(self.request.user, self.kwargs["batch"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.find()
        if batch.state != ImportState.MAPPING:
            self.record_read(batch)
            return redirect("referrals:import_batch", self.kwargs["batch"])
        return super().get(request, *args, **kwargs)


class ChooseColumns(OwnSheetPage):
    """Which column holds what."""

    form_class = ChooseColumnsForm
    template_name = "referrals/import_columns.html"

    def form_options(self, record: ImportBatch) -> dict[str, Any]:
        sheet = brought_sheet(self.request.user, record)
        return {"columns": sheet.columns, "chosen": sheet.chosen}

    def perform(self, data: dict[str, Any]) -> ImportBatch:
        return choose_columns(
            actor=self.request.user,
            batch_id=self.kwargs["batch"],
            targets=data["targets"],
            date_order=data["date_order"],
            keep_as=data["keep_as"],
        )

    def done_url(self, result: ImportBatch) -> str:
        return reverse("referrals:look_over_import", args=[result.pk])


class LookOverImport(OwnSheetPage):
    """The first rows as they will be read; then the import."""

    form_class = StartOwnImportForm
    template_name = "referrals/import_first_rows.html"

    def form_options(self, record: ImportBatch) -> dict[str, Any]:
        # What was asked for on the first page is still so, until it is unticked here.
        return {"initial": {"dry_run": record.dry_run}}

    def context(self, record: ImportBatch, form: Any) -> dict[str, Any]:
        looked = first_rows(self.request.user, record, today=timezone.localdate())
        return super().context(record, form) | {"looked": looked}

    def perform(self, data: dict[str, Any]) -> ImportBatch:
        return start_own_import(
            actor=self.request.user, batch_id=self.kwargs["batch"], dry_run=data["dry_run"]
        )

    def done_url(self, result: ImportBatch) -> str:
        return reverse("referrals:import_batch", args=[result.pk])
