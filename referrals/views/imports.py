"""Taking in a case sheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core.views import FormPage
from referrals.forms import ImportSheetForm
from referrals.htcds import UnreadableFile
from referrals.services.importing import ImportReport, import_referrals
from referrals.views.desk import teams_of


class ImportSheet(FormPage):
    """Take in a case sheet, or only try it; the answer says row by row what was not taken."""

    permission = "referrals.import_referrals"
    takes_file = 20 * 1024 * 1024
    form_class = ImportSheetForm
    template_name = "referrals/import.html"
    most_faults = 200

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "teams": teams_of(self.request.user),
            "too_large": getattr(self.request, "upload_too_large", False),
        }

    def perform(self, data: dict[str, Any]) -> ImportReport:
        try:
            return import_referrals(
                actor=self.request.user,
                file=data["file"],
                team_id=data["team"].pk,
                dry_run=data["dry_run"],
                ignore_unknown=data["ignore_unknown"],
                address_columns=data["address_columns"] or None,
            )
        except UnreadableFile as refused:
            # R-U1: who sent what kind of file stands in the log; the file and its name do not.
            with self.request.reading() as look:
                megabytes = -(-data["file"].size // 1_000_000)
                facts = {"fault": refused.code, "megabytes": megabytes}
                look.record("referral.import_refused", facts=facts)
            raise

    def go_on(self, result: ImportReport) -> HttpResponse:
        """The report itself: it is kept nowhere, so it cannot be looked at later."""
        with self.request.reading():
            return render(
                self.request,
                "referrals/imported.html",
                {
                    "report": result,
                    "faults": result.errors[: self.most_faults],
                    "more": result.error_count - min(result.error_count, self.most_faults),
                },
            )
