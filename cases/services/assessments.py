"""Risk and outcome assessments of a survivor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import SURVIVOR_ROLES
from cases.instruments import INSTRUMENTS, NOT_KNOWN
from cases.models import Assessment, CaseParticipant
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_CONCLUSION = 4_000


def assess_survivor(
    *,
    actor: Actor,
    participant_id: UUID,
    instrument: str,
    scores: Mapping[str, int],
    assessed_on: date | None = None,
    conclusion: str = "",
) -> Assessment:
    """Write down what an instrument showed, in its present version; it sets the next day.

    Args:
        scores: domain → answer, of every domain; 0 where it is not known.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: an unknown instrument, a missing or unknown answer, or nothing known at all.
    """
    today = timezone.localdate()
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
        act.authorise("cases.assess_survivor", place)
        if place.role not in SURVIVOR_ROLES:
            raise DomainError(_("A survivor or a child at risk is assessed, nobody else."))
        asked = INSTRUMENTS.get(instrument)
        if asked is None:
            raise DomainError(_("Choose an instrument."), field="instrument")
        for domain in asked.domains:
            if scores.get(domain) not in asked.scale:
                raise DomainError(_("Answer this, or say that it is not known."), field=domain)
        if set(scores) - set(asked.domains):
            raise DomainError(_("There is no such question."), field="scores")
        if all(answer == NOT_KNOWN for answer in scores.values()):
            raise DomainError(_("Nothing is known yet. Assess it when something is."))
        day = assessed_on or today
        if day > today:
            raise DomainError(_("This date is in the future."), field="assessed_on")
        said = check_text(conclusion, field="conclusion", most=LONGEST_CONCLUSION)
        assessment = Assessment(
            case_id=place.case_id,
            person_id=place.person_id,
            instrument=asked.code,
            instrument_version=asked.version,
            answers={
                "scores": {domain: int(scores[domain]) for domain in asked.domains},
                "conclusion": said,
            },
            assessed_on=day,
            next_due=day + timedelta(days=asked.again_in_days),
            assessor_id=actor.pk,
        )
        assessment.save(force_insert=True)
        act.record(
            "assessment.made",
            assessment,
            facts={"instrument": asked.code, "version": asked.version},
        )
    return assessment
