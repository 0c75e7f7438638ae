"""Who is called when a child is in danger.

The message says nothing but "come and look" (R-P3); what it is about is seen after signing in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import Role, roles_with
from audit.acting import Act, acting
from audit.reading import reading
from core.actors import Actor
from core.errors import DomainError, InvalidTransition
from referrals.choices import AlertStep, OnCallPlace
from referrals.models import DangerAlert, OnCallShift, Referral
from referrals.plausible import plausible

LONGEST = timedelta(days=31)


def set_on_call(
    *,
    actor: User,
    team_id: uuid.UUID,
    person_id: uuid.UUID,
    place: int,
    starts_at: datetime,
    ends_at: datetime,
) -> OnCallShift:
    """Say who of a team is called, from when to when.

    Args:
        place: of `OnCallPlace`.

    Raises:
        DomainError: not one's own team, nobody of it who decides, or a time that cannot be.
    """
    with acting(actor) as act:
        act.authorise("referrals.set_on_call")
        now = timezone.now()
        if not Team.objects.of_member(actor, now).filter(pk=team_id).exists():
            raise DomainError(_("Choose one of your own teams."), field="team")
        if person_id not in set(_members(team_id, now, roles_with("referrals.start_triage"))):
            raise DomainError(
                _("Choose somebody of the team who decides on referrals."), field="person"
            )
        if place not in OnCallPlace.values:
            raise DomainError(_("Choose when they are called."), field="place")
        plausible(starts_at, field="starts_at")
        plausible(ends_at, field="ends_at")
        if ends_at <= starts_at:
            raise DomainError(_("It ends before it starts. Check both moments."), field="ends_at")
        if ends_at <= now:
            raise DomainError(_("This time is over. Give one to come."), field="ends_at")
        if ends_at - starts_at > LONGEST:
            raise DomainError(
                _("Give at most a month at a time, so that nobody is forgotten on call."),
                field="ends_at",
            )
        shift = OnCallShift.objects.create(
            team_id=team_id,
            person_id=person_id,
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            set_by=actor,
        )
        act.record("oncall.set", shift, fields=["person", "place", "starts_at", "ends_at"])
    return shift


def end_on_call(*, actor: User, shift_id: uuid.UUID) -> OnCallShift:
    """End a shift now; one that has not begun never begins.

    Raises:
        InvalidTransition: it is over.
    """
    with acting(actor) as act:
        shift: OnCallShift = OnCallShift.objects.visible_to(actor).locked().get(pk=shift_id)
        act.authorise("referrals.set_on_call", shift)
        now = timezone.now()
        if shift.ends_at <= now:
            raise InvalidTransition(_("This time on call is over already."))
        shift.ends_at = max(now, shift.starts_at)
        shift.save(update_fields=["ends_at"])
        act.record("oncall.ended", shift, fields=["ends_at"])
    return shift


def alert_danger(
    act: Act, referral: Referral, *, at: datetime, team_id: uuid.UUID | None = None
) -> int:
    """Call whoever is on call about a child in danger; inside the act that logs it.

    Where nobody is on call, or the actor may not see who is, everybody of the desk is called at
    once. Returns how many.

    Args:
        team_id: whose desk it goes to within this act, where that is another one.
    """
    team_id = team_id or referral.team_id
    people = set(_on_call(act.actor, team_id, OnCallPlace.FIRST, at))
    step = AlertStep.ON_CALL if people else AlertStep.WHOLE_DESK
    return _tell(act, referral, people or _whole_desk(team_id, at), step=step, at=at)


def escalate_danger(*, actor: Actor, at: datetime) -> int:
    """Call more people about every child in danger whom nobody took up. Returns how many children.

    Args:
        actor: the clock service, which opens nothing that is sealed.
    """
    patience = timedelta(minutes=settings.LIWANAG_ESCALATE_MINUTES)
    with reading(actor):
        waiting = (
            Referral.objects.visible_to(actor)
            .annotate(told_at=Max("alerts__sent_at"), step=Max("alerts__step"))
            .filter(told_at__lte=at - patience, step__lt=AlertStep.WHOLE_DESK)
            .values_list("pk", flat=True)
        )
        found = list(waiting)
    for referral_id in found:
        with acting(actor) as act:
            referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
            act.authorise("referrals.escalate_danger", referral)
            reached = referral.alerts.visible_to(actor).aggregate(step=Max("step"))["step"]
            step = AlertStep(min(reached + 1, AlertStep.WHOLE_DESK))
            people = _next(actor, referral, step, at)
            _tell(act, referral, people, step=step, at=at)
    return len(found)


def _next(actor: Actor, referral: Referral, step: AlertStep, at: datetime) -> set[uuid.UUID]:
    if step == AlertStep.WHOLE_DESK:
        return _whole_desk(referral.team_id, at)
    second = _on_call(actor, referral.team_id, OnCallPlace.SECOND, at)
    supervisors = _members(referral.team_id, at, [Role.CASE_SUPERVISOR])
    return {*second, *supervisors} or _whole_desk(referral.team_id, at)


def _on_call(actor: Actor, team_id: uuid.UUID, place: int, at: datetime) -> Iterable[uuid.UUID]:
    shifts = OnCallShift.objects.visible_to(actor).on(at).filter(team_id=team_id, place=place)
    able = set(_members(team_id, at, roles_with("referrals.start_triage")))
    return [person for person in shifts.values_list("person_id", flat=True) if person in able]


def _whole_desk(team_id: uuid.UUID, at: datetime) -> set[uuid.UUID]:
    return set(_members(team_id, at, roles_with("referrals.start_triage")))


def _members(team_id: uuid.UUID, at: datetime, roles: Iterable[str]) -> list[uuid.UUID]:
    return list(
        Membership.objects.live(at)
        .filter(
            team_id=team_id,
            role__in=list(roles),
            user__is_active=True,
            user__kind=User.Kind.PERSON,
        )
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


def _tell(
    act: Act, referral: Referral, people: Iterable[uuid.UUID], *, step: AlertStep, at: datetime
) -> int:
    told = sorted(set(people))
    for person_id in told:
        DangerAlert.objects.create(referral=referral, person_id=person_id, step=step, sent_at=at)
        act.after_commit("cases.tell", str(person_id))
    facts = {"people": len(told), "step": int(step)}
    act.record("referral.danger_alerted", referral, facts=facts)
    return len(told)
