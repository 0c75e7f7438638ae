"""Setting a task, handing it on, ending it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import TaskKind
from cases.forms.inputs import Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


def _next_week() -> Any:
    return timezone.localdate() + timedelta(days=7)


class SetTaskForm(PlainForm):
    what = forms.CharField(
        label=_("What is to be done"),
        max_length=300,
        help_text=_("In a few words, without names."),
    )
    due_on = forms.DateField(label=_("By when"), widget=DayInput, initial=_next_week)
    assignee_id = forms.TypedChoiceField(label=_("Who does it"), coerce=uuid.UUID)
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=TaskKind.choices,
        initial=TaskKind.TASK,
    )
    person_id = forms.TypedChoiceField(
        label=_("For whom"), coerce=uuid.UUID, empty_value=None, required=False
    )

    def __init__(self, *args: Any, colleagues: Choices, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["assignee_id"].choices = list(colleagues)
        fields["person_id"].choices = [("", _("Everybody in the case")), *people]


class HandTaskForm(VersionedForm):
    assignee_id = forms.TypedChoiceField(label=_("Who does it"), coerce=uuid.UUID)
    due_on = forms.DateField(label=_("By when"), widget=DayInput)

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee_id"].choices = list(colleagues)  # type: ignore[attr-defined]


class FinishTaskForm(VersionedForm):
    result = forms.CharField(
        label=_("What came of it"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelTaskForm(VersionedForm):
    reason = forms.CharField(
        label=_("Why will it not be done?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
