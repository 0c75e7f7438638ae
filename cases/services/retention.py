"""Looking at what has been kept long enough: listed every night, decided by people (R-D3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import CHILDREN, ErasureGround, KeepReason, ReviewStatus
from cases.models import CaseParticipant, ErasureRequest, LegalHold, RetentionReview
from cases.retention import KINDS
from cases.services.erasure import request_erasure, request_texts_erasure
from cases.services.registers import officers_of
from core.actors import Actor
from core.bulk import insert_many
from core.errors import DomainError

MOST_A_NIGHT = 500
LONGEST_MORE = timedelta(days=5 * 366)
FOUND = (
    "SELECT k.record_id, k.agency_id, k.case_id, k.team_id, k.reference, k.retention, k.review_on "
    "FROM {function}() k WHERE k.review_on <= %s AND NOT EXISTS ("
    "SELECT FROM cases_retentionreview v WHERE v.record_id = k.record_id "
    "AND (v.status = 'due' OR v.keep_until > %s)) "
    "ORDER BY k.review_on LIMIT %s"
)


def list_due(*, actor: Actor, at: datetime) -> int:
    """Put on the list what has been kept long enough and is on no list yet. Deletes nothing.

    What a legal hold keeps stays off it. Runs every night; a second run adds nothing.

    Args:
        actor: the housekeeping service.

    Returns:
        How many were added.
    """
    day = timezone.localdate(at)
    with acting(actor) as act:
        act.authorise("cases.list_due")
        fresh: list[RetentionReview] = []
        with connection.cursor() as cursor:
            for kind in KINDS:
                query = FOUND.format(function=f"liwanag_keeping_{kind}")
                cursor.execute(query, [day, day, MOST_A_NIGHT])
                fresh.extend(
                    RetentionReview(
                        kind=kind,
                        record_id=record_id,
                        agency_id=agency_id,
                        case_id=case_id,
                        team_id=team_id,
                        reference=reference,
                        retention=retention,
                        review_on=review_on,
                    )
                    for (
                        record_id,
                        agency_id,
                        case_id,
                        team_id,
                        reference,
                        retention,
                        review_on,
                    ) in cursor.fetchall()
                )
        insert_many(fresh)
        act.record("retention.listed_due", facts={"count": len(fresh)})
        for agency_id in sorted({review.agency_id for review in fresh}):
            for officer in officers_of(agency_id, at):
                act.after_commit("cases.tell", str(officer))
    return len(fresh)


def keep_longer(
    *, actor: User, review_id: UUID, reason: str, keep_until: date, at: datetime
) -> RetentionReview:
    """Keep it, with the reason and the day on which somebody looks again.

    Raises:
        RetentionReview.DoesNotExist: not visible to the actor.
        DomainError: no reason, or a day that is over or more than five years away.
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        review: RetentionReview = (
            RetentionReview.objects.visible_to(actor).locked().get(pk=review_id)
        )
        act.authorise("cases.review_retention", review)
        if reason not in KeepReason.values:
            raise DomainError(_("Choose why it is kept."), field="reason")
        today = timezone.localdate(at)
        if not today < keep_until <= today + LONGEST_MORE:
            raise DomainError(
                _("Choose a day that lies ahead, five years at the most."), field="keep_until"
            )
        review.decide(ReviewStatus.KEPT, by=actor, at=at)
        review.reason, review.keep_until = reason, keep_until
        review.save(update_fields=["status", "reason", "keep_until", "decided_by", "decided_at"])
        act.record("retention.kept", review, facts={"reason": str(reason)})
    return review


def ask_for_its_erasure(*, actor: User, review_id: UUID, at: datetime) -> list[ErasureRequest]:
    """Ask for everybody of the case to be erased, or for a record that became none (R-D5).

    The officer decides on each. The last child takes the notes of the case along; where nobody is
    left, they go alone. Until the officer has decided nothing is erased.

    Raises:
        RetentionReview.DoesNotExist: not visible to the actor.
        Denied: the actor may not ask for erasures, or does not see the case.
        DomainError: a legal hold stands, somebody is in another case that is still kept, or all of
            it was asked for already.
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        review: RetentionReview = (
            RetentionReview.objects.visible_to(actor).locked().get(pk=review_id)
        )
        act.authorise("cases.request_erasure", review)
        ask = KINDS.get(review.kind)
        if ask is not None:
            asked = ask(actor, review.record_id, at)
        else:
            asked = _ask_for_the_case(actor, review, at)
        review.decide(ReviewStatus.TO_ERASE, by=actor, at=at)
        review.save(update_fields=["status", "decided_by", "decided_at"])
        act.record("retention.erasure_asked", review, facts={"requests": len(asked)})
    return asked


def _ask_for_the_case(actor: User, review: RetentionReview, at: datetime) -> list[ErasureRequest]:
    holds = LegalHold.objects.visible_to(actor).filter(case_id=review.case_id)
    if holds.standing(timezone.localdate(at)).exists():
        raise DomainError(_("A legal hold stands on the case. Keep it until it ends."))
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=review.case_id, person__erased_on=None)
        .select_related("person")
        .order_by("person_id", "role")
    )
    ground = ErasureGround.TIME_IS_OVER
    if not places:
        return [request_texts_erasure(actor=actor, case_id=review.record_id, ground=ground, at=at)]
    waiting = set(
        ErasureRequest.objects.visible_to(actor)
        .waiting()
        .filter(person_id__in={place.person_id for place in places})
        .values_list("person_id", flat=True)
    )
    people = {place.person_id: place for place in places if place.person_id not in waiting}
    if not people:
        raise DomainError(
            _("Nobody in this case is left to ask for. Keep it, or wait for the officer.")
        )
    children = [pk for pk, place in people.items() if place.role in CHILDREN]
    # The notes go with the last child; the officer erases the others before.
    last = (children or list(people))[-1]
    return [
        request_erasure(
            actor=actor,
            participant_id=people[person_id].pk,
            ground=ground,
            whole_case=person_id == last,
            at=at,
        )
        for person_id in [*(pk for pk in people if pk != last), last]
    ]
