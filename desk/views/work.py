"""My work: one page that answers "what needs me now?", and a list behind each of its numbers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core.paging import Page
from core.views import ListPage, Workspace
from desk.cards import Card
from desk.selectors import my_work
from desk.selectors.approvals import may_decide
from desk.waiting import KINDS


def record_unreadable(view: Workspace, cards: list[Card]) -> None:
    """Write down each card whose words did not open."""
    for card in cards:
        if card.unreadable:
            with view.request.reading() as look:
                look.record("text.unreadable", card.sealed, fields=card.unreadable)


class MyWorkPage(Workspace):
    """Numbers, cards by urgency, then what is coming up."""

    reads = "work.listed"
    template_name = "desk/my_work.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = timezone.now()
        work = my_work(self.request.user, at)
        record_unreadable(self, [*work.now, *work.coming])
        self.record_read(facts={"now": len(work.now), "coming": len(work.coming)})
        user = self.request.user
        can = {
            "report_breach": user.may("cases.report_breach"),
            "decide": may_decide(user),
        }
        return self.answer({"work": work, "at": at, "can": can})


class WaitingPage(ListPage):
    """All of one kind that waits for the person, most pressing first."""

    reads = "work.listed"
    template_name = "desk/waiting.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.kind.own_list is not None and self.request.user.may(self.permission):
            # These rows have a list of their own elsewhere, with what can be done there.
            return redirect(self.kind.url)
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = [kind for kind in KINDS if kind.code == kwargs["kind"]]
        if not found:
            raise Http404
        self.kind = found[0]
        self.at = timezone.now()

    @property
    def permission(self) -> str:  # type: ignore[override]
        return self.kind.permission

    def listed(self) -> str:
        return self.queryset().model._meta.label_lower

    def queryset(self) -> QuerySet[Any]:
        return self.kind.rows(self.request.user, self.at)

    def context(self, page: Page) -> dict[str, Any]:
        cards = self.kind.cards(self.request.user, page.rows, self.at) if page.rows else []
        record_unreadable(self, cards)
        return {
            "page": page,
            "cards": cards,
            "title": self.kind.title,
            "counted": self.kind.counted % {"n": page.total},
        }
