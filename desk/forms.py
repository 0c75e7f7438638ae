"""Forms of the pages across apps: shape and words; the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ByMail
from audit.exporting import TakenBecause
from audit.review_kinds import Finding
from audit.reviewing import LONGEST_REMARK
from cases.forms.inputs import DayInput
from core.forms import PlainForm
from desk.selectors.log_search import KINDS, OUTCOMES


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


class SearchLogForm(PlainForm):
    """What to look for in the log. Everything may be left out; nothing travels in an address."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    code = forms.CharField(
        label=_("Case, person, referral or handoff"),
        required=False,
        max_length=40,
        help_text=_(
            "Its code, such as C-7QK4-29, or the reference at the foot of a print-out, such as "
            "P-3F9A-22C1-0B7E."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind of entry"),
        required=False,
        choices=[(code, label) for code, label, _regex in KINDS],
    )
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=OUTCOMES)

    def __init__(
        self, *args: Any, choices: Mapping[str, list[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, listed in (("person", "people"), ("agency", "agencies"), ("verb", "verbs")):
            self.fields[name].choices = choices[listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return data


class ExportFoundForm(SearchLogForm):
    """The same search, and why what it finds is taken out."""

    purpose = forms.ChoiceField(
        label=_("Why do you take this out?"),
        widget=forms.RadioSelect,
        choices=TakenBecause.choices,
        help_text=_("It stands in the log beside your name."),
    )


class FindForm(PlainForm):
    """What somebody looks for, anywhere. Sent by POST: it stands in no address."""

    words = forms.CharField(
        label=_("Find"),
        max_length=120,
        help_text=_("A code or its beginning; a name, number or address of somebody."),
    )


class MarkSeenForm(PlainForm):
    """Which notices stood on the page; never on view."""

    shown = forms.CharField(max_length=2000)

    def clean_shown(self) -> list[UUID]:
        try:
            return [UUID(each) for each in self.cleaned_data["shown"].split()]
        except ValueError:
            raise forms.ValidationError(_("This is not a list of notices.")) from None


class ChooseNoticesForm(PlainForm):
    """How mail comes, and when not."""

    by_mail = forms.ChoiceField(
        label=_("Mail that you have something new"),
        choices=ByMail.choices,
        widget=forms.RadioSelect,
        help_text=_("It says “You have something new. Sign in.” and nothing else."),
    )
    daily_at = forms.TimeField(
        label=_("Once a day, at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("No mail in these hours; it comes when they end. Leave empty for none."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
