"""Forms about who leads a case, who may see it, and who covers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import LeadReason
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


class ChangeLeadForm(VersionedForm):
    user_id = forms.TypedChoiceField(label=_("Who leads it from now on?"), coerce=uuid.UUID)
    reason = forms.ChoiceField(
        label=_("Why?"), widget=forms.RadioSelect, choices=LeadReason.choices
    )

    def __init__(self, *args: Any, workers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [CHOOSE_ONE, *workers]  # type: ignore[attr-defined]


class TransferCaseloadForm(PlainForm):
    case_ids = forms.TypedMultipleChoiceField(
        label=_("Which cases?"),
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    task_ids = forms.TypedMultipleChoiceField(
        label=_("Which tasks in cases of others?"),
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Open tasks of the cases above go with their case."),
    )
    to_user_id = forms.TypedChoiceField(label=_("Who takes over?"), coerce=uuid.UUID)
    reason = forms.ChoiceField(
        label=_("Why?"), widget=forms.RadioSelect, choices=LeadReason.choices
    )

    def __init__(
        self, *args: Any, cases: Choices, tasks: Choices, workers: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # All of them, unless somebody unticks one.
        for name, choices in (("case_ids", list(cases)), ("task_ids", list(tasks))):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.initial.setdefault(name, [pk for pk, _label in choices])
            if not choices:
                del self.fields[name]
        self.fields["to_user_id"].choices = [CHOOSE_ONE, *workers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["case_ids"] = values.get("case_ids") or []
        values["task_ids"] = values.get("task_ids") or []
        if not (values["case_ids"] or values["task_ids"]):
            self.add_error(None, _("Choose at least one case or task."))
        return values


class RestrictCaseForm(VersionedForm):
    team_ids = forms.TypedMultipleChoiceField(
        label=_("Whole teams"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    user_ids = forms.TypedMultipleChoiceField(
        label=_("Single people"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    why = forms.CharField(
        label=_("Why may only they see it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever sees the case. No names."),
    )

    def __init__(self, *args: Any, teams: Choices, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_ids"].choices = list(teams)  # type: ignore[attr-defined]
        self.fields["user_ids"].choices = list(people)  # type: ignore[attr-defined]


class LiftRestrictionForm(VersionedForm):
    """Nothing to fill in but which restriction was seen."""


class SetCoverForm(PlainForm):
    away_id = forms.TypedChoiceField(label=_("Who is away?"), coerce=uuid.UUID)
    cover_id = forms.TypedChoiceField(
        label=_("Who covers?"),
        coerce=uuid.UUID,
        help_text=_("They see the cases the other leads, on these days and no longer."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)

    def __init__(
        self, *args: Any, workers: Choices, me: uuid.UUID, for_others: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = list(workers)
        if for_others:
            self.fields["away_id"].choices = [  # type: ignore[attr-defined]
                (code, _("I am away myself") if code == me else name) for code, name in people
            ]
        else:
            del self.fields["away_id"]
        self.fields["cover_id"].choices = [  # type: ignore[attr-defined]
            CHOOSE_ONE,
            *((code, name) for code, name in people if for_others or code != me),
        ]
        today = timezone.localdate()
        self.initial.setdefault("away_id", me)
        self.initial.setdefault("starts_on", today)
        self.initial.setdefault("ends_on", today + timedelta(days=7))
