"""Saying why a case is opened: one tap for its team, a sentence for anybody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import CasePurpose
from cases.models import Case, StatedPurpose
from cases.selectors.purpose import is_of_the_team
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
        DomainError: no purpose, or no reason from somebody off the team.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.read_case", case)
        if purpose not in CasePurpose.values:
            raise DomainError(_("Choose why you open this case."), field="purpose")
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
