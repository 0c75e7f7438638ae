"""The queues of reviews: what somebody did and somebody else looks at, and how that ended."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import Review
from audit.review_kinds import kinds
from audit.reviewing import close_review
from core.paging import Page
from core.views import FormPage, ListPage
from desk.forms import CloseReviewForm
from desk.selectors import reviews

SHOWN = (("", _("Waiting")), ("overdue", _("Overdue")))


class ReviewsPage(ListPage):
    """Reviews that wait, oldest first; by kind; and those that are closed."""

    model = Review
    permission = "audit.close_review"
    reads = "review.listed"
    template_name = "desk/reviews.html"

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in {"overdue", "closed"} | set(kinds()) else ""

    def queryset(self) -> models.QuerySet[Any]:
        return reviews.queue(self.request.user, self.show, timezone.now())

    def context(self, page: Page) -> dict[str, Any]:
        user = self.request.user
        waiting = reviews.waiting_by_kind(user)
        chips = [
            *SHOWN,
            *((code, f"{kind.label} ({waiting.get(code, 0)})") for code, kind in kinds().items()),
            ("closed", _("Closed")),
        ]
        return {
            "page": page,
            "rows": reviews.review_rows(page.rows, user, timezone.now()),
            "show": self.show,
            "may_search": user.may("audit.read_log"),
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('audit_trail:reviews')}{f'?show={code}' if code else ''}",
                    "current": code == self.show,
                }
                for code, label in chips
            ],
        }


class ReviewPage(FormPage):
    """One review: who did what, the entries of the act, and the finding."""

    model = Review
    permission = "audit.close_review"
    reads = "review.read"
    template_name = "desk/review.html"
    form_class = CloseReviewForm
    success_message = _("The review is closed, and its finding stands.")

    def find(self) -> Any:
        return Review.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "shown": reviews.review_page(self.request.user, record, timezone.now()),
            "review": record,
            "form": form,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return close_review(actor=self.request.user, review_id=self.kwargs["pk"], **data)

    def done_url(self, result: Any) -> str:
        return reverse("audit_trail:reviews")
