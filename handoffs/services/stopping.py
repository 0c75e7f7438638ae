"""Stopping handoffs that nothing carries any more, in the act that took the ground away, and the
receiver's word that they stopped (R-K2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.acting import Act, acting
from audit.reading import reading
from cases.disclosure import Facts
from cases.models import Case
from cases.selectors.disclosure import disclosure_facts
from cases.services.consequences import hold_disclosures
from core.actors import Actor
from core.errors import InvalidTransition
from handoffs.choices import RevokedBecause
from handoffs.disclosing import facts_behind, still_carried
from handoffs.models import Handoff
from handoffs.policies import is_receiver


def stop_uncovered(act: Act, case_id: UUID) -> int:
    """End every handoff of a case that its consents and grounds carry no longer.

    Waiting ones never open, accepted ones close, and each receiver is told that something ended.

    Returns:
        How many were ended.
    """
    # Whoever oversees the agency's legal bases, and the housekeeping service, do not see the case.
    known = Case.objects.visible_to(act.actor).filter(pk=case_id).exists()
    facts = disclosure_facts(case_id) if known else None
    stopped = 0
    for handoff in _out().filter(case_id=case_id):
        if _is_uncovered(handoff, facts or facts_behind(handoff.pk)):
            _stop(act, handoff)
            stopped += 1
    return stopped


def stop_what_time_ended(*, actor: Actor) -> int:
    """End every handoff that nothing carries any more, and tell its receiver (R-K2).

    A consent or another basis ends by its days, or by what is learnt in a case that nobody who was
    there sees: the package closes by itself then, since every opening asks. This tells whoever
    holds a copy that they have to stop.

    Returns:
        How many were ended; a second run finds none.
    """
    with reading(actor):
        over = [
            (handoff.pk, handoff.case_id)
            for handoff in Handoff.objects.visible_to(actor)
            .out()
            .select_related("from_agency", "to_agency")
            if _is_uncovered(handoff, facts_behind(handoff.pk))
        ]
    done = 0
    for handoff_id, case_id in over:
        try:
            with acting(actor) as act:
                hold_disclosures(case_id)
                handoff = _out().get(pk=handoff_id)
                act.authorise("handoffs.stop_uncovered", handoff)
                if not _is_uncovered(handoff, facts_behind(handoff_id)):
                    raise _CarriedAgain
                _stop(act, handoff)
        except (Handoff.DoesNotExist, _CarriedAgain):
            # Ended, or agreed to anew, a moment ago.
            continue
        done += 1
    return done


def expire_unanswered(*, actor: Actor, on: date) -> int:
    """Let every handoff expire that nobody answered by its last day, and tell both sides.

    Args:
        on: today.

    Returns:
        How many expired; a second run finds none.
    """
    with reading(actor):
        over = list(
            Handoff.objects.visible_to(actor).unanswered_since(on).values_list("pk", flat=True)
        )
    done = 0
    for handoff_id in over:
        try:
            with acting(actor) as act:
                handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
                act.authorise("handoffs.stop_uncovered", handoff)
                handoff.expire(on=on)
                handoff.save(update_fields=["status", "version"])
                act.record("handoff.expired", handoff, fields=["status"])
                act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
                act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
        except InvalidTransition:
            # Answered a moment ago.
            continue
        done += 1
    return done


class _CarriedAgain(Exception):
    """There is nothing to stop after all."""


def _out() -> QuerySet[Handoff]:
    """What is out, locked, as far as row security shows it, with both sides."""
    found: QuerySet[Handoff] = (
        Handoff.objects.out().locked().select_related("from_agency", "to_agency")
    )
    return found


def _is_uncovered(handoff: Handoff, facts: Facts | None) -> bool:
    """Whether nothing carries it; not where the facts are not the asker's to see."""
    return facts is not None and not still_carried(handoff, facts)


def _stop(act: Act, handoff: Handoff) -> None:
    handoff.revoke(at=timezone.now(), because=RevokedBecause.GROUND_GONE)
    handoff.save(update_fields=["status", "version", "revoked_at", "revoked_because"])
    act.record(
        "handoff.stopped",
        handoff,
        fields=["status"],
        facts={"opened_before": handoff.opened_at is not None},
    )
    act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))


def confirm_stopped(*, actor: User, handoff_id: UUID) -> Handoff:
    """Say, as the receiver of a handoff that ended, that nothing of it is used any more.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to say.
        InvalidTransition: it has not ended, was never opened, or was confirmed already.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.confirm_stopped", handoff, verdict=is_receiver(actor, handoff))
        handoff.confirm_stopped(by=actor, at=timezone.now())
        handoff.save(update_fields=["version", "stop_confirmed_by", "stop_confirmed_at"])
        act.record("handoff.stop_confirmed", handoff)
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff
