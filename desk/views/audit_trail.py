"""The audit trail for people: sentences, searches that can be kept, and how the log stands."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.checking import ask_for_check
from audit.models import SavedSearch
from audit.searches import forget_search, save_search
from core.errors import DomainError
from core.views import Workspace
from desk.forms import SearchLogForm
from desk.log_alarms import log_alarms
from desk.log_names import reads_for_the_house
from desk.selectors.access_report import Subject, subject_in_log
from desk.selectors.cases_read import cases_read
from desk.selectors.integrity import integrity
from desk.selectors.log_search import (
    KINDS,
    Asked,
    choices_for,
    in_words,
    kept_by,
    search,
)

# All that an address may ask for. What could lead to somebody's case is searched for by POST.
IN_ADDRESS = ("kind", "person", "since", "until")


class LogPage(Workspace):
    """What the pages of the trail share: one page of results in its frame."""

    permission = "audit.read_log"
    reads = "log.searched"
    template_name = "desk/audit_trail.html"

    def results(
        self,
        asked: Asked,
        *,
        form: SearchLogForm | None = None,
        kept: SavedSearch | None = None,
        by_post: bool = False,
        here: str = "",
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """The page for what was asked. A form with mistakes comes back with nothing found."""
        user = self.request.user
        before = self.request.POST.get("before") or self.request.GET.get("before") or ""
        place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        choices = choices_for(user)
        form = form or SearchLogForm(initial=dataclasses.asdict(asked), choices=choices)
        found = search(user, asked, before=place)
        self.record_read(
            object_type="audit.auditevent",
            facts={
                "filters": sorted(asked.parts()),
                "rows": len(found.events),
                "kept": kept is not None,
            },
        )
        parts = asked.parts()
        older = {**({} if by_post or kept else parts), "before": found.older_than or ""}
        return self.answer(
            {
                "found": found,
                "asked": parts,
                "cases_read": [] if parts else cases_read(user, timezone.now()),
                "in_words": in_words(asked, choices),
                "alarms": log_alarms(timezone.now()),
                "integrity": integrity(user, timezone.now(), found.events),
                "form": form,
                "form_open": bool(form.is_bound and form.errors),
                "kept_searches": kept_by(user),
                "kept": kept,
                "problem": problem,
                "subject": self.subject_of(asked),
                "reads_archives": reads_for_the_house(user),
                "before": place,
                "by_post": by_post,
                "older_url": f"{here}?{urlencode(older)}"
                if found.older_than and not by_post
                else "",
                "chips": [
                    {
                        "label": label,
                        "url": f"{reverse('audit_trail:events')}?kind={code}",
                        "current": code == asked.kind,
                    }
                    for code, label, _test in KINDS
                ],
            },
            status=status,
        )

    def subject_of(self, asked: Asked) -> Subject | None:
        """Whose report of who opened their record can be made, when their code was asked for."""
        user = self.request.user
        may = user.may("audit.make_access_report") and reads_for_the_house(user)
        return subject_in_log(asked.code.upper()) if asked.code and may else None

    def asked_for(self) -> tuple[Asked, SearchLogForm]:
        """What the form asks for; a form with mistakes asks for nothing."""
        form = SearchLogForm(self.request.POST, choices=choices_for(self.request.user))
        return (Asked.of(form.cleaned_data) if form.is_valid() else Asked()), form


class AuditTrailPage(LogPage):
    """All entries, newest first; by kind and person in the address, by anything else by POST."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = Asked.of({name: request.GET.get(name) for name in IN_ADDRESS})
        return self.results(asked, here=reverse("audit_trail:events"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            asked, form = self.asked_for()
            status = 200 if form.is_valid() else 422
            return self.results(asked, form=form, by_post=True, status=status)


class KeepSearch(LogPage):
    """Keep what was searched for under a name."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            asked, form = self.asked_for()
            if not form.is_valid():
                return self.results(asked, form=form, by_post=True, status=422)
        try:
            kept = save_search(
                actor=self.request.user, name=request.POST.get("name", ""), asked=asked.parts()
            )
        except DomainError as broken:
            with self.request.reading():
                return self.results(
                    asked, form=form, by_post=True, problem=broken.message, status=422
                )
        messages.success(request, _("The search is kept. Only you see it."))
        return redirect("audit_trail:kept_search", pk=kept.pk)


class KeptSearch(LogPage):
    """A search somebody has kept, looked up anew."""

    model = SavedSearch

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = SavedSearch.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        here = reverse("audit_trail:kept_search", args=[kept.pk])
        return self.results(Asked.of(kept.asked), kept=kept, here=here)


class ForgetSearch(Workspace):
    """Remove a kept search."""

    permission = "audit.read_log"
    model = SavedSearch

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        forget_search(actor=self.request.user, search_id=pk)
        messages.success(request, _("The search is removed."))
        return HttpResponseRedirect(reverse("audit_trail:events"))


class AskForCheck(Workspace):
    """Have the whole log checked now."""

    permission = "audit.read_log"

    def post(self, request: HttpRequest) -> HttpResponse:
        ask_for_check(actor=self.request.user)
        messages.success(request, _("The whole log is being checked. Look here again in a minute."))
        return HttpResponseRedirect(reverse("audit_trail:events"))
