"""What every page of the workspace knows: its navigation and whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.demo import demo_context
from accounts.models import Notice
from accounts.roles import Role
from accounts.selectors import ends_soon
from cases.selectors import live_emergencies
from desk.guides import guides_on
from desk.printing import print_context


@dataclass(frozen=True)
class NavItem:
    """One entry of the rail."""

    label: str | Promise
    url: str
    icon: str
    current: bool


# label, URL name, icon, the permissions of which one opens it, the URL namespaces it covers
ENTRIES = (
    (_("My work"), "desk:my_work", "my-work", (), ("desk",)),
    (
        _("Referrals"),
        "referrals:list",
        "referrals",
        ("referrals.read_referral",),
        ("referrals",),
    ),
    (_("Cases"), "cases:list", "cases", ("cases.read_case",), ("cases",)),
    (_("Handoffs"), "handoffs:list", "handoffs", ("handoffs.read_handoff",), ("handoffs",)),
    (_("Letterbox"), "handoffs:desk", "letterbox", ("handoffs.read_desk",), ("handoffs",)),
    (_("Court"), "courts:list", "court", ("courts.read_proceeding",), ("courts",)),
    (_("Reports"), "reporting:list", "reports", ("reporting.read_release",), ("reporting",)),
    (
        _("Legal bases"),
        "cases:grounds",
        "law",
        ("cases.oversee_grounds",),
        ("cases",),
    ),
    (_("Archive"), "handoffs:archive", "archive", ("handoffs.keep_archive",), ("handoffs",)),
    (_("Data rights"), "rights:erasures", "permission", ("cases.read_erasure",), ("rights",)),
    (_("Audit"), "audit_trail:events", "audit", ("audit.read_log",), ("audit_trail",)),
    (
        _("People"),
        "directory:people",
        "people",
        ("accounts.read_directory",),
        ("directory",),
    ),
)


# What one may go to at once from anywhere: label, URL name, icon, the permission for it.
ACTIONS = (
    (_("Log a referral"), "referrals:log", "add", "referrals.log_referral"),
    (_("Open a new case"), "cases:open", "add", "cases.open_case"),
    (_("Search the notes"), "cases:search_notes", "search", "cases.read_note"),
    (_("Leave cover"), "cases:covers", "calendar", "cases.set_cover"),
    (_("Caseload"), "cases:caseload", "people", "cases.change_lead"),
    (_("Reviews"), "audit_trail:reviews", "eye", "audit.close_review"),
    (_("Something went wrong with data"), "rights:report_breach", "alert", "cases.report_breach"),
    (_("What each role may do"), "directory:roles", "roles", "accounts.read_directory"),
    (_("Where you are signed in"), "usersessions_list", "sessions", ""),
    (_("Help"), "desk:help", "help", ""),
)


def workspace(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav`, `demo`, and who is signed in, in words."""
    context: dict[str, Any] = {
        "demo": settings.LIWANAG_DEMO,
        "training": settings.LIWANAG_TRAINING,
        "nav": [],
    }
    if settings.LIWANAG_DEMO and request.path.startswith("/account/"):
        context |= demo_context(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    context |= print_context(request)
    context["idle_seconds"] = settings.SESSION_IDLE_MINUTES * 60
    context["user_label"] = user.name
    context["membership_label"] = ", ".join(str(Role(role).label) for role in sorted(user.roles))
    # On every whole page, not only the case's own: it is easily forgotten.
    context["new_notices"] = (
        0
        if getattr(request, "htmx", False)
        else Notice.objects.visible_to(user).filter(seen_at=None).count()
    )
    context["emergencies"] = (
        [] if getattr(request, "htmx", False) else live_emergencies(user, timezone.now())
    )
    match = request.resolver_match
    here = match.namespace if match else ""
    context["guides_here"] = guides_on(match.view_name, user) if match else []
    if here == "desk" and ends_soon(user, timezone.localdate()):
        context["account_ends_on"] = user.ends_on
    context["nav"] = [
        NavItem(label, reverse(name), icon, here in spaces)
        for label, name, icon, needs, spaces in ENTRIES
        if not needs or any(user.may(permission) for permission in needs)
    ]
    context["palette"] = [
        *context["nav"],
        *(
            NavItem(label, reverse(name), icon, False)
            for label, name, icon, permission in ACTIONS
            if not permission or user.may(permission)
        ),
    ]
    return context
