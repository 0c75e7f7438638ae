"""Who leads a case, to whom it is restricted, and who covers while somebody is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from audit.acting import Act, acting
from cases.choices import GrantReason, LeadReason
from cases.models import (
    Case,
    CaseGroupObjectPermission,
    CaseLead,
    CaseRestriction,
    CaseTask,
    CaseUserObjectPermission,
    LeaveCover,
    RestrictionMember,
)
from cases.selectors.sight import (
    conflicted_on,
    lead_of,
    leads_so_far,
    restriction_of,
    restriction_version,
)
from cases.services.grants import view_permission
from cases.services.tasks import hand_open_tasks
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from core.records import check_seen

MOST_WORDS = 500
SHORTEST = 20
LONGEST_COVER = timedelta(days=190)


def give_first_lead(case: Case, user_id: UUID) -> None:
    """Whoever opens a case leads it until a supervisor says otherwise. Part of opening it."""
    CaseLead(case=case, user_id=user_id, given_by_id=user_id).save(force_insert=True)


def change_lead(
    *, actor: User, case_id: UUID, user_id: UUID, reason: str, version: int
) -> CaseLead:
    """Give a case another lead, with the open tasks of the one before; both are told.

    Whoever leads sees the case: somebody of another team is given sight of it by name.

    Args:
        user_id: a colleague of the same agency who works on cases.
        reason: one of `LeadReason`.
        version: how many leads the case had when it was looked at (`leads_so_far`).

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody gave it another lead since.
        DomainError: they lead it already, do no casework, or the case is restricted to others.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.change_lead", case)
        check_seen(leads_so_far(case.pk), version)
        if reason not in LeadReason.values:
            raise DomainError(_("Choose why it gets another lead."), field="reason")
        before = lead_of(case.pk)
        lead = hand_over(act, actor, case, worker_of(actor, user_id), reason, before)
        act.record("case.lead_changed", lead, facts={"to": str(user_id), "reason": str(reason)})
    return lead


def hand_over(
    act: Act, actor: User, case: Case, to: User, reason: str, before: CaseLead | None
) -> CaseLead:
    """Put a case into somebody's hands, with the open tasks of whoever led it, inside the act that
    does it. Records the tasks, not the lead. `before` is who leads it now."""
    now = timezone.now()
    if before is not None and before.user_id == to.pk:
        raise DomainError(_("They lead this case already."), field="user_id")
    if not _sees_for_good(case, to):
        _let_see(case, to)
    _check_sees(case, to)
    if before is not None:
        before.until = now
        before.save(update_fields=["until"])
        # What they saw by leading alone, they do not see any more.
        CaseUserObjectPermission.objects.filter(
            user_id=before.user_id, content_object=case, reason=GrantReason.LEAD
        ).update(until=now)
        act.after_commit("cases.tell", str(before.user_id))
        tasks = CaseTask.objects.visible_to(actor).open().filter(case=case)
        hand_open_tasks(act, tasks.filter(assignee_id=before.user_id), to)
    lead = CaseLead(case=case, user=to, given_by_id=actor.pk, reason=reason)
    lead.save(force_insert=True)
    act.after_commit("cases.tell", str(to.pk))
    return lead


def _let_see(case: Case, user: User) -> None:
    """Sight by name for a lead of another team."""
    mine = CaseUserObjectPermission.objects.filter(
        user=user, content_object=case, permission=view_permission()
    )
    if not mine.update(reason=GrantReason.LEAD, until=None):
        CaseUserObjectPermission.objects.create(
            user=user, content_object=case, permission=view_permission(), reason=GrantReason.LEAD
        )


def _sees_for_good(case: Case, user: User) -> bool:
    """Whether a team or a grant of theirs has no end: cover and emergencies do not count."""
    teams = Membership.objects.live(timezone.now()).filter(user=user).values("team__group_id")
    by_team = CaseGroupObjectPermission.objects.filter(
        content_object=case, until=None, group_id__in=teams
    )
    by_name = CaseUserObjectPermission.objects.filter(content_object=case, until=None, user=user)
    return bool(by_team.exists() or by_name.exclude(reason=GrantReason.BREAK_GLASS).exists())


def _check_sees(case: Case, user: User) -> None:
    sees = Case.objects.standing_for(user).filter(pk=case.pk).exists()
    if not sees or user.pk in conflicted_on(case.pk):
        raise DomainError(
            _(
                "%(name)s cannot see this case: it is restricted to others, or they are too close "
                "to it. Choose somebody else."
            )
            % {"name": user.name},
            field="user_id",
        )


def worker_of(actor: Actor, user_id: UUID) -> User:
    """An active colleague of the same agency who works on cases.

    Raises:
        DomainError: there is none, or they do no casework.
    """
    user = User.objects.visible_to(actor).filter(pk=user_id, is_active=True).first()
    if user is None or not user.may("cases.change_stage"):
        raise DomainError(_("Choose a colleague who works on cases."), field="user_id")
    return user


def restrict_case(
    *,
    actor: Actor,
    case_id: UUID,
    why: str,
    team_ids: Sequence[UUID] = (),
    user_ids: Sequence[UUID] = (),
    version: int = 0,
) -> CaseRestriction:
    """Let only some of those who see a case see it from now on.

    Emergency access stays possible: somebody may be in danger, and everybody is told.

    Args:
        team_ids, user_ids: teams and people who see the case now.
        why: sealed under the case's key.
        version: of the case's last restriction, in force or lifted (`restriction_version`); 0 where
            it never had one.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody restricted the case, or lifted it, since `version`.
        DomainError: nobody named, somebody who does not see the case, or it would shut out the
            actor or the lead.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.restrict_case", case)
        before = restriction_of(actor, case.pk)
        check_seen(restriction_version(actor, case.pk), version)
        said = check_text(why, field="why", most=MOST_WORDS)
        if len(said) < SHORTEST:
            raise DomainError(
                _("Say in at least %(n)d characters why only they may see it.") % {"n": SHORTEST},
                field="why",
            )
        teams, users = set(team_ids), set(user_ids)
        if not teams and not users:
            raise DomainError(_("Choose who may see it."), field="user_ids")
        _only_seers(case, teams, users)
        _not_shut_out(actor, case, teams, users)
        restriction = CaseRestriction(case=case, why=said, set_by_id=actor.pk, version=version + 1)
        if before is not None:
            _lift(before, actor)
        # Members first would need the restriction; row security lets both in within the act.
        restriction.save(force_insert=True)
        for column, ids in (("team_id", teams), ("user_id", users)):
            for one in sorted(ids):
                RestrictionMember(case=case, restriction=restriction, **{column: one}).save(
                    force_insert=True
                )
        act.record(
            "case.restricted",
            restriction,
            facts={"teams": len(teams), "people": len(users)},
        )
    return restriction


def lift_restriction(*, actor: Actor, restriction_id: UUID, version: int) -> CaseRestriction:
    """Let everybody who was given sight of the case see it again.

    Raises:
        CaseRestriction.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        DomainError: it was lifted before.
    """
    with acting(actor) as act:
        restriction: CaseRestriction = (
            CaseRestriction.objects.visible_to(actor).locked().get(pk=restriction_id)
        )
        act.authorise("cases.restrict_case", restriction)
        restriction.check_seen(version)
        if restriction.lifted_at is not None:
            raise DomainError(_("This was lifted before."), code="invalid_transition")
        _lift(restriction, actor)
        act.record("case.restriction_lifted", restriction)
    return restriction


def set_cover(
    *,
    actor: User,
    cover_id: UUID,
    starts_on: date,
    ends_on: date,
    away_id: UUID | None = None,
) -> LeaveCover:
    """Have a colleague see what somebody leads while they are away; both are told.

    It begins and ends by itself. What is restricted to others, or hidden by a conflict of
    interest, the cover does not see: `cases.selectors.sight.not_covered` says what that is.

    Args:
        away_id: who is away; oneself when left out. For others a supervisor does it.
        starts_on, ends_on: the first and the last day.

    Raises:
        Denied: for somebody else, without being a supervisor.
        DomainError: days that do not fit, the same person, or a colleague who does no casework.
    """
    with acting(actor) as act:
        away = User.objects.visible_to(actor).get(pk=away_id or actor.pk)
        own = away.pk == actor.pk
        act.authorise("cases.set_cover" if own else "cases.manage_cover")
        cover = User.objects.visible_to(actor).filter(pk=cover_id, is_active=True).first()
        if cover is None or not cover.may("cases.change_stage"):
            raise DomainError(_("Choose a colleague who works on cases."), field="cover_id")
        if cover.pk == away.pk:
            raise DomainError(_("Nobody covers for themselves."), field="cover_id")
        today = timezone.localdate()
        if starts_on < today:
            raise DomainError(_("Choose today or a later day."), field="starts_on")
        if ends_on < starts_on or ends_on - starts_on > LONGEST_COVER:
            raise DomainError(
                _("Choose a last day after the first, within half a year."), field="ends_on"
            )
        begins, ends = _midnight(starts_on), _midnight(ends_on + timedelta(days=1))
        standing = LeaveCover.objects.visible_to(actor).filter(away=away, cover=cover)
        standing = standing.coming(timezone.now()).exclude(ends_at=F("starts_at"))
        if standing.filter(starts_at__lt=ends, ends_at__gt=begins).exists():
            raise DomainError(_("They cover for these days already."), field="cover_id")
        leave = LeaveCover(
            agency_id=away.agency_id,
            away=away,
            cover=cover,
            set_by=actor,
            starts_at=begins,
            ends_at=ends,
        )
        leave.save(force_insert=True)
        act.record(
            "cover.set",
            leave,
            facts={
                "away": str(away.pk),
                "cover": str(cover.pk),
                "days": (ends_on - starts_on).days + 1,
            },
        )
        for user_id in {away.pk, cover.pk} - {actor.pk}:
            act.after_commit("cases.tell", str(user_id))
    return leave


def end_cover(*, actor: User, cover_id: UUID, at: datetime | None = None) -> LeaveCover:
    """They are back before the day: the cover sees nothing more by it from now on.

    Raises:
        LeaveCover.DoesNotExist: of another agency.
        Denied: somebody else's, without being a supervisor.
        DomainError: it is over.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        leave: LeaveCover = LeaveCover.objects.visible_to(actor).locked().get(pk=cover_id)
        own = actor.pk in (leave.away_id, leave.cover_id)
        act.authorise("cases.set_cover" if own else "cases.manage_cover", leave)
        if leave.ends_at <= at:
            raise DomainError(_("This cover is over."), code="invalid_transition")
        # One that has not begun never does.
        leave.ends_at = max(at, leave.starts_at)
        leave.save(update_fields=["ends_at"])
        act.record("cover.ended", leave)
        for user_id in {leave.away_id, leave.cover_id} - {actor.pk}:
            act.after_commit("cases.tell", str(user_id))
    return leave


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _lift(restriction: CaseRestriction, actor: Actor) -> None:
    restriction.lifted_by_id, restriction.lifted_at = actor.pk, timezone.now()
    restriction.version += 1
    restriction.save(update_fields=["lifted_by", "lifted_at", "version"])


def _only_seers(case: Case, teams: set[UUID], users: set[UUID]) -> None:
    now = timezone.now()
    granted = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    known = Membership.objects.live(now).filter(team__group_id__in=granted.values("group_id"))
    if teams - set(known.values_list("team_id", flat=True)):
        raise DomainError(_("Choose teams that see the case now."), field="team_ids")
    by_name = CaseUserObjectPermission.objects.live(now).filter(content_object=case)
    people: set[Any] = set(known.values_list("user_id", flat=True))
    people |= set(by_name.values_list("user_id", flat=True))
    if users - people:
        raise DomainError(_("Choose people who see the case now."), field="user_ids")


def _not_shut_out(actor: Actor, case: Case, teams: set[UUID], users: set[UUID]) -> None:
    members = Membership.objects.live(timezone.now()).filter(team_id__in=teams)
    within = users | set(members.values_list("user_id", flat=True))
    if actor.pk not in within:
        raise DomainError(
            _("You would lose sight of the case yourself. Choose yourself or your team too."),
            field="user_ids",
        )
    lead = lead_of(case.pk)
    if lead is not None and lead.user_id not in within:
        raise DomainError(
            _(
                "%(name)s leads the case and would lose sight of it. Choose them too, or give the "
                "case another lead first."
            )
            % {"name": lead.user.name},
            field="user_ids",
        )
