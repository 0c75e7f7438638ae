"""Forms about the law, family and households."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import Kinship, LegalStatus, ParticipantRole, Source
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.approx_dates import UNKNOWN_DATE, ApproxDate
from core.approx_forms import ApproxDateFormField
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


class ChangeLegalStatusForm(PlainForm):
    to = forms.ChoiceField(label=_("Where the law stands now"), widget=forms.RadioSelect)
    happened_on = forms.DateField(label=_("On which day"), widget=DayInput)
    source = forms.ChoiceField(label=_("How do you know?"), choices=[CHOOSE_ONE, *Source.choices])

    def __init__(self, *args: Any, steps: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Any status is a possible answer, so that the service can say why it is not one from here.
        self.fields["to"].choices = LegalStatus.choices  # type: ignore[attr-defined]
        self.fields["to"].widget.choices = list(steps)  # type: ignore[attr-defined]


class GiveRoleForm(PlainForm):
    role = forms.ChoiceField(
        label=_("Further place in the case"), choices=[CHOOSE_ONE, *ParticipantRole.choices]
    )
    legal_status = forms.ChoiceField(
        label=_("Legal status"),
        choices=LegalStatus.choices,
        initial=LegalStatus.NOT_APPLICABLE,
        help_text=_("Only for an alleged offender: it decides the word everybody reads."),
    )


class LinkPeopleForm(PlainForm):
    detail = forms.ChoiceField(
        label=_("This person is the"), choices=[CHOOSE_ONE, *Kinship.choices]
    )
    of_participant_id = forms.TypedChoiceField(label=_("of"), coerce=uuid.UUID)
    source = forms.ChoiceField(label=_("How do you know?"), choices=[CHOOSE_ONE, *Source.choices])

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of_participant_id"].choices = [CHOOSE_ONE, *others]  # type: ignore[attr-defined]


class ChangeLinkForm(VersionedForm):
    """A relationship that is recorded, put right; between whom it is stays."""

    detail = forms.ChoiceField(label=_("Is the"), choices=Kinship.choices)
    source = forms.ChoiceField(label=_("How do you know?"), choices=Source.choices)


class JoinHouseholdForm(PlainForm):
    household_id = forms.TypedChoiceField(
        label=_("Household"), coerce=uuid.UUID, empty_value=None, required=False
    )
    since = ApproxDateFormField(label=_("Since when"), required=False)
    source = forms.ChoiceField(label=_("How do you know?"), choices=[CHOOSE_ONE, *Source.choices])

    def __init__(self, *args: Any, households: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["household_id"].choices = [  # type: ignore[attr-defined]
            ("", _("A household not recorded yet")),
            *households,
        ]

    def clean_since(self) -> ApproxDate:
        return self.cleaned_data["since"] or UNKNOWN_DATE


class LeaveHouseholdForm(PlainForm):
    until = ApproxDateFormField(label=_("Until when"))
