"""The tabs of a case page. A higher app adds its own in `apps.py` and serves that tab itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from core.actors import Actor


@dataclass(frozen=True)
class Tab:
    """One part of a case page, served at `url_name` (with the case's id) by its own app."""

    label: str | Promise
    url_name: str
    permission: str


TABS = [
    Tab(_("Overview"), "cases:case", "cases.read_case"),
    Tab(_("People"), "cases:people", "cases.read_person"),
    Tab(_("Notes"), "cases:notes", "cases.read_note"),
    Tab(_("Work"), "cases:work", "cases.read_task"),
    Tab(_("Papers"), "cases:papers", "cases.read_paper"),
    Tab(_("Consent"), "cases:consents", "cases.read_consent"),
    Tab(_("History"), "cases:history", "cases.read_case"),
]


# People are looked for first, then what was written and is to be done; higher apps come between
# that and the end.
OWN_FIRST = 6


def register_tab(label: str | Promise, url_name: str, permission: str) -> None:
    """Add a tab between “Consent” and “History”. Called once by a higher app's `apps.py`.

    Apps are set up from the highest down, so each newcomer stands before those already there:
    handoffs before court, court before what looks across apps.
    """
    TABS.insert(OWN_FIRST, Tab(label, url_name, permission))


def tabs_of(case: Case, actor: Actor, *, current: str) -> list[dict[str, Any]]:
    """What `{% tabs %}` takes: the tabs the actor's roles open; `current` is a URL name."""
    return [
        {
            "label": tab.label,
            "url": reverse(tab.url_name, args=[case.pk]),
            "current": tab.url_name == current,
        }
        for tab in TABS
        if actor.may(tab.permission)
    ]
