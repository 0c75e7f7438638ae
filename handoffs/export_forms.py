"""Forms of exports: shape and words. The rules are in `handoffs.services.exports`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from handoffs.choices import ExportFormat, ExportPurpose, Section, WhoSaidNo
from handoffs.services.exports import LONGEST_REASON

WHICH = (("all", _("All cases I see")), ("open", _("Open cases alone")))


class RequestExportForm(PlainForm):
    """What is taken out, of whom, for whom and why.

    Args:
        receivers: grouped choices of agencies.
        may_name: whether the person may open names; otherwise they cannot choose them.
    """

    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=ExportPurpose.choices, widget=forms.RadioSelect
    )
    recipient = forms.TypedChoiceField(
        label=_("Who gets it"),
        help_text=_("Leave it open for our own work."),
        coerce=UUID,
        empty_value=None,
        required=False,
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=ExportFormat.choices, widget=forms.RadioSelect
    )
    which = forms.ChoiceField(
        label=_("Of which cases?"), choices=WHICH, initial="all", widget=forms.RadioSelect
    )
    opened_from = forms.DateField(
        label=_("Opened from"),
        help_text=_("Leave both days open to take all."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    opened_until = forms.DateField(
        label=_("Opened until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sections = forms.MultipleChoiceField(
        label=_("Kinds of data"),
        help_text=_("Free text leaves for our own work alone. To others it goes by a handoff."),
        choices=Section.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    who_said_no = forms.ChoiceField(
        label=_("Where somebody did not agree to a kind of data"),
        choices=WhoSaidNo.choices,
        initial=WhoSaidNo.COLUMNS,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why is it needed?"),
        help_text=_("Without names. Whoever approves it and whoever looks afterwards reads this."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, receivers: Any = (), may_name: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [("", _("Nobody else")), *receivers]  # type: ignore[attr-defined]
        if not may_name:
            self.fields["sections"].choices = [  # type: ignore[attr-defined]
                one for one in Section.choices if one[0] != Section.IDENTITIES
            ]
