"""My work: one page that answers "what needs me now?"."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.views import Workspace
from desk.selectors import my_work


class MyWorkPage(Workspace):
    """Cards by urgency, then what is coming up."""

    reads = "work.listed"
    template_name = "desk/my_work.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = timezone.now()
        work = my_work(self.request.user, at)
        for card in (*work.now, *work.coming):
            if card.unreadable:
                with self.request.reading() as look:
                    look.record("text.unreadable", card.sealed, fields=card.unreadable)
        self.record_read(facts={"now": len(work.now), "coming": len(work.coming)})
        can = {"report_breach": self.request.user.may("cases.report_breach")}
        return self.answer({"work": work, "at": at, "can": can})
