"""The file of a paper: bringing it, waiting for it, reading, copying out, destroying, custody."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import FileForm, FileState
from cases.forms import CopyOutForm, DestroyPaperForm, KeepPaperForm
from cases.models import Paper, PaperFile
from cases.paper_progress import paper_progress
from cases.paper_words import FileRefused, words_of
from cases.papers.limits import MOST_BYTES
from cases.papers.refusals import Why
from cases.selectors import custody_of, page_to_show, text_to_show
from cases.services.paper_files import CopiedOut, copy_out_paper, destroy_paper, keep_paper
from cases.views.base import case_context
from cases.views.papers import PaperForm, find_paper
from core.errors import DomainError
from core.views import DetailPage, FormPage, Workspace
from vault.errors import CannotOpen

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


class KeepPaper(PaperForm):
    """Bring a file for a paper. What is refused is answered by the page that says what to do."""

    permission = "cases.keep_paper"
    takes_file = MOST_BYTES
    form_class = KeepPaperForm
    template_name = "cases/keep_paper.html"
    refused: Why | None = None

    def form_options(self, record: Paper) -> dict[str, Any]:
        return {"too_large": getattr(self.request, "upload_too_large", False)}

    def context(self, record: Paper, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"police_desk": settings.LIWANAG_POLICE_DESK}

    def perform(self, data: dict[str, Any]) -> PaperFile:
        try:
            return keep_paper(
                actor=self.request.user,
                paper_id=self.kwargs["pk"],
                content=data["file"].read(),
            )
        except FileRefused as refused:
            self.refused = refused.why
            raise

    def show(self, record: Paper, form: Any, *, status: int = 200) -> HttpResponse:
        if self.refused is None:
            return super().show(record, form, status=status)
        self.record_read(record)
        context = self.context(record, form) | {"refusal": words_of(self.refused)}
        return render(self.request, "cases/paper_refused.html", context, status=status)


class PaperProgress(Workspace):
    """How far the check is: two numbers, for whoever has the paper's page open; no record is read.

    When there is something to look at, the page is told to open anew, which is recorded.
    """

    permission = "cases.read_paper"
    template_name = "cases/_paper_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        progress = paper_progress.ask(self.kwargs["pk"], self.request.user.pk)
        if progress is None:
            raise Http404
        if progress.settled:
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"
            return answer
        return self.answer({"progress": progress, "file_id": self.kwargs["pk"]})


def find_file(view: Any) -> PaperFile:
    """The kept file that the address names."""
    file: PaperFile = (
        PaperFile.objects.visible_to(view.request.user)
        .select_related("paper__person", "case__lead_agency", "received_by")
        .get(pk=view.kwargs["pk"], state=FileState.KEPT)
    )
    return file


class ReadPaper(DetailPage):
    """A kept paper on the screen, one page at a time."""

    model = PaperFile
    permission = "cases.open_paper"
    steps_up = True
    reads = "paper.opened"
    template_name = "cases/read_paper.html"

    def find(self) -> PaperFile:
        return find_file(self)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = self.find()
        self.require_purpose(file)
        shown = None
        if file.form == FileForm.PDF:
            # The page itself is recorded by the address that gives it.
            with self.request.reading() as look:
                look.record("paper.looked_at", file.paper)
        else:
            shown = text_to_show(self.request.user, file)
            self.record_read(file)
            if not shown.readable:
                with self.request.reading() as look:
                    look.record("text.unreadable", file, fields=["content"])
        return self.answer(self.context(file) | {"text": shown})

    def context(self, record: PaperFile) -> dict[str, Any]:
        asked = self.request.GET.get("page", "1")
        plain = asked.isascii() and asked.isdigit() and len(asked) < 4
        number = min(max(int(asked) if plain else 1, 1), max(record.pages, 1))
        return {
            "file": record,
            "paper": record.paper,
            "case": record.case,
            "number": number,
            "large": "large" in self.request.GET,
            "previous": f"?page={number - 1}" if number > 1 else "",
            "next": f"?page={number + 1}" if number < record.pages else "",
            "can": {"copy_out": self.request.user.may("cases.copy_out_paper")},
        }


class PaperPagePicture(Workspace):
    """One page, drawn from what is sealed when it is asked for. It is kept nowhere."""

    model = PaperFile
    permission = "cases.open_paper"
    steps_up = True
    reads = "paper.opened"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = find_file(self)
        number = int(self.kwargs["page"])
        if not 0 < number <= file.pages:
            raise PaperFile.DoesNotExist
        self.require_purpose(file)
        picture = page_to_show(self.request.user, file, number)
        if picture is None:
            with self.request.reading() as look:
                look.record("text.unreadable", file, fields=["content"])
            raise Http404
        self.record_read(file, facts={"page": number})
        return HttpResponse(picture, content_type="image/png")


class FileAct(FormPage):
    """Something done with one kept file; it leads back to its paper."""

    reads = "paper.looked_at"
    template_name = "cases/paper_act.html"

    def find(self) -> PaperFile:
        return find_file(self)

    def show(self, record: PaperFile, form: Any, *, status: int = 200) -> HttpResponse:
        self.record_read(record.paper)
        return self.answer(self.context(record, form), status=status)

    def context(self, record: PaperFile, form: Any) -> dict[str, Any]:
        back = reverse("cases:paper", args=[record.paper_id])
        return {"form": form, "paper": record.paper, "back": back}


class CopyOutPaper(FileAct):
    """Take a copy out, with who, when and for what on every page of it."""

    permission = "cases.copy_out_paper"
    steps_up = True
    form_class = CopyOutForm

    def context(self, record: PaperFile, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Take a copy out"),
            "sentence": _(
                "Your name, the time and the reason stand on every page, and in the log. Whoever "
                "gets the copy needs a basis to have it."
            ),
            "button": _("Take the copy out"),
        }

    def perform(self, data: dict[str, Any]) -> CopiedOut:
        try:
            return copy_out_paper(actor=self.request.user, file_id=self.kwargs["pk"], **data)
        except CannotOpen as closed:
            with self.request.reading() as look:
                look.record("text.unreadable", self.find(), fields=["content"])
            raise DomainError(closed.message) from None

    def go_on(self, result: CopiedOut) -> HttpResponse:
        # Random and a date: a file's name tells nobody what it is about (R-P9).
        name = f"{secrets.token_hex(6)}-{timezone.localdate():%Y-%m-%d}.{result.suffix}"
        response = HttpResponse(result.data, content_type=CONTENT_TYPES[result.suffix])
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class DestroyPaper(FileAct):
    """Destroy what is kept; the paper stays registered."""

    permission = "cases.destroy_paper"
    form_class = DestroyPaperForm
    success_message = _("The file is destroyed. The paper stays registered.")

    def context(self, record: PaperFile, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Destroy the kept file"),
            "sentence": _(
                "It cannot be brought back. That the paper exists, and where its original lies, "
                "stays."
            ),
            "button": _("Destroy the file"),
            "kind": "irreversible",
        }

    def perform(self, data: dict[str, Any]) -> PaperFile:
        return destroy_paper(actor=self.request.user, file_id=self.kwargs["pk"], **data)

    def done_url(self, result: PaperFile) -> str:
        return reverse("cases:paper", args=[result.paper_id])


class PaperCustody(DetailPage):
    """Who had the paper's file in their hands, from the log itself."""

    model = Paper
    permission = "cases.read_paper"
    reads = "paper.custody_opened"
    template_name = "cases/paper_custody.html"

    def find(self) -> Paper:
        return find_paper(self)

    def context(self, record: Paper) -> dict[str, Any]:
        return case_context(self.request.user, record.case, current="cases:papers") | {
            "paper": record,
            "steps": custody_of(record),
        }
