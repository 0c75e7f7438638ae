"""What happened in a case, told from the record itself; higher apps add their own moments.

Like a tab, a source of moments is registered in a higher app's `apps.py`:
`register_moments(moments_of_case)`, a function of `(actor, case)` giving what the actor may see.
What a case itself holds is told by `cases.moments`; `cases.told` puts it together, page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.models import Case
from core.actors import Actor


@dataclass(frozen=True)
class Moment:
    """One thing that happened; the shape `{% timeline %}` takes. `kind` is one of `KINDS`."""

    at: datetime
    sentence: str
    kind: str
    icon: str = "dot"
    who: str = ""
    detail: str = ""
    url: str = ""


KINDS: dict[str, str | Promise] = {
    "": gettext_lazy("Everything"),
    "steps": gettext_lazy("Steps"),
    "people": gettext_lazy("People"),
    "contact": gettext_lazy("Contact and safety"),
    "care": gettext_lazy("Care"),
    "consent": gettext_lazy("Consent"),
    "notes": gettext_lazy("Notes and papers"),
    "referrals": gettext_lazy("Referrals"),
    "handoffs": gettext_lazy("Handoffs"),
    "court": gettext_lazy("Court"),
}

Source = Callable[[Actor, Case], Iterable[Moment]]
SOURCES: list[Source] = []


def register_moments(source: Source) -> None:
    """Add a source of moments. Called once by a higher app's `apps.py`."""
    SOURCES.append(source)
