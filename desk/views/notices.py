"""Notices: what one was told of, marking it as seen, and how mail comes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Notice, NoticeChoice
from accounts.services.notices import choose_notices, mark_seen
from core.paging import Page
from core.views import FormPage, ListPage, Workspace
from desk.forms import ChooseNoticesForm, MarkSeenForm
from desk.selectors.notices import show_notices


class NoticesPage(ListPage):
    """Newest first; what is new says so in a word."""

    model = Notice
    reads = "notices.listed"
    template_name = "desk/notices.html"

    def context(self, page: Page) -> dict[str, Any]:
        user = self.request.user
        return super().context(page) | {
            "shown": show_notices(user, page.rows, _("New")),
            "new": Notice.objects.visible_to(user).filter(seen_at=None).count(),
            "new_here": [str(row.pk) for row in page.rows if row.seen_at is None],
        }


class MarkSeen(Workspace):
    """Those of the page that was before the person: what came meanwhile stays new."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MarkSeenForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was marked. Open the page again and try once more."))
            return redirect("notices:list")
        shown = form.cleaned_data["shown"]
        mark_seen(actor=self.request.user, notices=shown, at=timezone.now())
        messages.success(request, _("Marked as seen."))
        return redirect("notices:list")


class ChooseNotices(FormPage):
    """How mail comes, and when not."""

    reads = "notices.listed"
    form_class = ChooseNoticesForm
    template_name = "desk/choose_notices.html"
    success_message = gettext_lazy("Kept. What is urgent still comes at once.")

    def form_options(self, record: Any) -> dict[str, Any]:
        mine = NoticeChoice.objects.visible_to(self.request.user).first()
        choice = mine or NoticeChoice(user=self.request.user)
        names = ("by_mail", "daily_at", "quiet_from", "quiet_until")
        return {"initial": {name: getattr(choice, name) for name in names}}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"back": reverse("notices:list")}

    def perform(self, data: dict[str, Any]) -> NoticeChoice:
        return choose_notices(actor=self.request.user, **data)

    def done_url(self, result: NoticeChoice) -> str:
        return reverse("notices:list")
