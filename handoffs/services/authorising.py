"""A second person before restricted data leaves: asking for them, their yes, and their no."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_person import Matter, Standing, second_person
from accounts.services.second_person import look_afterwards
from audit.acting import acting
from cases.selectors.access import teams_seeing
from cases.selectors.sight import sight_of
from cases.services.consequences import hold_disclosures
from core.errors import Conflict, InvalidTransition
from handoffs.choices import ReturnReason
from handoffs.grounds import carried_today
from handoffs.models import Handoff
from handoffs.package import counts, digest_of
from handoffs.policies import is_sender, needs_second_person, sections_for
from handoffs.services.drafting import allow_names, check_day, check_receiver, one_of
from handoffs.services.handoffs import AUTHORISED_FIELDS, PARTIES
from handoffs.services.packing import package_of


def submit_handoff(*, actor: User, handoff_id: uuid.UUID) -> Handoff:
    """Ask a second person to authorise a handoff. Nothing leaves, and nobody outside learns of it.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to ask for.
        InvalidTransition: it waits already, has left, or needs no second person.
        DomainError: the receiver is no longer active, or the day to answer by has passed.
    """
    with acting(actor) as act:
        handoff = _held(actor, handoff_id)
        act.authorise("handoffs.compose_handoff", handoff, verdict=is_sender(actor, handoff))
        handoff.submit(by=actor.pk, at=timezone.now())
        if not needs_second_person(handoff):
            raise InvalidTransition(_("It needs no second person. Check it and send it."))
        check_receiver(actor, handoff.to_agency_id)
        check_day(handoff.answer_by)
        handoff.save(update_fields=AUTHORISED_FIELDS)
        act.record("handoff.submitted", handoff, fields=["status"])
        for user in sight_of(actor, handoff.case).working("handoffs.authorise_handoff"):
            if user.agency_id == handoff.from_agency_id and user.pk not in handoff.authors:
                act.after_commit("handoffs.tell_sender", str(user.pk))
    return handoff


def authorise_handoff(*, actor: User, handoff_id: uuid.UUID, seen: str = "") -> Handoff:
    """Stand behind a colleague's handoff: exactly this content may leave, on this ground.

    The ground is asked now and once more at sending. In a small agency its author may do it, and
    somebody else looks at it afterwards.

    Args:
        seen: hex digest of the content that was looked at; when the case holds something else by
            now, nothing is authorised. Empty: not asked.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the role's to do, the actor wrote a part of it, or it holds names that they may
            not open.
        InvalidTransition: nobody asks for it.
        NoGround: no agreement in force and no legal duty carries it today.
        Conflict: the content changed since it was looked at.
        DomainError: the receiver is no longer active, or the day to answer by has passed.
        vault.errors.CannotOpen: a part of the case cannot be read.
    """
    with acting(actor) as act:
        # Nobody takes back between the question and the word what was just asked for.
        known = Handoff.objects.visible_to(actor).values_list("case_id", flat=True)
        hold_disclosures(known.get(pk=handoff_id))
        handoff = _held(actor, handoff_id)
        standing = authorising(actor, handoff)
        act.authorise(
            "handoffs.authorise_handoff",
            handoff,
            verdict=standing.may and is_sender(actor, handoff),
        )
        allow_names(act, handoff)
        check_receiver(actor, handoff.to_agency_id)
        check_day(handoff.answer_by)
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
        agreement, verdict = carried_today(handoff)
        package = package_of(actor, handoff, agreement, verdict, sent_at=None)
        digest = digest_of(package["content"])
        if seen and seen != digest.hex():
            raise Conflict(
                _("The case changed since you looked at the package. Look again, then decide.")
            )
        handoff.authorise(by=actor, at=timezone.now(), digest=digest, alone=standing.alone)
        handoff.save(update_fields=AUTHORISED_FIELDS)
        act.record(
            "handoff.authorised",
            handoff,
            fields=["status"],
            facts={
                **counts(package),
                "agreement": str(agreement.pk) if agreement else "",
                "rests_on": sorted(str(one) for one in verdict.rests_on),
                "content": digest.hex(),
            },
        )
        look_afterwards(
            act,
            standing,
            matter=Matter.AUTHORISE_HANDOFF,
            about=handoff,
            team_ids=teams_seeing(handoff.case_id),
        )
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff


def return_handoff(*, actor: User, handoff_id: uuid.UUID, reason: str) -> Handoff:
    """Give a handoff back to its author, with one of the reasons; it is a draft again.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the role's to do, or the actor wrote a part of it.
        DomainError: no reason was chosen.
        InvalidTransition: it is a draft, or has left.
    """
    with acting(actor) as act:
        handoff = _held(actor, handoff_id)
        act.authorise(
            "handoffs.authorise_handoff",
            handoff,
            verdict=authorising(actor, handoff).may and is_sender(actor, handoff),
        )
        one_of(reason, ReturnReason.values, "reason", _("Choose why you give it back."))
        handoff.give_back(reason=reason)
        handoff.save(update_fields=AUTHORISED_FIELDS)
        act.record("handoff.returned", handoff, fields=["status"], facts={"reason": str(reason)})
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff


def authorising(actor: User, handoff: Handoff) -> Standing:
    """Whether `actor` is a second person for this handoff, or alone in a small agency."""
    first_id = actor.pk if actor.pk in handoff.authors else handoff.composed_by_id
    return second_person(actor, first_id=first_id, matter=Matter.AUTHORISE_HANDOFF)


def _held(actor: User, handoff_id: uuid.UUID) -> Handoff:
    found: Handoff = (
        Handoff.objects.visible_to(actor).locked().select_related(*PARTIES).get(pk=handoff_id)
    )
    return found
