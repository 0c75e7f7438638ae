"""Forms about hearings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from courts.choices import (
    Attendance,
    HearingKind,
    HearingStatus,
    PostponedBecause,
    Protection,
)
from courts.forms.proceeding import day

ATTENDS, BESIDE = "attends_", "beside_"
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ScheduleHearingForm(PlainForm):
    kind = forms.ChoiceField(label=_("Kind of hearing"), choices=HearingKind.choices)
    day = day(_("Day"))
    time = forms.CharField(label=_("Time"), max_length=5, widget=TIME)
    zone = forms.ChoiceField(
        label=_("By the clock of"), help_text=_("The court's own time, whatever it is here.")
    )
    place = forms.CharField(
        label=_("Court room"), max_length=200, required=False, help_text=_("Kept sealed.")
    )
    protections = forms.MultipleChoiceField(
        label=_("Protective measures"),
        choices=Protection.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    report_days = forms.IntegerField(
        label=_("Our report is due so many days before"),
        min_value=0,
        max_value=90,
        required=False,
        help_text=_("The day is counted back from the hearing. Empty when none is asked for."),
    )
    others = forms.MultipleChoiceField(
        label=_("The same date for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Proceedings of siblings that are heard together."),
    )

    def __init__(self, *args: Any, zones: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        if others:
            self.fields["others"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["others"]


class EndHearingForm(VersionedForm):
    steps = frozenset({"status", "because", "new_day", "new_time"})
    status = forms.ChoiceField(
        label=_("What became of it"),
        choices=[one for one in HearingStatus.choices if one[0] != HearingStatus.SCHEDULED],
        widget=forms.RadioSelect,
    )
    because = forms.ChoiceField(
        label=_("Why it was postponed"),
        choices=[("", _("It was not")), *PostponedBecause.choices],
        required=False,
    )
    new_day = day(_("New day"), required=False, help_text=_("As far as it is known."))
    new_time = forms.CharField(label=_("New time"), max_length=5, required=False, widget=TIME)


class PrepareHearingForm(VersionedForm):
    protections = forms.MultipleChoiceField(
        label=_("Protective measures"),
        choices=Protection.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    report_sent_on = day(_("Our report was sent on"), required=False)

    def __init__(self, *args: Any, survivors: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for pk, code in survivors:
            self.fields[f"{ATTENDS}{pk}"] = forms.ChoiceField(
                label=_("Does %(code)s have to come?") % {"code": code},
                choices=Attendance.choices,
                initial=Attendance.NOT_REQUIRED,
            )
            self.fields[f"{BESIDE}{pk}"] = forms.ChoiceField(
                label=_("Who is beside %(code)s") % {"code": code},
                choices=[("", _("Nobody yet")), *colleagues],
                required=False,
            )
