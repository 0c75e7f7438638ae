"""The rules by which referrals go to teams, as their page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from core.choices import YesNoUnknown
from referrals.choices import HarmType, SourceCategory
from referrals.htcds.countries import COUNTRIES
from referrals.models import RoutingRule


@dataclass(frozen=True)
class RuleRow:
    """One rule in words."""

    id: UUID
    position: int
    asks: str
    team: str


def rule_rows(actor: User) -> list[RuleRow]:
    """The rules that hold now, in the order in which they are asked."""
    rules = RoutingRule.objects.visible_to(actor).live().select_related("team")
    return [RuleRow(rule.pk, rule.position, rule_words(rule), rule.team.name) for rule in rules]


def has_rules(actor: User) -> bool:
    return RoutingRule.objects.visible_to(actor).live().exists()


def rule_words(rule: RoutingRule) -> str:
    """What a rule asks for, in words."""
    asked = []
    if rule.immediate_danger:
        danger = YesNoUnknown(rule.immediate_danger).label
        asked.append(_("immediate danger: %(danger)s") % {"danger": danger})
    if rule.source_category:
        asked.append(str(SourceCategory(rule.source_category).label))
    if rule.country:
        country = COUNTRIES.get(rule.country, rule.country)
        asked.append(_("child in %(country)s") % {"country": country})
    if rule.harm_type:
        asked.append(str(HarmType(rule.harm_type).label))
    return " · ".join(asked) or _("Every referral")
