"""Handing out a sealed file, the letter that goes with it, and what opens it without us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.views import DetailPage, Workspace
from handoffs.key_selectors import signatures_of
from handoffs.models import Handoff, HandoffPackage
from handoffs.offline import verify_handoff
from handoffs.services.sealing import take_sealed_file
from handoffs.views.desk import envelope_context, on_desk
from handoffs.views.sending import handoff_context, own


class TakeSealed(Workspace):
    """The sealed file of an accepted handoff; the page opens it, or it is saved."""

    permission = "handoffs.open_package"
    steps_up = True
    reads = "handoff.previewed"
    model = Handoff

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:envelope", args=[self.kwargs["pk"]]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            name, data = take_sealed_file(actor=self.request.user, handoff_id=self.kwargs["pk"])
        except DomainError as broken:
            with self.request.reading():
                return self.refused_page(broken.message)
        return as_file(data, name, "application/octet-stream")

    def refused_page(self, problem: str) -> HttpResponse:
        record = on_desk(self.request.user).get(pk=self.kwargs["pk"])
        self.record_read(record)
        context = {**envelope_context(self.request.user, record), "problem": problem}
        return render(self.request, "handoffs/envelope.html", context, status=422)


class TakeArchived(TakeSealed):
    """The sender's own copy: sealed to the archive, which two people open."""

    permission = "handoffs.read_handoff"
    reads = "handoff.opened"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:handoff", args=[self.kwargs["pk"]]))

    def refused_page(self, problem: str) -> HttpResponse:
        record = own(self.request.user).get(pk=self.kwargs["pk"])
        self.record_read(record)
        context = {**handoff_context(self.request.user, record), "problem": problem}
        return render(self.request, "handoffs/handoff.html", context, status=422)


class Letter(DetailPage):
    """The transmittal letter: what was sealed for whom, and who received it. No case data."""

    model = Handoff
    permission = "handoffs.read_handoff"
    reads = "handoff.letter_printed"
    template_name = "handoffs/letter.html"

    def queryset(self) -> Any:
        return own(self.request.user).exclude(sent_at=None)

    def context(self, record: Any) -> dict[str, Any]:
        kept = HandoffPackage.objects.only("digest", "file_digest").get(handoff=record)
        return {
            "handoff": record,
            "signature": next(iter(signatures_of(self.request.user, record)), ""),
            "file_digest": bytes(kept.file_digest).hex(),
            "digest": bytes(kept.digest).hex(),
            "printed_at": timezone.now(),
            "purpose": _("Transmittal letter"),
            "back": reverse("handoffs:handoff", args=[record.pk]),
        }


class Opener(Workspace):
    """One HTML file that opens sealed files in a browser, without a network."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = Path(settings.BASE_DIR) / "assets" / "dist" / "open-handoff.html"
        return as_file(place.read_bytes(), place.name, "application/octet-stream")


class Verifier(Workspace):
    """The program that checks and opens sealed files in a terminal."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = Path(verify_handoff.__file__)
        return as_file(place.read_bytes(), place.name, "application/octet-stream")


def as_file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
