"""A case conference with its decisions."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.inputs import LOCAL_MOMENT, Choices, DayInput, MomentInput
from core.forms import PlainForm

# On the form; more follow as tasks, or by the API.
MOST_DECISIONS = 4
NOBODY = ("", _("Nobody of ours"))


class HoldConferenceForm(PlainForm):
    held_at = forms.DateTimeField(
        label=_("When"),
        widget=MomentInput,
        input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    agencies = forms.TypedMultipleChoiceField(
        label=_("Which agencies took part"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Who of ours was there"),
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    others = forms.CharField(
        label=_("Who came for the other agencies"),
        required=False,
        max_length=1_000,
        help_text=_("By office, such as “duty prosecutor”. Sealed with the minutes."),
    )
    minutes = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("By codes, without names. It stays here: to share it is a handoff."),
    )

    def __init__(self, *args: Any, others: Choices, ours: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        others, ours = list(others), list(ours)
        fields["agencies"].choices, fields["colleagues"].choices = others, ours
        for number in range(1, MOST_DECISIONS + 1):
            which = {"number": number}
            fields[f"what_{number}"] = forms.CharField(
                label=str(_("Decision %(number)d") % which), required=False, max_length=300
            )
            fields[f"assignee_{number}"] = forms.TypedChoiceField(
                label=str(_("Decision %(number)d: which colleague does it") % which),
                coerce=uuid.UUID,
                empty_value=None,
                required=False,
                choices=[NOBODY, *ours],
            )
            fields[f"due_{number}"] = forms.DateField(
                label=str(_("Decision %(number)d: by when") % which),
                widget=DayInput,
                required=False,
            )
            fields[f"agency_{number}"] = forms.TypedChoiceField(
                label=str(_("Decision %(number)d: or which agency") % which),
                coerce=uuid.UUID,
                empty_value=None,
                required=False,
                choices=[("", _("None")), *others],
            )
        for field in fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def about(self) -> list[Any]:
        """The fields of the conference itself, for the page to draw first."""
        return [self[name] for name in ("held_at", "agencies", "colleagues", "others", "minutes")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The decisions, one group of fields each; those after the first open when needed."""
        return [
            {
                "number": number,
                "filled": number == 1 or bool(self[f"what_{number}"].value()),
                "fields": [
                    self[f"{name}_{number}"] for name in ("what", "assignee", "due", "agency")
                ],
            }
            for number in range(1, MOST_DECISIONS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        decisions = []
        for number in range(1, MOST_DECISIONS + 1):
            one = {
                name: values.pop(f"{name}_{number}", None)
                for name in ("what", "agency", "assignee", "due")
            }
            if one["what"]:
                if bool(one["assignee"]) != bool(one["due"]):
                    missing = "due" if one["assignee"] else "assignee"
                    self.add_error(
                        f"{missing}_{number}",
                        _("A decision that a colleague carries out needs their name and a day."),
                    )
                decisions.append(one)
            elif one["assignee"] or one["due"] or one["agency"]:
                self.add_error(f"what_{number}", _("Say what was decided."))
        values["decisions"] = decisions
        return values
