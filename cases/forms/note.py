"""The form of a note."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import InterviewPlace, NoteKind
from cases.forms.inputs import CHOOSE_ONE, LOCAL_MOMENT, Choices, MomentInput
from cases.policies import default_sensitivity
from core.choices import Sensitivity
from core.forms import PlainForm


def _texts(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class WriteNoteForm(PlainForm):
    """A note in its parts; at least one of them says something."""

    # The draft's id, given before the first key is pressed: sent twice it makes one note.
    draft_id = forms.UUIDField(widget=forms.HiddenInput)
    # What was noticed the last time, so that it is not asked again.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    kind = forms.ChoiceField(label=_("Kind of note"), choices=[CHOOSE_ONE, *NoteKind.choices])
    occurred_at = forms.DateTimeField(
        label=_("When it happened"),
        widget=MomentInput,
        input_formats=[LOCAL_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    person_id = forms.TypedChoiceField(
        label=_("Whom is it about?"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_(
            "A note about one person is sealed with that person’s own key and can be erased alone."
        ),
    )
    facts_reported = forms.CharField(
        label=_("Facts that were reported"),
        required=False,
        widget=_texts(5),
        help_text=_(
            "Put the survivor’s own words in quotation marks. Record only what keeps the child "
            "safe or is needed to refer; the investigator’s record holds the rest."
        ),
    )
    facts_said_by = forms.CharField(
        label=_("Who said so"),
        required=False,
        max_length=200,
        help_text=_("A code, a role or an agency, such as “the aunt” or “the school”. No name."),
    )
    observations = forms.CharField(label=_("What you saw"), required=False, widget=_texts(3))
    professional_assessment = forms.CharField(
        label=_("Your professional assessment"),
        required=False,
        widget=_texts(3),
        help_text=_("What you conclude from it, apart from the facts."),
    )
    actions = forms.CharField(
        label=_("What was done, and what comes next"), required=False, widget=_texts(3)
    )
    corrects = forms.BooleanField(
        label=_("This corrects what the first note says"),
        required=False,
        help_text=_("The first note stays readable and is marked as superseded."),
    )
    interview_place = forms.ChoiceField(
        label=_("Kind of place"),
        required=False,
        choices=[CHOOSE_ONE, *InterviewPlace.choices],
    )
    interview_agency_id = forms.TypedChoiceField(
        label=_("Agency that interviewed"), coerce=uuid.UUID, empty_value=None, required=False
    )
    sensitivity = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("The usual level for this kind")), *Sensitivity.choices],
        help_text=_(
            "Assessment, risk, health, private matters and the survivor’s own words start at L3, "
            "everything else at L2. A supervisor may set a lower level."
        ),
    )
    reader_ids = forms.TypedMultipleChoiceField(
        label=_("Colleagues who may read it whatever their level"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An L4 note is read by you and by those you tick, nobody else."),
    )
    mention_ids = forms.TypedMultipleChoiceField(
        label=_("Ask colleagues to read it"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are told that something waits for them, not what it says."),
    )

    def __init__(
        self,
        *args: Any,
        colleagues: Choices,
        people: Choices,
        agencies: Choices,
        draft_id: uuid.UUID,
        may_lower: bool,
        lowest: int = 0,
        kind: str = "",
        **kwargs: Any,
    ) -> None:
        """`kind` and `lowest` are those of the note an addendum belongs to."""
        super().__init__(*args, **kwargs)
        self.may_lower = may_lower
        self.lowest = lowest
        self.fixed_kind = kind
        colleagues = list(colleagues)
        self.fields["reader_ids"].choices = colleagues  # type: ignore[attr-defined]
        self.fields["mention_ids"].choices = colleagues  # type: ignore[attr-defined]
        self.fields["person_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody in the case")),
            *people,
        ]
        self.fields["interview_agency_id"].choices = [  # type: ignore[attr-defined]
            CHOOSE_ONE,
            *agencies,
        ]
        self.initial.setdefault("draft_id", draft_id)
        self.initial.setdefault(
            "occurred_at", timezone.localtime(timezone.now()).replace(second=0, microsecond=0)
        )
        if kind:
            # An addendum is of its note's kind, about its person, and no second interview.
            for name in ("kind", "person_id", "interview_place", "interview_agency_id"):
                del self.fields[name]
        else:
            del self.fields["corrects"]

    def show_noticed(self, seal: str) -> None:
        """Let a form that is shown again stand for what was noticed in it."""
        shown: Any = self.data
        self.data = shown.copy()
        self.data["seen"] = seal  # type: ignore[index]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.fixed_kind:
            values["kind"] = self.fixed_kind
        elif values.get("kind") == NoteKind.FORENSIC_INTERVIEW:
            for name in ("interview_place", "interview_agency_id"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("A forensic interview needs this."))
        level, kind = values.get("sensitivity"), values.get("kind")
        if level is not None and kind and not self.may_lower:
            lowest = max(self.lowest, default_sensitivity(kind))
            if level < lowest:
                self.add_error(
                    "sensitivity",
                    _("Only a supervisor may set a level below %(level)s here.")
                    % {"level": Sensitivity(lowest).label},
                )
        return values


class ChangeLevelForm(PlainForm):
    """Another level for a signed note."""

    level = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("Lowering a level opens the note to more people and is a supervisor’s to do."),
    )

    def __init__(self, *args: Any, levels: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = list(levels)  # type: ignore[attr-defined]


class SearchNotesForm(PlainForm):
    """Words to look for in the notes one may read. Sent by POST: it stands in no address."""

    words = forms.CharField(
        label=_("Words to look for"),
        max_length=120,
        help_text=_("Every word must stand in the note. Accents and capitals do not matter."),
    )
