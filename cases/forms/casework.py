"""Forms of the plan: tasks, goals, services, assessments, conferences."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import GoalStatus, ServiceOutcome, ServiceType, TaskKind
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, Choices, DayInput, MomentInput, VersionedForm
from cases.instruments import Instrument
from core.forms import PlainForm

NOBODY = ("", _("Nobody of ours"))
MOST_DECISIONS = 3


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _in(days: int) -> Any:
    return lambda: timezone.localdate() + timedelta(days=days)


def _only_one(choices: Choices) -> list[Any]:
    """Where there is one answer, it is given; else one has to choose."""
    choices = list(choices)
    return choices if len(choices) == 1 else [CHOOSE_ONE, *choices]


class SetTaskForm(PlainForm):
    what = forms.CharField(
        label=_("What is to be done"),
        max_length=300,
        help_text=_("In a few words, without names."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), widget=forms.RadioSelect, choices=TaskKind.choices, initial=TaskKind.TASK
    )
    assignee_id = forms.TypedChoiceField(label=_("Who does it"), coerce=uuid.UUID)
    due_on = forms.DateField(label=_("By when"), widget=DayInput, initial=_in(7))

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee_id"].choices = _only_one(colleagues)  # type: ignore[attr-defined]


class HandTaskForm(VersionedForm):
    assignee_id = forms.TypedChoiceField(label=_("Who does it"), coerce=uuid.UUID)
    due_on = forms.DateField(label=_("By when"), widget=DayInput)

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee_id"].choices = _only_one(colleagues)  # type: ignore[attr-defined]


class EndTaskForm(VersionedForm):
    done = forms.TypedChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[("yes", _("It is done")), ("no", _("It is dropped"))],
        initial="yes",
    )
    result = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=2_000,
        widget=_lines(3),
        help_text=_("Needed when it is dropped."),
    )


class AddGoalForm(PlainForm):
    person_id = forms.TypedChoiceField(label=_("Whose goal"), coerce=uuid.UUID)
    words = forms.CharField(
        label=_("What they want, in their words"),
        max_length=1_000,
        widget=_lines(3),
        help_text=_("As they said it. It is sealed under their own key."),
    )
    what_we_do = forms.CharField(
        label=_("What we do towards it"), required=False, max_length=1_000, widget=_lines(3)
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = _only_one(people)  # type: ignore[attr-defined]


class EndGoalForm(VersionedForm):
    status = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[choice for choice in GoalStatus.choices if choice[0] != GoalStatus.OPEN],
    )


class AgreePlanForm(VersionedForm):
    review_on = forms.DateField(
        label=_("When do you look at it together again?"), widget=DayInput, initial=_in(90)
    )


class AskServiceForm(PlainForm):
    person_id = forms.TypedChoiceField(label=_("For whom"), coerce=uuid.UUID)
    type = forms.ChoiceField(label=_("Service"), choices=[CHOOSE_ONE, *ServiceType.choices])
    provider_id = forms.TypedChoiceField(
        label=_("Who gives it"), coerce=uuid.UUID, empty_value=None, required=False
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

    def __init__(
        self, *args: Any, people: Choices, agencies: Choices, goals: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person_id"].choices = _only_one(people)
        fields["provider_id"].choices = [("", _("Not settled")), *agencies]
        goals = list(goals)
        fields["goal_id"].choices = [("", _("None of them")), *goals]
        if not goals:
            del fields["goal_id"]


class MoveServiceForm(VersionedForm):
    outcome = forms.ChoiceField(
        label=_("How does it stand?"),
        widget=forms.RadioSelect,
        choices=[c for c in ServiceOutcome.choices if c[0] != ServiceOutcome.REQUESTED],
    )
    on = forms.DateField(label=_("Since when"), widget=DayInput, initial=timezone.localdate)
    sessions = forms.IntegerField(
        label=_("Sessions so far"), required=False, min_value=0, max_value=2_000
    )


class AssessForm(PlainForm):
    """Every question of one instrument; "not known" is an answer."""

    person_id = forms.TypedChoiceField(label=_("Who is it about"), coerce=uuid.UUID)
    assessed_on = forms.DateField(
        label=_("Day"), widget=DayInput, initial=timezone.localdate
    )

    def __init__(self, *args: Any, people: Choices, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.fields["person_id"].choices = _only_one(people)  # type: ignore[attr-defined]
        for code, question in instrument.domains.items():
            self.fields[code] = forms.TypedChoiceField(
                label=str(question),
                widget=forms.RadioSelect,
                coerce=int,
                choices=instrument.answers.choices,
            )
        self.fields["summary"] = forms.CharField(
            label=str(_("What you conclude")),
            required=False,
            max_length=4_000,
            widget=_lines(4),
        )
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["scores"] = {
            code: values.pop(code) for code in self.instrument.domains if code in values
        }
        return values


class HoldConferenceForm(PlainForm):
    """A conference with up to three decisions; more can be added as tasks."""

    held_at = forms.DateTimeField(
        label=_("When"),
        widget=MomentInput,
        input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    agencies = forms.TypedMultipleChoiceField(
        label=_("Which agencies took part"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=8_000,
        widget=_lines(6),
        help_text=_("By codes, without names. It stays here: to share it is a handoff."),
    )

    def __init__(
        self, *args: Any, agencies: Choices, colleagues: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        agencies, colleagues = list(agencies), list(colleagues)
        self.fields["agencies"].choices = agencies  # type: ignore[attr-defined]
        for number in range(1, MOST_DECISIONS + 1):
            which = {"number": number}
            self.fields[f"what_{number}"] = forms.CharField(
                label=str(_("Decision %(number)d") % which), required=False, max_length=300
            )
            self.fields[f"agency_{number}"] = forms.TypedChoiceField(
                label=str(_("Which agency does %(number)d") % which),
                coerce=uuid.UUID,
                empty_value=None,
                required=False,
                choices=[("", _("None")), *agencies],
            )
            self.fields[f"assignee_{number}"] = forms.TypedChoiceField(
                label=str(_("Which colleague does %(number)d") % which),
                coerce=uuid.UUID,
                empty_value=None,
                required=False,
                choices=[NOBODY, *colleagues],
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label=str(_("By when, %(number)d") % which), widget=DayInput, required=False
            )
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        decisions = []
        for number in range(1, MOST_DECISIONS + 1):
            one = {
                name: values.pop(f"{name}_{number}", None)
                for name in ("what", "agency", "assignee", "due")
            }
            if one["what"]:
                decisions.append(one)
            elif one["assignee"] or one["due"]:
                self.add_error(f"what_{number}", _("Say what was decided."))
        values["decisions"] = decisions
        return values
