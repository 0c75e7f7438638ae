"""The audit trail for people: sentences, how the log stands, who opened a case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.cosigning import LastCosigned, NotConfigured, configured, last_cosigned
from audit.models import AuditEvent
from cases.models import Case
from cases.tabs import tabs_of
from core.paging import page_of
from core.views import DetailPage, Workspace
from desk.audit_sentences import sentences
from desk.log_alarms import log_alarms
from desk.selectors import log_state, openings_of

# The last word of a verb says whether somebody only looked.
LOOKED = r"(opened|shown|previewed|listed|downloaded|searched|exported)$"
AT_THE_DOOR = r"^(signin|factor|password)\."
# What somebody should look into: what does not open, and unusually much that was opened.
ALARMS = r"^(text\.unreadable|key\.unreadable|keys\.many_opened)$"
REFUSED = r"^(act\.refused|signin\.failed|record\.missed)$"
KINDS = (
    ("", _("Everything"), ""),
    ("reads", _("Openings"), rf"[._]{LOOKED}"),
    ("changes", _("Changes"), rf"^(?!(signin|factor|password|act|record)\.)(?!.*[._]{LOOKED})"),
    ("refusals", _("Refusals"), REFUSED),
    ("signins", _("Sign-ins"), AT_THE_DOOR),
    ("alarms", _("Alarms"), ALARMS),
)


class AuditTrailPage(Workspace):
    """All events, newest first, by kind and person."""

    permission = "audit.read_log"
    reads = "log.searched"
    template_name = "desk/audit_trail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        events = AuditEvent.objects.visible_to(self.request.user)
        kind = request.GET.get("kind", "")
        pattern = {code: regex for code, _label, regex in KINDS}.get(kind, "")
        if pattern:
            events = events.filter(verb__regex=pattern)
        person = self._person(request.GET.get("person", ""))
        if person:
            events = events.filter(actor_id=person.pk)
        page = page_of(events.order_by("-id"), request.GET.get("page"), 50)
        self.record_read(
            object_type="audit.auditevent",
            facts={
                "filters": sorted({"kind", "person"} & set(request.GET)),
                "rows": len(page.rows),
            },
        )
        return self.answer(
            {
                "page": page,
                "events": sentences(page.rows, self.request.user),
                "state": log_state(),
                "alarms": log_alarms(timezone.now()),
                "cosigned": _cosigned(),
                "person": person,
                "people": User.objects.visible_to(self.request.user).order_by("name"),
                "chips": [
                    {
                        "label": label,
                        "url": f"{reverse('audit_trail:events')}?kind={code}",
                        "current": code == kind,
                    }
                    for code, label, _regex in KINDS
                ],
                "kind": kind,
            }
        )

    def _person(self, asked: str) -> User | None:
        people = User.objects.visible_to(self.request.user)
        return next((user for user in people if str(user.pk) == asked), None) if asked else None


def _cosigned() -> LastCosigned | None:
    """How far outside witnesses vouch for the log; None where none is set up or readable."""
    try:
        return last_cosigned() if configured() else None
    except NotConfigured:
        return None


class WhoOpenedThis(DetailPage):
    """A case's own events, for those who work on it: who opened it, when and why."""

    model = Case
    permission = "cases.read_access"
    reads = "access.listed"
    template_name = "desk/who_opened.html"
    fragment_name = "desk/_who_opened.html"

    def context(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "case": record,
            "tabs": tabs_of(record, user, current="audit_trail:who_opened"),
            "events": sentences(openings_of(user, record), user),
        }
