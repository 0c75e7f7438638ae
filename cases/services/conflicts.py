"""Conflicts of interest: declared by staff or their supervisor, lifted by somebody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from audit.reviewing import open_review
from cases.choices import ConflictRelation
from cases.models import Case, CaseParticipant, ConflictBlock
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import Denied, DomainError

SHORTEST_REASON = 20


def declare_conflict(
    *,
    actor: Actor,
    case_id: UUID,
    relation: str,
    participant_id: UUID | None = None,
    user_id: UUID | None = None,
) -> ConflictBlock:
    """Say that somebody is close to a case, or to a person in it. They lose sight of it at once.

    Everybody declares for themselves; for a colleague of the same agency, a supervisor does. The
    supervisors of the teams that work on the case are told: they find it among their reviews.

    Args:
        participant_id: whom they are close to; then every case of that person is hidden.
        user_id: whose conflict it is; the actor's own when left out.

    Raises:
        Case.DoesNotExist, CaseParticipant.DoesNotExist, User.DoesNotExist: not visible.
        Denied: for somebody else, without being their supervisor.
        DomainError: an unknown relation, or it was declared before.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.declare_conflict", case)
        user = User.objects.get(pk=user_id or actor.pk)
        if user.pk != actor.pk:
            may = actor.may("cases.declare_conflict_for") and user.agency_id == actor.agency_id
            if not may:
                raise Denied("cases.declare_conflict_for", case_id=case.pk)
        if relation not in ConflictRelation.values:
            raise DomainError(_("Choose one of the answers."), field="relation")
        person_id = None
        if participant_id is not None:
            places = CaseParticipant.objects.visible_to(actor).filter(case=case)
            person_id = places.get(pk=participant_id).person_id
        standing = ConflictBlock.objects.visible_to(actor).in_force()
        if standing.filter(case=case, user=user, person_id=person_id).exists():
            raise DomainError(_("This was declared before."), code="invalid_transition")
        teams = teams_seeing(case.pk)
        block = ConflictBlock(
            case=case,
            person_id=person_id,
            user=user,
            relation=relation,
            declared_by_id=actor.pk,
        )
        act.record(
            "conflict.declared",
            block,
            facts={"relation": str(relation), "for": str(user.pk), "person": person_id is not None},
        )
        open_review(
            act,
            kind="conflict",
            about=block,
            team_ids=teams,
            subject=user,
            facts={"relation": str(relation)},
        )
        # Last: from here on the database hides the case from its own declarer.
        block.save(force_insert=True)
    return block


def lift_conflict(
    *, actor: Actor, block_id: UUID, reason: str, at: datetime | None = None
) -> ConflictBlock:
    """Lift a block, with a reason that a second person reviews.

    Raises:
        ConflictBlock.DoesNotExist: not visible to the actor; one's own never is.
        DomainError: it was lifted before, or the reason is too short.
    """
    with acting(actor) as act:
        block = ConflictBlock.objects.visible_to(actor).locked().get(pk=block_id)
        act.authorise("cases.lift_conflict", block, verdict=block.user_id != actor.pk)
        if block.lifted_at is not None:
            raise DomainError(_("This was lifted before."), code="invalid_transition")
        why = check_text(reason, field="reason", most=500)
        if len(why) < SHORTEST_REASON:
            raise DomainError(
                _("Say in at least %(n)d characters why there is no conflict any more.")
                % {"n": SHORTEST_REASON},
                field="reason",
            )
        block.lifted_by_id, block.lifted_at = actor.pk, at or timezone.now()
        block.why_lifted = why
        block.save(update_fields=["lifted_by", "lifted_at", "why_lifted"])
        act.record("conflict.lifted", block, facts={"for": str(block.user_id)})
        open_review(
            act,
            kind="override",
            about=block,
            team_ids=teams_seeing(block.case_id),
            facts={"rule": "conflict.lifted"},
        )
    return block
