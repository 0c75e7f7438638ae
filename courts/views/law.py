"""The table of offences and the procedures, as data that people can read and put right."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.paging import Page
from core.views import FormPage, ListPage
from courts.forms.law import AddStatuteForm, ChangeStatuteForm
from courts.models import ProcedureStep, Statute
from courts.selectors import law as selectors
from courts.services import law


class StatuteList(ListPage):
    """Offences of one country, with the days they were in force."""

    model = Statute
    permission = "courts.read_proceeding"
    reads = "statute.listed"
    template_name = "courts/statutes.html"
    filters = frozenset({"country"})
    per_page = 50

    def queryset(self) -> models.QuerySet[Any]:
        return selectors.statutes(self.request.user, self.country)

    @property
    def country(self) -> str:
        known = selectors.countries(self.request.user)
        asked = self.request.GET.get("country", "")
        return asked if asked in known else next(iter(known), "")

    def context(self, page: Page) -> dict[str, Any]:
        return {
            "page": page,
            "rows": page.rows,
            "chips": [
                {
                    "label": code,
                    "url": f"{reverse('courts:statutes')}?country={code}",
                    "current": code == self.country,
                }
                for code in selectors.countries(self.request.user)
            ],
            "can_edit": self.request.user.may("courts.edit_law"),
        }


class AddStatute(FormPage):
    permission = "courts.edit_law"
    reads = "statute.listed"
    form_class = AddStatuteForm
    template_name = "courts/statute.html"
    success_message = _("The offence is in the table.")

    def perform(self, data: dict[str, Any]) -> Statute:
        return law.add_statute(actor=self.request.user, **data)

    def done_url(self, result: Statute) -> str:
        return f"{reverse('courts:statutes')}?country={result.jurisdiction}"


class ChangeStatute(FormPage):
    permission = "courts.edit_law"
    reads = "statute.listed"
    form_class = ChangeStatuteForm
    template_name = "courts/statute.html"
    success_message = _("The offence is changed. Charges keep what it said before.")

    def find(self) -> Statute:
        found: Statute = Statute.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def form_options(self, record: Any) -> dict[str, Any]:
        names = ("title", "section", "description", "valid_from", "valid_to", "penalty")
        return {
            "version": record.version,
            "initial": {
                **{name: getattr(record, name) for name in names},
                "source_checked": record.source_checked,
            },
        }

    def perform(self, data: dict[str, Any]) -> Statute:
        return law.change_statute(actor=self.request.user, statute_id=self.kwargs["pk"], **data)

    def done_url(self, result: Statute) -> str:
        return f"{reverse('courts:statutes')}?country={result.jurisdiction}"


class ProcedureList(ListPage):
    """The steps of each procedure and the ways between them."""

    model = ProcedureStep
    permission = "courts.read_proceeding"
    reads = "procedure.listed"
    template_name = "courts/procedures.html"
    per_page = 200

    def context(self, page: Page) -> dict[str, Any]:
        return {"procedures": selectors.procedures(self.request.user)}
