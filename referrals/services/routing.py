"""Which team takes a referral: rules of the agency, and whoever decides otherwise says why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import roles_with
from audit.acting import acting
from core.errors import DomainError, InvalidTransition
from core.races import only_one
from referrals.choices import HarmType, OverrideReason, SourceCategory
from referrals.htcds.countries import COUNTRIES
from referrals.models import Referral, RoutingRule
from referrals.routing import Facts, rule_for
from referrals.services.intake import DANGER_ANSWERS

MOST_RULES = 200


@dataclass(frozen=True)
class Placement:
    """Where a referral goes.

    Attributes:
        team: whose desk it is put on at first; one of the actor's own.
        to: the team that takes it, another one of the agency; None where it stays.
        rule: the rule it went by, or would have gone by.
        override_reason: why it did not.
    """

    team: Team
    to: Team | None = None
    rule: RoutingRule | None = None
    override_reason: str = ""

    @property
    def taken_by(self) -> Team:
        return self.to or self.team


def set_routing_rule(
    *,
    actor: User,
    position: int,
    team_id: uuid.UUID,
    source_category: str = "",
    country: str = "",
    harm_type: str = "",
    immediate_danger: str = "",
) -> RoutingRule:
    """Add a rule of the actor's agency. Rules are asked by their position; the first one counts.

    Args:
        position: 1 to 200, free.
        team_id: a team of the agency in which somebody decides on referrals.
        source_category, country, harm_type, immediate_danger: what a referral must say; an empty
            one asks nothing.

    Raises:
        DomainError: a value is not known, the place is taken, or nobody of the team decides.
    """
    with acting(actor) as act:
        act.authorise("referrals.set_routing")
        for field, value, known in (
            ("source_category", source_category, SourceCategory.values),
            ("country", country, COUNTRIES),
            ("harm_type", harm_type, HarmType.values),
            ("immediate_danger", immediate_danger, DANGER_ANSWERS),
        ):
            if value and value not in known:
                raise DomainError(_("Choose one of the list, or leave it open."), field=field)
        if not 1 <= position <= MOST_RULES:
            raise DomainError(
                _("Give a place from 1 to %(most)s.") % {"most": MOST_RULES}, field="position"
            )
        team = Team.objects.filter(pk__in=teams_that_decide(actor)).filter(pk=team_id).first()
        if team is None:
            raise DomainError(
                _("Choose a team in which somebody decides on referrals."), field="team"
            )
        rule = RoutingRule(
            agency_id=team.agency_id,
            position=position,
            source_category=source_category,
            country=country,
            harm_type=harm_type,
            immediate_danger=immediate_danger,
            team=team,
            set_by=actor,
        )
        taken = DomainError(
            _("There is a rule at this place. Choose another place, or end that rule first."),
            field="position",
        )
        with only_one("one_rule_at_a_place", taken):
            rule.save(force_insert=True)
        act.record("routing.set", rule, facts={"position": position})
    return rule


def end_routing_rule(*, actor: User, rule_id: uuid.UUID) -> RoutingRule:
    """End a rule: referrals from now on do not go by it.

    Raises:
        RoutingRule.DoesNotExist: not one of the actor's agency.
        InvalidTransition: it is ended already.
    """
    with acting(actor) as act:
        rule: RoutingRule = RoutingRule.objects.visible_to(actor).locked().get(pk=rule_id)
        act.authorise("referrals.set_routing", rule)
        if rule.ended_at is not None:
            raise InvalidTransition(_("This rule is ended already."))
        rule.ended_at, rule.ended_by = timezone.now(), actor
        rule.save(update_fields=["ended_at", "ended_by"])
        act.record("routing.ended", rule, facts={"position": rule.position})
    return rule


def teams_that_decide(actor: User) -> set[uuid.UUID]:
    """Teams of the actor's agency in which somebody decides on referrals now."""
    members = Membership.objects.live(timezone.now()).filter(
        team__agency_id=actor.agency_id,
        role__in=roles_with("referrals.start_triage"),
        user__is_active=True,
        user__kind=User.Kind.PERSON,
    )
    return set(members.values_list("team_id", flat=True))


def placement_of(
    actor: User, facts: Facts, *, team_id: uuid.UUID | None, override_reason: str = ""
) -> Placement:
    """Where a referral with these facts goes.

    Args:
        team_id: one of the actor's own teams; None where the rules are to say it, or the only team
            that the actor has where none does.
        override_reason: a code of `OverrideReason`, where the rules say another team.

    Raises:
        DomainError: no rule says it and the actor has several teams, the team is not one of theirs,
            or the rules say another one and no reason is given; `field` names it.
    """
    mine = {one.pk: one for one in Team.objects.of_member(actor, timezone.now())}
    rules = RoutingRule.objects.visible_to(actor).live().select_related("team")
    rule = rule_for(facts, rules, able=teams_that_decide(actor))
    if team_id is not None and team_id not in mine:
        raise DomainError(_("Choose one of your own teams."), field="team")
    if rule is None:
        if team_id is not None:
            return Placement(mine[team_id])
        if len(mine) != 1:
            raise DomainError(_("No rule says which team takes it. Choose one."), field="team")
        # Whoever has one team alone has nothing to choose.
        return Placement(next(iter(mine.values())))
    if team_id is None or team_id == rule.team_id:
        return _by_rule(mine, rule)
    if override_reason not in OverrideReason.values:
        raise DomainError(
            _(
                "Our rules send this to the %(team)s. Leave the team to the rules, or say why "
                "another one takes it."
            )
            % {"team": rule.team.name},
            field="override_reason",
        )
    return Placement(mine[team_id], rule=rule, override_reason=override_reason)


def hand_to(referral: Referral, team: Team) -> None:
    """Move a referral just logged to the team that takes it; inside the act that logs it.

    Whoever logged it may not see it there: the database moves it for them, and asks by itself
    whether they may.

    Raises:
        InvalidTransition: the rule was ended meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_hand_referral_on(%s, %s)", [referral.pk, team.pk])
        if not cursor.fetchone()[0]:
            raise InvalidTransition(_("Our rules changed just now. Put it on the desk again."))
    referral.team = team
    referral.version += 1


def _by_rule(mine: dict[uuid.UUID, Team], rule: RoutingRule) -> Placement:
    if rule.team_id in mine:
        return Placement(mine[rule.team_id], rule=rule)
    first = min(mine.values(), key=lambda one: one.name, default=None)
    if first is None:
        raise DomainError(_("Choose one of your own teams."), field="team")
    return Placement(first, to=rule.team, rule=rule)
