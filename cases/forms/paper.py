"""Forms of papers."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import CopyOutReason, DestroyReason, PaperKind
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.forms import PlainForm


class RegisterPaperForm(PlainForm):
    kind = forms.ChoiceField(label=_("Kind of paper"), choices=[CHOOSE_ONE, *PaperKind.choices])
    person_id = forms.TypedChoiceField(
        label=_("Whom is it about?"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_(
            "A paper about one person is sealed with that person’s own key and can be erased alone."
        ),
    )
    original_at = forms.CharField(
        label=_("Where the original lies"),
        max_length=200,
        help_text=_("The office, the folder, or who keeps it."),
    )
    dated_on = forms.DateField(
        label=_("Date on the paper"),
        widget=DayInput,
        required=False,
        help_text=_("Leave it empty when the paper bears none."),
    )
    reference = forms.CharField(
        label=_("Number or reference on it"), required=False, max_length=200
    )
    signatories = forms.CharField(
        label=_("Who signed it"),
        required=False,
        max_length=200,
        help_text=_("By code, role or office, such as “the mother” or “Regional Trial Court”."),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Everybody in the case")), *people]  # type: ignore[attr-defined]


class MoveOriginalForm(PlainForm):
    original_at = forms.CharField(
        label=_("Where the original lies now"),
        max_length=200,
        help_text=_("The office, the folder, or who keeps it."),
    )


class KeepPaperForm(PlainForm):
    """One file; how large it may be is the page's to say, before it is read."""

    file = forms.FileField(
        label=_("The paper as a file"),
        allow_empty_file=True,
        max_length=200,
        help_text=_(
            "A PDF of up to 20 pages and 10 MB, a DOCX, a text or a table. Pages are kept in black "
            "and white, letters as plain text. No photographs: cover one before you scan."
        ),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["file"].error_messages["required"] = _(
                "This file is larger than 10 MB. Scan it in grey at 200 dots an inch, or keep the "
                "pages that are needed."
            )


class CopyOutForm(PlainForm):
    reason = forms.ChoiceField(
        label=_("What is the copy for?"),
        widget=forms.RadioSelect,
        choices=CopyOutReason.choices,
    )


class DestroyPaperForm(PlainForm):
    reason = forms.ChoiceField(
        label=_("Why is it destroyed?"),
        widget=forms.RadioSelect,
        choices=DestroyReason.choices,
    )
