"""Forms about contact, safety, crisis and conflicts of interest."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    AttemptOutcome,
    ConflictRelation,
    ContactChannel,
    CrisisKind,
    SafetyRisk,
    Weekday,
)
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, Choices, DayInput, MomentInput
from core.choices import YesNoUnknown
from core.forms import PlainForm
from core.versioned_forms import VersionedForm

NOBODY = ("", _("Nobody"))
ANSWERS = (
    YesNoUnknown.YES,
    YesNoUnknown.NO,
    YesNoUnknown.NOT_ASKED,
    YesNoUnknown.UNKNOWN,
)


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _answers() -> list[tuple[str, Any]]:
    return [(str(answer.value), answer.label) for answer in ANSWERS]


class SetSafeContactForm(VersionedForm):
    do_not_contact = forms.BooleanField(label=_("Do not contact this person"), required=False)
    survivor_initiates_only = forms.BooleanField(
        label=_("Only they make contact, never we"), required=False
    )
    channel = forms.ChoiceField(
        label=_("The way they prefer"),
        required=False,
        choices=[("", _("None")), *ContactChannel.choices],
    )
    number = forms.CharField(
        label=_("Number, name or address for it"),
        required=False,
        max_length=200,
        help_text=_("Shown only to those who have read the rest."),
    )
    days = forms.MultipleChoiceField(
        label=_("Safe days"),
        required=False,
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty when every day is safe."),
    )
    from_hour = forms.TimeField(label=_("Safe from"), required=False, widget=HourInput)
    until_hour = forms.TimeField(label=_("Safe until"), required=False, widget=HourInput)
    answered_by_id = forms.TypedChoiceField(
        label=_("Who may answer for them"), coerce=uuid.UUID, empty_value=None, required=False
    )
    interpreter_id = forms.TypedChoiceField(
        label=_("Interpreter from among the people of the case"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_("Nobody accused, and nobody who lives with somebody accused, can be chosen."),
    )
    phrase = forms.CharField(
        label=_("Words to use"),
        required=False,
        max_length=500,
        help_text=_("What to say when somebody else answers."),
    )
    never_speak_to = forms.CharField(label=_("Never speak to"), required=False, max_length=500)
    voicemail_allowed = forms.BooleanField(label=_("Voicemail is allowed"), required=False)
    text_allowed = forms.BooleanField(label=_("Text messages are allowed"), required=False)
    email_allowed = forms.BooleanField(label=_("E-mail is allowed"), required=False)
    remarks = forms.CharField(
        label=_("What else to keep to"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(others)
        for name in ("answered_by_id", "interpreter_id"):
            self.fields[name].choices = [NOBODY, *people]  # type: ignore[attr-defined]


class PlanContactForm(PlainForm):
    channel = forms.ChoiceField(label=_("How"), choices=[CHOOSE_ONE, *ContactChannel.choices])
    planned_for = forms.DateTimeField(
        label=_("When"), widget=MomentInput, input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S"]
    )
    accept_outside_hours = forms.BooleanField(
        label=_("I know that this may be outside their safe hours, and it cannot wait"),
        required=False,
    )
    override_reason = forms.CharField(
        label=_("Why the instructions cannot be kept to"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only a supervisor may give one. Somebody else reviews it."),
    )

    def __init__(self, *args: Any, may_override: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["override_reason"]
        self.initial.setdefault(
            "planned_for", timezone.localtime(timezone.now()).replace(second=0, microsecond=0)
        )


class EndContactForm(PlainForm):
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        widget=forms.RadioSelect,
        choices=[c for c in AttemptOutcome.choices if c[0] != AttemptOutcome.PLANNED],
    )
    instructions_followed = forms.ChoiceField(
        label=_("Were the instructions kept to?"), widget=forms.RadioSelect, choices=_answers()
    )
    reconfirmed = forms.ChoiceField(
        label=_("Did the person confirm that the instructions still hold?"),
        widget=forms.RadioSelect,
        choices=_answers(),
        initial=YesNoUnknown.NOT_ASKED,
    )


class WriteSafetyPlanForm(VersionedForm):
    risks = forms.MultipleChoiceField(
        label=_("What may happen"),
        choices=SafetyRisk.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    measures = forms.CharField(
        label=_("What is done to keep them safe"), widget=forms.Textarea(attrs={"rows": 4})
    )
    warning_signs = forms.CharField(
        label=_("Warning signs"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    emergency_contact_id = forms.TypedChoiceField(
        label=_("Whom to call first"), coerce=uuid.UUID, empty_value=None, required=False
    )
    other_contacts = forms.CharField(
        label=_("Desks and services to call"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("People of the case are chosen above, so that nobody unsafe is written here."),
    )
    review_on = forms.DateField(label=_("Look at it again on"), widget=DayInput)

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["emergency_contact_id"].choices = [NOBODY, *others]  # type: ignore[attr-defined]
        self.initial.setdefault("review_on", timezone.localdate() + timedelta(days=30))


class RaiseCrisisForm(PlainForm):
    kind = forms.ChoiceField(
        label=_("What is the matter?"), widget=forms.RadioSelect, choices=CrisisKind.choices
    )


class LowerCrisisForm(PlainForm):
    what_was_done = forms.CharField(
        label=_("What was done"), widget=forms.Textarea(attrs={"rows": 3})
    )


class DeclareConflictForm(PlainForm):
    relation = forms.ChoiceField(
        label=_("How close?"), widget=forms.RadioSelect, choices=ConflictRelation.choices
    )
    participant_id = forms.TypedChoiceField(
        label=_("To whom?"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_("With a person chosen, every case they are in is hidden."),
    )
    user_id = forms.TypedChoiceField(
        label=_("Whose conflict is it?"), coerce=uuid.UUID, empty_value=None, required=False
    )

    def __init__(self, *args: Any, others: Choices, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participant_id"].choices = [("", _("The case as a whole")), *others]  # type: ignore[attr-defined]
        people = list(colleagues)
        if people:
            self.fields["user_id"].choices = [("", _("Mine")), *people]  # type: ignore[attr-defined]
        else:
            del self.fields["user_id"]


class LiftConflictForm(PlainForm):
    reason = forms.CharField(
        label=_("Why there is no conflict any more"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Somebody else reviews it."),
    )
