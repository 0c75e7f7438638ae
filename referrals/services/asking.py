"""Ask the source of a referral, chase it, take down its answer; tell it that it was heard.

The words to a source never leave by this program: whoever asks does so over a way the agency
trusts, and records here what was asked and what was said. Every function is one act.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from referrals import clocks
from referrals.choices import Channel, QuestionEnd
from referrals.models import Referral, SourceQuestion

WORDS_LIMIT = 2_000
STEP = ["status", "version", "waiting_since", "waited"]


def acknowledge_referral(*, actor: User, referral_id: uuid.UUID, way: str) -> Referral:
    """Record that the source was told its referral reached us.

    Args:
        way: a code of `Channel`.

    Raises:
        DomainError: no such way.
        InvalidTransition: it was told already, or it is decided, or it is a row of a sheet.
    """
    with acting(actor) as act:
        referral = _mine(act, actor, referral_id, "referrals.acknowledge_referral")
        referral.acknowledge(at=timezone.now(), way=checked_way(way))
        referral.save(update_fields=["acknowledged_at", "acknowledged_by_way_of", "version"])
        act.record("referral.acknowledged", referral, facts={"way": way})
    return referral


def ask_source(*, actor: User, referral_id: uuid.UUID, question: str, way: str) -> SourceQuestion:
    """Record a question to the source; the referral's clock stands still until it is answered.

    Args:
        question: what was asked, at most 2,000 characters; sealed under the referral's key.
        way: a code of `Channel`.

    Raises:
        DomainError: no question, no such way, or a text that may not be kept.
        InvalidTransition: the referral is not in triage.
    """
    with acting(actor) as act:
        referral = _mine(act, actor, referral_id, "referrals.ask_source")
        now = timezone.now()
        asked = SourceQuestion(
            referral=referral,
            asked_by=actor,
            asked_at=now,
            way=checked_way(way),
            question=checked_words(question, field="question", needed=True),
            answer_due=clocks.due_after(now, clocks.answer_within()),
        )
        referral.wait_for_source(at=now)
        referral.save(update_fields=STEP)
        asked.save(force_insert=True)
        act.record("referral.source_asked", referral, fields=["question"], facts={"way": way})
    return asked


def chase_source(*, actor: User, referral_id: uuid.UUID, way: str) -> SourceQuestion:
    """Record that the source was asked again; it has as long again to answer.

    Raises:
        DomainError: no such way.
        InvalidTransition: no question is open.
    """
    with acting(actor) as act:
        referral = _mine(act, actor, referral_id, "referrals.ask_source")
        asked = _open_question(actor, referral)
        now = timezone.now()
        checked_way(way)
        asked.chasers += 1
        asked.chased_at = now
        asked.answer_due = clocks.due_after(now, clocks.answer_within())
        asked.save(update_fields=["chasers", "chased_at", "answer_due"])
        facts = {"way": way, "chaser": asked.chasers}
        act.record("referral.source_chased", referral, facts=facts)
    return asked


def record_answer(*, actor: User, referral_id: uuid.UUID, answer: str) -> SourceQuestion:
    """Take down what the source answered; the referral is back in triage and its clock goes on.

    Raises:
        DomainError: no answer, or a text that may not be kept.
        InvalidTransition: no question is open.
    """
    with acting(actor) as act:
        referral = _mine(act, actor, referral_id, "referrals.ask_source")
        asked = _open_question(actor, referral)
        now = timezone.now()
        asked.answer = checked_words(answer, field="answer", needed=True)
        end_question(asked, by=actor, at=now, end=QuestionEnd.ANSWERED)
        referral.go_on(at=now)
        referral.save(update_fields=STEP)
        act.record("referral.source_answered", referral, fields=["answer"])
    return asked


def end_question(asked: SourceQuestion, *, by: User, at: datetime, end: str) -> None:
    """Close a question; inside the caller's act, which records it."""
    asked.ended_at, asked.ended_by, asked.end = at, by, end
    asked.save(update_fields=["ended_at", "ended_by", "end", "answer"])


def end_open_question(actor: User, referral: Referral, *, at: datetime, end: str) -> None:
    """Close the referral's open question, where there is one; inside the caller's act."""
    asked = _questions(actor, referral).first()
    if asked is not None:
        end_question(asked, by=actor, at=at, end=end)


def checked_way(way: str) -> str:
    if way not in Channel.values:
        raise DomainError(_("Choose how you reached them."), field="way")
    return way


def checked_words(text: str, *, field: str, needed: bool = False) -> str:
    kept = check_text(text or "", field=field, most=WORDS_LIMIT)
    if needed and not kept:
        raise DomainError(_("Say it in a sentence or two."), field=field)
    return kept


def _mine(act: Act, actor: User, referral_id: uuid.UUID, permission: str) -> Referral:
    referral: Referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
    act.authorise(permission, referral)
    return referral


def _questions(actor: User, referral: Referral) -> models.QuerySet[SourceQuestion]:
    found: models.QuerySet[SourceQuestion] = (
        SourceQuestion.objects.visible_to(actor).locked().filter(referral=referral, ended_at=None)
    )
    return found


def _open_question(actor: User, referral: Referral) -> SourceQuestion:
    asked = _questions(actor, referral).first()
    if asked is None:
        raise InvalidTransition(_("No question to the source is open."), field="status")
    asked.referral = referral
    return asked
