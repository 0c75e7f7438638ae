"""Erasing one person: one asks, the data protection officer decides, keys are destroyed (R-D5).

The officer sees no case. Inside the act that erases, and only there, the database lets them into
the cases of the person whom a colleague asked to erase; the grant is gone before the act commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import Role
from audit.acting import Act, acting
from cases.choices import (
    ErasureGround,
    ErasureStatus,
    GrantReason,
    ParticipantRole,
    RefusalGround,
    RetentionReason,
)
from cases.erasing import REASONS, STEPS, Erasing, cases_of
from cases.models import (
    Case,
    CaseParticipant,
    CaseUserObjectPermission,
    ErasureRequest,
    LegalHold,
)
from cases.services.cases import view_permission
from core.errors import DomainError, InvalidTransition
from vault.keys import destroy_keys

# Whose file must stay whole when somebody of the same case is erased.
CHILDREN = (
    ParticipantRole.SURVIVOR,
    ParticipantRole.AT_RISK_CHILD,
    ParticipantRole.CHILD_DISPLAYING_HSB,
)


def request_erasure(
    *, actor: User, participant_id: UUID, ground: str, whole_case: bool, at: datetime
) -> ErasureRequest:
    """Ask for one person's data to be erased; the agency's data protection officer decides.

    Args:
        participant_id: the person's place in a case the actor sees.
        whole_case: the notes of the case too; only where nobody else in it is a child or survivor.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: no ground, a request that waits already, or another child in the case.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person", "case")
            .get(pk=participant_id)
        )
        act.authorise("cases.request_erasure", place)
        if ground not in ErasureGround.values:
            raise DomainError(_("Choose why it should be erased."), field="ground")
        if ErasureRequest.objects.visible_to(actor).waiting().filter(person=place.person).exists():
            raise DomainError(_("Somebody asked for this already. It waits for a second person."))
        cases = cases_of(place.person)
        if whole_case:
            _check_alone(place.person_id, [case.pk for case in cases])
        request = ErasureRequest(
            person=place.person,
            case=place.case,
            agency_id=place.case.lead_agency_id,
            case_reference=place.case.reference,
            person_code=place.person.code,
            whole_case=whole_case,
            ground=ground,
            speaks_for_keeping=reasons_to_keep(actor, cases, at),
            requested_by=actor,
        )
        request.save(force_insert=True)
        act.record(
            "erasure.requested", request, facts={"ground": str(ground), "whole_case": whole_case}
        )
        for officer in _officers(request):
            act.after_commit("cases.tell", str(officer))
    return request


def approve_erasure(*, actor: User, request_id: UUID, at: datetime) -> ErasureRequest:
    """Erase: clear what identifies the person and destroy the keys. It can't be taken back.

    Raises:
        ErasureRequest.DoesNotExist: not visible to the actor.
        Denied: not an officer of data protection, or the one who asked.
        DomainError: a legal hold stands, or another child is in the case whose notes should go.
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        request = _deciding(act, actor, request_id)
        with _let_in(actor, request, at) as cases:
            case_ids = [case.pk for case in cases]
            if RetentionReason.LEGAL_HOLD in reasons_to_keep(actor, cases, at):
                raise DomainError(
                    _("A legal hold stands on the case. It must be released before."),
                    code="legal_hold",
                )
            if request.whole_case:
                _check_alone(request.person_id, case_ids)
            person = request.person
            erasing = Erasing(
                person=person,
                code=person.code,
                case_ids=case_ids,
                whole_case=request.whole_case,
                actor=actor,
                at=at,
            )
            cleared = {step.name: step.erase(erasing) for step in STEPS}
            keys = destroy_keys(erasing.keys, at=at)
            request.decide(ErasureStatus.CARRIED_OUT, by=actor, at=at)
            request.person_code = ""
            request.receipt = {
                "steps": cleared,
                "keys": keys,
                "cases": len(case_ids),
                # The last epoch that wrapped them is replaced and destroyed by then.
                "final_by": str(timezone.localdate(at) + 2 * _kept()),
            }
            request.save(
                update_fields=["status", "decided_by", "decided_at", "person_code", "receipt"]
            )
            facts = {"keys": keys, "steps": sorted(cleared), "whole_case": request.whole_case}
            for case_id in case_ids:
                act.record("erasure.carried_out", request, case_id=case_id, facts=facts)
        act.after_commit("cases.tell", str(request.requested_by_id))
    return request


def refuse_erasure(*, actor: User, request_id: UUID, because: str, at: datetime) -> ErasureRequest:
    """Keep the data, with the ground that the person may be told.

    Raises:
        ErasureRequest.DoesNotExist: not visible to the actor.
        Denied: not an officer of data protection, or the one who asked.
        DomainError: no ground was chosen.
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        request = _deciding(act, actor, request_id)
        if because not in RefusalGround.values:
            raise DomainError(_("Choose why it is kept."), field="because")
        request.decide(ErasureStatus.REFUSED, by=actor, at=at)
        request.refused_because = because
        request.save(update_fields=["status", "decided_by", "decided_at", "refused_because"])
        act.record("erasure.refused", request, facts={"because": str(because)})
        act.after_commit("cases.tell", str(request.requested_by_id))
    return request


def reasons_to_keep(actor: User, cases: list[Case], at: datetime) -> list[str]:
    """Codes of what speaks for keeping, of the cases given; only a legal hold decides by itself."""
    ids = [case.pk for case in cases]
    found = []
    if LegalHold.objects.filter(case_id__in=ids).standing(timezone.localdate(at)).exists():
        found.append(RetentionReason.LEGAL_HOLD.value)
    if any(case.is_open for case in cases):
        found.append(RetentionReason.CASE_OPEN.value)
    for reason in REASONS:
        found.extend(reason(actor, ids, at))
    return list(dict.fromkeys(found))


def _deciding(act: Act, actor: User, request_id: UUID) -> ErasureRequest:
    request: ErasureRequest = ErasureRequest.objects.visible_to(actor).locked().get(pk=request_id)
    # Two people, whoever they are: no small-agency profile changes that.
    act.authorise(
        "cases.approve_erasure",
        request,
        verdict=actor.pk != request.requested_by_id and actor.agency_id == request.agency_id,
    )
    if request.status != ErasureStatus.REQUESTED:
        raise InvalidTransition(_("This request was decided before."))
    return request


def _check_alone(person_id: UUID, case_ids: list[UUID]) -> None:
    others = CaseParticipant.objects.filter(case_id__in=case_ids, role__in=CHILDREN)
    if others.exclude(person_id=person_id).exists():
        raise DomainError(
            _(
                "Another child or survivor is in this case. Their notes must stay whole: "
                "erase this person alone."
            ),
            field="whole_case",
        )


@contextmanager
def _let_in(actor: User, request: ErasureRequest, at: datetime) -> Iterator[list[Case]]:
    """The person's cases, seen by the officer for the length of this block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_cases_to_erase(%s)", [request.pk])
        ids = cursor.fetchone()[0]
    seen = set(Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    for case_id in ids:
        if case_id not in seen:
            CaseUserObjectPermission.objects.create(
                user=actor,
                content_object=Case(pk=case_id),
                permission=view_permission(),
                reason=GrantReason.ERASURE,
                until=at + timedelta(minutes=1),
            )
    yield list(Case.objects.visible_to(actor).filter(pk__in=ids).order_by("pk"))
    CaseUserObjectPermission.objects.filter(user=actor, reason=GrantReason.ERASURE).delete()


def _officers(request: ErasureRequest) -> list[UUID]:
    live = Membership.objects.live(timezone.now()).filter(
        team__agency_id=request.agency_id,
        role=Role.DATA_PROTECTION_OFFICER,
        user__is_active=True,
    )
    return sorted(set(live.values_list("user_id", flat=True)))


def _kept() -> timedelta:
    return timedelta(days=settings.LIWANAG_EPOCH_KEPT_DAYS)
