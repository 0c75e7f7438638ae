"""Forms about a proceeding and its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import CaseParticipant
from core.choices import Side
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import StopReason
from referrals.forms import COUNTRY_CHOICES

DAY = {"type": "date"}
DOCUMENT = _("For example “Order of 3 November 2026” or “Resolution, page 4”. Kept sealed.")


def day(label: Any, **more: Any) -> forms.DateField:
    """A question for a day."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY), **more)


class AccusedChoice(forms.ModelChoiceField):
    """People by code and label; names are on the identity panel alone."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.person.code}, {obj.label}"


class _Described(forms.Form):
    """What both forms about a proceeding ask of its court."""

    court = forms.CharField(label=_("Court"), max_length=120, required=False)
    docket_number = forms.CharField(
        label=_("Docket number"),
        max_length=80,
        required=False,
        help_text=_("Kept sealed; shown on the court pages of this case alone."),
    )
    prosecutor = forms.ChoiceField(label=_("Who prosecutes"), required=False)

    def offer_agencies(self, agencies: list[tuple[Any, str]]) -> None:
        self.fields["prosecutor"].choices = [  # type: ignore[attr-defined]
            ("", _("Not known")),
            *((str(pk), name) for pk, name in agencies),
        ]


class OpenProceedingForm(PlainForm, _Described):
    accused = AccusedChoice(
        label=_("Who is accused"),
        queryset=CaseParticipant.objects.none(),
        help_text=_("Alleged offenders of this case, by code. Add the person to the case first."),
    )
    jurisdiction = forms.ChoiceField(
        label=_("Country of the court"), choices=COUNTRY_CHOICES, help_text=_("Where it is tried.")
    )
    side = forms.ChoiceField(
        label=_("Side"),
        choices=[(Side.SOURCE, Side.SOURCE.label), (Side.DEMAND, Side.DEMAND.label)],
        widget=forms.RadioSelect,
        help_text=_("Source side: where the child is. Demand side: where the money comes from."),
    )
    opened_on = day(_("Day of the first step that is known"))
    step = forms.ChoiceField(
        label=_("Where it begins"),
        required=False,
        help_text=_(
            "Philippine courts have steps of their own, every other country the general ones. "
            "A later step than the first needs the box below."
        ),
    )
    earlier_unknown = forms.BooleanField(
        label=_("Its earlier steps are not known"),
        required=False,
        help_text=_("For a case that came to us with a judgment only."),
    )
    document = forms.CharField(
        label=_("Document that says so"), max_length=120, required=False, help_text=DOCUMENT
    )
    field_order = (
        "accused",
        "jurisdiction",
        "side",
        "opened_on",
        "step",
        "earlier_unknown",
        "document",
        "court",
        "docket_number",
        "prosecutor",
    )

    def __init__(self, *args: Any, accused: Any, steps: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accused"].queryset = accused  # type: ignore[attr-defined]
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            ("", _("Where the procedure begins")),
            *steps,
        ]
        self.fields["opened_on"].initial = timezone.localdate
        self.offer_agencies(agencies)


class ChangeProceedingForm(VersionedForm, _Described):
    """What cannot be read just now is not asked, so that nothing is written over it."""

    def __init__(self, *args: Any, agencies: Any, readable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_agencies(agencies)
        if not readable:
            del self.fields["docket_number"]


class StepChoice(forms.ChoiceField):
    """The next steps. What was a step a moment ago goes to the service, which says what it says."""

    known: frozenset[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or value in self.known


class AdvanceProceedingForm(VersionedForm):
    steps = frozenset({"to", "happened_on", "document", "reason"})
    to = StepChoice(label=_("Next step"), widget=forms.RadioSelect)
    happened_on = day(_("Day it happened"))
    document = forms.CharField(label=_("Document that says so"), max_length=120, help_text=DOCUMENT)
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("None needed")), *StopReason.choices],
        help_text=_("Asked for when the proceeding stops or waits."),
    )

    def __init__(
        self,
        *args: Any,
        stages: list[tuple[str, str]],
        known: frozenset[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].known = known  # type: ignore[attr-defined]
        self.fields["to"].choices = stages  # type: ignore[attr-defined]
        self.fields["happened_on"].initial = timezone.localdate
