"""The questions of one instrument."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.inputs import DayInput
from cases.instruments import Instrument
from core.forms import PlainForm


class AssessForm(PlainForm):
    """Every question of an instrument; “not known” is an answer, a blank is not."""

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        self.base_fields = {  # type: ignore[misc]  # the fields are the instrument's
            code: forms.TypedChoiceField(
                label=str(question),
                widget=forms.RadioSelect,
                coerce=int,
                choices=[(answer, words) for answer, words in instrument.scale.items()],
            )
            for code, question in instrument.domains.items()
        }
        self.base_fields["conclusion"] = forms.CharField(
            label=_("What you conclude"),
            required=False,
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.base_fields["assessed_on"] = forms.DateField(
            label=_("Day"), widget=DayInput, initial=timezone.localdate
        )
        self.instrument = instrument
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["scores"] = {
            code: values.pop(code) for code in self.instrument.domains if code in values
        }
        return values
