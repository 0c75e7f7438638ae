"""The parts of "Data rights". A higher app adds its own in `apps.py` and serves it itself."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.tabs import Tab
from core.actors import Actor

TABS = [
    Tab(_("Erasures"), "rights:erasures", "cases.read_erasure"),
    Tab(_("Requests"), "rights:requests", "cases.read_register"),
    Tab(_("Breaches"), "rights:breaches", "cases.read_register"),
    Tab(_("Processing"), "rights:processing", "cases.read_register"),
    Tab(_("Transfers"), "rights:transfers", "cases.read_register"),
    Tab(_("Kept"), "rights:retention", "cases.review_retention"),
    Tab(_("Legal holds"), "rights:holds", "cases.read_erasure"),
]


def register_rights_tab(label: str | Promise, url_name: str, permission: str) -> None:
    """Add a part at the end. Called once by a higher app's `apps.py`."""
    TABS.append(Tab(label, url_name, permission))


def rights_tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """What `{% tabs %}` takes; `current` is a URL name."""
    return [
        {"label": tab.label, "url": reverse(tab.url_name), "current": tab.url_name == current}
        for tab in TABS
        if actor.may(tab.permission)
    ]
