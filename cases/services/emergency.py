"""Breaking the glass: sight of one case in an emergency, for minutes, in front of everybody.

The grant it writes ends by itself. Below Python the database lets nobody give themselves more than
an hour, or a case of another agency; and what is sealed (L4) does not open by it, even for somebody
who was named to read it before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import Role
from audit.acting import Act, acting
from audit.reviewing import open_review
from cases.choices import EmergencyReason, GrantReason
from cases.models import BreakGlass, Case, CaseGroupObjectPermission, CaseUserObjectPermission
from cases.services.grants import view_permission
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition

LONGEST_MINUTES = 60
SHORTEST_REASON = 20


class NoSuchCase(DomainError):
    """No case of one's own agency has this reference. Asking is recorded by whoever catches it."""

    code = "no_such_case"


def break_glass(
    *,
    actor: User,
    reference: str,
    reason_code: str,
    reason: str,
    minutes: int,
    at: datetime,
) -> BreakGlass:
    """Gain sight of one case of one's own agency, at once and for at most an hour (R-A2).

    The supervisors of its teams and the data protection officer are told at once, and one of them
    reviews it within 72 hours.

    Args:
        reference: the case's reference as a colleague read it out; there is no list to choose from.
        reason_code: one of `EmergencyReason`.
        reason: in words, sealed under the case's key.
        minutes: 1 to 60.

    Raises:
        Denied: the role may not.
        NoSuchCase: the actor's agency leads no case of this reference.
        DomainError: no reason, too short a one, too long a time, or a case they see anyway.
    """
    with acting(actor) as act:
        act.authorise("cases.break_glass")
        if reason_code not in EmergencyReason.values:
            raise DomainError(_("Choose what kind of emergency it is."), field="reason_code")
        reason = check_text(reason, field="reason", most=1_000)
        if len(reason) < SHORTEST_REASON:
            raise DomainError(
                _("Say in at least %(least)s characters what happened.")
                % {"least": SHORTEST_REASON},
                field="reason",
            )
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise DomainError(
                _("Choose a time of up to %(most)s minutes.") % {"most": LONGEST_MINUTES},
                field="minutes",
            )
        case_id = _case_named(reference)
        if case_id is None:
            raise NoSuchCase(
                _("Your agency leads no case of this reference. Check it and type it again."),
                field="reference",
            )
        if Case.objects.visible_to(actor).filter(pk=case_id).exists():
            raise DomainError(
                _("You see this case already. Open it from the list of cases."), field="reference"
            )
        until = at + timedelta(minutes=minutes)
        _give_sight(actor, case_id, until)
        case = Case.objects.visible_to(actor).get(pk=case_id)
        broken = BreakGlass(
            case=case, by=actor, reason_code=reason_code, reason=reason, until=until
        )
        broken.save(force_insert=True)
        facts = {"reason": str(reason_code), "minutes": minutes}
        act.record("glass.broken", broken, facts=facts)
        teams = _teams_on(case, at)
        open_review(
            act,
            kind="break_glass",
            about=broken,
            team_ids=[t.pk for t in teams],
            facts=facts,
            at=at,
        )
        _tell(act, actor, teams, at)
    return broken


def end_break_glass(*, actor: User, break_glass_id: UUID, at: datetime) -> BreakGlass:
    """Give the sight up before its time.

    Raises:
        BreakGlass.DoesNotExist: not one of theirs.
        InvalidTransition: it is over.
    """
    with acting(actor) as act:
        broken: BreakGlass = (
            BreakGlass.objects.visible_to(actor).locked().get(pk=break_glass_id, by=actor)
        )
        act.authorise("cases.break_glass", broken)
        if not broken.is_live(at):
            raise InvalidTransition(_("This emergency access is over."))
        broken.ended_at = at
        broken.save(update_fields=["ended_at"])
        CaseUserObjectPermission.objects.filter(
            user=actor, content_object_id=broken.case_id, reason=GrantReason.BREAK_GLASS
        ).update(until=TransactionNow())
        act.record("glass.ended", broken)
    return broken


def _case_named(reference: str) -> UUID | None:
    """A case of the actor's own agency; the database answers, since nobody sees it yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_case_in_emergency(%s)", [reference.strip().upper()[:20]])
        found: UUID | None = cursor.fetchone()[0]
        return found


def _give_sight(actor: User, case_id: UUID, until: datetime) -> None:
    mine = CaseUserObjectPermission.objects.filter(
        user=actor, content_object_id=case_id, permission=view_permission()
    )
    if not mine.update(reason=GrantReason.BREAK_GLASS, until=until):
        CaseUserObjectPermission.objects.create(
            user=actor,
            # guardian asks it for its type alone; the row itself can't be seen yet.
            content_object=Case(pk=case_id),
            permission=view_permission(),
            reason=GrantReason.BREAK_GLASS,
            until=until,
        )


def _teams_on(case: Case, at: datetime) -> list[Team]:
    groups = CaseGroupObjectPermission.objects.live(at).filter(content_object=case)
    return list(Team.objects.filter(group_id__in=groups.values("group_id")))


def _tell(act: Act, actor: User, teams: list[Team], at: datetime) -> None:
    """One mail each to the supervisors of the case's teams and the data protection officers."""
    live = Membership.objects.live(at).filter(user__is_active=True).exclude(user_id=actor.pk)
    supervisors = live.filter(team__in=teams, role=Role.CASE_SUPERVISOR)
    officers = live.filter(team__agency_id=actor.agency_id, role=Role.DATA_PROTECTION_OFFICER)
    told = {
        *supervisors.values_list("user_id", flat=True),
        *officers.values_list("user_id", flat=True),
    }
    for user_id in sorted(told):
        act.after_commit("cases.tell", str(user_id))
