"""Which referrals the board counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core.forms import PlainForm
from referrals.choices import SourceCategory
from referrals.selectors.board import LONGEST

QUARTER = timedelta(days=90)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class BoardForm(PlainForm):
    """The days, the team and the kind of source."""

    fields: dict[str, Any]

    first = _day(_("Reached us from"))
    last = _day(_("Until"))
    team = forms.ChoiceField(label=_("Team"), required=False)
    source = forms.ChoiceField(
        label=_("Kind of source"),
        choices=[("", _("All")), *SourceCategory.choices],
        required=False,
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [
            ("", _("All")),
            *((str(team.pk), team.name) for team in teams),
        ]

    @staticmethod
    def usual() -> dict[str, str]:
        """The last ninety days, everything."""
        today = timezone.localdate()
        return {"first": (today - QUARTER).isoformat(), "last": today.isoformat()}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        elif first and last and last - first >= LONGEST:
            self.add_error("last", _("Choose at most a year."))
        return told
