"""What comes in: a referral, a sheet, and the case it goes into."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.choices import Gender, LegalBasis
from cases.models import Case
from core.forms import PlainForm
from core.ui.dates import place_name, spell
from referrals.choices import (
    ContentOrigin,
    DetectionMethod,
    HarmType,
    OverrideReason,
    SourceCategory,
)
from referrals.htcds.countries import COUNTRIES
from referrals.services.intake import (
    DANGER_CHOICES,
    LINE_LIMIT,
    MOST_CHILDREN,
    PLACE_LIMIT,
    SUMMARY_LIMIT,
)

# The distinction that decides who must act and how; each answer says what it means.
ORIGINS: dict[str, Any] = {
    ContentOrigin.LIVESTREAMED_TRAFFICKING: _(
        "A child is abused in front of a camera while somebody elsewhere watches, directs or pays."
    ),
    ContentOrigin.IN_PERSON_RECORDED: _(
        "Somebody who was with the child recorded the abuse; nobody watched it live from elsewhere."
    ),
    ContentOrigin.GROOMED_OR_COERCED: _(
        "The child made the material because somebody persuaded, deceived or threatened them."
    ),
    ContentOrigin.SELF_GENERATED: _(
        "The child made the material; as far as is known nobody else asked for it."
    ),
    ContentOrigin.GENERATED: _("Made or altered by a computer, for example with AI."),
    ContentOrigin.NOT_APPLICABLE: _("The report is not about images, video or a live stream."),
    ContentOrigin.UNKNOWN: _("Nobody can say yet. It can be answered later."),
}


def _explained(label: Any, help_text: Any) -> str:
    return format_html('{}<br><span class="quiet small">{}</span>', label, help_text)


explained = lazy(_explained, str)

CHOOSE = [("", _("Choose"))]
NOT_KNOWN = ("", _("Not known"))


def _alphabetical(country: tuple[str, str]) -> str:
    # Without accents: Åland stands under A.
    return unicodedata.normalize("NFKD", country[1]).encode("ascii", "ignore").decode()


BY_NAME = sorted(COUNTRIES.items(), key=_alphabetical)
COUNTRY_CHOICES = [NOT_KNOWN, *BY_NAME]


def countries(first: str) -> list[tuple[str, Any]]:
    """Every country by name, the reader's own on top."""
    own = [(code, name) for code, name in BY_NAME if code == first]
    return [NOT_KNOWN, *own, *(country for country in BY_NAME if country not in own)]


class LogReferralForm(PlainForm):
    """What reached us, on one page: the source, the matter, the child now, what we may keep."""

    fields: dict[str, Any]

    team: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Which team takes it?"), queryset=None, empty_label=_("Choose")
    )
    override_reason = forms.ChoiceField(
        label=_("Why does another team take it than our rules say?"),
        choices=[*CHOOSE, *OverrideReason.choices],
        required=False,
    )
    received_at = forms.DateTimeField(
        label=_("When did it reach us?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("Give a date and a time, such as 22 Nov 2026, 14:05.")},
    )
    source_category = forms.ChoiceField(
        label=_("Who told us?"), choices=[*CHOOSE, *SourceCategory.choices]
    )
    source_name = forms.CharField(
        label=_("Name of the organisation or office"),
        help_text=_("Leave it empty for a private person: their name does not belong here."),
        max_length=LINE_LIMIT,
        required=False,
    )
    source_reference = forms.CharField(
        label=_("Their reference"),
        help_text=_("A report or case number, so that you can ask about it. It is kept sealed."),
        max_length=LINE_LIMIT,
        required=False,
    )
    even_if_known = forms.BooleanField(
        label=_("It is another report, though the number is the same"), required=False
    )
    source_agency: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("One of our partner agencies?"),
        queryset=None,
        empty_label=_("None of these"),
        required=False,
    )
    originating_country = forms.ChoiceField(
        label=_("Country of the source"), choices=COUNTRY_CHOICES, required=False
    )
    detection_method = forms.ChoiceField(
        label=_("How did it come to light?"),
        choices=DetectionMethod.choices,
        initial=DetectionMethod.UNKNOWN,
    )
    immediate_danger = forms.ChoiceField(
        label=_("Is a child in danger right now?"),
        help_text=_("With yes it goes to the top of the queue and is due within an hour."),
        choices=DANGER_CHOICES,
        widget=forms.RadioSelect,
    )
    content_origin = forms.ChoiceField(
        label=_("How did any material come about?"),
        help_text=_(
            "This decides who has to act first. “Unknown” is a full answer; do not guess, and do "
            "not look at material to find out."
        ),
        choices=[(code.value, explained(code.label, ORIGINS[code])) for code in ContentOrigin],
        widget=forms.RadioSelect,
    )
    harm_types = forms.MultipleChoiceField(
        label=_("What kinds of harm does the source report?"),
        help_text=_("Tick all that apply."),
        choices=HarmType.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    children_estimate = forms.IntegerField(
        label=_("How many children, as far as known?"),
        min_value=1,
        max_value=MOST_CHILDREN,
        required=False,
    )
    country = forms.ChoiceField(
        label=_("In which country is the child?"), choices=COUNTRY_CHOICES, required=False
    )
    admin1 = forms.CharField(
        label=_("Region or province"),
        help_text=_("No nearer than this: never an address, a school or a shelter."),
        max_length=PLACE_LIMIT,
        required=False,
    )
    legal_basis = forms.ChoiceField(
        label=_("Why may we keep this?"), choices=LegalBasis.choices, widget=forms.RadioSelect
    )
    summary = forms.CharField(
        label=_("What does the next person need to know?"),
        help_text=_(
            "Record only what is needed to keep the child safe or to refer. Do not describe sexual "
            "acts; the investigator’s record holds the rest. No names, no web addresses. It is "
            "kept sealed."
        ),
        max_length=SUMMARY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
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
    next_child = forms.BooleanField(
        label=_("There are more children: go on with the next one"),
        help_text=_("The source, the place and the matter are not asked again."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        teams: QuerySet[Any],
        agencies: QuerySet[Any],
        home: str = "",
        has_rules: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_rules = has_rules
        for name in ("country", "originating_country"):
            self.fields[name].choices = countries(home)
        team = self.fields["team"]
        if has_rules:
            team.queryset, team.required = teams, False
            team.empty_label = _("As our rules say")
        else:
            offer_teams(team, teams)
        self.fields["source_agency"].queryset = agencies
        received = self.fields["received_at"]
        received.initial = timezone.now().replace(second=0, microsecond=0)
        received.help_text = _("By the clock of %(place)s.") % {"place": place_name()}

    def clean_birthdate(self) -> Any:
        born = self.cleaned_data["birthdate"]
        if born and born > timezone.localdate():
            raise forms.ValidationError(_("This date is in the future."))
        return born

    def clean(self) -> dict[str, Any]:
        """Adds `subject`: who it is about, by HTCDS name; empty when the source named nobody."""
        data = super().clean() or {}
        data["subject"] = self.subject_of(data)
        return data

    @staticmethod
    def subject_of(data: dict[str, Any]) -> dict[str, Any]:
        """Who it is about, by HTCDS name, of cleaned answers."""
        born = data.get("birthdate")
        told = {
            "prs_FirstName": data.get("first_name"),
            "prs_SecondName": data.get("family_name"),
            "prs_Birthdate": born.isoformat() if born else "",
            "prs_Gender": "" if data.get("gender") == Gender.UNKNOWN else data.get("gender"),
        }
        return {name: value for name, value in told.items() if value}

    @property
    def asks_if_known(self) -> bool:
        """Whether the number was found on a desk, so that it has to be said what this is."""
        if not self.is_bound:
            return False
        return bool(self["source_reference"].errors or self["even_if_known"].value())

    @property
    def asks_why_not_by_rule(self) -> bool:
        """Whether somebody chose another team than the rules say, so that it has to be said why."""
        if not self.is_bound:
            return False
        return bool(self["override_reason"].errors or self["override_reason"].value())

    @property
    def shows_source_details(self) -> bool:
        """Whether the closed part about the source holds something to be seen."""
        return self._holds("source_agency", "originating_country", "detection_method")

    @property
    def shows_subject(self) -> bool:
        """Whether the closed part about the child holds something to be seen."""
        return self._holds("first_name", "family_name", "birthdate", "gender")

    def _holds(self, *names: str) -> bool:
        if not self.is_bound:
            return any(self.initial.get(name) for name in names)
        return any(self[name].errors or name in self.changed_data for name in names)


class AcceptReferralForm(PlainForm):
    """A new case, or one that is open already."""

    fields: dict[str, Any]
    NEW, EXISTING = "new", "existing"

    into = forms.ChoiceField(
        label=_("Into which case?"),
        choices=[(NEW, _("Open a new case")), (EXISTING, _("Add it to a case that is open"))],
        initial=NEW,
        widget=forms.RadioSelect,
    )
    case: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("The open case"),
        help_text=_("Only when you add it to one. You see the cases of your teams."),
        queryset=None,
        empty_label=_("Choose"),
        required=False,
    )

    def __init__(self, *args: Any, cases: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = cases
        self.fields["case"].label_from_instance = _case_words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("into") == self.EXISTING and not data.get("case") and "case" not in self.errors:
            self.add_error("case", _("Choose the case it belongs to."))
        return data


def _case_words(case: Case) -> str:
    place = f", {case.admin1}" if case.admin1 else ""
    return f"{case.reference}{place}, {spell(case.opened_on)}"


def offer_teams(field: Any, teams: QuerySet[Any]) -> None:
    """Let one of `teams` be chosen; a single one is not asked for."""
    field.queryset = teams
    only = list(teams[:2])
    if len(only) == 1:
        field.widget = forms.HiddenInput()
        field.initial = only[0].pk
