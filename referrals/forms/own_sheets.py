"""Choosing the columns of an organisation's own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.htcds.fields import FIELDS
from referrals.incoming.own import DAY_FIRST, LEAVE_OUT, MONTH_FIRST, OWN_NUMBER, ColumnMap
from referrals.services.own_sheets import NAME_LIMIT

_GROUPS = (
    ("prs_", _("The person")),
    ("vic_", _("What happened")),
    ("con_", _("Consent")),
    ("cas_", _("The case")),
)


# Answers, not blanks: what was not chosen is told from what was left out on purpose.
LEFT = "leave_out"
AS_FAULTS = "faults"


def field_choices() -> list[Any]:
    """What a column can hold, by group, in the standard's own words."""
    groups: list[Any] = [
        (LEFT, _("Leave it out")),
        (OWN_NUMBER, _("Our own number of the row")),
    ]
    placed: set[str] = set()
    for prefix, words in _GROUPS:
        inside = [(name, one.label) for name, one in FIELDS.items() if name.startswith(prefix)]
        placed |= {name for name, _label in inside}
        groups.append((words, inside))
    rest = [(name, one.label) for name, one in FIELDS.items() if name not in placed]
    return [*groups, (_("Others"), rest)] if rest else groups


class ChooseColumnsForm(PlainForm):
    """One choice for each column, by its heading, with what stands in its first rows."""

    date_order = forms.ChoiceField(
        label=_("How are dates such as 03/04/2019 written?"),
        help_text=_("2019-04-03, 3 April 2019 and cells that are dates are read either way."),
        choices=[
            (AS_FAULTS, _("They are not: treat them as a mistake")),
            (DAY_FIRST, _("Day first: 3 April")),
            (MONTH_FIRST, _("Month first: 4 March")),
        ],
        widget=forms.RadioSelect,
    )
    keep_as = forms.CharField(
        label=_("Keep these choices for the next time, as"),
        help_text=_("A name such as “Intake book 2019”. Leave it empty to use them only now."),
        max_length=NAME_LIMIT,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[tuple[str, list[str]]],
        chosen: ColumnMap,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = [heading for heading, _samples in columns]
        choices = field_choices()
        for place, (heading, samples) in enumerate(columns):
            field = forms.ChoiceField(
                label=heading,
                help_text=" · ".join(samples) or _("The first rows are empty."),
                choices=choices,
                initial=chosen.targets.get(heading) or LEFT,
            )
            field.widget.attrs["autocomplete"] = "off"
            self.fields[f"column_{place}"] = field
        self.fields["date_order"].initial = chosen.date_order or AS_FAULTS

    @property
    def columns(self) -> list[Any]:
        """The bound fields of the columns, in order."""
        return [self[f"column_{place}"] for place in range(len(self.headings))]

    def clean(self) -> dict[str, Any]:
        """Adds `targets`: heading → field, as chosen."""
        data = super().clean() or {}
        chosen = {
            heading: data.get(f"column_{place}", LEFT)
            for place, heading in enumerate(self.headings)
        }
        data["targets"] = {
            heading: LEAVE_OUT if target == LEFT else target for heading, target in chosen.items()
        }
        if data.get("date_order") == AS_FAULTS:
            data["date_order"] = ""
        return data


class StartOwnImportForm(PlainForm):
    """Whether to keep what the sheet says."""

    dry_run = forms.BooleanField(label=_("Only check it, keep nothing"), required=False)
