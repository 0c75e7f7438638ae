"""The archives of the log: which there are, and what stands in one that is at hand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.archived import Archive
from core.views import Workspace
from desk.forms import SearchLogForm
from desk.log_names import reads_for_the_house
from desk.selectors.archived_log import archive_at, look_through, shelf
from desk.selectors.log_search import Asked, choices_for, in_words


class HouseArchive(Workspace):
    """For those who read the whole log: an archive holds the entries of every agency."""

    permission = "audit.read_log"
    reads = "log.searched"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.is_theirs = reads_for_the_house(self.request.user)
        return super().dispatch(request, *args, **kwargs)


class ArchivesPage(HouseArchive):
    """Every archive, oldest first."""

    template_name = "desk/archives.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_theirs:
            raise ObjectDoesNotExist
        archives = shelf()
        self.record_read(object_type="audit.auditarchive", facts={"rows": len(archives)})
        return self.answer({"archives": archives})


class ArchivePage(HouseArchive):
    """Entries of one archive. What is searched for travels in the form, not in the address."""

    template_name = "desk/archive.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        archive = self.archive()
        form = SearchLogForm(choices=choices_for(self.request.user))
        return self.results(archive, Asked(), form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            archive = self.archive()
            form = SearchLogForm(request.POST, choices=choices_for(self.request.user))
            if not form.is_valid():
                return self.results(archive, Asked(), form, status=422)
            return self.results(archive, Asked.of(form.cleaned_data), form)

    def archive(self) -> Archive:
        found = archive_at(self.kwargs["first"]) if self.is_theirs else None
        if found is None:
            raise ObjectDoesNotExist
        return found

    def results(
        self, archive: Archive, asked: Asked, form: SearchLogForm, *, status: int = 200
    ) -> HttpResponse:
        user = self.request.user
        place = self.request.POST.get("from", "")
        since = int(place) if place.isascii() and place.isdigit() and len(place) < 19 else None
        found = look_through(user, archive, asked, since=since)
        self.record_read(
            object_type="audit.auditarchive",
            facts={
                "filters": sorted(asked.parts()),
                "rows": len(found.events) if found else 0,
                "first": archive.first,
                "end": archive.end,
                "sha256": archive.sha256.hex(),
            },
        )
        return self.answer(
            {
                "archive": archive,
                "last": archive.end - 1,
                "mark": archive.sha256.hex()[:16],
                "found": found,
                "asked": asked.parts(),
                "in_words": in_words(asked, choices_for(user)),
                "form": form,
                "form_open": bool(form.is_bound and form.errors),
                "here": reverse("audit_trail:archive", args=[archive.first]),
            },
            status=status,
        )
