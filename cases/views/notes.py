"""The notes of a case: read, open, write, add to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.forms import WriteNoteForm
from cases.models import Case, CaseNote
from cases.selectors import ShownNote, colleagues_on, notes_of, show_notes, unreadable_in
from cases.services.notes import write_note
from cases.views.base import CaseForm, CaseTab, case_context
from core.paging import page_of
from core.views import DetailPage

NOTES_A_PAGE = 10


class ReportsUnreadable:
    """For pages with sealed text: what did not open is in the log before the page is out."""

    request: Any

    def report_unreadable(self, notes: Iterable[ShownNote]) -> None:
        for note, names in unreadable_in(notes):
            with self.request.reading() as look:
                look.record("text.unreadable", note, fields=names)


class CaseNotes(ReportsUnreadable, CaseTab):
    """The notes the person may read. Text of L3 and above stays closed until it is opened."""

    current = "cases:notes"
    permission = "cases.read_note"
    reads = "note.listed"
    template_name = "cases/notes.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        case = self.find()
        page = page_of(notes_of(request.user, case), request.GET.get("page"), NOTES_A_PAGE)
        notes = show_notes(request.user, page.rows, cover=True)
        everything = [shown for note in notes for shown in (note, *note.addenda)]
        self.record_read(
            case,
            facts={
                "opened": [str(shown.note.pk) for shown in everything if not shown.covered],
                "covered": sum(shown.covered for shown in everything),
            },
        )
        self.report_unreadable(notes)
        return self.answer(
            self.context(case)
            | {
                "page": page,
                "notes": notes,
                "can": {"write": request.user.may("cases.write_note")},
            }
        )


class NotePage(ReportsUnreadable, DetailPage):
    """One note with its addenda. L3 text opens part by part (R-X4)."""

    model = CaseNote
    permission = "cases.read_note"
    reads = "note.opened"
    template_name = "cases/note.html"
    fragment_name = "cases/_note.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("author", "case__lead_agency")

    def context(self, record: CaseNote) -> dict[str, Any]:
        user = self.request.user
        (shown,) = show_notes(user, [record], cover=False)
        for addendum in shown.addenda:
            self.record_read(addendum.note)
        self.report_unreadable([shown])
        return case_context(user, record.case, current="cases:notes") | {
            "shown": shown,
            "can": {"write": user.may("cases.write_note")},
        }


class WriteNote(CaseForm):
    """Write a note."""

    permission = "cases.write_note"
    template_name = "cases/write_note.html"
    form_class = WriteNoteForm
    success_message = _("The note is in the case. It cannot be changed; you can add to it.")
    back_to = "cases:notes"

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        return {
            "colleagues": colleagues_on(user, record),
            "may_lower": user.may("cases.lower_sensitivity"),
        }

    def perform(self, data: dict[str, Any]) -> CaseNote:
        return write_note(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class AddToNote(WriteNote):
    """Add to a note: the original stays as it is and both are read together."""

    success_message = _("The addendum is in the case, beside the note it belongs to.")

    @cached_property
    def original(self) -> CaseNote:
        note: CaseNote = (
            CaseNote.objects.visible_to(self.request.user)
            .select_related("case", "author")
            .get(pk=self.kwargs["pk"], addendum_to=None)
        )
        return note

    def find(self) -> Case:
        return self.original.case

    def form_options(self, record: Case) -> dict[str, Any]:
        return super().form_options(record) | {
            "kind": self.original.kind,
            "lowest": self.original.sensitivity,
        }

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "original": self.original,
            "back": reverse("cases:note", args=[self.original.pk]),
        }

    def perform(self, data: dict[str, Any]) -> CaseNote:
        return write_note(
            actor=self.request.user,
            case_id=self.original.case_id,
            addendum_to_id=self.original.pk,
            **data,
        )

    def done_url(self, result: CaseNote) -> str:
        return reverse("cases:note", args=[self.original.pk])
