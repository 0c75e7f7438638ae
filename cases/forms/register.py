"""Forms of the registers, made from what each of them asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import BreachNature
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, DayInput, MomentInput
from cases.registers import Question, Register
from core.forms import PlainForm


class RegisterForm(PlainForm):
    """The questions of one register, with the newest answers in their fields."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, book: Register, **kwargs: Any) -> None:
        self.base_fields = dict(self.base_fields) | {  # type: ignore[misc]
            question.name: field_of(question) for question in book.questions
        }
        super().__init__(*args, **kwargs)


def field_of(question: Question) -> forms.Field:
    """The field of one question."""
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.needed,
    }
    if question.kind == "one":
        return forms.ChoiceField(choices=[CHOOSE_ONE, *question.choices], **shared)
    if question.kind == "some":
        return forms.MultipleChoiceField(
            choices=question.choices, widget=forms.CheckboxSelectMultiple, **shared
        )
    if question.kind == "moment":
        return forms.DateTimeField(widget=MomentInput, input_formats=[LOCAL_MOMENT], **shared)
    if question.kind == "day":
        return forms.DateField(widget=DayInput, **shared)
    if question.kind == "number":
        return forms.IntegerField(min_value=0, **shared)
    if question.kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=4_000, **shared)
    return forms.CharField(max_length=200, **shared)


def initial_of(book: Register, answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as the form's fields take them."""
    initial = dict(answers)
    for question in book.questions:
        value = answers.get(question.name)
        if value and question.kind == "moment":
            initial[question.name] = datetime.fromisoformat(value)
        elif value and question.kind == "day":
            initial[question.name] = datetime.fromisoformat(value).date()
    return initial


class ReportBreachForm(PlainForm):
    nature = forms.ChoiceField(
        label=_("What happened?"), widget=forms.RadioSelect, choices=BreachNature.choices
    )
    what = forms.CharField(
        label=_("In a few words"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
        help_text=_("No names. What, where, through which door."),
    )
