"""Forms of closing a case and opening it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import ClosureReason, ContactAfter, ReopenReason, RetentionClass
from core.versioned_forms import VersionedForm

ANSWER = "contact_after_"


class RequestClosureForm(VersionedForm):
    """Why it ends, what was achieved, and each survivor's answer about contact later.

    Args:
        survivors: (person id, code) of each.
    """

    reason = forms.ChoiceField(
        label=_("Why does the case end?"), widget=forms.RadioSelect, choices=ClosureReason.choices
    )
    summary = forms.CharField(
        label=_("What was achieved, and what the survivor knows"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For whoever opens this case in a year. No names."),
    )
    retention = forms.ChoiceField(
        label=_("How long is the file kept?"),
        widget=forms.RadioSelect,
        choices=RetentionClass.choices,
        initial=RetentionClass.SURVIVOR_FILE,
    )

    def __init__(self, *args: Any, survivors: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survivors = list(survivors)
        for person_id, code in self.survivors:
            self.fields[f"{ANSWER}{person_id}"] = forms.ChoiceField(
                label=_("May we get in touch with %(code)s after the case is closed?")
                % {"code": code},
                widget=forms.RadioSelect,
                choices=ContactAfter.choices,
                error_messages={"required": _("Choose an answer for %(code)s.") % {"code": code}},
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["contact_after"] = {
            person_id: values.pop(f"{ANSWER}{person_id}", "") for person_id, _code in self.survivors
        }
        return values


class DecideClosureForm(VersionedForm):
    """Nothing to fill in but which asking was seen."""


class ReturnClosureForm(VersionedForm):
    why = forms.CharField(label=_("What is still to do?"), widget=forms.Textarea(attrs={"rows": 3}))


class ReopenCaseForm(VersionedForm):
    reason = forms.ChoiceField(
        label=_("Why is it opened again?"), widget=forms.RadioSelect, choices=ReopenReason.choices
    )
    words = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences, without names. The rest belongs into a note."),
    )
