"""Who can see a case, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Q
from django.utils import timezone

from accounts.models import Membership, Team, User
from accounts.roles import TABLE, roles_with
from cases.choices import GrantReason
from cases.models import (
    Case,
    CaseGroupObjectPermission,
    CaseRestriction,
    CaseUserObjectPermission,
    ConflictBlock,
    RestrictionMember,
)
from core.actors import Actor


@dataclass(frozen=True)
class Seer:
    """A team or a person that sees the case, and why."""

    name: str
    reason: str
    since: datetime
    until: datetime | None


def not_shut_out(case: Case, members: Any) -> Any:
    """The memberships of those whom no restriction in force shuts out of a visible case."""
    named = RestrictionMember.objects.filter(case=case, restriction__lifted_at=None)
    of_teams = Membership.objects.live(timezone.now()).filter(team_id__in=named.values("team_id"))
    return members.filter(
        ~Exists(CaseRestriction.objects.in_force().filter(case=case))
        | Q(user_id__in=named.filter(user__isnull=False).values("user_id"))
        | Q(user_id__in=of_teams.values("user_id"))
    )


def _people_of_teams(case: Case) -> list[str]:
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    members = Membership.objects.live(now).filter(
        team__group_id__in=groups.values("group_id"), user__is_active=True, user__kind="person"
    )
    members = not_shut_out(case, members)
    return list(members.order_by("user__name").values_list("user__name", flat=True).distinct())


def teams_seeing(case_id: Any) -> list[Any]:
    """Ids of the teams that see a case now, whose supervisors look at what is reviewed."""
    groups = CaseGroupObjectPermission.objects.live(timezone.now()).filter(
        content_object_id=case_id
    )
    return list(
        Team.objects.filter(group_id__in=groups.values("group_id")).values_list("pk", flat=True)
    )


def teams_granted(case_id: Any) -> list[tuple[Any, str]]:
    """(id, name) of the teams that were given sight of a case, restricted or not."""
    teams = Team.objects.filter(pk__in=teams_seeing(case_id)).order_by("name")
    return list(teams.values_list("pk", "name"))


def supervisors_on(case_id: Any) -> list[Any]:
    """Ids of the people who supervise in a team that sees a case now."""
    supervising = Membership.objects.live(timezone.now()).filter(
        team__in=teams_seeing(case_id),
        role__in=roles_with("cases.close_case"),
        user__is_active=True,
    )
    supervisors = User.objects.filter(pk__in=supervising.values("user_id"))
    return sorted(user.pk for user in supervisors if sees(user, case_id))


def sees(user: User, case_id: Any) -> bool:
    """Whether a colleague sees a case that the asker sees."""
    return bool(Case.objects.visible_to(user).filter(pk=case_id).exists())


def colleagues_on(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(id, name) of the others in the teams that see the case who read notes."""
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    members = Membership.objects.live(now).filter(
        team__group_id__in=groups.values("group_id"),
        role__in=[role for role, (may, _level) in TABLE.items() if "cases.read_note" in may],
        user__is_active=True,
        user__kind="person",
    )
    return list(
        not_shut_out(case, members)
        .exclude(user_id=actor.pk)
        .order_by("user__name")
        .values_list("user_id", "user__name")
        .distinct()
    )


def assignees_of(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(id, name) of those of the actor's agency who see a visible case and do tasks, oneself first.

    Emergency access is no place to be given work in, and a conflict of interest takes it away.
    """
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    persons = (
        CaseUserObjectPermission.objects.live(now)
        .filter(content_object=case)
        .exclude(reason=GrantReason.BREAK_GLASS)
    )
    members = (
        Membership.objects.live(now)
        .filter(
            Q(team__group_id__in=groups.values("group_id"))
            | Q(user_id__in=persons.values("user_id")),
            role__in=roles_with("cases.set_task"),
            user__agency_id=actor.agency_id,
            user__is_active=True,
            user__kind="person",
        )
        .exclude(
            user_id__in=ConflictBlock.objects.in_force().filter(case_id=case.pk).values("user_id")
        )
    )
    members = not_shut_out(case, members)
    names = dict(members.values_list("user_id", "user__name"))
    order = sorted(names, key=lambda user_id: (user_id != actor.pk, names[user_id]))
    return [(user_id, names[user_id]) for user_id in order]


def who_sees(actor: Actor, case: Case) -> list[Seer]:
    """Every live grant of a visible case in words: who, why, since when, until when."""
    now = timezone.now()
    by_group = {
        grant.group_id: grant
        for grant in CaseGroupObjectPermission.objects.visible_to(actor)
        .live(now)
        .filter(content_object=case)
    }
    teams = Team.objects.filter(group_id__in=by_group).select_related("agency")
    seers = [_seer(str(team), by_group[team.group_id]) for team in teams]
    persons = (
        CaseUserObjectPermission.objects.visible_to(actor)
        .live(now)
        .filter(content_object=case)
        .select_related("user")
    )
    seers += [_seer(grant.user.name, grant) for grant in persons]
    return sorted(seers, key=lambda seer: seer.since)


def _seer(name: str, grant: Any) -> Seer:
    known = grant.reason in GrantReason.values
    reason = GrantReason(grant.reason).label if known else grant.reason.replace("_", " ")
    return Seer(name=name, reason=str(reason), since=grant.granted_at, until=grant.until)
