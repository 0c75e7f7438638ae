"""Forms of the case itself."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import NEEDS_JUSTICE_REASON, TEAM_REASONS, JusticeReason, Risk
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


class OpenCaseForm(PlainForm):
    team_id = forms.TypedChoiceField(
        label=_("Team"), coerce=uuid.UUID, help_text=_("Everybody in this team will see the case.")
    )
    opened_on = forms.DateField(label=_("Opened on"), widget=DayInput, initial=timezone.localdate)
    risk = forms.ChoiceField(label=_("Risk"), choices=Risk.choices, initial=Risk.NOT_ASSESSED)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as PH.")
    )
    admin1 = forms.CharField(
        label=_("Region or province"),
        max_length=80,
        required=False,
        help_text=_("Nothing nearer: no town, no street."),
    )

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = list(teams)  # type: ignore[attr-defined]


class ChangeStageForm(VersionedForm):
    steps = frozenset({"to"})
    to = forms.ChoiceField(label=_("Next stage"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, next_stages: Choices, every_stage: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        steps = list(next_stages)
        # Any stage is a possible answer, so that the service can say why it is not one from here.
        self.fields["to"].choices = list(every_stage)  # type: ignore[attr-defined]
        self.fields["to"].widget.choices = steps  # type: ignore[attr-defined]
        if len(steps) == 1:
            self.initial["to"] = steps[0][0]


class AssessRiskForm(VersionedForm):
    risk = forms.ChoiceField(
        label=_("How great is the risk now?"), widget=forms.RadioSelect, choices=Risk.choices
    )


class MoveJusticeTrackForm(VersionedForm):
    steps = frozenset({"to", "reason"})
    to = forms.ChoiceField(label=_("Next stage"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Why does it rest or end?"),
        choices=[CHOOSE_ONE, *JusticeReason.choices],
        required=False,
        help_text=_("Needed where it becomes dormant, or where nothing further is done."),
    )

    def __init__(
        self, *args: Any, next_stages: Choices, every_stage: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        steps = list(next_stages)
        # As above: a step that somebody else has taken meanwhile is told of, not just refused.
        self.fields["to"].choices = list(every_stage)  # type: ignore[attr-defined]
        self.fields["to"].widget.choices = steps  # type: ignore[attr-defined]
        if not any(code in NEEDS_JUSTICE_REASON for code, _label in steps):
            del self.fields["reason"]


class AssignTeamForm(PlainForm):
    team_id = forms.TypedChoiceField(label=_("Team"), coerce=uuid.UUID)
    reason = forms.ChoiceField(
        label=_("Why do they need to see it?"),
        widget=forms.RadioSelect,
        choices=[(reason.value, reason.label) for reason in TEAM_REASONS],
    )
    until = forms.DateField(
        label=_("Until"),
        widget=DayInput,
        required=False,
        help_text=_("The last day. Leave it empty when there is no end in sight."),
    )

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = list(teams)  # type: ignore[attr-defined]

    def clean_until(self) -> datetime | None:
        """The end of the chosen day."""
        day: date | None = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None
