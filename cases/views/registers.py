"""The data protection officer's registers: lists, entries, their history, files and paper."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.choices import RegisterKind
from cases.forms.register import RegisterForm, ReportBreachForm, initial_of
from cases.models import RegisterEntry, RegisterVersion
from cases.registers import REGISTERS, Register
from cases.rights_tabs import rights_tabs
from cases.selectors.registers import answer_facts, as_csv, entries_of, show_entries
from cases.services.registers import amend_entry, open_entry, report_breach
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage, Workspace
from vault.opening import opened


def record_unreadable(view: Any, versions: Iterable[RegisterVersion]) -> None:
    """Write into the log that versions did not open, and were shown as such."""
    with view.request.reading() as look:
        for version in versions:
            look.record("text.unreadable", version, fields=["answers"])


class RegisterPage(ListPage):
    """One register: what waits first."""

    model = RegisterEntry
    permission = "cases.read_register"
    reads = "register.listed"
    template_name = "cases/register.html"
    register: ClassVar[str] = ""

    def queryset(self) -> Any:
        return entries_of(self.request.user, self.register)

    def context(self, page: Page) -> dict[str, Any]:
        user = self.request.user
        entries = show_entries(page.rows, timezone.now())
        record_unreadable(self, (row.unreadable for row in entries if row.unreadable))
        return super().context(page) | {
            "tabs": rights_tabs(user, f"rights:{self.register}"),
            "book": REGISTERS[self.register],
            "entries": entries,
            "can": {
                "write": user.may("cases.write_register"),
                "export": user.may("cases.export_register"),
            },
            "breaches": self.register == RegisterKind.BREACHES,
        }


class Breaches(RegisterPage):
    register = RegisterKind.BREACHES.value


class Requests(RegisterPage):
    register = RegisterKind.REQUESTS.value


class Processing(RegisterPage):
    register = RegisterKind.PROCESSING.value


class Transfers(RegisterPage):
    register = RegisterKind.TRANSFERS.value


class EntryPage(DetailPage):
    """One entry: what it says now, and every version before."""

    model = RegisterEntry
    permission = "cases.read_register"
    reads = "register.read"
    template_name = "cases/register_entry.html"

    def context(self, record: RegisterEntry) -> dict[str, Any]:
        versions = list(record.versions.select_related("made_by", "entry"))
        shown = []
        for version in versions:
            facts, readable = answer_facts(version)
            if not readable:
                record_unreadable(self, [version])
            shown.append({"version": version, "facts": facts})
        return {
            "entry": record,
            "book": REGISTERS[record.register],
            "newest": shown[0],
            "earlier": shown[1:],
            "overdue": versions[0].is_overdue(timezone.now()),
            "back": reverse(f"rights:{record.register}"),
            "can": {"write": self.request.user.may("cases.write_register")},
        }


class EntryForm(FormPage):
    """What writing a new entry and amending one share."""

    permission = "cases.write_register"
    form_class = RegisterForm
    template_name = "cases/register_form.html"

    def book(self) -> Register:
        raise NotImplementedError

    def answers(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "seen"}


class OpenEntry(EntryForm):
    """A new entry of one register."""

    success_message = gettext_lazy("It is written down.")

    def book(self) -> Register:
        if self.kwargs["register"] not in REGISTERS:
            raise ObjectDoesNotExist
        return REGISTERS[self.kwargs["register"]]

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"book": self.book()}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        book = self.book()
        return super().context(record, form) | {
            "book": book,
            "back": reverse(f"rights:{book.kind}"),
            "title": book.one,
        }

    def perform(self, data: dict[str, Any]) -> RegisterEntry:
        return open_entry(
            actor=self.request.user,
            register=self.book().kind,
            answers=self.answers(data),
            at=timezone.now(),
        )

    def done_url(self, result: RegisterEntry) -> str:
        return reverse("rights:entry", args=[result.pk])


class AmendEntry(EntryForm):
    """A further version of an entry."""

    reads = "register.read"
    success_message = gettext_lazy("It is written down. What it said before stays below.")

    def find(self) -> RegisterEntry:
        found: RegisterEntry = RegisterEntry.objects.visible_to(self.request.user).get(
            pk=self.kwargs["pk"]
        )
        return found

    def form_options(self, record: RegisterEntry) -> dict[str, Any]:
        book = REGISTERS[record.register]
        newest: RegisterVersion = record.versions.order_by("-number")[0]
        said = opened(newest, "answers")
        if not said.readable:
            # What does not open is no blank form: the fields stay empty and the page says why.
            record_unreadable(self, [newest])
        self.is_readable = said.readable
        known = initial_of(book, said.value) if said.readable else {}
        return {"book": book, "initial": known | {"seen": newest.number}}

    def context(self, record: RegisterEntry, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "book": REGISTERS[record.register],
            "back": reverse("rights:entry", args=[record.pk]),
            "title": record.reference,
            "unreadable": not self.is_readable,
        }

    def perform(self, data: dict[str, Any]) -> RegisterVersion:
        return amend_entry(
            actor=self.request.user,
            entry_id=self.kwargs["pk"],
            answers=self.answers(data),
            seen=data["seen"] or 0,
            at=timezone.now(),
        )

    def done_url(self, result: RegisterVersion) -> str:
        return reverse("rights:entry", args=[self.kwargs["pk"]])


class ReportBreach(FormPage):
    """For everybody: tell the officer that something went wrong. Nothing of it can be read back."""

    permission = "cases.report_breach"
    form_class = ReportBreachForm
    template_name = "cases/report_breach.html"
    success_message = gettext_lazy(
        "The data protection officer has been told. Leave everything as it is until they call."
    )

    def perform(self, data: dict[str, Any]) -> None:
        report_breach(actor=self.request.user, at=timezone.now(), **data)

    def done_url(self, result: None) -> str:
        return "desk:my_work"


class TakeOut(Workspace):
    """What takes a whole register out asks who is there."""

    permission = "cases.export_register"
    reads = "register.exported"
    steps_up = True
    model = RegisterEntry

    def find(self) -> Register:
        if self.kwargs["register"] not in REGISTERS:
            raise ObjectDoesNotExist
        return REGISTERS[self.kwargs["register"]]


class ExportRegister(TakeOut):
    """The register as a table, every version of every entry."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        book = self.find()
        self.record_read(
            object_type="cases.registerentry", facts={"register": book.kind, "form": "csv"}
        )
        table, unreadable = as_csv(self.request.user, book.kind)
        record_unreadable(self, unreadable)
        response = HttpResponse(table, content_type="text/csv; charset=utf-8")
        name = f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class PrintRegister(TakeOut):
    """The register on paper: what every entry says now."""

    template_name = "cases/register_print.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        book = self.find()
        self.record_read(
            object_type="cases.registerentry", facts={"register": book.kind, "form": "paper"}
        )
        entries = list(entries_of(self.request.user, book.kind))
        newest = RegisterVersion.objects.select_related("entry", "made_by").in_bulk(
            [entry.newest_id for entry in entries]
        )
        shown = []
        for entry in entries:
            version = newest[entry.newest_id]
            facts, readable = answer_facts(version)
            if not readable:
                record_unreadable(self, [version])
            shown.append({"entry": entry, "version": version, "facts": facts})
        return self.answer(
            {
                "book": book,
                "entries": shown,
                "printed_at": timezone.now(),
                "purpose": _("For the supervisory authority"),
                "back": reverse(f"rights:{book.kind}"),
            }
        )
