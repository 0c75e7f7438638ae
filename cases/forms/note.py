"""The form of a note."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import NoteKind
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, Choices, MomentInput
from cases.policies import default_sensitivity
from core.choices import Sensitivity
from core.forms import PlainForm


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
