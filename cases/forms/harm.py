"""Forms about harm, placement, custody and material that was found."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    FLAGS,
    PARTICULARS,
    PHASES,
    ContentOrigin,
    ControlMethod,
    CustodyKind,
    DecisionMaker,
    ExploitationType,
    FoundWhere,
    HarmType,
    MaterialStep,
    MissingAnswer,
    PlacementEnd,
    PlacementKind,
    Platform,
    RecruitmentMethod,
    SafeguardedHow,
    Schooling,
    SexExploitationType,
    TraffickingStatus,
)
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, Choices, DayInput, MomentInput
from core.approx_forms import ApproxDateFormField
from core.choices import YesNoUnknown
from core.forms import PlainForm
from core.versioned_forms import VersionedForm

NOT_RECORDED = ("", _("Not recorded"))


def _some(label: Any, codes: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=codes.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _answer(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=YesNoUnknown.choices, initial=YesNoUnknown.NOT_ASKED
    )


class SurvivorContextForm(VersionedForm):
    """What is known; every missing answer says why it is missing."""

    trafficking_status = forms.ChoiceField(
        label=_("Trafficking status"),
        required=False,
        choices=[NOT_RECORDED, *TraffickingStatus.choices],
    )
    decided_by = forms.ChoiceField(
        label=_("Who decided this"), required=False, choices=[NOT_RECORDED, *DecisionMaker.choices]
    )
    decided_on = forms.DateField(label=_("On which day"), required=False, widget=DayInput)
    first_abuse = ApproxDateFormField(label=_("When it began"), required=False)
    last_abuse = ApproxDateFormField(label=_("When it ended"), required=False)
    age_when_first = forms.IntegerField(
        label=_("Age when it began"), required=False, min_value=0, max_value=120
    )
    age_missing = forms.ChoiceField(
        label=_("If the age is missing, why"),
        required=False,
        choices=[("", _("It is given, or not recorded")), *MissingAnswer.choices],
    )
    safeguarded_on = forms.DateField(label=_("Safe since"), required=False, widget=DayInput)
    safeguarded_how = forms.ChoiceField(
        label=_("How they came to safety"),
        required=False,
        choices=[NOT_RECORDED, *SafeguardedHow.choices],
    )
    lives_with_alleged_offender = _answer(_("Do they live with an alleged offender?"))
    schooling = forms.ChoiceField(
        label=_("School"), required=False, choices=[NOT_RECORDED, *Schooling.choices]
    )
    exploitation = _some(_("Form of exploitation"), ExploitationType)
    sex_exploitation = _some(_("Form of sexual exploitation"), SexExploitationType)
    recruitment = _some(_("How they were recruited"), RecruitmentMethod)
    control = _some(_("How they were controlled"), ControlMethod)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["particulars"] = {name: values.pop(name, []) for name in PARTICULARS}
        return values


class RecordHarmForm(PlainForm):
    harm_type = forms.ChoiceField(label=_("Kind of harm"), choices=[CHOOSE_ONE, *HarmType.choices])
    content_origin = forms.ChoiceField(
        label=_("Where the content came from"),
        choices=[CHOOSE_ONE, *ContentOrigin.choices],
        help_text=_("Always asked. “Unknown” is an answer. No description is asked for."),
    )
    since = ApproxDateFormField(label=_("Since when"), required=False)
    until = ApproxDateFormField(label=_("Until when"), required=False)
    paid = _answer(_("Was it paid for?"))
    directed_remotely = _answer(_("Was it directed from afar?"))
    in_person_facilitator = _answer(_("Was there somebody in the room who arranged it?"))
    recorded = _answer(_("Was it recorded?"))
    first_generation = _answer(_("Is the material new?"))
    known_to_circulate = _answer(_("Is it known to circulate?"))
    private_channel = _answer(_("Was the channel private?"))
    e2ee = _answer(_("Was it end-to-end encrypted?"))
    recruitment_platforms = _some(_("Where contact began"), Platform)
    exploitation_platforms = _some(_("Where it took place"), Platform)
    payment_platforms = _some(_("Where payment was arranged"), Platform)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["flags"] = {name: values.pop(name, YesNoUnknown.NOT_ASKED) for name in FLAGS}
        values["platforms"] = {name: values.pop(name, []) for name in PHASES}
        return values


class ChangeHarmForm(VersionedForm, RecordHarmForm):
    """The same about a harm that is recorded; which kind it is stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["harm_type"]


class PlacePersonForm(PlainForm):
    kind = forms.ChoiceField(label=_("Kind of place"), choices=[CHOOSE_ONE, *PlacementKind.choices])
    since = forms.DateField(label=_("Since"), widget=DayInput)
    with_participant_id = forms.TypedChoiceField(
        label=_("With which relative"), coerce=uuid.UUID, empty_value=None, required=False
    )
    order = forms.CharField(label=_("Reference of the order"), required=False, max_length=200)
    name = forms.CharField(
        label=_("Name of the place"),
        required=False,
        max_length=200,
        help_text=_("Name, address and number are read by you and those you tick, nobody else."),
    )
    address = forms.CharField(label=_("Address"), required=False, max_length=200)
    phone = forms.CharField(label=_("Telephone number"), required=False, max_length=200)
    reader_ids = forms.TypedMultipleChoiceField(
        label=_("Colleagues who may know where it is"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, others: Choices, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with_participant_id"].choices = [("", _("Nobody")), *others]  # type: ignore[attr-defined]
        self.fields["reader_ids"].choices = list(colleagues)  # type: ignore[attr-defined]


class EndPlacementForm(PlainForm):
    until = forms.DateField(label=_("Until"), widget=DayInput)
    because = forms.ChoiceField(
        label=_("Why it ended"), widget=forms.RadioSelect, choices=PlacementEnd.choices
    )
    receipt = forms.CharField(
        label=_("Number of the turnover receipt"), required=False, max_length=200
    )
    received_by = forms.CharField(label=_("Who signed it"), required=False, max_length=200)
    follow_up_on = forms.DateField(
        label=_("Look how it goes on"),
        required=False,
        widget=DayInput,
        help_text=_("Needed when they go back to family or community."),
    )


class NamePlacementReaderForm(PlainForm):
    user_id = forms.TypedChoiceField(label=_("Colleague"), coerce=uuid.UUID)

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [CHOOSE_ONE, *colleagues]  # type: ignore[attr-defined]


class RecordCustodyForm(PlainForm):
    kind = forms.ChoiceField(label=_("Who has custody"), choices=[CHOOSE_ONE, *CustodyKind.choices])
    custodian_id = forms.TypedChoiceField(
        label=_("Person of the case"), coerce=uuid.UUID, empty_value=None, required=False
    )
    authority = forms.CharField(
        label=_("Or the office that has it"), required=False, max_length=200
    )
    order_reference = forms.CharField(
        label=_("Reference of the order"), required=False, max_length=200
    )
    since = forms.DateField(label=_("Since"), widget=DayInput)

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["custodian_id"].choices = [("", _("Nobody")), *others]  # type: ignore[attr-defined]


class ReportMaterialForm(PlainForm):
    where = forms.ChoiceField(
        label=_("Where did you come upon it?"),
        widget=forms.RadioSelect,
        choices=FoundWhere.choices,
    )


class MaterialStepForm(PlainForm):
    step = forms.ChoiceField(widget=forms.HiddenInput, choices=MaterialStep.choices)
    happened_at = forms.DateTimeField(
        label=_("When"), widget=MomentInput, input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S"]
    )
    authority = forms.CharField(label=_("Office and desk"), required=False, max_length=200)
    receipt = forms.CharField(label=_("Number of the receipt"), required=False, max_length=200)

    def __init__(self, *args: Any, step: str, asks_receipt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("step", step)
        self.initial.setdefault(
            "happened_at", timezone.localtime(timezone.now()).replace(second=0, microsecond=0)
        )
        if not asks_receipt:
            del self.fields["authority"], self.fields["receipt"]
