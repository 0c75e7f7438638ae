"""Who can see a case, and why: person by person, the same as `visible_to` gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Somebody who sees the case: by what ways, and with which roles."""

    user: User
    reasons: list[Reason]
    roles: frozenset[str]

    @property
    def opens(self) -> bool:
        """Whether their role opens cases at all."""
        return self.may("cases.read_case")

    @property
    def by_work(self) -> bool:
        """Whether more than an emergency lets them see it."""
        return any(reason.way != Way.EMERGENCY for reason in self.reasons)

    def may(self, permission: str) -> bool:
        """Whether a role they hold now carries the permission."""
        return permission in permissions_of(self.roles)


@dataclass(frozen=True, order=True)
class ShutOut:
    """Somebody who was given sight of the case and does not have it, and why."""

    name: str
    words: str
    # Whether it is the restriction alone: whoever it is sees the case again once that is lifted.
    by_restriction: bool = False


@dataclass(frozen=True)
class Sight:
    """Everybody who sees a case; who does not although their team was given sight, and why."""

    seers: list[Seer]
    shut_out: list[ShutOut]
    lead: CaseLead | None
    restriction: CaseRestriction | None
    restricted_to: list[str]

    @property
    def by_reason(self) -> list[tuple[Reason, list[str]]]:
        """(first reason, names of everybody who has it), in few lines."""
        found: dict[Reason, list[str]] = defaultdict(list)
        for seer in self.seers:
            found[seer.reasons[0]].append(seer.user.name)
        return list(found.items())

    def working(self, permission: str) -> list[User]:
        """The people among them who see it by their work and whose role carries a permission."""
        return [
            seer.user
            for seer in self.seers
            if seer.by_work and seer.user.kind == User.Kind.PERSON and seer.may(permission)
        ]


def lead_of(case_id: UUID) -> CaseLead | None:
    """Who leads a case now. The caller has shown that the actor sees it."""
    found: CaseLead | None = (
        CaseLead.objects.filter(case_id=case_id, until=None).select_related("user").first()
    )
    return found


def leads_so_far(case_id: UUID) -> int:
    """How many leads a case has had: each change is a row of its own, so this is its version."""
    return int(CaseLead.objects.filter(case_id=case_id).count())


def last_restriction(actor: Actor, case_id: UUID) -> CaseRestriction | None:
    """The newest restriction of a visible case, in force or lifted."""
    restrictions = CaseRestriction.objects.visible_to(actor).filter(case_id=case_id)
    found: CaseRestriction | None = restrictions.order_by("-version", "-created_at").first()
    return found


def restriction_version(actor: Actor, case_id: UUID) -> int:
    """The version of the last restriction of a visible case; 0 before the first. It counts on after
    a lift, so that what was seen before one never fits again."""
    last = last_restriction(actor, case_id)
    return last.version if last else 0


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
        held = frozenset(roles[user.pk])
        reasons = ways.get(user.pk, [])
        if "cases.read_case" not in permissions_of(held):
            # Who opens no case covers none.
            reasons = [reason for reason in reasons if reason.way != Way.COVER]
        if user.pk in conflicted:
            shut_out.append(ShutOut(user.name, _("A conflict of interest hides it from them")))
            continue
        if reasons and restriction is not None and user.pk not in allowed:
            reasons = []
            if user.pk not in emergencies:
                words = _("The case is restricted to others")
                shut_out.append(ShutOut(user.name, words, by_restriction=True))
        if reasons and lead is not None and lead.user_id == user.pk:
            reasons = [Reason(Way.LEAD, str(Way.LEAD.label)), *reasons]
        if user.pk in emergencies:
            reasons = [*reasons, emergencies[user.pk]]
        if reasons:
            seers.append(Seer(user, reasons, held))
    seers.sort(key=lambda seer: (seer.reasons[0].way != Way.LEAD, seer.user.name))
    return Sight(seers, sorted(shut_out), lead, restriction, restricted_to)


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
    return _("In %(team)s: %(why)s") % {"team": team.name, "why": reason.label}


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


def not_covered(actor: Actor, covers: Sequence[LeaveCover]) -> dict[UUID, list[Case]]:
    """Cover → the visible open cases the absent person leads and the cover will not see: restricted
    to others, or hidden by a conflict of interest. They need somebody named."""
    away, people = {c.away_id for c in covers}, {c.cover_id for c in covers}
    led = CaseLead.objects.visible_to(actor).filter(user_id__in=away, until=None)
    leads = dict(led.values_list("case_id", "user_id"))
    cases = list(Case.objects.visible_to(actor).open().filter(pk__in=leads).order_by("reference"))
    named: dict[UUID, set[Any]] = {}
    for restriction in (
        CaseRestriction.objects.visible_to(actor)
        .in_force()
        .filter(case__in=cases)
        .prefetch_related("members")
    ):
        members = restriction.members.all()
        named[restriction.case_id] = {member.team_id or member.user_id for member in members}
    keys = {person: {person} for person in people}
    for user_id, team_id in (
        Membership.objects.live(timezone.now())
        .filter(user_id__in=people)
        .values_list("user_id", "team_id")
    ):
        keys[user_id].add(team_id)
    hidden = _hidden_from(people)
    return {
        cover.pk: [
            case
            for case in cases
            if leads[case.pk] == cover.away_id
            and (
                (case.pk in named and not named[case.pk] & keys[cover.cover_id])
                or (cover.cover_id, case.pk) in hidden
            )
        ]
        for cover in covers
    }


def _hidden_from(people: set[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, case) of every case the asker sees and a conflict of interest hides from them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM liwanag_hidden_from(%s)", [list(people)])
        return set(cursor.fetchall())


def workers(actor: Actor) -> list[tuple[UUID, str]]:
    """(id, name) of the active colleagues of one's agency who work on cases."""
    members = (
        Membership.objects.visible_to(actor)
        .live(timezone.now())
        .filter(role__in=roles_with("cases.change_stage"), user__is_active=True)
    )
    found = members.order_by("user__name").values_list("user_id", "user__name").distinct()
    return list(found)
