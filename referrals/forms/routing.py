"""A rule that says which team takes a referral."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.choices import HarmType, SourceCategory
from referrals.forms.intake import BY_NAME
from referrals.services.intake import DANGER_CHOICES
from referrals.services.routing import MOST_RULES

ANY = ("", _("Any"))


class RoutingRuleForm(PlainForm):
    """What a referral must say, and who takes it then."""

    fields: dict[str, Any]

    position = forms.IntegerField(
        label=_("Its place in the order"),
        help_text=_("The first rule that fits counts: put the narrow ones before the wide ones."),
        min_value=1,
        max_value=MOST_RULES,
    )
    immediate_danger = forms.ChoiceField(
        label=_("Immediate danger"),
        choices=[ANY, *DANGER_CHOICES],
        required=False,
    )
    source_category = forms.ChoiceField(
        label=_("Who told us"), choices=[ANY, *SourceCategory.choices], required=False
    )
    country = forms.ChoiceField(
        label=_("Country of the child"), choices=[ANY, *BY_NAME], required=False
    )
    harm_type = forms.ChoiceField(
        label=_("Kind of harm"), choices=[ANY, *HarmType.choices], required=False
    )
    team: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Which team takes it?"), queryset=None, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, teams: QuerySet[Any], next_place: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
        self.fields["position"].initial = next_place
