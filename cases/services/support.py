"""Services for a survivor: asked for, going on, ended, and what came of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from audit.acting import acting
from cases.choices import ServiceOutcome, ServiceType
from cases.models import PlanGoal, SupportService
from cases.services.plans import survivor_place
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

MOST_SESSIONS = 2_000


def ask_service(
    *,
    actor: Actor,
    participant_id: UUID,
    type: str,
    provider_id: UUID | None = None,
    provider_name: str = "",
    goal_id: UUID | None = None,
    requested_on: date | None = None,
    remark: str = "",
) -> SupportService:
    """Write down that a service was asked for. No service depends on any consent (R-K5).

    Args:
        provider_id: an agency known here; `provider_name` where it is not.
        goal_id: the goal of the same person that it serves.

    Raises:
        CaseParticipant.DoesNotExist, PlanGoal.DoesNotExist: not visible to the actor.
        DomainError: an unknown type or agency, or a day in the future.
    """
    today = timezone.localdate()
    with acting(actor) as act:
        place = survivor_place(act, actor, participant_id)
        if type not in ServiceType.values:
            raise DomainError(_("Choose what kind of service it is."), field="type")
        known = Agency.objects.visible_to(actor).active()
        if provider_id is not None and not known.filter(pk=provider_id).exists():
            raise DomainError(_("Choose an agency from the list."), field="provider_id")
        day = requested_on or today
        if day > today:
            raise DomainError(_("This date is in the future."), field="requested_on")
        if goal_id is not None:
            PlanGoal.objects.visible_to(actor).get(
                pk=goal_id, case_id=place.case_id, person_id=place.person_id
            )
        service = SupportService(
            case_id=place.case_id,
            person_id=place.person_id,
            goal_id=goal_id,
            type=type,
            provider_id=provider_id,
            provider_name=check_text(provider_name, field="provider_name", most=120),
            requested_on=day,
            remark=check_text(remark, field="remark", most=1_000),
            recorded_by_id=actor.pk,
        )
        service.save(force_insert=True)
        act.record("service.asked", service, facts={"type": str(type)})
    return service


def move_service(
    *,
    actor: Actor,
    service_id: UUID,
    version: int,
    outcome: str,
    on: date,
    sessions: int | None = None,
) -> SupportService:
    """Write down that a service began, goes on, or how it ended.

    Raises:
        SupportService.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: an unknown outcome, or a day in the future or before it was asked for.
    """
    with acting(actor) as act:
        service: SupportService = (
            SupportService.objects.visible_to(actor).locked().get(pk=service_id)
        )
        act.authorise("cases.write_plan", service)
        service.check_seen(version)
        if outcome not in ServiceOutcome.values:
            raise DomainError(_("Choose how it stands."), field="outcome")
        if not (service.started_on or service.requested_on) <= on <= timezone.localdate():
            raise DomainError(_("Choose a day from when it was asked for until today."), field="on")
        if sessions is not None and not 0 <= sessions <= MOST_SESSIONS:
            raise DomainError(_("Give the number of sessions so far."), field="sessions")
        service.move(outcome, on=on, sessions=sessions)
        service.save(update_fields=["outcome", "started_on", "ended_on", "sessions", "version"])
        act.record("service.moved", service, fields=["outcome"], facts={"to": str(outcome)})
    return service
