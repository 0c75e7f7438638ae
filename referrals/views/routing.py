"""The rules that say which team takes a referral."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core.views import FormPage
from referrals.forms import RoutingRuleForm
from referrals.models import RoutingRule
from referrals.selectors.routing import rule_rows, rule_words
from referrals.services.routing import (
    MOST_RULES,
    end_routing_rule,
    set_routing_rule,
    teams_that_decide,
)


class Routing(FormPage):
    """The rules in their order; supervisors add one here."""

    permission = "referrals.read_referral"
    reads = "routing.listed"
    form_class = RoutingRuleForm
    template_name = "referrals/routing.html"
    success_message = _("The rule holds for every referral logged from now on.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        rows = rule_rows(user)
        return {
            "teams": Team.objects.filter(pk__in=teams_that_decide(user)),
            "next_place": min(max((row.position for row in rows), default=0) + 1, MOST_RULES),
        }

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        user = self.request.user
        return super().context(record, form) | {
            "rules": rule_rows(user),
            "may_set": user.may("referrals.set_routing"),
        }

    def perform(self, data: dict[str, Any]) -> RoutingRule:
        team = data.pop("team")
        return set_routing_rule(actor=self.request.user, team_id=team.pk, **data)

    def done_url(self, result: Any) -> str:
        return reverse("referrals:routing")


class EndRoutingRule(FormPage):
    """End a rule."""

    permission = "referrals.set_routing"
    reads = "routing.listed"
    template_name = "referrals/routing_end.html"
    success_message = _("The rule is ended.")

    def find(self) -> RoutingRule:
        rules = RoutingRule.objects.visible_to(self.request.user).select_related("team")
        rule: RoutingRule = rules.get(pk=self.kwargs["pk"])
        return rule

    def context(self, record: RoutingRule, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"asks": rule_words(record)}

    def perform(self, data: dict[str, Any]) -> RoutingRule:
        return end_routing_rule(actor=self.request.user, rule_id=self.kwargs["pk"])

    def done_url(self, result: Any) -> str:
        return reverse("referrals:routing")
