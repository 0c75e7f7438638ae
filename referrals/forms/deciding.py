"""What is done about a referral: the source asked and told, the triage ended, the end recorded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.choices import Channel, DeclineReason, Outcome, SilenceReason
from referrals.services.asking import WORDS_LIMIT
from referrals.services.intake import LINE_LIMIT


def _way(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Channel.choices, widget=forms.RadioSelect)


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=required,
    )


SEALED = _("It is kept sealed. No names, no web addresses, nothing about what was done to a child.")


class AcknowledgeForm(PlainForm):
    """How the source heard that its referral arrived."""

    way = _way(_("How did you tell them?"))


class AskSourceForm(PlainForm):
    """What the source is asked, and how."""

    question = _words(_("What do you need to know?"), SEALED)
    way = _way(_("How do you ask them?"))


class ChaseForm(PlainForm):
    """How the source was asked again."""

    way = _way(_("How did you ask them again?"))


class AnswerForm(PlainForm):
    """What the source answered."""

    answer = _words(_("What did they answer?"), SEALED)


class DeclineReferralForm(PlainForm):
    """Why it is not ours."""

    reason = forms.ChoiceField(
        label=_("Why is it not ours?"), choices=DeclineReason.choices, widget=forms.RadioSelect
    )
    note = _words(_("What should a colleague know who asks later?"), SEALED, required=False)

    def __init__(self, *args: Any, waits: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if waits:
            reasons: Any = self.fields["reason"]
            reasons.choices = [(DeclineReason.NO_ANSWER.value, DeclineReason.NO_ANSWER.label)]
            reasons.initial = DeclineReason.NO_ANSWER


class RedirectForm(PlainForm):
    """Whose it is, and why."""

    fields: dict[str, Any]

    agency: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Which of our partner agencies?"),
        queryset=None,
        empty_label=_("None of these"),
        required=False,
    )
    agency_name = forms.CharField(
        label=_("Or the name of another agency"), max_length=LINE_LIMIT, required=False
    )
    note = _words(_("Why is it theirs?"), SEALED)

    def __init__(self, *args: Any, agencies: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies


class DuplicateForm(PlainForm):
    """Which referral told it before."""

    reference = forms.CharField(
        label=_("Reference of the earlier referral"),
        help_text=_("Such as R-7QK4-29XM."),
        max_length=20,
    )


class WithdrawForm(PlainForm):
    """Why the source took it back."""

    note = _words(_("What did the source say?"), SEALED)


class FeedbackForm(PlainForm):
    """What the source was told, or why it is told nothing."""

    TOLD, NOT_TOLD = "told", "not_told"

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    told = forms.ChoiceField(
        label=_("Was the source told?"),
        choices=[(TOLD, _("Yes, I told them")), (NOT_TOLD, _("No, they may not be told"))],
        initial=TOLD,
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label=_("How did you tell them?"),
        help_text=_("Only if they were told."),
        choices=[("", _("Choose")), *Channel.choices],
        required=False,
    )
    not_permitted = forms.ChoiceField(
        label=_("Why may they not be told?"),
        help_text=_("Only if they were not."),
        choices=[("", _("Choose")), *SilenceReason.choices],
        required=False,
    )
    words = _words(
        _("What did you say, or what else should a colleague know?"), SEALED, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("told") == self.TOLD:
            data["not_permitted"] = ""
            if not data.get("way"):
                self.add_error("way", _("Choose how you told them."))
        elif data.get("told") == self.NOT_TOLD:
            data["way"] = ""
            if not data.get("not_permitted"):
                self.add_error("not_permitted", _("Choose why they may not be told."))
        # A question of the form alone: the service sees it in which of the two is answered.
        data.pop("told", None)
        return data


class ReopenForm(PlainForm):
    """Why it is taken up again."""

    note = _words(_("Why is it taken up again?"), SEALED)


class UnlinkForm(PlainForm):
    """Why it is another matter."""

    note = _words(_("Why is it another matter?"), SEALED)


class AssignForm(PlainForm):
    """Which referrals go to whom."""

    fields: dict[str, Any]

    to: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Who looks after them?"), queryset=None, empty_label=_("Choose")
    )
    referrals: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=_("Which referrals?"), queryset=None, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, colleagues: QuerySet[Any], waiting: QuerySet[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues
        self.fields["to"].label_from_instance = lambda colleague: colleague.name
        self.fields["referrals"].queryset = waiting
        self.fields["referrals"].label_from_instance = _row_words


def _row_words(referral: Any) -> str:
    owner = referral.assigned_to.name if referral.assigned_to else _("nobody yet")
    return _("%(reference)s, %(source)s, with %(owner)s") % {
        "reference": referral.reference,
        "source": referral.get_source_category_display(),
        "owner": owner,
    }
