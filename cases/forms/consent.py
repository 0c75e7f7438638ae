"""Asking for consent in steps, taking it back, and other legal bases."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    OTHER_BASES,
    ChildAssent,
    ConsentMethod,
    DataCategory,
    GivenBy,
    InformationPoint,
    InterpreterUse,
    Scope,
    ScopeAnswer,
)
from cases.consent_words import ASK, SAY
from cases.forms.inputs import CHOOSE_ONE, Choices, DayInput
from core.forms import PlainForm
from core.versioned_forms import VersionedForm

NOBODY = ("", _("Nobody of this case"))
USUAL_VALIDITY = timedelta(days=365)


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WhoAnswers(PlainForm):
    """Who answers, and how the talk is held: asked first, and put right until it is recorded."""

    given_by = forms.ChoiceField(
        label=_("Who answers"), widget=forms.RadioSelect, choices=GivenBy.choices
    )
    giver_id = forms.TypedChoiceField(
        label=_("Caregiver or guardian"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_(
            "Somebody of this case who did not take part in the harm and does not live with "
            "anybody who did."
        ),
    )
    giver_details = forms.CharField(
        label=_("Guardian named by the state or the court"),
        required=False,
        max_length=300,
        help_text=_("Name and office. It is sealed."),
    )
    order_reference = forms.CharField(
        label=_("Reference of the custody or guardianship order"), required=False, max_length=200
    )
    language = forms.CharField(label=_("Language you speak together"), max_length=60)
    interpreter_use = forms.ChoiceField(
        label=_("Interpreter"),
        widget=forms.RadioSelect,
        choices=InterpreterUse.choices,
        initial=InterpreterUse.NOT_NEEDED,
    )
    interpreter_id = forms.TypedChoiceField(
        label=_("Who of this case interprets"), coerce=uuid.UUID, empty_value=None, required=False
    )

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        others = list(others)
        for name in ("giver_id", "interpreter_id"):
            fields[name].choices = [NOBODY, *others]


class StartConsentForm(WhoAnswers):
    """Step 1: whose consent it is, and who answers."""

    person_id = forms.TypedChoiceField(label=_("Whose consent is it"), coerce=uuid.UUID)
    field_order = ("person_id",)

    def __init__(self, *args: Any, survivors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        survivors = list(survivors)
        self.fields["person_id"].choices = (  # type: ignore[attr-defined]
            survivors if len(survivors) == 1 else [CHOOSE_ONE, *survivors]
        )


class WhoForm(WhoAnswers, VersionedForm):
    """Step 1 again, of a consent that is not finished: whose it is stays."""


class TalkForm(VersionedForm):
    """Step 2: what was explained; the words to say stand beside each box."""

    information_given = forms.MultipleChoiceField(
        label=_("Tick each one after you have said it"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=InformationPoint.choices,
    )

    @property
    def points(self) -> list[dict[str, Any]]:
        """Each point with its box and the words to read aloud."""
        return [
            {"box": box, "say": SAY[str(box.data["value"])]} for box in self["information_given"]
        ]


class AnswersForm(VersionedForm):
    """Step 3: one question after another; nothing is chosen before it was asked (R-K5)."""

    def __init__(self, *args: Any, answers: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in Scope.values:
            field = forms.ChoiceField(
                label=str(ASK[code]),
                widget=forms.RadioSelect,
                choices=ScopeAnswer.choices,
                initial=answers.get(code, ScopeAnswer.NOT_ASKED),
            )
            self.fields[code] = field

    @property
    def questions(self) -> list[Any]:
        return [self[code] for code in Scope.values]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        given = {code: values.pop(code, ScopeAnswer.NOT_ASKED) for code in Scope.values}
        values["scopes"] = [code for code, answer in given.items() if answer == ScopeAnswer.AGREES]
        values["refused_scopes"] = [
            code for code, answer in given.items() if answer == ScopeAnswer.REFUSES
        ]
        return values


class WhoMayKnowForm(VersionedForm):
    """Step 4: which agencies, and what they may be told."""

    recipients = forms.TypedMultipleChoiceField(
        label=_("Which agencies may be told?"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Name each one to the family. Tick only those they agree to."),
    )
    categories = forms.MultipleChoiceField(
        label=_("What may they be told?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=DataCategory.choices,
    )
    countries = forms.CharField(
        label=_("Other countries it may go to"),
        required=False,
        max_length=60,
        help_text=_("Two letters for each country, such as NL. Put a comma between several."),
    )

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipients"].choices = list(agencies)  # type: ignore[attr-defined]

    def clean_countries(self) -> list[str]:
        text: str = self.cleaned_data["countries"]
        return [part.strip() for part in text.split(",") if part.strip()]


class HowForm(VersionedForm):
    """Step 5: the child's own answer, how it was said, and until when it holds."""

    child_assent = forms.ChoiceField(
        label=_("What does the child say?"),
        help_text=_("Asked apart from the adult, in words the child knows."),
        widget=forms.RadioSelect,
        choices=[
            choice for choice in ChildAssent.choices if choice[0] != ChildAssent.NOT_APPLICABLE
        ],
        required=False,
    )
    assent_reason = forms.CharField(
        label=_("Why the child was not asked, or what they said"),
        required=False,
        max_length=2_000,
        widget=_lines(2),
    )
    best_interest = forms.CharField(
        label=_("Best-interest determination"),
        help_text=_("Where a guardian cannot decide or should not: why this serves the child."),
        required=False,
        max_length=2_000,
        widget=_lines(2),
    )
    decided_by = forms.CharField(
        label=_("Who decided what is best"), required=False, max_length=200
    )
    method = forms.ChoiceField(
        label=_("How was the answer given?"),
        widget=forms.RadioSelect,
        choices=ConsentMethod.choices,
        required=False,
    )
    witness = forms.CharField(
        label=_("Who saw or heard it"),
        help_text=_("Needed for a thumbprint and for a spoken answer. It is sealed."),
        required=False,
        max_length=300,
    )
    valid_until = forms.DateField(
        label=_("Until when does it hold?"),
        widget=DayInput,
        required=False,
        help_text=_(
            "Two years at most. A guardian’s consent ends by itself on the day before the child "
            "turns 18."
        ),
    )
    review_on = forms.DateField(
        label=_("When do you ask whether it is still right?"),
        widget=DayInput,
        required=False,
        help_text=_("After half a year when left empty."),
    )

    def __init__(self, *args: Any, for_a_child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_a_child:
            del self.fields["child_assent"]
            del self.fields["assent_reason"]
        self.initial.setdefault("valid_until", timezone.localdate() + USUAL_VALIDITY)


class ReadBackForm(VersionedForm):
    """The last step: what was written down, as it was seen."""


class WithdrawConsentForm(PlainForm):
    """Taking it back is as easy as giving it: everything is chosen, and no reason is asked."""

    scopes = forms.MultipleChoiceField(
        label=_("What is taken back?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave everything ticked to take back all of it."),
        error_messages={"required": _("Tick what they take back.")},
    )
    words = forms.CharField(
        label=_("What they said, if they want it written down"),
        required=False,
        max_length=2_000,
        widget=_lines(2),
    )

    def __init__(self, *args: Any, scopes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = list(scopes)
        self.fields["scopes"].choices = scopes  # type: ignore[attr-defined]
        self.initial["scopes"] = [code for code, _words in scopes]


class RecordGroundForm(PlainForm):
    """A legal basis that is not consent, for one receiver or for figures without names."""

    basis = forms.ChoiceField(
        label=_("Legal basis"), choices=[CHOOSE_ONE, *((b.value, b.label) for b in OTHER_BASES)]
    )
    reason = forms.CharField(
        label=_("Why it applies here"),
        max_length=600,
        widget=_lines(3),
        help_text=_("Without names. A supervisor and the data protection officer read it."),
    )
    order_reference = forms.CharField(
        label=_("Reference of the order or law"), required=False, max_length=200
    )
    recipient_id = forms.TypedChoiceField(
        label=_("Which agency gets it"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_("Leave it empty for figures without names."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("What it stands in for"),
        widget=forms.CheckboxSelectMultiple,
        choices=Scope.choices,
    )
    categories = forms.MultipleChoiceField(
        label=_("What may leave on it"),
        widget=forms.CheckboxSelectMultiple,
        choices=DataCategory.choices,
        required=False,
    )
    valid_until = forms.DateField(label=_("Until"), widget=DayInput, required=False)

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody outside")),
            *agencies,
        ]


class DecideGroundForm(VersionedForm):
    """Whether a colleague's legal basis holds."""

    approve = forms.TypedChoiceField(
        label=_("Does this legal basis apply?"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", _("Yes, it applies")),
            ("no", _("No. What rests on it stops at once")),
        ],
    )
