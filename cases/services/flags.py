"""Flags on a case: raised with a day, looked at again, lowered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from cases.choices import FlagKind
from cases.models import Case, CaseFlag, CaseParticipant
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST = 300
LONGEST_RESULT = 1_000
# A flag nobody looks at for half a year is furniture.
LATEST_REVIEW = timedelta(days=184)


def raise_flag(
    *,
    actor: Actor,
    case_id: UUID,
    kind: str,
    why: str,
    review_on: date,
    person_id: UUID | None = None,
) -> CaseFlag:
    """Have everybody who opens a case mind something, until a day on which it is looked at again.

    Args:
        kind: one of `FlagKind`.
        why: in a few words, without names; sealed.
        review_on: within half a year.
        person_id: the person of the case it is about, where it is about one alone.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: nothing said, an unknown kind or person, or a day too far off.
    """
    with acting(actor) as act:
        case: Case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.flag_case", case)
        if kind not in FlagKind.values:
            raise DomainError(_("Choose what kind of flag it is."), field="kind")
        said = check_text(why, field="why", most=LONGEST)
        if not said:
            raise DomainError(_("Say what everybody is to mind."), field="why")
        _check_review(review_on)
        places = CaseParticipant.objects.visible_to(actor).filter(
            case=case, person_id=person_id, person__erased_on=None
        )
        if person_id is not None and not places.exists():
            raise DomainError(_("Choose a person of this case."), field="person_id")
        flag = CaseFlag(
            case=case,
            person_id=person_id,
            kind=kind,
            why=said,
            review_on=review_on,
            raised_by_id=actor.pk,
        )
        flag.save(force_insert=True)
        act.record("flag.raised", flag, facts={"kind": str(kind)})
    return flag


def review_flag(*, actor: Actor, flag_id: UUID, version: int, review_on: date) -> CaseFlag:
    """It was looked at and still counts: until another day.

    Raises:
        CaseFlag.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was lowered.
        DomainError: a day that has passed, or one too far off.
    """
    with acting(actor) as act:
        flag = _found(act, actor, flag_id, version)
        _check_review(review_on)
        flag.look_again(review_on)
        flag.save(update_fields=["review_on", "version"])
        act.record("flag.reviewed", flag, fields=["review_on"])
    return flag


def lower_flag(
    *, actor: Actor, flag_id: UUID, version: int, what_came: str, at: datetime | None = None
) -> CaseFlag:
    """It is seen to.

    Raises:
        CaseFlag.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was lowered before.
        DomainError: nothing is said about what came of it.
    """
    with acting(actor) as act:
        flag = _found(act, actor, flag_id, version)
        flag.what_came = check_text(what_came, field="what_came", most=LONGEST_RESULT)
        if not flag.what_came:
            raise DomainError(_("Say what came of it."), field="what_came")
        flag.lower(by=actor, at=at or timezone.now())
        flag.save(update_fields=["lowered_by", "lowered_at", "what_came", "version"])
        act.record("flag.lowered", flag)
    return flag


def _found(act: Act, actor: Actor, flag_id: UUID, version: int) -> CaseFlag:
    flag: CaseFlag = CaseFlag.objects.visible_to(actor).locked().get(pk=flag_id)
    act.authorise("cases.flag_case", flag)
    flag.check_seen(version)
    return flag


def _check_review(day: date) -> None:
    today = timezone.localdate()
    if not today < day <= today + LATEST_REVIEW:
        raise DomainError(_("Choose a day within the next six months."), field="review_on")
