"""Forms of flags on a case."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import FlagKind
from cases.forms.inputs import Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm


class RaiseFlagForm(PlainForm):
    kind = forms.ChoiceField(
        label=_("What kind of flag?"), widget=forms.RadioSelect, choices=FlagKind.choices
    )
    why = forms.CharField(
        label=_("What is everybody to mind?"),
        max_length=300,
        help_text=_("In a few words, without names. It stands first whenever the case is opened."),
    )
    person_id = forms.TypedChoiceField(
        label=_("Whom is it about?"), coerce=uuid.UUID, empty_value=None, required=False
    )
    review_on = forms.DateField(
        label=_("When is it looked at again?"),
        widget=DayInput,
        help_text=_("It comes back on My work that day."),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("The case as a whole")), *people]  # type: ignore[attr-defined]
        self.initial.setdefault("review_on", timezone.localdate() + timedelta(days=14))


class ReviewFlagForm(VersionedForm):
    steps = frozenset({"review_on"})
    review_on = forms.DateField(label=_("When is it looked at again?"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("review_on", timezone.localdate() + timedelta(days=14))


class LowerFlagForm(VersionedForm):
    steps = frozenset({"what_came"})
    what_came = forms.CharField(
        label=_("What came of it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
    )
