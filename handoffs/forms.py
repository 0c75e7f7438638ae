"""Forms of handoffs: shape and words. The rules are in the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import LegalBasis
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from handoffs.choices import (
    DeclineReason,
    EmergencyWay,
    Kind,
    Outcome,
    Reply,
    ReturnReason,
    Section,
    Urgency,
)
from handoffs.services.drafting import LONGEST_PURPOSE

CHOOSE = ("", _("Choose"))
ANSWER_WITHIN = timedelta(days=7)


class ComposeForm(VersionedForm):
    """What leaves, for whom, why and on what ground.

    Args:
        receivers: grouped choices of agencies.
        may_name: whether the person may open names; otherwise they cannot choose them.
    """

    # Kept with the legal basis it makes, not with the draft.
    steps = frozenset({"basis_reason"})

    to_agency = forms.TypedChoiceField(label=_("Who needs it"), coerce=UUID)
    kind = forms.ChoiceField(label=_("What kind of handoff"), choices=[CHOOSE, *Kind.choices])
    purpose = forms.CharField(
        label=_("What they need it for"),
        help_text=_(
            "They read this before they accept. One or two sentences, without names and without "
            "what happened to the child."
        ),
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    legal_basis = forms.ChoiceField(
        label=_("Legal basis"),
        help_text=_(
            "Consent covers what the survivors of this case agreed to. Without a sharing agreement "
            "only a legal duty or somebody’s life carries it."
        ),
        choices=[
            CHOOSE,
            *((code, label) for code, label in LegalBasis.choices if code != LegalBasis.UNKNOWN),
        ],
    )
    basis_reason = forms.CharField(
        label=_("Why this basis applies"),
        help_text=_(
            "Not for consent. Without names: a supervisor approves it and the data protection "
            "officer reads it. Leave it empty where the case has an approved basis already."
        ),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sections = forms.MultipleChoiceField(
        label=_("What they get"),
        help_text=_(
            "Only what the purpose needs. Investigators and prosecutors always get the kind of "
            "harm."
        ),
        choices=Section.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Urgency.choices,
        widget=forms.RadioSelect,
        initial=Urgency.ROUTINE,
    )
    answer_by = forms.DateField(
        label=_("Answer by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give a date, such as 2026-11-30.")},
    )

    def __init__(
        self,
        *args: Any,
        receivers: list[tuple[str, list[tuple[str, str]]]],
        may_name: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to_agency"].choices = [CHOOSE, *receivers]
        fields["answer_by"].initial = timezone.localdate() + ANSWER_WITHIN
        if not may_name:
            fields["sections"].choices = [
                (code, label) for code, label in Section.choices if code != Section.IDENTITIES
            ]


class SendForm(PlainForm):
    """What the sender looked at last, so that nothing leaves that nobody has seen."""

    seen = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput, required=False)


class ReturnForm(PlainForm):
    """Why its author gets it back."""

    reason = forms.ChoiceField(
        label=_("Why do you give it back?"), choices=ReturnReason.choices, widget=forms.RadioSelect
    )


class DeclineForm(PlainForm):
    """Why not."""

    reason = forms.ChoiceField(
        label=_("Why do you decline?"), choices=DeclineReason.choices, widget=forms.RadioSelect
    )


class AskForm(PlainForm):
    """What the receiver needs to know before they answer."""

    question = forms.CharField(
        label=_("What do you need to know first?"),
        help_text=_("Without names. The sender answers, or sends a further handoff."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReplyForm(PlainForm):
    """A reply to a question; what tells more goes by a handoff of its own."""

    reply = forms.ChoiceField(
        label=_("What do you reply?"), choices=Reply.choices, widget=forms.RadioSelect
    )


class CompleteForm(PlainForm):
    """What came of it."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What the sender should know"),
        help_text=_("Without names."),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EmergencyForm(PlainForm):
    """What was told at once, to whom, and why. Short: there is no time."""

    to_agency = forms.TypedChoiceField(label=_("Who was told"), coerce=UUID)
    told_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={"invalid": _("Give a day and a time, such as 2026-11-30T14:05.")},
    )
    way = forms.ChoiceField(
        label=_("How"),
        choices=EmergencyWay.choices,
        widget=forms.RadioSelect,
        initial=EmergencyWay.PHONE,
    )
    officer = forms.CharField(label=_("Whom you spoke to: name and office"), max_length=200)
    their_reference = forms.CharField(
        label=_("The number they gave you"), max_length=100, required=False
    )
    categories = forms.MultipleChoiceField(
        label=_("What you told"), choices=Section.choices, widget=forms.CheckboxSelectMultiple
    )
    said = forms.CharField(
        label=_("In your words: the least that was needed"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    why = forms.CharField(
        label=_("Whose life was in danger, and how"),
        help_text=_("Somebody else looks at this within 24 hours."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, receivers: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to_agency"].choices = [CHOOSE, *receivers]
        fields["told_at"].initial = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
