"""Another child of the same night, and the questions on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import Gender, LegalBasis
from core.forms import PlainForm
from referrals.forms.intake import LogReferralForm
from referrals.services.intake import DANGER_CHOICES

NOTE_LIMIT = 500
# More choices than these are written, not ticked: nobody prints every country.
MOST_BOXES = 24
PARTS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("The child now"), ("immediate_danger", "country", "admin1", "children_estimate")),
    (
        _("Where it came from"),
        (
            "received_at",
            "source_category",
            "source_name",
            "source_reference",
            "source_agency",
            "originating_country",
            "detection_method",
        ),
    ),
    (_("What it is about"), ("content_origin", "harm_types")),
    (_("What we keep"), ("legal_basis", "summary")),
    (_("Who it is about, if the source said"),
     ("first_name", "family_name", "birthdate", "gender")),
)  # fmt: skip
# Answers of the screen alone.
NOT_ON_PAPER = {"team", "override_reason", "even_if_known", "next_child"}


class LogAnotherForm(PlainForm):
    """The child, and nothing that was said of the night already."""

    fields: dict[str, Any]

    immediate_danger = forms.ChoiceField(
        label=_("Is this child in danger right now?"),
        choices=DANGER_CHOICES,
        widget=forms.RadioSelect,
    )
    first_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    birthdate = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    gender = forms.ChoiceField(
        label=_("Gender"), choices=Gender.choices, initial=Gender.UNKNOWN, required=False
    )
    legal_basis = forms.ChoiceField(
        label=_("Why may we keep it?"),
        help_text=_("Consent is each child’s own: choose it only where this child gave it."),
        choices=LegalBasis.choices,
    )
    summary = forms.CharField(
        label=_("What is different for this child?"),
        help_text=_("Only what keeps them safe tonight. It is kept sealed."),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    def clean_birthdate(self) -> Any:
        born = self.cleaned_data["birthdate"]
        if born and born > timezone.localdate():
            raise forms.ValidationError(_("This date is in the future."))
        return born

    def clean(self) -> dict[str, Any]:
        """Adds `subject`, as `LogReferralForm` does."""
        data = super().clean() or {}
        data["subject"] = LogReferralForm.subject_of(data)
        return data


@dataclass(frozen=True)
class PaperQuestion:
    """One question on paper.

    Attributes:
        label, hint: as on the screen.
        boxes: answers to tick; empty where it is written.
        lines: how many lines to write on.
    """

    label: str
    hint: str
    boxes: list[str]
    lines: int

    @property
    def rules(self) -> range:
        """The lines, for a template to draw."""
        return range(self.lines)


def paper_parts(form: LogReferralForm) -> list[tuple[str | Promise, list[PaperQuestion]]]:
    """The questions of the form in their parts. A question that no part has comes last."""
    placed = {name for _title, names in PARTS for name in names}
    rest = tuple(name for name in form.fields if name not in placed | NOT_ON_PAPER)
    parts = [*PARTS, (_("Also"), rest)] if rest else PARTS
    return [(title, [_question(form, name) for name in names]) for title, names in parts]


def _question(form: LogReferralForm, name: str) -> PaperQuestion:
    field = form.fields[name]
    choices = [] if name == "source_agency" else list(getattr(field, "choices", ()))
    boxes = [str(label) for code, label in choices if code]
    if len(boxes) > MOST_BOXES:
        boxes = []
    lines = 0 if boxes else 6 if name == "summary" else 1
    return PaperQuestion(str(field.label), str(field.help_text or ""), boxes, lines)
