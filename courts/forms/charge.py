"""Forms about charges, pleas and verdicts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import Plea, VerdictResult
from courts.forms.proceeding import DOCUMENT, day


class _ActForm(forms.Form):
    """What a charge says of the act."""

    counts = forms.IntegerField(label=_("Counts"), min_value=1, max_value=999, initial=1)
    act_from = day(
        _("First day of the act"),
        required=False,
        help_text=_(
            "The law must have been in force on a day of the act, whenever the judgment comes. "
            "Leave it empty where the day is not known; then this is not checked."
        ),
    )
    act_to = day(
        _("Last day of the act"), required=False, help_text=_("Empty for an act of one day.")
    )
    qualified = forms.BooleanField(
        label=_("Qualified"), required=False, help_text=_("For example because of a child victim.")
    )
    attempted = forms.BooleanField(label=_("Attempted"), required=False)
    syndicated = forms.BooleanField(
        label=_("Syndicated"), required=False, help_text=_("By three or more people together.")
    )
    large_scale = forms.BooleanField(
        label=_("Large scale"), required=False, help_text=_("Against three or more people.")
    )


class FileChargeForm(PlainForm, _ActForm):
    statute = forms.ChoiceField(
        label=_("Offence"),
        help_text=_("Of the country of this court, with the days the law was in force."),
    )
    filed_on = day(_("Filed on"))
    document = forms.CharField(
        label=_("Document that says so"), max_length=120, required=False, help_text=DOCUMENT
    )
    field_order = ("statute", "filed_on", "document")

    def __init__(self, *args: Any, laws: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statute"].choices = [("", _("Choose")), *laws]  # type: ignore[attr-defined]


class AmendChargeForm(VersionedForm, _ActForm):
    pass


class ReplaceChargeForm(VersionedForm):
    steps = frozenset({"statute", "filed_on"})
    statute = forms.ChoiceField(label=_("The offence it is now"))
    filed_on = day(_("Amended charge filed on"))

    def __init__(self, *args: Any, laws: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statute"].choices = [("", _("Choose")), *laws]  # type: ignore[attr-defined]


class EnterPleaForm(VersionedForm):
    plea = forms.ChoiceField(
        label=_("How the accused answered"),
        choices=[choice for choice in Plea.choices if choice[0] != Plea.NOT_ENTERED],
        widget=forms.RadioSelect,
    )
    plea_on = day(_("Day of the plea"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("plea_on"):
            self.fields["plea_on"].initial = timezone.localdate


class RecordVerdictForm(VersionedForm):
    steps = frozenset({"result", "decided_on", "document"})
    result = forms.ChoiceField(
        label=_("What the court decided"), choices=VerdictResult.choices, widget=forms.RadioSelect
    )
    decided_on = day(_("Decided on"), help_text=_("The day the judgment was promulgated."))
    document = forms.CharField(
        label=_("Document that says so"), max_length=120, required=False, help_text=DOCUMENT
    )
