"""Who of those that see a case may be asked for what."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case, CaseGroupObjectPermission
from cases.selectors.sight import sight_of
from core.actors import Actor


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


def supervisors_on(actor: Actor, case: Case) -> list[Any]:
    """Ids of those who see a visible case by their work and supervise."""
    return sorted(user.pk for user in sight_of(actor, case).working("cases.close_case"))


def colleagues_on(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(id, name) of the others of the actor's agency who work on a visible case and read notes."""
    readers = _of_agency(actor, sight_of(actor, case).working("cases.read_note"))
    return [(user.pk, user.name) for user in readers if user.pk != actor.pk]


def assignees_of(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(id, name) of those of the actor's agency who see a visible case and do tasks, oneself first.

    Emergency access is no place to be given work in.
    """
    able = _of_agency(actor, sight_of(actor, case).working("cases.set_task"))
    able.sort(key=lambda user: (user.pk != actor.pk, user.name))
    return [(user.pk, user.name) for user in able]


def _of_agency(actor: Actor, people: list[User]) -> list[User]:
    found = [user for user in people if user.agency_id == actor.agency_id]
    return sorted(found, key=lambda user: user.name)
