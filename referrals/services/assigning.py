"""Who of the team looks after a waiting referral."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from audit.acting import acting
from core.errors import DomainError, InvalidTransition
from referrals.models import OPEN, Referral

MOST_AT_ONCE = 100


def assign_referrals(
    *, actor: User, referral_ids: Sequence[uuid.UUID], to_id: uuid.UUID
) -> list[Referral]:
    """Give waiting referrals to one colleague, all or none; each is an event of its own.

    Args:
        referral_ids: at most 100.
        to_id: somebody of every referral's team who may decide.

    Raises:
        DomainError: nothing chosen, too many, or the colleague is not of the team.
        InvalidTransition: one of them was decided meanwhile.
        Referral.DoesNotExist: one of them is not visible to the actor.
    """
    wanted = set(referral_ids)
    if not wanted:
        raise DomainError(_("Choose at least one referral."), field="referrals")
    if len(wanted) > MOST_AT_ONCE:
        raise DomainError(
            _("Choose at most %(most)s at once.") % {"most": MOST_AT_ONCE}, field="referrals"
        )
    with acting(actor) as act:
        found = list(
            Referral.objects.visible_to(actor).locked().filter(pk__in=wanted).order_by("pk")
        )
        if len(found) != len(wanted):
            raise Referral.DoesNotExist
        colleague = User.objects.visible_to(actor).filter(pk=to_id, is_active=True).first()
        teams = (
            set(Team.objects.of_member(colleague, timezone.now()).values_list("pk", flat=True))
            if colleague and colleague.may("referrals.start_triage")
            else set()
        )
        for referral in found:
            act.authorise("referrals.assign_referrals", referral)
            if referral.team_id not in teams:
                raise DomainError(
                    _("Choose somebody of the referral’s team who decides on referrals."),
                    field="to",
                )
            if referral.status not in OPEN:
                raise InvalidTransition(
                    _("%(reference)s was decided meanwhile. Look at the queue again.")
                    % {"reference": referral.reference},
                    field="referrals",
                )
            referral.assigned_to = colleague
            referral.version += 1
            referral.save(update_fields=["assigned_to", "version"])
            act.record("referral.assigned", referral, fields=["assigned_to"])
    return found
