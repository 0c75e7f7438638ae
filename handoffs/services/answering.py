"""Asking the sender for more, their reply, and what came of a handoff."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.services.consequences import hold_disclosures
from cases.text_rules import check_text
from core.errors import DomainError
from handoffs.choices import Outcome, Reply
from handoffs.grounds import carried_today
from handoffs.models import Handoff
from handoffs.policies import is_receiver, is_sender
from handoffs.services.drafting import one_of

LONGEST_QUESTION = 600
LONGEST_WORDS = 600


def ask_sender(*, actor: User, handoff_id: uuid.UUID, question: str) -> Handoff:
    """Ask for more before answering. The package stays closed meanwhile.

    Args:
        question: without names; at most 600 characters. Sealed; both sides read it.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to do.
        DomainError: nothing is asked.
        InvalidTransition: it was answered, has ended, or waits for a reply already.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.ask_sender", handoff, verdict=is_receiver(actor, handoff))
        words = check_text(question, field="question", most=LONGEST_QUESTION)
        if not words:
            raise DomainError(_("Say what you need to know."), field="question")
        handoff.ask(question=words)
        handoff.save(update_fields=["status", "version", "question", "reply"])
        act.record("handoff.asked", handoff, fields=["status"])
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff


def reply_to_receiver(*, actor: User, handoff_id: uuid.UUID, reply: str) -> Handoff:
    """Reply to a question by one of the answers; it lies before the receiver again.

    What tells them more is a disclosure of its own and goes by a handoff of its own.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to do.
        DomainError: no reply was chosen.
        InvalidTransition: nobody asks.
        NoGround: what carries the handoff is no longer in force; revoke it.
    """
    with acting(actor) as act:
        # A withdrawal at the same moment comes before or after, never between.
        known = Handoff.objects.visible_to(actor).values_list("case_id", flat=True)
        hold_disclosures(known.get(pk=handoff_id))
        handoff: Handoff = (
            Handoff.objects.visible_to(actor)
            .locked()
            .select_related("from_agency", "to_agency")
            .get(pk=handoff_id)
        )
        act.authorise("handoffs.reply_to_receiver", handoff, verdict=is_sender(actor, handoff))
        one_of(reply, Reply.values, "reply", _("Choose what you reply."))
        handoff.answer_question(reply=reply)
        carried_today(handoff)
        handoff.save(update_fields=["status", "version", "reply"])
        act.record("handoff.replied", handoff, fields=["status"], facts={"reply": str(reply)})
        act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
    return handoff


def complete_handoff(
    *, actor: User, handoff_id: uuid.UUID, outcome: str, words: str = ""
) -> Handoff:
    """Say what came of an accepted handoff. The receiver's sight of the package ends with it.

    Args:
        outcome: of `Outcome`.
        words: what the sender should know, without names; at most 600 characters, sealed.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to do.
        DomainError: no outcome was chosen.
        InvalidTransition: it is not accepted, or has ended.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.complete_handoff", handoff, verdict=is_receiver(actor, handoff))
        one_of(outcome, Outcome.values, "outcome", _("Choose what came of it."))
        told = check_text(words, field="words", most=LONGEST_WORDS)
        handoff.complete(at=timezone.now(), outcome=outcome, words=told)
        handoff.save(
            update_fields=["status", "version", "outcome", "outcome_words", "completed_at"]
        )
        act.record("handoff.completed", handoff, fields=["status"], facts={"outcome": str(outcome)})
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff
