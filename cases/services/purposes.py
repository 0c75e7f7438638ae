"""Saying why a case is opened: one tap for its team, a sentence for anybody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import CasePurpose
from cases.models import Case, StatedPurpose
from cases.selectors.purpose import is_of_the_team
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

SHORTEST_REASON = 10
HOUR = timedelta(hours=1)


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
        _check_rate(actor, case.pk, at)
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


def _check_rate(actor: Actor, case_id: UUID, at: datetime) -> None:
    """Cases are opened one by one, to work on them; whoever copies a caseload out is stopped.

    It is noticed long before (`desk.watch_rules`). Emergency access asks for no purpose.
    """
    lately = StatedPurpose.objects.filter(user_id=actor.pk, created_at__gt=at - HOUR)
    others = lately.exclude(case_id=case_id).values("case_id").distinct()
    if others.count() >= settings.LIWANAG_MOST_CASES:
        raise DomainError(
            _(
                "You opened %(many)s cases within an hour, and no work asks for more. Wait a "
                "little. In danger, use emergency access."
            )
            % {"many": settings.LIWANAG_MOST_CASES},
            code="too_many_cases",
        )
