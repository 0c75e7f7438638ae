"""Pages of the referral desk: the queue, logging, and one referral with what can be done now."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Team, User
from cases.selectors import duties_of_referral
from core.paging import Page
from core.requests import SignedInRequest
from core.views import DetailPage, ListPage
from referrals import selectors
from referrals.choices import SourceCategory
from referrals.forms.intake import BY_NAME
from referrals.models import Referral
from referrals.policies import can_read_summary
from referrals.selectors.kept import asked_of, kept_lists
from referrals.selectors.matching import Match, likely_matches
from referrals.services import desk


class ReferralList(ListPage):
    """The queue: waiting first, danger on top."""

    model = Referral
    permission = "referrals.read_referral"
    reads = "referral.listed"
    template_name = "referrals/list.html"
    filters = frozenset({"show", "source", "country"})

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = timezone.now()
        self.asked = asked_of(request.GET)
        self.show = self.asked["show"]

    def queue(self) -> Any:
        asked = self.asked
        return selectors.queue(
            self.request.user, self.show, self.at, asked["source"], asked["country"]
        )

    def queryset(self) -> models.QuerySet[Any]:
        return selectors.with_names(self.queue())

    def context(self, page: Page) -> dict[str, Any]:
        narrowed = {name: told for name, told in self.asked.items() if told}
        return {
            "page": page,
            "asked": self.asked,
            "narrowed": set(narrowed) != {"show"},
            "query": urlencode(narrowed),
            "sources": SourceCategory.choices,
            "countries": BY_NAME,
            "kept": kept_lists(self.request.user),
            "rows": selectors.queue_rows(page.rows, self.at),
            "overdue": self.queue().overdue(self.at).count(),
            "show": self.show,
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('referrals:list')}?{urlencode(narrowed | {'show': code})}",
                    "current": code == self.show,
                }
                for code, label in selectors.CHIPS.items()
            ],
            "can_log": self.request.user.may("referrals.log_referral"),
            "can_import": self.request.user.may("referrals.import_referrals"),
            "can_read_board": self.request.user.may("referrals.read_exact_board"),
            "can_assign": self.request.user.may("referrals.assign_referrals"),
        }


def teams_of(user: User) -> models.QuerySet[Any]:
    # A subquery: somebody with two roles in a team is not offered it twice.
    mine = Team.objects.of_member(user, timezone.now())
    return Team.objects.filter(pk__in=mine.values("pk"))


def page_context(request: SignedInRequest, referral: Referral) -> dict[str, Any]:
    shown = selectors.referral_page(request.user, referral, timezone.now())
    if shown.unreadable:
        with request.reading() as look:
            look.record("text.unreadable", referral, fields=shown.unreadable)
    user = request.user
    url = reverse("referrals:note_duty", args=[referral.pk])
    return {
        "shown": shown,
        "referral": referral,
        "can": shown.can,
        "duties": duties_of_referral(user, referral.pk, referral.case_id, timezone.now()),
        "note_duty_url": url if user.may("cases.record_duty") else "",
    }


def looked_for_matches(request: SignedInRequest, referral: Referral) -> list[Match]:
    """What may be the same as a referral, for whoever may open it; that they looked is recorded."""
    if not can_read_summary(request.user):
        return []
    found = likely_matches(request.user, referral)
    with request.reading() as look:
        look.record("referral.matched", referral, facts={"found": len(found)})
    return found


class Matches(DetailPage):
    """What may be the same as one referral, and why."""

    model = Referral
    permission = "referrals.start_triage"
    reads = "referral.opened"
    template_name = "referrals/matches.html"

    def queryset(self) -> models.QuerySet[Any]:
        return whole(super().queryset())

    def context(self, record: Referral) -> dict[str, Any]:
        return {"referral": record, "matches": looked_for_matches(self.request, record)}


class ReferralPage(DetailPage):
    """One referral. Its summary stays closed until somebody opens it."""

    model = Referral
    permission = "referrals.read_referral"
    reads = "referral.opened"
    template_name = "referrals/referral.html"

    def queryset(self) -> models.QuerySet[Any]:
        return whole(super().queryset())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.find())

    def show(self, referral: Referral, **more: Any) -> HttpResponse:
        self.record_read(referral, fields=["source_reference"])
        return self.answer({**page_context(self.request, referral), **more})


def whole(referrals: models.QuerySet[Any]) -> models.QuerySet[Any]:
    return referrals.select_related(
        "team", "assigned_to", "logged_by", "decided_by", "source_agency", "redirected_to"
    ).defer("summary", "subject", "decision_note")


class OpenSummary(ReferralPage):
    """Open the summary, and who it is about, to read it now; by address alone it stays closed."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        opened = desk.open_summary(actor=self.request.user, referral_id=self.kwargs["pk"])
        subject = selectors.subject_facts(opened.subject or {})
        with self.request.reading():
            return self.show(self.find(), opened=opened, subject=subject)
