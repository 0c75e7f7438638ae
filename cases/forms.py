"""Forms of the case file: shape and words. What is allowed is the services' business."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    Gender,
    GrantReason,
    IdentityPurpose,
    LegalStatus,
    NoteKind,
    ParticipantRole,
    Risk,
)
from cases.policies import default_sensitivity
from core.choices import Sensitivity
from core.forms import PlainForm

Choices = Iterable[tuple[Any, Any]]
# Nothing chosen beforehand: a wrong place or kind would give the wrong word or level.
CHOOSE_ONE = ("", _("Choose one"))
LOCAL_MOMENT = "%Y-%m-%dT%H:%M"


class DayInput(forms.DateInput):
    """A day by the browser's own control; typed as 2026-11-22 where it has none."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and an hour by the browser's own control."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format=LOCAL_MOMENT)


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


class VersionedForm(PlainForm):
    """A form about what somebody else may be changing at the same time."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)

    def show_version(self, version: int) -> None:
        """Let a form that is shown again stand for what the person sees on the page now."""
        self.data = {**dict(self.data.items()), "version": str(version)}


class ChangeStageForm(VersionedForm):
    to = forms.ChoiceField(label=_("Next stage"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, steps: Choices, every_stage: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = list(steps)
        # Any stage is a possible answer, so that the service can say why it is not one from here.
        self.fields["to"].choices = list(every_stage)  # type: ignore[attr-defined]
        self.fields["to"].widget.choices = steps  # type: ignore[attr-defined]
        if len(steps) == 1:
            self.initial["to"] = steps[0][0]


class AssessRiskForm(VersionedForm):
    risk = forms.ChoiceField(
        label=_("How great is the risk now?"), widget=forms.RadioSelect, choices=Risk.choices
    )


class AssignTeamForm(PlainForm):
    team_id = forms.TypedChoiceField(label=_("Team"), coerce=uuid.UUID)
    reason = forms.ChoiceField(
        label=_("Why do they need to see it?"),
        widget=forms.RadioSelect,
        choices=[choice for choice in GrantReason.choices if choice[0] != GrantReason.OPENED],
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


class AddPersonForm(PlainForm):
    """A person of the case. What identifies them is sealed; everything else is a code."""

    IDENTITY = (
        "first_name",
        "middle_name",
        "family_name",
        "birthdate",
        "phones",
        "email",
        "street",
        "city",
    )

    role = forms.ChoiceField(
        label=_("Place in the case"), choices=[CHOOSE_ONE, *ParticipantRole.choices]
    )
    legal_status = forms.ChoiceField(
        label=_("Legal status"),
        choices=LegalStatus.choices,
        initial=LegalStatus.NOT_APPLICABLE,
        help_text=_("Only for an alleged offender: it decides the word everybody reads."),
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender.choices, initial=Gender.UNKNOWN)
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, help_text=_("Four digits, as far as known.")
    )
    citizenships = forms.CharField(
        label=_("Citizenship"),
        required=False,
        max_length=60,
        help_text=_("Two letters for each country, such as PH. Put a comma between several."),
    )
    first_name = forms.CharField(label=_("First name"), required=False, max_length=120)
    middle_name = forms.CharField(label=_("Middle name"), required=False, max_length=120)
    family_name = forms.CharField(label=_("Family name"), required=False, max_length=120)
    birthdate = forms.DateField(label=_("Date of birth"), required=False, widget=DayInput)
    phones = forms.CharField(
        label=_("Telephone numbers"),
        required=False,
        max_length=200,
        help_text=_("Put a comma between several."),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    street = forms.CharField(label=_("Street"), required=False, max_length=200)
    city = forms.CharField(label=_("City"), required=False, max_length=120)

    def clean_citizenships(self) -> list[str]:
        return _listed(self.cleaned_data["citizenships"])

    def clean_phones(self) -> list[str]:
        return _listed(self.cleaned_data["phones"])

    def clean_birthdate(self) -> date | None:
        day: date | None = self.cleaned_data["birthdate"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This date is in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        """What `add_participant` takes: the details that are sealed go together as `identity`."""
        values = super().clean() or self.cleaned_data
        values["identity"] = {name: values.pop(name, None) for name in self.IDENTITY}
        born = values["identity"]["birthdate"]
        if born and values.get("birth_year") is None:
            values["birth_year"] = born.year
        return values


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class ShowIdentityForm(PlainForm):
    purpose = forms.ChoiceField(
        label=_("Why do you need to see it?"),
        widget=forms.RadioSelect,
        choices=IdentityPurpose.choices,
        help_text=_("Your answer is written down beside your name and the time."),
    )


class WriteNoteForm(PlainForm):
    """A note in its four parts; at least one of them says something."""

    kind = forms.ChoiceField(label=_("Kind of note"), choices=[CHOOSE_ONE, *NoteKind.choices])
    occurred_at = forms.DateTimeField(
        label=_("When it happened"),
        widget=MomentInput,
        input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    facts_reported = forms.CharField(
        label=_("Facts, and who said them"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Say who told you. Put the survivor’s own words in quotation marks. Record only what "
            "keeps the child safe or is needed to refer; the investigator’s record holds the rest."
        ),
    )
    observations = forms.CharField(
        label=_("What you saw"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    professional_assessment = forms.CharField(
        label=_("Your professional assessment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you conclude from it, apart from the facts."),
    )
    actions = forms.CharField(
        label=_("What was done, and what comes next"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sensitivity = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("The usual level for this kind")), *Sensitivity.choices],
        help_text=_(
            "Assessment, risk and the survivor’s own words start at L3, everything else at L2. "
            "A supervisor may set a lower level."
        ),
    )
    reader_ids = forms.TypedMultipleChoiceField(
        label=_("Colleagues who may read it whatever their level"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An L4 note is read by you and by those you tick, nobody else."),
    )

    def __init__(
        self,
        *args: Any,
        colleagues: Choices,
        may_lower: bool,
        lowest: int = 0,
        kind: str = "",
        **kwargs: Any,
    ) -> None:
        """`kind` and `lowest` are those of the note an addendum belongs to."""
        super().__init__(*args, **kwargs)
        self.may_lower = may_lower
        self.lowest = lowest
        self.fixed_kind = kind
        self.fields["reader_ids"].choices = list(colleagues)  # type: ignore[attr-defined]
        self.initial.setdefault(
            "occurred_at", timezone.localtime(timezone.now()).replace(second=0, microsecond=0)
        )
        if kind:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.fixed_kind:
            values["kind"] = self.fixed_kind
        level, kind = values.get("sensitivity"), values.get("kind")
        if level is not None and kind and not self.may_lower:
            lowest = max(self.lowest, default_sensitivity(kind))
            if level < lowest:
                self.add_error(
                    "sensitivity",
                    _("Only a supervisor may set a level below %(level)s here.")
                    % {"level": Sensitivity(lowest).label},
                )
        return values
