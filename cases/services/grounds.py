"""Recording a legal basis other than consent, and the second person who looks at it (R-K7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.second_person import Matter, second_person
from accounts.selectors import receivers_of
from accounts.services.second_person import look_afterwards
from audit.acting import acting
from cases.choices import HOLDS_AT_ONCE, OTHER_BASES, DataCategory, Scope
from cases.models import Case, CaseParticipant, LegalGround
from cases.selectors.access import teams_seeing
from cases.services.consequences import hold_disclosures, stop_what_nothing_carries
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_REASON = 600


def record_legal_ground(
    *,
    actor: Actor,
    case_id: UUID,
    basis: str,
    reason: str,
    purposes: Sequence[str],
    recipient_id: UUID | None = None,
    categories: Sequence[str] = (),
    person_id: UUID | None = None,
    order_reference: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> LegalGround:
    """Write down why something may leave, or be counted, without anybody's consent.

    It carries nothing until a second person approved it; a life in danger and a mandatory report
    do not wait, and are looked at afterwards (`HOLDS_AT_ONCE`).

    Args:
        basis: one of `OTHER_BASES`.
        reason: why it applies here, without names; the data protection officer reads it.
        purposes: scopes it stands in for.
        recipient_id: the agency that gets the data; None for figures without names.
        person_id: the one person it is about; None for everybody in the case.
        order_reference: of a court order or the like.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.record_ground", case)
        if basis not in OTHER_BASES:
            raise DomainError(_("Choose a legal basis that is not consent."), field="basis")
        reason = check_text(reason, field="reason", most=LONGEST_REASON)
        if not reason:
            raise DomainError(_("Say why this basis applies here."), field="reason")
        start = valid_from or timezone.localdate()
        if valid_until is not None and valid_until < start:
            raise DomainError(_("It ends before it starts."), field="valid_until")
        agency = _receiver(actor, recipient_id)
        if agency is not None and not categories:
            raise DomainError(_("Choose which kinds of data it covers."), field="categories")
        if person_id is not None and not (
            CaseParticipant.objects.visible_to(actor)
            .filter(case=case, person_id=person_id, person__erased_on=None)
            .exists()
        ):
            raise DomainError(_("Choose a person of this case."), field="person_id")
        ground = LegalGround(
            case=case,
            agency_id=case.lead_agency_id,
            person_id=person_id,
            basis=basis,
            purposes=_chosen(purposes, Scope.values, "purposes"),
            recipient=agency,
            categories=_chosen(categories, DataCategory.values, "categories", needed=False),
            reason=reason,
            order_reference=check_text(order_reference, field="order_reference", most=200),
            valid_from=start,
            valid_until=valid_until,
            recorded_by_id=actor.pk,
        )
        ground.save(force_insert=True)
        act.record(
            "ground.recorded",
            ground,
            facts={
                "basis": str(basis),
                "recipient": str(recipient_id or ""),
                "categories": list(ground.categories),
                "purposes": list(ground.purposes),
                "holds_at_once": basis in HOLDS_AT_ONCE,
            },
        )
    return ground


def decide_legal_ground(
    *, actor: Actor, ground_id: UUID, version: int, approve: bool
) -> LegalGround:
    """Say yes or no to a legal basis that a colleague recorded. What a no leaves without ground
    stops at once.

    Raises:
        LegalGround.DoesNotExist: not visible to the actor.
        Denied: not the role's to decide, or it is the actor's own.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was decided already.
    """
    with acting(actor) as act:
        ground = _held(actor, ground_id)
        standing = second_person(
            actor, first_id=ground.recorded_by_id, matter=Matter.APPROVE_GROUND
        )
        act.authorise("cases.approve_ground", ground, verdict=standing.may)
        ground.check_seen(version)
        ground.decide(by=actor, approve=approve, at=timezone.now())
        ground.decided_alone = standing.alone
        ground.save(
            update_fields=["status", "version", "decided_by", "decided_at", "decided_alone"]
        )
        stopped = 0 if approve else stop_what_nothing_carries(act, ground.case_id)
        act.record(
            "ground.approved" if approve else "ground.declined",
            ground,
            fields=["status"],
            facts={"basis": str(ground.basis), "handoffs_stopped": stopped},
        )
        look_afterwards(
            act,
            standing,
            matter=Matter.APPROVE_GROUND,
            about=ground,
            team_ids=teams_seeing(ground.case_id),
        )
    return ground


def end_legal_ground(*, actor: Actor, ground_id: UUID, version: int) -> LegalGround:
    """The basis applies no longer; what rested on it stops at once.

    Raises:
        LegalGround.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was declined or has ended.
    """
    with acting(actor) as act:
        ground = _held(actor, ground_id)
        act.authorise("cases.record_ground", ground)
        ground.check_seen(version)
        ground.end(at=timezone.now())
        ground.save(update_fields=["status", "version", "ended_at"])
        stopped = stop_what_nothing_carries(act, ground.case_id)
        act.record(
            "ground.ended",
            ground,
            fields=["status"],
            facts={"basis": str(ground.basis), "handoffs_stopped": stopped},
        )
    return ground


def _held(actor: Actor, ground_id: UUID) -> LegalGround:
    """The ground, locked together with the disclosures of its case."""
    seen = LegalGround.objects.visible_to(actor)
    hold_disclosures(seen.values_list("case_id", flat=True).get(pk=ground_id))
    ground: LegalGround = seen.locked().get(pk=ground_id)
    return ground


def _receiver(actor: Actor, agency_id: UUID | None) -> Agency | None:
    if agency_id is None:
        return None
    agency = receivers_of(actor).filter(pk=agency_id).first()
    if agency is None:
        raise DomainError(_("Choose another agency that works with us."), field="recipient_id")
    return agency


def _chosen(
    given: Sequence[str], codes: Sequence[str], field: str, *, needed: bool = True
) -> list[str]:
    wanted = set(given)
    if wanted - set(codes) or (needed and not wanted):
        raise DomainError(_("Choose from the list."), field=field)
    return [code for code in codes if code in wanted]
