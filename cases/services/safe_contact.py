"""Safe contact: recorded, read before a number is shown, kept to, and confirmed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from audit.reviewing import open_review
from cases.choices import AttemptOutcome, ContactChannel, Weekday
from cases.contact_rules import VALID_FOR, ContactAnswer, may_contact
from cases.models import (
    CaseParticipant,
    ContactAttempt,
    ContactReading,
    Person,
    SafeContact,
)
from cases.policies import may_speak_for, who_answers_may
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.actors import Actor
from core.choices import YesNoUnknown
from core.errors import Conflict, Denied, DomainError
from core.records import check_seen

MOST_WORDS = 500
SHORTEST_REASON = 20


def set_safe_contact(
    *,
    actor: Actor,
    participant_id: UUID,
    channel: str = "",
    do_not_contact: bool = False,
    survivor_initiates_only: bool = False,
    number: str = "",
    phrase: str = "",
    never_speak_to: str = "",
    remarks: str = "",
    days: Sequence[str] = (),
    from_hour: time | None = None,
    until_hour: time | None = None,
    answered_by_id: UUID | None = None,
    interpreter_id: UUID | None = None,
    voicemail_allowed: bool = False,
    text_allowed: bool = False,
    email_allowed: bool = False,
    version: int = 0,
    at: datetime | None = None,
) -> SafeContact:
    """Record how somebody may be reached. It replaces what stood before and runs out in 30 days.

    Args:
        number: telephone number, handle or address; shown only after the rest was read.
        answered_by_id, interpreter_id: participants of the case who may speak for the survivor.
        version: of the instructions that are replaced; 0 where the case holds none for the person.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Conflict: somebody recorded newer instructions since `version`.
        DomainError: no way to reach them although they may be contacted, hours that do not fit,
            or somebody who may not speak for the survivor (R-C5).
    """
    at = at or timezone.now()
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .locked()
            .select_related("person")
            .get(pk=participant_id)
        )
        act.authorise("cases.set_safe_contact", place)
        known = SafeContact.objects.visible_to(actor).version_of(place.case_id, place.person_id)
        check_seen(known, version)
        if channel and channel not in ContactChannel.values:
            raise DomainError(_("Choose one of the answers."), field="channel")
        if not channel and not do_not_contact and not survivor_initiates_only:
            raise DomainError(
                _("Say how they may be reached, or that they must not be contacted."),
                field="channel",
            )
        if any(day not in Weekday.values for day in days):
            raise DomainError(_("Choose days of the week."), field="days")
        if (from_hour is None) != (until_hour is None):
            raise DomainError(_("Give both hours, from and until."), field="until_hour")
        said = {
            name: check_text(text, field=name, most=MOST_WORDS)
            for name, text in (
                ("phrase", phrase),
                ("never_speak_to", never_speak_to),
                ("remarks", remarks),
            )
        }
        contact = SafeContact(
            case_id=place.case_id,
            person=place.person,
            version=known + 1,
            set_by_id=actor.pk,
            confirmed_at=at,
            expires_at=at + VALID_FOR,
            channel=channel,
            do_not_contact=do_not_contact,
            survivor_initiates_only=survivor_initiates_only,
            voicemail_allowed=voicemail_allowed,
            text_allowed=text_allowed,
            email_allowed=email_allowed,
            days=[day for day in Weekday.values if day in days],
            from_hour=from_hour,
            until_hour=until_hour,
            answered_by=speaker_for(actor, place, answered_by_id, "answered_by_id"),
            interpreter=speaker_for(actor, place, interpreter_id, "interpreter_id"),
            instructions={name: text for name, text in said.items() if text},
            number=check_text(number, field="number", most=200),
        )
        contact.save(force_insert=True)
        act.record(
            "safe_contact.set",
            contact,
            facts={
                "person": str(place.person_id),
                "do_not_contact": do_not_contact,
                "survivor_initiates_only": survivor_initiates_only,
            },
        )
    return contact


def speaker_for(
    actor: Actor, place: CaseParticipant, participant_id: UUID | None, field: str
) -> Person | None:
    """The person of a visible participant who is to speak for a survivor (R-C5).

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: they are of another case, or may not, with the reason.
    """
    if participant_id is None:
        return None
    other = (
        CaseParticipant.objects.visible_to(actor).select_related("person").get(pk=participant_id)
    )
    if other.case_id != place.case_id:
        raise DomainError(_("Choose somebody of this case."), field=field)
    answer = may_speak_for(other.person, place.person)
    if not answer:
        raise DomainError(answer.reason, code="may_not_speak", field=field)
    person: Person = other.person
    return person


def _outdated(reason: str) -> str:
    return _("These instructions do not hold any more. %(reason)s Record new ones first.") % {
        "reason": reason
    }


def reconfirm_safe_contact(
    *, actor: Actor, safe_contact_id: UUID, at: datetime | None = None
) -> SafeContact:
    """Record that the person confirmed the instructions: they hold for another 30 days.

    Raises:
        SafeContact.DoesNotExist: not visible to the actor.
        Conflict: newer instructions have replaced them.
        DomainError: somebody named in them may not speak for the survivor any more (R-C5).
    """
    at = at or timezone.now()
    with acting(actor) as act:
        contact = SafeContact.objects.visible_to(actor).locked().get(pk=safe_contact_id)
        act.authorise("cases.set_safe_contact", contact)
        if SafeContact.objects.visible_to(actor).newest_of(contact.person_id) != contact:
            raise Conflict(_("Somebody recorded newer instructions. Look at those."))
        for other in (contact.answered_by, contact.interpreter):
            if other and not (answer := may_speak_for(other, contact.person)):
                raise DomainError(answer.reason, code="may_not_speak")
        contact.confirmed_at, contact.expires_at = at, at + VALID_FOR
        contact.save(update_fields=["confirmed_at", "expires_at"])
        act.record("safe_contact.confirmed", contact)
    return contact


def acknowledge_safe_contact(
    *, actor: Actor, safe_contact_id: UUID, session_mark: str
) -> ContactReading:
    """Say that one has read the instructions; numbers and addresses are shown from then on.

    It holds for the session with this mark (R-C1) and for these instructions: newer ones are read
    anew.

    Raises:
        SafeContact.DoesNotExist: not visible to the actor.
        Conflict: newer instructions have replaced them.
        DomainError: somebody named in them may not speak for the survivor any more (R-C5).
    """
    with acting(actor) as act:
        contact = SafeContact.objects.visible_to(actor).get(pk=safe_contact_id)
        act.authorise("cases.read_safety", contact)
        if SafeContact.objects.visible_to(actor).newest_of(contact.person_id) != contact:
            raise Conflict(_("Somebody recorded newer instructions. Read those."))
        if not (speaks := who_answers_may(contact)):
            raise DomainError(_outdated(speaks.reason), code="may_not_speak")
        values: dict[str, Any] = {
            "case_id": contact.case_id,
            "safe_contact": contact,
            "user_id": actor.pk,
            "session_mark": session_mark,
        }
        reading = ContactReading.objects.visible_to(actor).filter(**values).first()
        if reading is None:
            reading = ContactReading(**values)
            reading.save(force_insert=True)
        act.record("safe_contact.acknowledged", contact, facts={"person": str(contact.person_id)})
    return reading


def plan_contact(
    *,
    actor: Actor,
    participant_id: UUID,
    channel: str,
    planned_for: datetime,
    accept_outside_hours: bool = False,
    override_reason: str = "",
) -> ContactAttempt:
    """Plan contact with somebody, within the instructions; against them only with a reason.

    Args:
        accept_outside_hours: that the warning about the hour was read, and contact is needed.
        override_reason: a supervisor's, at least 20 characters; somebody else reviews it.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: the instructions forbid it (the code says why), or the hour is not safe.
        Denied: a reason was given by somebody who may not override.
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
        act.authorise("cases.plan_contact", place)
        if channel not in ContactChannel.values:
            raise DomainError(_("Choose one of the answers."), field="channel")
        contact = SafeContact.objects.visible_to(actor).newest_of(place.person_id)
        answer = may_contact(contact, channel, planned_for)
        if contact is not None and answer.allowed and not (speaks := who_answers_may(contact)):
            answer = ContactAnswer(False, code="may_not_speak", reason=_outdated(speaks.reason))
        reason = check_text(override_reason, field="override_reason", most=MOST_WORDS)
        if not answer.allowed and not reason:
            raise DomainError(answer.reason, code=answer.code, field="channel")
        if answer.outside_hours and not accept_outside_hours:
            raise DomainError(
                _(
                    "This is outside the safe hours and may put them in danger. Choose another "
                    "time, or say that it cannot wait."
                ),
                code="outside_safe_hours",
                field="planned_for",
            )
        attempt = ContactAttempt(
            case_id=place.case_id,
            person_id=place.person_id,
            safe_contact=contact,
            planned_by_id=actor.pk,
            channel=channel,
            planned_for=planned_for,
            permitted=answer.allowed and not answer.outside_hours,
            outside_hours=answer.outside_hours,
            override_reason="" if answer.allowed else reason,
        )
        attempt.save(force_insert=True)
        act.record(
            "contact.planned",
            attempt,
            facts={
                "channel": str(channel),
                "against": answer.code,
                "outside_hours": answer.outside_hours,
            },
        )
        if not answer.allowed:
            _override(act, actor, attempt, answer.code, reason)
    return attempt


def _override(act: Act, actor: Actor, attempt: ContactAttempt, code: str, reason: str) -> None:
    if not actor.may("cases.override_safe_contact"):
        raise Denied(
            "cases.override_safe_contact",
            object_type=attempt._meta.label_lower,
            case_id=attempt.case_id,
        )
    if len(reason) < SHORTEST_REASON:
        raise DomainError(
            _("Say in at least %(n)d characters why this cannot wait.") % {"n": SHORTEST_REASON},
            field="override_reason",
        )
    open_review(
        act,
        kind="override",
        about=attempt,
        team_ids=teams_seeing(attempt.case_id),
        facts={"rule": f"safe_contact.{code}"},
    )


def end_contact(
    *,
    actor: Actor,
    attempt_id: UUID,
    outcome: str,
    instructions_followed: str,
    reconfirmed: str = YesNoUnknown.NOT_ASKED,
    at: datetime | None = None,
) -> ContactAttempt:
    """Record what came of planned contact, and whether the instructions were kept to (R-C4).

    When the person confirmed the instructions, they hold for another 30 days.

    Raises:
        ContactAttempt.DoesNotExist: not visible to the actor.
        DomainError: it was recorded before, or an unknown answer.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        attempt = ContactAttempt.objects.visible_to(actor).locked().get(pk=attempt_id)
        act.authorise("cases.plan_contact", attempt)
        if attempt.ended_at is not None:
            raise DomainError(_("What came of it was recorded before."), code="invalid_transition")
        if outcome not in AttemptOutcome.values or outcome == AttemptOutcome.PLANNED:
            raise DomainError(_("Say what came of it."), field="outcome")
        for name, value in (
            ("instructions_followed", instructions_followed),
            ("reconfirmed", reconfirmed),
        ):
            if value not in YesNoUnknown.values:
                raise DomainError(_("Choose one of the answers."), field=name)
        attempt.outcome, attempt.ended_at = outcome, at
        attempt.instructions_followed, attempt.reconfirmed = instructions_followed, reconfirmed
        attempt.save(update_fields=["outcome", "instructions_followed", "reconfirmed", "ended_at"])
        act.record(
            "contact.ended",
            attempt,
            facts={"outcome": str(outcome), "followed": str(instructions_followed)},
        )
        newest = SafeContact.objects.visible_to(actor).newest_of(attempt.person_id)
        if (
            newest
            and outcome == AttemptOutcome.REACHED
            and reconfirmed == YesNoUnknown.YES
            and newest.pk == attempt.safe_contact_id
        ):
            reconfirm_safe_contact(actor=actor, safe_contact_id=newest.pk, at=at)
    return attempt
