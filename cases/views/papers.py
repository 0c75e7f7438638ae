"""Papers of a case: the register, and one paper."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.choices import FileState
from cases.forms import MoveOriginalForm, RegisterPaperForm
from cases.models import Case, Paper
from cases.paper_progress import paper_progress
from cases.selectors import file_of, in_words, papers_of, people_to_name
from cases.selectors.paper import ShownPaper
from cases.services.papers import move_original, register_paper
from cases.views.base import CaseForm, CaseTab, case_context
from core.paging import page_of
from core.views import DetailPage, FormPage, Workspace

PER_PAGE = 25


def tell_broken(view: Workspace, shown: ShownPaper) -> None:
    """A sealed text that does not open is shown as such, and stands in the log."""
    if shown.broken:
        with view.request.reading() as look:
            look.record("text.unreadable", shown.paper, fields=shown.broken)


class CasePapers(CaseTab):
    """The papers of a case, each with where its original lies."""

    current = "cases:papers"
    permission = "cases.read_paper"
    reads = "paper.listed"
    template_name = "cases/papers.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        page = page_of(papers_of(user, record), self.request.GET.get("page"), PER_PAGE)
        papers = in_words(page.rows)
        for shown in papers:
            tell_broken(self, shown)
        return super().context(record) | {
            "page": page,
            "papers": papers,
            "can": {"register": user.may("cases.register_paper")},
        }


class RegisterPaper(CaseForm):
    """Write down that a paper exists."""

    permission = "cases.register_paper"
    form_class = RegisterPaperForm
    success_message = _("The paper is registered.")
    back_to = "cases:papers"

    def form_options(self, record: Case) -> dict[str, Any]:
        return {"people": people_to_name(self.request.user, record)}

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Register a paper"),
            "sentence": _(
                "That it exists, who signed it and where the original lies. No file is needed."
            ),
            "button": _("Register the paper"),
        }

    def perform(self, data: dict[str, Any]) -> Paper:
        return register_paper(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: Paper) -> str:
        return reverse("cases:paper", args=[result.pk])


def find_paper(view: Any) -> Paper:
    """The paper that the address names, with its case and whom it is about."""
    paper: Paper = (
        Paper.objects.visible_to(view.request.user)
        .select_related("person", "case__lead_agency", "registered_by")
        .get(pk=view.kwargs["pk"])
    )
    return paper


class PaperPage(DetailPage):
    """One paper."""

    model = Paper
    permission = "cases.read_paper"
    reads = "paper.looked_at"
    template_name = "cases/paper.html"

    def find(self) -> Paper:
        return find_paper(self)

    def context(self, record: Paper) -> dict[str, Any]:
        user = self.request.user
        (shown,) = in_words([record])
        tell_broken(self, shown)
        brought = file_of(user, record)
        if brought and brought.file.is_waiting:
            paper_progress.let_ask(brought.file.pk, user.pk)
        kept = bool(brought and brought.file.state == FileState.KEPT)
        gone = brought is None or brought.file.state in (FileState.REFUSED, FileState.DESTROYED)
        return case_context(user, record.case, current="cases:papers") | {
            "shown": shown,
            "paper": record,
            "brought": brought,
            "police_desk": settings.LIWANAG_POLICE_DESK,
            "can": {
                "register": user.may("cases.register_paper"),
                "keep": gone and record.may_have_a_file and user.may("cases.keep_paper"),
                "open": kept and user.may("cases.open_paper"),
                "copy_out": kept and user.may("cases.copy_out_paper"),
                "destroy": kept and user.may("cases.destroy_paper"),
            },
        }


class PaperForm(FormPage):
    """A form about one paper; it leads back to it."""

    reads = "paper.looked_at"
    template_name = "cases/paper_act.html"

    def find(self) -> Paper:
        return find_paper(self)

    def context(self, record: Paper, form: Any) -> dict[str, Any]:
        return {"form": form, "paper": record, "back": reverse("cases:paper", args=[record.pk])}

    def done_url(self, result: Any) -> str:
        return reverse("cases:paper", args=[self.kwargs["pk"]])


class MoveOriginal(PaperForm):
    """Say where the original lies now."""

    permission = "cases.register_paper"
    form_class = MoveOriginalForm
    success_message = _("It is recorded where the original lies now.")

    def context(self, record: Paper, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("The original was moved"),
            "button": _("Record the new place"),
        }

    def perform(self, data: dict[str, Any]) -> Paper:
        return move_original(actor=self.request.user, paper_id=self.kwargs["pk"], **data)
