"""The notes of a case: read, open, write, add to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.forms import ChangeLevelForm, SearchNotesForm
from cases.models import CaseNote, NoteMention
from cases.selectors import (
    ShownNote,
    drafts_of,
    notes_of,
    search_notes,
    show_notes,
    unreadable_in,
)
from cases.services.notes import answer_mention, change_level
from cases.views.base import CaseTab, case_context
from core.choices import Sensitivity
from core.paging import page_of
from core.views import DetailPage, FormPage

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
                "drafts": drafts_of(request.user, case),
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
            "waiting": NoteMention.objects.visible_to(user)
            .waiting(user)
            .filter(note=record)
            .exists(),
            "can": {
                "write": user.may("cases.write_note"),
                "change_level": bool(levels_for(user, record)),
            },
        }


def levels_for(user: Any, note: CaseNote) -> list[tuple[int, str]]:
    """Levels `user` may give a note they read: upwards for its author, any for a supervisor."""
    supervises = user.may("cases.lower_sensitivity")
    if not supervises and note.author_id != user.pk:
        return []
    return [
        (level.value, str(level.label))
        for level in Sensitivity
        if level != note.sensitivity and (supervises or level > note.sensitivity)
    ]


class ChangeLevel(FormPage):
    """Give a signed note another level."""

    permission = "cases.read_note"
    reads = "note.listed"
    template_name = "cases/form.html"
    form_class = ChangeLevelForm
    success_message = _("The note has its new level.")

    def find(self) -> CaseNote:
        note: CaseNote = (
            CaseNote.objects.visible_to(self.request.user)
            .select_related("case", "author")
            .get(pk=self.kwargs["pk"])
        )
        return note

    def form_options(self, record: CaseNote) -> dict[str, Any]:
        return {"levels": [(level.value, level.label) for level in Sensitivity]}

    def context(self, record: CaseNote, form: Any) -> dict[str, Any]:
        form.fields["level"].widget.choices = levels_for(self.request.user, record)
        return {
            "case": record.case,
            "form": form,
            "title": _("Change the level of a note"),
            "sentence": _("It is %(level)s now.") % {"level": record.get_sensitivity_display()},
            "button": _("Change the level"),
            "back": reverse("cases:note", args=[record.pk]),
        }

    def perform(self, data: dict[str, Any]) -> CaseNote:
        return change_level(actor=self.request.user, note_id=self.kwargs["pk"], **data)

    def done_url(self, result: CaseNote) -> str:
        return reverse("cases:notes", args=[result.case_id])


class AnswerMention(DetailPage):
    """Say that one has read a note one was asked to read."""

    http_method_names = ("post",)
    model = CaseNote
    permission = "cases.read_note"

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with request.reading():
            self.require_purpose(self.find())
        note = answer_mention(actor=request.user, note_id=self.kwargs["pk"])
        messages.success(request, str(_("It no longer waits for you.")))
        return redirect("cases:note", note.pk)


class SearchNotes(ReportsUnreadable, FormPage):
    """Look for words in every note one may read. The words are in no address and in no log."""

    permission = "cases.read_note"
    reads = "note.listed"
    template_name = "cases/search_notes.html"
    fragment_name = "cases/_found_notes.html"
    form_class = SearchNotesForm

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(None, request.POST)
        if not form.is_valid():
            with request.reading():
                return self.show(None, form, status=422)
        with request.reading() as look:
            found = search_notes(request.user, form.cleaned_data["words"])
            look.record(
                "note.searched",
                object_type="cases.casenote",
                facts={
                    "scanned": found.scanned,
                    "matched": found.matched,
                    "opened": [str(hit.pk) for hit in found.hits if hit.snippets],
                    "unreadable": found.unreadable,
                },
            )
            return self.answer({"form": form, "found": found})
