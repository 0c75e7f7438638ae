"""Safety plans, and the flag that somebody is in a crisis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import SAFE_CONTACT_ROLES, CrisisKind, PlanStatus, SafetyRisk
from cases.models import CaseParticipant, CrisisFlag, SafetyPlan
from cases.services.safe_contact import speaker_for
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from core.records import check_seen

MOST_WORDS = 2_000
# A plan nobody looks at for three months is paper.
LATEST_REVIEW = timedelta(days=92)


def write_safety_plan(
    *,
    actor: Actor,
    participant_id: UUID,
    risks: Sequence[str],
    measures: str,
    review_on: date,
    warning_signs: str = "",
    other_contacts: str = "",
    emergency_contact_id: UUID | None = None,
    version: int = 0,
) -> SafetyPlan:
    """Write what keeps somebody safe; it replaces the plan in force.

    Args:
        risks: codes of `SafetyRisk`.
        emergency_contact_id: a participant of the case who may speak for them (R-C5).
        other_contacts: desks and services to call; people of the case are chosen above, so that
            nobody who must not be called is written here.
        review_on: when it is looked at again, within three months.
        version: of the plan that is replaced; 0 where the case holds none for the person.

    Raises:
        Conflict: somebody wrote a newer plan since `version`.
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: no risk or measure, a review too late, or somebody who may not speak for them.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .locked()
            .select_related("person")
            .get(pk=participant_id)
        )
        act.authorise("cases.write_safety_plan", place)
        plans = SafetyPlan.objects.visible_to(actor)
        known = plans.version_of(place.case_id, place.person_id)
        check_seen(known, version)
        if place.role not in SAFE_CONTACT_ROLES:
            raise DomainError(_("A safety plan is made for a survivor or somebody close to one."))
        if not risks or any(risk not in SafetyRisk.values for risk in risks):
            raise DomainError(_("Choose at least one risk."), field="risks")
        said = {
            name: check_text(text, field=name, most=MOST_WORDS)
            for name, text in (
                ("measures", measures),
                ("warning_signs", warning_signs),
                ("other_contacts", other_contacts),
            )
        }
        if not said["measures"]:
            raise DomainError(_("Say what is done to keep them safe."), field="measures")
        today = timezone.localdate()
        if not today < review_on <= today + LATEST_REVIEW:
            raise DomainError(_("Choose a day within the next three months."), field="review_on")
        in_force = SafetyPlan.objects.visible_to(actor).locked().in_force()
        for older in in_force.filter(case_id=place.case_id, person_id=place.person_id):
            older.status = PlanStatus.SUPERSEDED
            older.save(update_fields=["status"])
        plan = SafetyPlan(
            case_id=place.case_id,
            person=place.person,
            version=known + 1,
            written_by_id=actor.pk,
            review_on=review_on,
            emergency_person=speaker_for(
                actor, place, emergency_contact_id, "emergency_contact_id"
            ),
            plan={"risks": [str(risk) for risk in risks], **said},
        )
        plan.save(force_insert=True)
        act.record("safety_plan.written", plan, facts={"person": str(place.person_id)})
    return plan


def end_safety_plan(*, actor: Actor, plan_id: UUID) -> SafetyPlan:
    """End a plan that is not needed any more.

    Raises:
        SafetyPlan.DoesNotExist: not visible to the actor.
        DomainError: it is not in force, or the person is in a crisis.
    """
    with acting(actor) as act:
        plan = SafetyPlan.objects.visible_to(actor).locked().get(pk=plan_id)
        act.authorise("cases.write_safety_plan", plan)
        if plan.status != PlanStatus.ACTIVE:
            raise DomainError(_("This plan is not in force."), code="invalid_transition")
        crises = CrisisFlag.objects.visible_to(actor).raised()
        if crises.filter(case_id=plan.case_id, person_id=plan.person_id).exists():
            raise DomainError(
                _("They are in a crisis. Lower the crisis flag first, or write a new plan."),
                code="in_crisis",
            )
        plan.status = PlanStatus.ENDED
        plan.save(update_fields=["status"])
        act.record("safety_plan.ended", plan)
    return plan


def raise_crisis(*, actor: Actor, participant_id: UUID, kind: str) -> CrisisFlag:
    """Flag that somebody is in a crisis: their safety plan opens first from now on (R-T7).

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: an unknown kind, somebody who is flagged already, or an alleged offender.
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
        act.authorise("cases.raise_crisis", place)
        if place.role not in SAFE_CONTACT_ROLES:
            raise DomainError(_("A crisis is flagged for a survivor or somebody close to one."))
        if kind not in CrisisKind.values:
            raise DomainError(_("Choose one of the answers."), field="kind")
        flags = CrisisFlag.objects.visible_to(actor).raised()
        if flags.filter(case_id=place.case_id, person_id=place.person_id).exists():
            raise DomainError(_("They are flagged already."), code="invalid_transition")
        flag = CrisisFlag(
            case_id=place.case_id, person_id=place.person_id, kind=kind, raised_by_id=actor.pk
        )
        flag.save(force_insert=True)
        act.record("crisis.raised", flag, facts={"kind": str(kind)})
    return flag


def lower_crisis(
    *, actor: Actor, crisis_id: UUID, what_was_done: str, at: datetime | None = None
) -> CrisisFlag:
    """Lower the flag, with what was done.

    Raises:
        CrisisFlag.DoesNotExist: not visible to the actor.
        DomainError: it was lowered before, or nothing is said about what was done.
    """
    with acting(actor) as act:
        flag = CrisisFlag.objects.visible_to(actor).locked().get(pk=crisis_id)
        act.authorise("cases.lower_crisis", flag)
        if flag.lowered_at is not None:
            raise DomainError(_("This flag was lowered before."), code="invalid_transition")
        done = check_text(what_was_done, field="what_was_done", most=MOST_WORDS)
        if not done:
            raise DomainError(_("Say what was done."), field="what_was_done")
        flag.lowered_by_id, flag.lowered_at = actor.pk, at or timezone.now()
        flag.what_was_done = done
        flag.save(update_fields=["lowered_by", "lowered_at", "what_was_done"])
        act.record("crisis.lowered", flag)
    return flag
