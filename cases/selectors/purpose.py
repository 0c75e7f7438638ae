"""What somebody said about why they open a case, and whether they have to be asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.models import Team
from cases.choices import IN_EMERGENCY, CasePurpose
from cases.models import Case, CaseGroupObjectPermission, CaseLead, StatedPurpose
from cases.querysets.case import covered_case_ids
from cases.querysets.purpose import HOURS
from core.actors import Actor


def purpose_of(actor: Actor, case_id: UUID, at: datetime) -> str | None:
    """The purpose that holds for the actor's work on a case now.

    Returns:
        Its code; "" where they see the case and have to be asked; None where they do not see it, so
        that there is nothing to ask.
    """
    stated = StatedPurpose.objects.filter(user_id=actor.pk, case_id=case_id).good_at(at)
    code: str | None = stated.order_by("-created_at").values_list("purpose", flat=True).first()
    if code:
        return code
    case = Case.objects.visible_to(actor).filter(pk=case_id).first()
    if case is None:
        return None
    if not Case.objects.standing_for(actor).filter(pk=case_id).exists():
        return IN_EMERGENCY
    # Whoever opened the case a moment ago said what for by opening it.
    just_opened = case.opened_by_id == actor.pk and case.created_at > at - timedelta(hours=HOURS)
    return CasePurpose.CASEWORK.value if just_opened else ""


def opened_lately(actor: Actor, at: datetime) -> set[UUID]:
    """Ids of the different cases that the actor said why they open within the last hour."""
    lately = StatedPurpose.objects.filter(user_id=actor.pk, created_at__gt=at - timedelta(hours=1))
    return set(lately.values_list("case_id", flat=True))


def is_at_the_limit(actor: Actor, case_id: UUID, at: datetime) -> bool:
    """Whether one case more is more than anybody's work asks for within an hour (R-A8), and nobody
    else found today that this person may."""
    others = opened_lately(actor, at) - {case_id}
    return len(others) >= settings.LIWANAG_MOST_CASES and not _may_open_many()


def _may_open_many() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_may_open_many()")
        return bool(cursor.fetchone()[0])


def is_of_the_team(actor: Actor, case_id: UUID, at: datetime) -> bool:
    """Whether one of the actor's teams is assigned to the case, they lead it, or they cover for
    whoever does. Whoever was let in by name alone is not of the team."""
    leads = CaseLead.objects.filter(case_id=case_id, user_id=actor.pk, until=None)
    if leads.exists() or covered_case_ids(actor, at).filter(case_id=case_id).exists():
        return True
    mine = Team.objects.of_member(actor, at).values("group_id")
    grants = CaseGroupObjectPermission.objects.live(at)
    return grants.filter(content_object_id=case_id, group_id__in=mine).exists()
