"""Erasing one person: one asks, the data protection officer decides, keys are destroyed (R-D5).

The officer sees no case and gets no grant. What is erased is reached by the database's own
functions, which ask for themselves whether two people want it and nothing forbids it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.second_person import Matter, second_person
from audit.acting import Act, acting
from cases.choices import (
    CHILDREN,
    ErasureGround,
    ErasureStatus,
    RefusalGround,
    RetentionReason,
)
from cases.erasing import REASONS, STEPS, ErasureStep
from cases.models import Case, CaseClosure, CaseParticipant, ErasureRequest, LegalHold
from cases.selectors.rights import has_run_its_course, shared_texts_naming
from cases.services.registers import officers_of
from core.errors import DomainError, InvalidTransition
from core.races import only_one
from vault.key_provider import key_provider
from vault.keys import forget_keys, was_erased

# What the database answers → what the officer reads.
STOPPED = {
    "legal_hold": gettext_lazy("A legal hold stands on the case. It must be released before."),
    "other_agency": gettext_lazy(
        "Another agency leads a case this person is in. Agree with it before anything is erased."
    ),
    "another_child": gettext_lazy(
        "Another child or survivor is in this case. Their notes must stay whole: "
        "erase this person alone."
    ),
    "kept_elsewhere": gettext_lazy(
        "This person is in another case that is open, or not kept long enough yet. Keep this one "
        "until that time is over too."
    ),
    "became_a_case": gettext_lazy(
        "This referral belongs to a case by now. Ask for the person to be erased instead."
    ),
    "undecided": gettext_lazy("This referral is not decided. Decide on it before."),
}


def waits_already() -> DomainError:
    """What the second who asks for the same is told."""
    return DomainError(_("Somebody asked for this already. It waits for a second person."))


def request_erasure(
    *, actor: User, participant_id: UUID, ground: str, whole_case: bool, at: datetime
) -> ErasureRequest:
    """Ask for one person's data to be erased; the agency's data protection officer decides.

    Args:
        participant_id: the person's place in a case the actor sees.
        whole_case: the notes of that case too, of no other one the person is in; only where
            nobody else in it is a child or survivor.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Denied: the role may not, or another agency leads the case.
        DomainError: no ground, a request that waits already, somebody erased before, or another
            child in the case.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person", "case")
            .get(pk=participant_id)
        )
        act.authorise(
            "cases.request_erasure",
            place,
            verdict=place.case.lead_agency_id == actor.agency_id,
        )
        person = place.person
        if ground not in ErasureGround.values:
            raise DomainError(_("Choose why it should be erased."), field="ground")
        if person.erased_on is not None:
            raise DomainError(_("This person was erased before. Nothing is left to erase."))
        if ErasureRequest.objects.visible_to(actor).waiting().filter(person=person).exists():
            raise waits_already()
        cases = list(Case.objects.visible_to(actor).filter(participants__person=person).distinct())
        if whole_case and _children_in(place.case, besides=person.pk):
            raise DomainError(str(STOPPED["another_child"]), field="whole_case")
        if ground == ErasureGround.TIME_IS_OVER and any(
            case.is_open for case in cases if case != place.case
        ):
            raise DomainError(str(STOPPED["kept_elsewhere"]), code="kept_elsewhere")
        request = ErasureRequest(
            person=person,
            case=place.case,
            agency_id=place.case.lead_agency_id,
            case_reference=place.case.reference,
            person_code=person.code,
            whole_case=whole_case,
            ground=ground,
            named_in=0 if whole_case else shared_texts_naming(actor, person, cases),
            speaks_for_keeping=reasons_to_keep(actor, cases, at),
            requested_by=actor,
        )
        # Somebody may have asked in another case of the person, which is not the actor's to see.
        with only_one("one_waiting_erasure_of_a_person", waits_already()):
            ask_officers(act, request, at)
    return request


def request_texts_erasure(
    *, actor: User, case_id: UUID, ground: str, at: datetime
) -> ErasureRequest:
    """Ask for the shared texts of a case to be erased, in which no child or survivor is left.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Denied: the role may not, or another agency leads the case.
        DomainError: no ground, somebody is left in it, it has only begun, it was done before, or
            it waits already.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.request_erasure", case, verdict=case.lead_agency_id == actor.agency_id)
        if ground not in ErasureGround.values:
            raise DomainError(_("Choose why it should be erased."), field="ground")
        if _children_in(case):
            raise DomainError(
                _("Somebody in this case is not erased yet. Ask for the person to be erased.")
            )
        if not has_run_its_course(actor, case):
            raise DomainError(
                _("This case has only begun, and nobody in it was erased. Close it instead.")
            )
        if was_erased(("case", case.pk)):
            raise DomainError(_("These texts were erased before. Nothing is left to erase."))
        request = ErasureRequest(
            case=case,
            agency_id=case.lead_agency_id,
            case_reference=case.reference,
            whole_case=True,
            ground=ground,
            speaks_for_keeping=reasons_to_keep(actor, [case], at),
            requested_by=actor,
        )
        with only_one("one_waiting_erasure_of_texts", waits_already()):
            ask_officers(act, request, at)
    return request


def ask_officers(act: Act, request: ErasureRequest, at: datetime) -> None:
    """Save a new request, record it and have the agency's officers told."""
    request.save(force_insert=True)
    facts = {"ground": str(request.ground), "whole_case": request.whole_case}
    act.record("erasure.requested", request, facts=facts)
    for officer in officers_of(request.agency_id, at):
        act.after_commit("cases.tell", str(officer))


def approve_erasure(*, actor: User, request_id: UUID, at: datetime) -> ErasureRequest:
    """Erase: clear what identifies the person and destroy the keys. It can't be taken back.

    Raises:
        ErasureRequest.DoesNotExist: not visible to the actor.
        Denied: not the officer of data protection, or the one who asked.
        DomainError: a legal hold stands, another agency leads a case of the person, or another
            child is in the case whose notes should go. Nothing was erased.
        InvalidTransition: it was decided before.
        vault.errors.KeyUnavailable: the key-encryption key is missing; nothing was erased.
    """
    with acting(actor) as act:
        request = _deciding(act, actor, request_id)
        stopped = stopped_by(request)
        if stopped:
            raise DomainError(stopped, code="stopped")
        case_ids = _cases_of(request)
        done = _run_steps(request)
        keys = sum(ended for _rows, ended in done.values())
        request.decide(ErasureStatus.CARRIED_OUT, by=actor, at=at)
        request.person_code = ""
        request.receipt = {
            "steps": {name: rows for name, (rows, _ended) in done.items()},
            "keys": keys,
            "cases": len(case_ids),
            "epoch": key_provider().epoch,
        }
        request.save(update_fields=["status", "decided_by", "decided_at", "person_code", "receipt"])
        facts = {"keys": keys, "steps": sorted(done), "whole_case": request.whole_case}
        # What belongs to no case is recorded once all the same.
        about: list[UUID | None] = [*case_ids] or [None]
        for case_id in about:
            act.record("erasure.carried_out", request, case_id=case_id, facts=facts)
        act.after_commit("cases.tell", str(request.requested_by_id))
    # Other processes keep an opened key for up to five minutes (vault.keys).
    forget_keys()
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


def stopped_by(request: ErasureRequest) -> str:
    """What forbids the erasure whatever anybody decides, in words; "" when nothing does.

    The database answers whoever decides, who sees none of the cases.
    """
    with connection.cursor() as cursor:
        kind = f"{request.kind}_" if request.kind else ""
        cursor.execute(f"SELECT liwanag_{kind}erasure_stopped_by(%s)", [request.pk])
        found = cursor.fetchone()[0]
    return str(STOPPED[found]) if found else ""


def reasons_to_keep(actor: User, cases: list[Case], at: datetime) -> list[str]:
    """Codes of what speaks for keeping, of the cases given; only a legal hold decides by itself."""
    ids = [case.pk for case in cases]
    found = []
    holds = LegalHold.objects.visible_to(actor).filter(case_id__in=ids)
    if holds.standing(timezone.localdate(at)).exists():
        found.append(RetentionReason.LEGAL_HOLD.value)
    if any(case.is_open for case in cases):
        found.append(RetentionReason.CASE_OPEN.value)
    closed = CaseClosure.objects.visible_to(actor).filter(case_id__in=ids, status="closed")
    if closed.filter(keep_until__gte=timezone.localdate(at)).exists():
        found.append(RetentionReason.TIME_NOT_OVER.value)
    for reason in REASONS:
        found.extend(reason(actor, ids, at))
    return list(dict.fromkeys(found))


def _deciding(act: Act, actor: User, request_id: UUID) -> ErasureRequest:
    request: ErasureRequest = ErasureRequest.objects.visible_to(actor).locked().get(pk=request_id)
    # Two people, whoever they are: no small-agency profile changes that.
    act.authorise(
        "cases.approve_erasure",
        request,
        verdict=second_person(actor, first_id=request.requested_by_id, matter=Matter.ERASE).may
        and actor.agency_id == request.agency_id,
    )
    if request.status != ErasureStatus.REQUESTED:
        raise InvalidTransition(_("This request was decided before."))
    return request


def _cases_of(request: ErasureRequest) -> list[UUID]:
    if request.kind:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases FROM liwanag_erasing(%s)", [request.pk])
        found: list[UUID] = cursor.fetchone()[0]
    return found


def _run_steps(request: ErasureRequest) -> dict[str, tuple[int, int]]:
    """Run every step: name → (rows, keys). What is sealed is looked through while it opens."""
    steps: list[ErasureStep] = [step for step in STEPS if step.kind == request.kind]
    found = {step.name: step.find(request) if step.find else [] for step in steps}
    done = {}
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(
                f"SELECT liwanag_erase_{step.name}(%s, %s::uuid[])",
                [request.pk, found[step.name]],
            )
            rows, keys = cursor.fetchone()[0]
            done[step.name] = (rows, keys)
    return done


def _children_in(case: Case, *, besides: UUID | None = None) -> bool:
    """Whether a child or survivor of the case is left, for whom nobody asked yet."""
    left = CaseParticipant.objects.filter(case=case, role__in=CHILDREN, person__erased_on=None)
    # Whoever waits to be erased as well is erased before; the database sees to the order.
    waiting = ErasureRequest.objects.filter(case=case, person__isnull=False).waiting()
    left = left.exclude(person_id__in=waiting.values("person_id"))
    return bool((left.exclude(person_id=besides) if besides else left).exists())
