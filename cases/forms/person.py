"""Forms about the people of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    Gender,
    IdentityPurpose,
    LegalStatus,
    ParticipantRole,
    PersonNeed,
)
from cases.forms.inputs import CHOOSE_ONE, DayInput
from core.choices import YesNoUnknown
from core.forms import PlainForm
from core.languages import code_of
from core.versioned_forms import VersionedForm


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


class CorrectIdentityForm(VersionedForm):
    """What is to be put right. Nothing of what stands there is shown: only what is filled in
    changes, so that correcting somebody's name shows nobody their address.
    """

    steps = frozenset({*AddPersonForm.IDENTITY, "remove", "reason"})

    first_name = forms.CharField(label=_("First name"), required=False, max_length=120)
    middle_name = forms.CharField(label=_("Middle name"), required=False, max_length=120)
    family_name = forms.CharField(label=_("Family name"), required=False, max_length=120)
    birthdate = forms.DateField(label=_("Date of birth"), required=False, widget=DayInput)
    phones = forms.CharField(
        label=_("Telephone numbers"),
        required=False,
        max_length=200,
        help_text=_("All of them: they take the place of those that stand there."),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    street = forms.CharField(label=_("Street"), required=False, max_length=200)
    city = forms.CharField(label=_("City"), required=False, max_length=120)
    remove = forms.MultipleChoiceField(
        label=_("Never theirs: take it out"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=_("How do you know better?"),
        help_text=_("Sealed with what stood there before."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    clean_phones = AddPersonForm.clean_phones
    clean_birthdate = AddPersonForm.clean_birthdate

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            self.fields["remove"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["remove"]

    def clean(self) -> dict[str, Any]:
        """What `correct_identity` takes."""
        values = super().clean() or self.cleaned_data
        values["changes"] = {name: values.pop(name, None) for name in AddPersonForm.IDENTITY}
        return values


class ShowIdentityForm(PlainForm):
    purpose = forms.ChoiceField(
        label=_("Why do you need to see it?"),
        widget=forms.RadioSelect,
        choices=IdentityPurpose.choices,
        help_text=_("Your answer is written down beside your name and the time."),
    )


class RecordNeedsForm(VersionedForm):
    """Which languages somebody speaks, and what helps them."""

    languages = forms.CharField(
        label=_("Languages they speak"),
        required=False,
        max_length=200,
        help_text=_("The one they speak best first, such as: Cebuano, Filipino."),
    )
    interpreter_needed = forms.ChoiceField(
        label=_("Do they need an interpreter?"),
        widget=forms.RadioSelect,
        choices=YesNoUnknown.choices,
    )
    disability = forms.ChoiceField(
        label=_("Do they live with a disability?"),
        widget=forms.RadioSelect,
        choices=YesNoUnknown.choices,
        help_text=_("As they or whoever cares for them say it. Not a diagnosis."),
    )
    needs = forms.MultipleChoiceField(
        label=_("What helps them to understand, to be understood and to come?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=PersonNeed.choices,
    )

    def clean_languages(self) -> list[str]:
        """Codes; what is not known is named, with the way out."""
        parts = [part.strip() for part in self.cleaned_data["languages"].split(",")]
        found = [(part, code_of(part)) for part in parts if part]
        unknown = [part for part, code in found if code is None]
        if unknown:
            raise forms.ValidationError(
                _(
                    "Not known as a language: %(words)s. Give its name in English or its code of "
                    "three letters, with a comma between several."
                ),
                params={"words": ", ".join(unknown)},
            )
        return [code for _part, code in found if code is not None]
