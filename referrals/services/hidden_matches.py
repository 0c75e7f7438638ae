"""Tell the team that knows a child already, and nobody else; it answers, or does not.

Whoever logs a referral is shown nothing of it, since a hint would tell that a record exists
(docs/intake.md).
"""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.models import Case
from core.actors import Actor
from core.errors import DomainError, InvalidTransition
from referrals.choices import MatchAnswer
from referrals.models import HiddenMatch, Referral


def compare_hidden(*, actor: Actor, referral_id: uuid.UUID) -> int:
    """Compare a referral with what its desk may not see, and tell those who have it.

    Returns how many were told of; nothing of it comes before whoever logged the referral.

    Args:
        actor: the service account that may compare; it opens nothing.
    """
    with acting(actor) as act:
        act.authorise("referrals.compare_hidden")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a_match, people FROM liwanag_note_hidden_matches(%s)", [referral_id]
            )
            people = dict(cursor.fetchall())
        # The same entry whether something was found or not: its desk may read the log of it.
        compared = Referral(pk=referral_id)
        found = HiddenMatch.objects.visible_to(actor).filter(pk__in=list(people))
        for match in found:
            ours = Referral(pk=match.ours_id) if match.ours_id else Case(pk=match.case_id)
            act.record("referral.match_noticed", ours)
            for person_id in people[match.pk]:
                act.after_commit("cases.tell", str(person_id))
        act.record("referral.compared", compared)
    return len(people)


def answer_match(*, actor: User, match_id: uuid.UUID, answer: str) -> HiddenMatch:
    """Say what the other desk is to know: that it should talk to the actor, or nothing.

    Args:
        answer: of `MatchAnswer`; only "talk" is seen by the other desk.

    Raises:
        HiddenMatch.DoesNotExist: the actor does not see what it is about.
        DomainError: no such answer.
        InvalidTransition: somebody answered already.
    """
    with acting(actor) as act:
        match: HiddenMatch = HiddenMatch.objects.visible_to(actor).locked().get(pk=match_id)
        act.authorise("referrals.answer_match", match)
        if match.answered_at is not None:
            raise InvalidTransition(_("A colleague answered this already."))
        if answer not in MatchAnswer.values:
            raise DomainError(_("Choose one of the answers."), field="answer")
        match.answer, match.answered_at, match.answered_by = answer, timezone.now(), actor
        match.save(update_fields=["answer", "answered_at", "answered_by"])
        if answer == MatchAnswer.TALK:
            act.record("referral.asked_to_talk", Referral(pk=match.referral_id))
            act.after_commit("cases.tell", str(match.logged_by_id))
        ours = Referral(pk=match.ours_id) if match.ours_id else Case(pk=match.case_id)
        act.record("referral.match_answered", ours, facts={"answer": answer})
    return match
