"""Saying why a case is opened: one tap for its team, a sentence for anybody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from audit.acting import acting
from audit.reviewing import open_review
from cases.choices import CasePurpose, ManyReason
from cases.models import Case, StatedPurpose
from cases.selectors.purpose import is_at_the_limit, is_of_the_team, opened_lately
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

SHORTEST_REASON = 10


def state_purpose(
    *, actor: Actor, case_id: UUID, purpose: str, reason: str = "", at: datetime
) -> StatedPurpose:
    """State why one opens a case. It holds for four hours and stands in each event of them.

    Args:
        purpose: a code of `CasePurpose`.
        reason: in words, asked only of whoever is in none of the case's teams; sealed.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: no purpose, no reason from somebody off the team, or more cases in an hour
            than anybody's work asks for (R-A8).
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.read_case", case)
        if purpose not in CasePurpose.values:
            raise DomainError(_("Choose why you open this case."), field="purpose")
        if is_at_the_limit(actor, case.pk, at):
            raise DomainError(
                _(
                    "You opened %(many)s cases within an hour. For more, ask a second person, or "
                    "wait a little. In danger, use emergency access."
                )
                % {"many": settings.LIWANAG_MOST_CASES},
                code="too_many_cases",
            )
        if is_of_the_team(actor, case.pk, at):
            reason = ""
        else:
            reason = check_text(reason, field="reason", most=1_000)
            if len(reason) < SHORTEST_REASON:
                raise DomainError(
                    _("You are in none of the teams of this case. Say in a sentence what for."),
                    field="reason",
                )
        stated = StatedPurpose(case=case, user_id=actor.pk, purpose=purpose, reason=reason)
        stated.save(force_insert=True)
        act.record("purpose.stated", stated, purpose=purpose, facts={"in_words": bool(reason)})
    return stated


def ask_to_open_many(*, actor: User, reason: str, at: datetime) -> UUID:
    """Ask a second person to let one open more cases than one's own work asks for, until tonight.

    That is how anything is taken out of many cases at once (R-A8). Supervisors of the actor's
    teams, data protection officers and auditors decide, by closing the review this opens; never
    the actor, whatever the size of the agency.

    Args:
        reason: a code of `ManyReason`.

    Returns:
        The review's id. Asked again the same day, it is the same review.

    Raises:
        Denied: the role reads no cases.
        DomainError: no reason.
    """
    with acting(actor) as act:
        act.authorise("cases.read_case")
        if reason not in ManyReason.values:
            raise DomainError(_("Choose what it is for."), field="reason")
        review_id = open_review(
            act,
            kind="open_many",
            team_ids=list(Team.objects.of_member(actor, at).values_list("pk", flat=True)),
            facts={"reason": str(reason), "opened": len(opened_lately(actor, at))},
            mark=f"{actor.pk}:{timezone.localdate(at)}",
            at=at,
        )
        act.record("purpose.many_asked", facts={"reason": str(reason)})
    return review_id
