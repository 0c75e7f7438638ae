"""What has been kept long enough: the list, one of it, and the decision."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.choices import ReviewStatus
from cases.forms.retention import KeepLongerForm
from cases.models import ErasureRequest, RetentionReview
from cases.retention import labels, schedule
from cases.rights_tabs import rights_tabs
from cases.selectors.rights import spelled
from cases.services.retention import ask_for_its_erasure, keep_longer
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage


class DueList(ListPage):
    """What is due to be looked at, and the schedule."""

    model = RetentionReview
    permission = "cases.review_retention"
    reads = "retention.listed"
    template_name = "cases/retention.html"

    def queryset(self) -> Any:
        # What the officer has decided on leaves the list; refused, it is due again the next night.
        waits = ErasureRequest.objects.waiting().filter(
            Q(case_id=OuterRef("case_id")) | Q(record_id=OuterRef("record_id"))
        )
        return (
            super()
            .queryset()
            .order_by("decided_at", "review_on")
            .filter(Q(status=ReviewStatus.DUE) | Q(status=ReviewStatus.TO_ERASE) & Exists(waits))
        )

    def context(self, page: Page) -> dict[str, Any]:
        user, words = self.request.user, labels()
        return super().context(page) | {
            "tabs": rights_tabs(user, "rights:retention"),
            "due": [
                {"review": review, "what": words.get(review.retention, review.retention)}
                for review in page.rows
            ],
            "schedule": schedule(),
        }


def review_facts(review: RetentionReview) -> list[tuple[str, Any]]:
    """(label, value) of one record that is due."""
    facts = [
        (_("Reference"), review.reference),
        (_("What it is"), labels().get(review.retention, review.retention)),
        (_("Kept until"), date_format(review.review_on, "j M Y")),
    ]
    if review.decided_by is not None:
        facts += [
            (_("Decided by"), review.decided_by.name),
            (_("Decided on"), spelled(review.decided_at)),
        ]
    if review.keep_until is not None:
        facts += [
            (_("Kept because"), review.get_reason_display()),
            (_("Look again on"), date_format(review.keep_until, "j M Y")),
        ]
    return facts


class DuePage(DetailPage):
    """One record whose time is over."""

    model = RetentionReview
    permission = "cases.review_retention"
    reads = "retention.opened"
    template_name = "cases/retention_review.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("decided_by")

    def context(self, record: RetentionReview) -> dict[str, Any]:
        user = self.request.user
        due = record.status == ReviewStatus.DUE
        return {
            "review": record,
            "facts": review_facts(record),
            "can": {
                "keep": due,
                "erase": due and user.may("cases.request_erasure"),
                "open": user.may("cases.read_case") and record.case_id,
            },
        }


class DecideDue(FormPage):
    """What keeping and asking for erasure share."""

    reads = "retention.opened"
    template_name = "cases/decide_retention.html"
    erase = False

    def find(self) -> RetentionReview:
        found: RetentionReview = (
            RetentionReview.objects.visible_to(self.request.user)
            .select_related("decided_by")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: RetentionReview, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "review": record,
            "facts": review_facts(record),
            "erase": self.erase,
        }

    def done_url(self, result: Any) -> str:
        return reverse("rights:due", args=[self.kwargs["pk"]])


class KeepLonger(DecideDue):
    """Keep it, with a reason and a day."""

    permission = "cases.review_retention"
    form_class = KeepLongerForm
    success_message = gettext_lazy("It is kept. Somebody looks again on the day you chose.")

    def perform(self, data: dict[str, Any]) -> RetentionReview:
        return keep_longer(
            actor=self.request.user, review_id=self.kwargs["pk"], at=timezone.now(), **data
        )


class AskForItsErasure(DecideDue):
    """Ask for everybody in it to be erased."""

    permission = "cases.request_erasure"
    erase = True
    success_message = gettext_lazy("The data protection officer has been told.")

    def perform(self, data: dict[str, Any]) -> Any:
        return ask_for_its_erasure(
            actor=self.request.user, review_id=self.kwargs["pk"], at=timezone.now()
        )
