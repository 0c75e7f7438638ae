"""Who can see a case, and why: person by person, the same as `visible_to` gives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import Role, permissions_of, roles_with
from cases.choices import GrantReason, Way
from cases.models import (
    Case,
    CaseGroupObjectPermission,
    CaseLead,
    CaseRestriction,
    CaseUserObjectPermission,
    LeaveCover,
)
from core.actors import Actor


@dataclass(frozen=True)
class Reason:
    """One way by which somebody sees the case, in words, and when it ends."""

    way: str
    words: str
    until: datetime | None = None


@dataclass
class Seer:
    """Somebody who sees the case, by what ways, and whether their role opens it."""

    user: User
    reasons: list[Reason] = field(default_factory=list)
    opens: bool = True


@dataclass(frozen=True)
class Sight:
    """Everybody who sees a case; who does not although their team was given sight, and why."""

    seers: list[Seer]
    shut_out: list[tuple[str, str]]
    restriction: CaseRestriction | None
    restricted_to: list[str]


def lead_of(case_id: UUID) -> CaseLead | None:
    """Who leads a case now. The caller has shown that the actor sees it."""
    found: CaseLead | None = (
        CaseLead.objects.filter(case_id=case_id, until=None).select_related("user").first()
    )
    return found


def restriction_of(actor: Actor, case_id: UUID) -> CaseRestriction | None:
    """The restriction in force on a visible case."""
    found: CaseRestriction | None = (
        CaseRestriction.objects.visible_to(actor)
        .in_force()
        .filter(case_id=case_id)
        .select_related("set_by")
        .first()
    )
    return found


def sight_of(actor: Actor, case: Case, at: datetime | None = None) -> Sight:
    """Who sees a visible case, and why. The number of queries does not grow with the team."""
    at = at or timezone.now()
    lead, restriction = lead_of(case.pk), restriction_of(actor, case.pk)
    restricted_to, within = _members(restriction)
    ways = _by_team(case, at)
    emergencies: dict[UUID, Reason] = {}
    for grant in CaseUserObjectPermission.objects.live(at).filter(content_object=case):
        if grant.reason == GrantReason.BREAK_GLASS:
            words = str(Way.EMERGENCY.label)
            emergencies[grant.user_id] = Reason(Way.EMERGENCY, words, grant.until)
        else:
            ways[grant.user_id].append(Reason(Way.NAMED, str(Way.NAMED.label), grant.until))
    if lead is not None:
        for cover in LeaveCover.objects.live(at).filter(away_id=lead.user_id):
            words = _("Covers for %(name)s, who is away") % {"name": lead.user.name}
            ways[cover.cover_id].append(Reason(Way.COVER, words, cover.ends_at))
    conflicted = conflicted_on(case.pk)
    people = User.objects.filter(pk__in={*ways, *emergencies}, is_active=True)
    roles: dict[UUID, set[str]] = defaultdict(set)
    allowed = set(within)
    for user_id, role, team_id in (
        Membership.objects.live(at)
        .filter(user__in=people)
        .values_list("user_id", "role", "team_id")
    ):
        roles[user_id].add(role)
        if team_id in within:
            allowed.add(user_id)
    seers, shut_out = [], []
    for user in people:
        reasons = ways.get(user.pk, [])
        if user.pk in conflicted:
            shut_out.append((user.name, _("A conflict of interest hides it from them")))
            continue
        if reasons and restriction is not None and user.pk not in allowed:
            reasons = []
            if user.pk not in emergencies:
                shut_out.append((user.name, _("The case is restricted to others")))
        if reasons and lead is not None and lead.user_id == user.pk:
            reasons = [Reason(Way.LEAD, str(Way.LEAD.label)), *reasons]
        if user.pk in emergencies:
            reasons = [*reasons, emergencies[user.pk]]
        if reasons:
            opens = "cases.read_case" in permissions_of(frozenset(roles[user.pk]))
            seers.append(Seer(user, reasons, opens))
    seers.sort(key=lambda seer: (seer.reasons[0].way != Way.LEAD, seer.user.name))
    return Sight(seers, sorted(shut_out), restriction, restricted_to)


def _by_team(case: Case, at: datetime) -> dict[UUID, list[Reason]]:
    """For everybody in a team that was given sight: by which teams."""
    ways: dict[UUID, list[Reason]] = defaultdict(list)
    grants = {
        grant.group_id: grant
        for grant in CaseGroupObjectPermission.objects.live(at).filter(content_object=case)
    }
    teams = {team.pk: team for team in Team.objects.filter(group_id__in=grants)}
    members = Membership.objects.live(at).filter(team_id__in=teams)
    for user_id, team_id in (
        members.order_by("user_id", "team_id").values_list("user_id", "team_id").distinct()
    ):
        team = teams[team_id]
        grant = grants[team.group_id]
        supervises = grant.reason == GrantReason.SUPERVISION
        way = Way.SUPERVISION if supervises else Way.TEAM
        ways[user_id].append(Reason(way, _team(team, grants), grant.until))
    return ways


def _team(team: Team, grants: dict[int, Any]) -> str:
    reason = GrantReason(grants[team.group_id].reason)
    if reason == GrantReason.OPENED:
        return _("In %(team)s, which opened the case") % {"team": team.name}
    return _("In %(team)s: %(why)s") % {"team": team.name, "why": str(reason.label).lower()}


def _members(restriction: CaseRestriction | None) -> tuple[list[str], set[Any]]:
    if restriction is None:
        return [], set()
    named = list(restriction.members.select_related("team", "user"))
    words = [member.team.name if member.team else member.user.name for member in named]
    return sorted(words), {member.team_id or member.user_id for member in named}


def conflicted_on(case_id: UUID) -> set[UUID]:
    """Ids of the people from whom a conflict of interest hides a case that the asker sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_conflicted_on(%s)", [case_id])
        return set(cursor.fetchone()[0])


def seers_of(actor: Actor, case: Case) -> list[User]:
    """The people who see a visible case now, by name."""
    return [seer.user for seer in sight_of(actor, case).seers if seer.user.kind == "person"]


def log_readers(actor: Actor) -> list[str]:
    """Who reads in the log that a case was opened, and never what it says: by name and role."""
    roles = (Role.DATA_PROTECTION_OFFICER, Role.AUDITOR)
    found = (
        Membership.objects.visible_to(actor)
        .live(timezone.now())
        .filter(role__in=roles, user__is_active=True)
        .select_related("user")
        .order_by("user__name")
    )
    return [f"{member.user.name}, {member.get_role_display()}" for member in found]


def covers_of(actor: Actor, at: datetime) -> list[LeaveCover]:
    """Leave cover of the actor's agency that runs or comes."""
    return list(
        LeaveCover.objects.visible_to(actor)
        .coming(at)
        .exclude(ends_at=F("starts_at"))
        .select_related("away", "cover")
        .order_by("starts_at", "away__name")
    )


def not_covered(actor: Actor, cover: LeaveCover) -> list[Case]:
    """The visible open cases the absent person leads and the cover will not see: restricted to
    others, or hidden by a conflict of interest. They need somebody named."""
    led = CaseLead.objects.visible_to(actor).filter(user_id=cover.away_id, until=None)
    cases = Case.objects.visible_to(actor).open().filter(pk__in=led.values("case_id"))
    left = []
    for case in cases.order_by("reference")[:200]:
        restriction = restriction_of(actor, case.pk)
        named: set[Any] = set()
        if restriction is not None:
            named = _members(restriction)[1]
        teams = set(
            Membership.objects.live(timezone.now())
            .filter(user_id=cover.cover_id)
            .values_list("team_id", flat=True)
        )
        outside = restriction is not None and not named & {cover.cover_id, *teams}
        if outside or cover.cover_id in conflicted_on(case.pk):
            left.append(case)
    return left


def workers(actor: Actor) -> list[tuple[UUID, str]]:
    """(id, name) of the active colleagues of one's agency who work on cases."""
    members = (
        Membership.objects.visible_to(actor)
        .live(timezone.now())
        .filter(role__in=roles_with("cases.change_stage"), user__is_active=True)
    )
    found = members.order_by("user__name").values_list("user_id", "user__name").distinct()
    return list(found)
