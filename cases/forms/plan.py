"""Goals, the plan's own steps, and services."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    GoalStatus,
    PlanAnswer,
    ServiceOutcome,
    ServiceType,
    TookPart,
    WhoseWords,
)
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _in_three_months() -> Any:
    return timezone.localdate() + timedelta(days=90)


class AddGoalForm(PlainForm):
    words = forms.CharField(
        label=_("What they want, in their words"),
        max_length=1_000,
        widget=_lines(3),
        help_text=_("As they said it. It is sealed under their own key and never rewritten."),
    )
    whose_words = forms.ChoiceField(
        label=_("Whose words are these?"), widget=forms.RadioSelect, choices=WhoseWords.choices
    )
    what_we_do = forms.CharField(
        label=_("What we do towards it"), required=False, max_length=1_000, widget=_lines(3)
    )


class EndGoalForm(VersionedForm):
    steps = frozenset({"status"})
    status = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[choice for choice in GoalStatus.choices if choice[0] != GoalStatus.OPEN],
    )


class AddActionForm(PlainForm):
    what = forms.CharField(
        label=_("What is to be done"),
        max_length=300,
        help_text=_("In a few words, without names. It becomes a task."),
    )
    due_on = forms.DateField(label=_("By when"), widget=DayInput)
    assignee_id = forms.TypedChoiceField(label=_("Who does it"), coerce=uuid.UUID)

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee_id"].choices = list(colleagues)  # type: ignore[attr-defined]
        self.initial.setdefault("due_on", timezone.localdate() + timedelta(days=7))


class SubmitPlanForm(VersionedForm):
    steps = frozenset({"review_on"})
    answer = forms.ChoiceField(
        label=_("What did the survivor answer?"),
        widget=forms.RadioSelect,
        choices=PlanAnswer.choices,
        help_text=_("Go through it with them first: it is theirs. Who says no gets another plan."),
    )
    review_on = forms.DateField(
        label=_("When do you look at it together again?"),
        widget=DayInput,
        initial=_in_three_months,
    )


class ReturnPlanForm(VersionedForm):
    reason = forms.CharField(label=_("What should be changed?"), max_length=1_000, widget=_lines(3))


class ReviewPlanForm(VersionedForm):
    steps = frozenset({"next_on", "held_on"})
    held_on = forms.DateField(
        label=_("When you looked at it"), widget=DayInput, initial=timezone.localdate
    )
    took_part = forms.ChoiceField(
        label=_("Did the survivor take part?"), widget=forms.RadioSelect, choices=TookPart.choices
    )
    what_changed = forms.CharField(label=_("What changed"), max_length=4_000, widget=_lines(4))
    next_on = forms.DateField(
        label=_("When do you look at it again?"), widget=DayInput, initial=_in_three_months
    )


class AskServiceForm(PlainForm):
    type = forms.ChoiceField(label=_("Service"), choices=[CHOOSE_ONE, *ServiceType.choices])
    provider_id = forms.TypedChoiceField(
        label=_("Who gives it"), coerce=uuid.UUID, empty_value=None, required=False
    )
    provider_name = forms.CharField(
        label=_("Somebody else"),
        max_length=120,
        required=False,
        help_text=_("Where they are not in the list."),
    )
    goal_id = forms.TypedChoiceField(
        label=_("Towards which goal"), coerce=uuid.UUID, empty_value=None, required=False
    )
    requested_on = forms.DateField(
        label=_("Asked for on"), widget=DayInput, initial=timezone.localdate
    )
    remark = forms.CharField(
        label=_("To remember"), required=False, max_length=1_000, widget=_lines(2)
    )

    def __init__(self, *args: Any, agencies: Choices, goals: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["provider_id"].choices = [("", _("Not settled")), *agencies]
        goals = list(goals)
        fields["goal_id"].choices = [("", _("None of them")), *goals]
        if not goals:
            del fields["goal_id"]


class MoveServiceForm(VersionedForm):
    steps = frozenset({"outcome", "on"})
    outcome = forms.ChoiceField(
        label=_("How does it stand?"),
        widget=forms.RadioSelect,
        choices=[c for c in ServiceOutcome.choices if c[0] != ServiceOutcome.REQUESTED],
    )
    on = forms.DateField(label=_("Since when"), widget=DayInput, initial=timezone.localdate)
    sessions = forms.IntegerField(
        label=_("Sessions so far"), required=False, min_value=0, max_value=2_000
    )
