"""`/styleguide/`: every component in every state, with made-up content. What it shows is what the
accessibility check reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.choices import YesNoUnknown
from core.forms import PlainForm
from core.icons import drawings
from core.paging import Page
from core.ui.statuses import STATUSES

NAV = (
    (_("My work"), "my-work"),
    (_("Referrals"), "referrals"),
    (_("Cases"), "cases"),
    (_("Handoffs"), "handoffs"),
    (_("Court"), "court"),
    (_("Reports"), "reports"),
)


class SampleForm(PlainForm):
    """One control of each kind."""

    reference = forms.CharField(label=_("Reference"), help_text=_("As the sender wrote it."))
    source = forms.ChoiceField(
        label=_("Who sent it"),
        choices=[("", _("Choose")), ("hotline", _("Hotline")), ("police", _("Police unit"))],
    )
    received = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    summary = forms.CharField(
        label=_("What happened, in the sender's words"),
        help_text=_("Record only what is needed to keep the child safe or to refer."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    safe_now = forms.ChoiceField(
        label=_("Is the child safe now?"), choices=YesNoUnknown.choices, widget=forms.RadioSelect
    )
    harms = forms.MultipleChoiceField(
        label=_("What kinds of data does it hold?"),
        choices=[("identity", _("Identity")), ("health", _("Health")), ("place", _("Place"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sheet = forms.FileField(label=_("Case sheet"), required=False)
    told = forms.BooleanField(label=_("The sender knows that we have it"), required=False)


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; 404 for strangers outside development and the demonstration."""
    user = getattr(request, "user", None)
    open_to_all = settings.DEBUG or getattr(settings, "LIWANAG_DEMO", False)
    if not (open_to_all or (user is not None and user.is_authenticated)):
        raise Http404
    return render(request, "styleguide/index.html", samples())


def samples() -> dict[str, Any]:
    """What the page is drawn from; fictional throughout."""
    now = timezone.now()
    broken = SampleForm(data={"reference": "", "safe_now": ""}, prefix="broken")
    return {
        "nav": [
            {"label": label, "icon": icon, "url": f"#{icon}", "current": icon == "referrals"}
            for label, icon in NAV
        ],
        "demo": True,
        "now": now,
        "soon": now + timedelta(days=3),
        "late": now - timedelta(days=2),
        "form": SampleForm(prefix="sample"),
        "broken": broken,
        "statuses": sorted(STATUSES),
        "icons": sorted(drawings()),
        "tabs": [
            {"label": _("Overview"), "url": "#tabs", "current": True},
            {"label": _("People"), "url": "#people", "current": False},
            {"label": _("Notes"), "url": "#notes", "current": False},
            {"label": _("Handoffs"), "url": "#handoffs", "current": False},
            {"label": _("Court"), "url": "#court", "current": False},
            {"label": _("History"), "url": "#history", "current": False},
        ],
        "chips": [
            {"label": _("All"), "url": "?#chips", "current": True},
            {"label": _("In triage"), "url": "?state=in_triage#chips", "current": False},
            {"label": _("Overdue"), "url": "?state=overdue#chips", "icon": "overdue"},
        ],
        "steps": [_("Source"), _("What happened"), _("Safety"), _("Check and save")],
        "facts": [
            (_("Stage"), _("Safety planning")),
            (_("Risk"), _("High")),
            (_("Lead"), "Maria Santos"),
            (_("School"), ""),
        ],
        "columns": [
            {"label": _("Province")},
            {"label": _("Cases"), "number": True},
            {"label": _("Range"), "number": True},
        ],
        "rows": [["Laguna", 128, "119–137"], ["Cebu", 96, "88–104"], ["Quezon", None, None]],
        "bars": [
            {"label": "Laguna", "value": 128, "low": 119, "high": 137, "main": True},
            {"label": "Cebu", "value": 96, "low": 88, "high": 104},
            {"label": "Rizal", "value": 41, "low": 34, "high": 48},
            {"label": "Quezon", "value": None},
        ],
        "events": [
            {
                "at": now,
                "icon": "handoff",
                "sentence": _("Handoff sent to the Tala cyber unit"),
                "who": "Maria Santos",
                "url": "#timeline",
                "proof": "pending",
            },
            {
                "at": now - timedelta(hours=1),
                "icon": "note",
                "sentence": _("Note written after a home visit"),
                "who": "Maria Santos",
                "proof": "sealed",
            },
            {
                "at": now - timedelta(days=1, hours=2),
                "icon": "referral",
                "sentence": _("Referral accepted and linked to this case"),
                "who": "Jose Ramos",
                "detail": _("From the Bantay hotline, received the day before."),
                "proof": "sealed",
            },
        ],
        "page_of_pages": Page(rows=[], number=3, pages=9, total=214),
    }
