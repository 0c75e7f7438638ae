"""What a survivor went through, as codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import (
    FLAGS,
    PARTICULARS,
    PHASES,
    SURVIVOR_ROLES,
    ContentOrigin,
    DecisionMaker,
    HarmType,
    MissingAnswer,
    Platform,
    SafeguardedHow,
    Schooling,
    TraffickingStatus,
)
from cases.models import CaseParticipant, HarmRecord, SurvivorContext
from cases.models.harm import CONTEXT_ANSWERS, HARM_ANSWERS
from core.actors import Actor
from core.approx_dates import ApproxDate
from core.choices import YesNoUnknown
from core.errors import Conflict, DomainError

OLDEST_CHILDHOOD = 120


def record_survivor_context(
    *,
    actor: Actor,
    participant_id: UUID,
    version: int = 0,
    trafficking_status: str = "",
    decided_by: str = "",
    decided_on: date | None = None,
    age_when_first: int | None = None,
    age_missing: str = "",
    first_abuse: ApproxDate | None = None,
    last_abuse: ApproxDate | None = None,
    safeguarded_on: date | None = None,
    safeguarded_how: str = "",
    lives_with_alleged_offender: str = YesNoUnknown.NOT_ASKED,
    schooling: str = "",
    particulars: Mapping[str, Iterable[str]] | None = None,
) -> SurvivorContext:
    """Record what is known about a survivor's exploitation and its end; said again, it replaces.

    Args:
        version: of the record that was seen; 0 when there was none.
        age_missing: why the age is not known; never beside an age.
        particulars: HTCDS codes under the names of `PARTICULARS`; sealed under the person's key.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        DomainError: an unknown code, or dates and ages that do not fit.
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).locked().get(pk=participant_id)
        act.authorise("cases.record_harm", place)
        _survivors_only(place)
        for field, value, codes in (
            ("trafficking_status", trafficking_status, TraffickingStatus),
            ("decided_by", decided_by, DecisionMaker),
            ("age_missing", age_missing, MissingAnswer),
            ("safeguarded_how", safeguarded_how, SafeguardedHow),
            ("schooling", schooling, Schooling),
        ):
            _one_of(field, value, codes, blank=True)
        _one_of("lives_with_alleged_offender", lives_with_alleged_offender, YesNoUnknown)
        if age_when_first is not None and age_missing:
            raise DomainError(_("Give the age, or why it is missing."), field="age_missing")
        if age_when_first is not None and age_when_first > OLDEST_CHILDHOOD:
            raise DomainError(_("Give the age in years."), field="age_when_first")
        today = timezone.localdate()
        for field, day in (("decided_on", decided_on), ("safeguarded_on", safeguarded_on)):
            if day and day > today:
                raise DomainError(_("This date is in the future."), field=field)
        if first_abuse and last_abuse and first_abuse.certainly_after(last_abuse):
            raise DomainError(_("It cannot end before it began."), field="last_abuse")
        sealed: dict[str, Any] = {"schooling": schooling} if schooling else {}
        for name, codes in PARTICULARS.items():
            given = [str(code) for code in (particulars or {}).get(name, ())]
            for code in given:
                _one_of(name, code, codes)
            if given:
                sealed[name] = given
        context = SurvivorContext.objects.visible_to(actor).locked().filter(
            participant=place
        ).first() or SurvivorContext(
            case_id=place.case_id, participant=place, person_id=place.person_id, version=0
        )
        context.check_seen(version)
        context.version += 1
        context.trafficking_status, context.decided_by = trafficking_status, decided_by
        context.decided_on, context.age_when_first = decided_on, age_when_first
        context.age_missing, context.safeguarded_how = age_missing, safeguarded_how
        context.first_abuse, context.last_abuse = first_abuse, last_abuse
        context.lives_with_alleged_offender = lives_with_alleged_offender
        context.particulars = sealed
        if context._state.adding:
            context.save(force_insert=True)
        else:
            context.save(update_fields=CONTEXT_ANSWERS)
        if place.safeguarded_on != safeguarded_on:
            place.safeguarded_on = safeguarded_on
            place.save(update_fields=["safeguarded_on"])
        act.record(
            "survivor_context.recorded",
            context,
            fields=sorted(sealed),
            facts={"person": str(place.person_id)},
        )
    return context


def record_harm(
    *,
    actor: Actor,
    participant_id: UUID,
    harm_type: str,
    content_origin: str,
    since: ApproxDate | None = None,
    until: ApproxDate | None = None,
    platforms: Mapping[str, Iterable[str]] | None = None,
    flags: Mapping[str, str] | None = None,
    version: int = 0,
) -> HarmRecord:
    """Record a kind of harm to a survivor; the same kind said again is put right.

    Args:
        version: of the record that is put right; 0 for a kind not recorded yet.
        content_origin: always asked; it may be unknown, never blank.
        platforms: codes of `Platform` by phase (`PHASES`).
        flags: answers by name (`FLAGS`); what is left out was not asked.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`, or it was recorded before.
        DomainError: an unknown code, or an end before the beginning.
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
        act.authorise("cases.record_harm", place)
        _survivors_only(place)
        _one_of("harm_type", harm_type, HarmType)
        _one_of("content_origin", content_origin, ContentOrigin)
        if since and until and since.certainly_after(until):
            raise DomainError(_("It cannot end before it began."), field="until")
        harm = HarmRecord.objects.visible_to(actor).locked().filter(
            participant=place, harm_type=harm_type
        ).first() or HarmRecord(
            case_id=place.case_id,
            participant=place,
            person_id=place.person_id,
            harm_type=harm_type,
            version=0,
        )
        if not version and not harm._state.adding:
            raise Conflict(
                _("This kind of harm is recorded already. Open it under Care to change it."),
                field="harm_type",
            )
        harm.check_seen(version)
        harm.version += 1
        harm.content_origin = content_origin
        harm.since, harm.until = since, until
        for name in FLAGS:
            answer = (flags or {}).get(name, YesNoUnknown.NOT_ASKED)
            _one_of(name, answer, YesNoUnknown)
            setattr(harm, name, answer)
        for phase in PHASES:
            chosen = [str(code) for code in (platforms or {}).get(phase, ())]
            for code in chosen:
                _one_of(phase, code, Platform)
            setattr(harm, phase, chosen)
        if harm._state.adding:
            harm.save(force_insert=True)
        else:
            harm.save(update_fields=HARM_ANSWERS)
        act.record(
            "harm.recorded",
            harm,
            facts={"harm": str(harm_type), "content_origin": str(content_origin)},
        )
    return harm


def _survivors_only(place: CaseParticipant) -> None:
    if place.role not in SURVIVOR_ROLES:
        raise DomainError(_("This is recorded for survivors and children at risk."))


def _one_of(field: str, value: Any, codes: Any, *, blank: bool = False) -> None:
    if not (blank and value == "") and value not in codes.values:
        raise DomainError(_("Choose one of the answers."), field=field)
