"""Forms of the pages across apps: shape and words; the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.review_kinds import Finding
from audit.reviewing import LONGEST_REMARK
from core.forms import PlainForm


class CloseReviewForm(PlainForm):
    finding = forms.ChoiceField(
        label=_("What did you find?"), widget=forms.RadioSelect, choices=Finding.choices
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One or two sentences for whoever reads this in a year. Name nobody, and write no "
            "number or address: the review stays readable after a case is erased. Needed unless "
            "everything was in order."
        ),
    )
