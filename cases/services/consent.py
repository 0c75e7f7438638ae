"""Asking for consent, giving, refusing and withdrawing it (R-K3 to R-K6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from cases.choices import ConsentStatus, GivenBy, Scope
from cases.models import Case, CaseParticipant, Consent
from cases.models.consent import CONSENT_ANSWERS, CONSENT_STEP
from cases.services.consent_answers import check_giver, check_whole, put_answers
from cases.services.consequences import hold_disclosures, stop_what_nothing_carries
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError, InvalidTransition
from vault.opening import opened

REVIEW_AFTER = timedelta(days=182)
WRITTEN = (*CONSENT_ANSWERS, *CONSENT_STEP)
# The answers of the first step: who speaks is settled before anything is talked over.
WHO_ANSWERS = frozenset({"given_by", "giver_id", "giver_details", "order_reference"})


def start_consent(
    *, actor: Actor, case_id: UUID, person_id: UUID, given_by: str, **answers: Any
) -> Consent:
    """Begin to ask one person of a case, or whoever speaks for them. Nothing is agreed to yet.

    Args:
        answers: any of `consent_answers.ANSWERS`, as far as they are known by now.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: the person is not in the case or was erased, nobody is named who speaks for
            them, or an answer breaks a rule (R-C5, R-K4).
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.record_consent", case)
        place = CaseParticipant.objects.visible_to(actor).filter(
            case=case, person_id=person_id, person__erased_on=None
        )
        if not place.exists():
            raise DomainError(_("Choose a person of this case."), field="person_id")
        if given_by not in GivenBy.values:
            raise DomainError(_("Choose who answers."), field="given_by")
        consent = Consent(
            case=case, person_id=person_id, given_by=given_by, recorded_by_id=actor.pk
        )
        put_answers(actor, consent, answers)
        check_giver(consent)
        consent.save(force_insert=True)
        act.record("consent.started", consent, facts={"given_by": str(given_by)})
    return consent


def answer_consent(*, actor: Actor, consent_id: UUID, version: int, **answers: Any) -> Consent:
    """Write down further answers of a consent that is not finished.

    Args:
        answers: any of `consent_answers.ANSWERS`.

    Raises:
        Consent.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was given or refused; a new one has to be asked.
        DomainError: an answer breaks a rule.
    """
    with acting(actor) as act:
        consent = _found(act, actor, consent_id, version)
        if consent.status != ConsentStatus.DRAFT:
            raise InvalidTransition(
                _("This consent is finished. Ask again to change what was agreed to.")
            )
        put_answers(actor, consent, answers)
        if WHO_ANSWERS & set(answers):
            check_giver(consent)
        consent.version += 1
        consent.save(update_fields=WRITTEN)
        act.record("consent.answered", consent, fields=sorted(answers))
    return consent


def give_consent(*, actor: Actor, consent_id: UUID, version: int) -> Consent:
    """The person, or whoever speaks for them, agrees: it holds from its first day on.

    An earlier consent of the same person in the same case is replaced, and whatever rested on it
    and is no longer covered stops at once (R-K2).

    Raises:
        Consent.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it is not a draft.
        DomainError: something is missing, or a rule is broken; `field` names it.
    """
    now = timezone.now()
    with acting(actor) as act:
        consent = _found(act, actor, consent_id, version)
        if consent.status != ConsentStatus.DRAFT:
            raise InvalidTransition(_("This consent is finished."), field="status")
        check_whole(actor, consent, on=timezone.localdate(now))
        consent.conflict_checked_at = now
        if consent.review_on is None and consent.valid_until is not None:
            consent.review_on = min(consent.valid_until, timezone.localdate(now) + REVIEW_AFTER)
        _replace_earlier(act, actor, consent, at=now)
        consent.give(at=now)
        consent.save(update_fields=WRITTEN)
        stopped = stop_what_nothing_carries(act, consent.case_id)
        act.record(
            "consent.given",
            consent,
            fields=["status"],
            facts={
                "scopes": list(consent.scopes),
                "refused": list(consent.refused_scopes),
                "given_by": str(consent.given_by),
                "assent": str(consent.child_assent),
                "recipients": [str(agency_id) for agency_id in consent.recipients],
                "handoffs_stopped": stopped,
            },
        )
    return consent


def refuse_consent(*, actor: Actor, consent_id: UUID, version: int) -> Consent:
    """The person agrees to nothing. Services go on all the same (R-K5).

    What they, or whoever spoke for them, agreed to before ends with it, and what rested on it stops
    at once (R-K2): the newest answer counts.

    Raises:
        Consent.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it is not a draft.
    """
    with acting(actor) as act:
        consent = _found(act, actor, consent_id, version)
        consent.refused_scopes = [
            code for code in Scope.values if code in {*consent.scopes, *consent.refused_scopes}
        ]
        now = timezone.now()
        consent.refuse(at=now)
        _replace_earlier(act, actor, consent, at=now)
        consent.save(update_fields=["status", "version", "scopes", "refused_scopes", "ended_at"])
        stopped = stop_what_nothing_carries(act, consent.case_id)
        act.record(
            "consent.refused", consent, fields=["status"], facts={"handoffs_stopped": stopped}
        )
    return consent


def withdraw_consent(
    *, actor: Actor, consent_id: UUID, scopes: Sequence[str] = (), words: str = ""
) -> Consent:
    """Take consent back, all of it or some scopes, at once and without a reason (R-K2).

    Handoffs that rested on it stop in the same moment: waiting ones never open, open ones close,
    and their receivers are told to stop. What already stands in proceedings is marked.

    Args:
        scopes: the scopes taken back; all of them when left empty.
        words: what the person said, where they want it written down; it stands below what they
            said when they took something back before.

    Raises:
        Consent.DoesNotExist: not visible to the actor.
        DomainError: a scope that was not agreed to, or words where what was said before can't be
            opened and would be lost.
        InvalidTransition: it is not in force.
    """
    with acting(actor) as act:
        consent = _found(act, actor, consent_id, None)
        if set(scopes) - set(consent.scopes):
            raise DomainError(_("Choose from what was agreed to."), field="scopes")
        now = timezone.now()
        _add_words(consent, check_text(words, field="words", most=2_000), at=now)
        gone = list(scopes) or list(consent.scopes)
        consent.withdraw(gone, at=now)
        consent.save(update_fields=CONSENT_STEP)
        stopped = stop_what_nothing_carries(act, consent.case_id)
        act.record(
            "consent.withdrawn",
            consent,
            fields=["status", "scopes"],
            facts={
                "scopes": gone,
                "all": consent.status == ConsentStatus.WITHDRAWN,
                "handoffs_stopped": stopped,
            },
        )
    return consent


def _add_words(consent: Consent, words: str, *, at: datetime) -> None:
    """Put what was said below what was said before, with its day. Does not save."""
    if not words:
        return
    before = opened(consent, "withdrawal_words")
    if not before.readable:
        raise DomainError(
            _(
                "What was said before can’t be opened now, and nothing is put over it. Take it "
                "back without words; write them in a note."
            ),
            field="words",
        )
    said = f"{timezone.localdate(at):%-d %b %Y}: {words}"
    consent.withdrawal_words = "\n".join(filter(None, (str(before.value), said)))


def _replace_earlier(act: Act, actor: Actor, consent: Consent, *, at: datetime) -> None:
    """End what the same person's earlier consent in this case still says."""
    for earlier in (
        Consent.objects.visible_to(actor)
        .locked()
        .filter(
            case_id=consent.case_id,
            person_id=consent.person_id,
            status__in=(ConsentStatus.ACTIVE, ConsentStatus.REVIEW_DUE),
        )
    ):
        earlier.supersede(at=at)
        earlier.save(update_fields=["status", "version", "ended_at"])
        act.record("consent.superseded", earlier, fields=["status"])


def _found(act: Act, actor: Actor, consent_id: UUID, version: int | None) -> Consent:
    """The consent, locked together with the disclosures of its case, for somebody who may record;
    `version` None asks for none."""
    seen = Consent.objects.visible_to(actor)
    hold_disclosures(seen.values_list("case_id", flat=True).get(pk=consent_id))
    consent: Consent = seen.locked().select_related("case", "person").get(pk=consent_id)
    act.authorise("cases.record_consent", consent)
    if version is not None:
        consent.check_seen(version)
    return consent
