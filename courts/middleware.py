"""The calendar feed, answered before the session: a calendar program has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.reading import reading
from courts.calendar_feed import calendar_of
from courts.models import Hearing
from courts.services.feeds import note_refused, owner_of

PREFIX = "/calendar-feed/"
BEHIND, AHEAD = timedelta(days=30), timedelta(days=366)
MOST = 2_000


class CalendarFeedMiddleware:
    """Answer a live address with the times of the hearings its owner sees; anything else is not
    there, and is written down once a day. Stands above the session's middleware: nobody's
    cookie is read or set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        secret = request.path_info.removeprefix(PREFIX).removesuffix(".ics")
        reads = request.method in ("GET", "HEAD")
        owner = owner_of(secret) if reads else None
        if owner is None or not owner.may("courts.feed_calendar"):
            if reads:
                note_refused(secret, get_adapter().get_client_ip(request) or "")
            return HttpResponse(
                "There is nothing here.\n", content_type="text/plain; charset=utf-8", status=404
            )
        now = timezone.now()
        with reading(owner) as look:
            hearings = list(
                Hearing.objects.visible_to(owner)
                .filter(status="scheduled")
                .between(now - BEHIND, now + AHEAD)
                .defer("place")
                .order_by("starts_at")[:MOST]
            )
            look.record("calendar.fed", facts={"rows": len(hearings)})
            body = calendar_of(hearings, now=now)
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response
