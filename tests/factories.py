"""What tests need to stand on, made through the services as people make it.

Each function is named after its service, takes the actor first, and lets a test say only what
matters to it: `log_referral(cast.intake, immediate_danger="yes")`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Team, User
from audit.reading import reading
from cases.choices import InformationPoint
from cases.models import Case, CaseNote, CaseParticipant, Consent, LegalGround
from cases.services import cases, closing, consent, grounds, notes, people
from handoffs.grounds import NoGround, carried_today
from handoffs.models import Handoff
from handoffs.policies import needs_second_person
from handoffs.services import authorising, handoffs
from referrals.models import Referral
from referrals.services import desk


def version_of(model: Any, place: CaseParticipant) -> int:
    """The version of what a case holds of a kind for one person; 0 where there is none."""
    rows = model.objects.using("owner").filter(case_id=place.case_id, person_id=place.person_id)
    return max(rows.values_list("version", flat=True), default=0)


def team_of(actor: User) -> Team:
    """The team the actor works in."""
    return Team.objects.of_member(actor, timezone.now()).get()


def log_referral(actor: User, **over: Any) -> Referral:
    """A referral on the desk of the actor's team, received an hour ago."""
    values: dict[str, Any] = {
        "team_id": over["team_id"] if "team_id" in over else team_of(actor).pk,
        "received_at": timezone.now() - timedelta(hours=1),
        "source_category": "domestic_law_enforcement",
        "content_origin": "livestreamed_trafficking",
        "immediate_danger": "unknown",
        "legal_basis": "public_task",
        "harm_types": ["live_streaming"],
    }
    return desk.log_referral(actor=actor, **{**values, **over})


def open_case(actor: User, **over: Any) -> Case:
    """A case of the actor's team."""
    values: dict[str, Any] = {
        "team_id": team_of(actor).pk,
        "country": "PH",
        "admin1": "Northern Province",
    }
    return cases.open_case(actor=actor, **{**values, **over})


def close_case(asker: User, closer: User, case: Case) -> None:
    """The case closed, asked for by one and done by another."""
    asked = closing.request_closure(
        actor=asker,
        case_id=case.pk,
        reason="survivor_choice",
        summary="Nothing is left to do here.",
        contact_after={},
        version=Case.objects.using("owner").get(pk=case.pk).version,
    )
    closing.close_case(actor=closer, closure_id=asked.pk, version=asked.version)


def add_participant(actor: User, case: Case, **over: Any) -> CaseParticipant:
    """A survivor in the case; a name only where one is given."""
    values: dict[str, Any] = {"case_id": case.pk, "role": "survivor", "gender": "Feminine"}
    return people.add_participant(actor=actor, **{**values, **over})


def write_note(actor: User, case: Case, **over: Any) -> CaseNote:
    """A note of contact, level 2."""
    values: dict[str, Any] = {
        "case_id": case.pk,
        "kind": "contact",
        "occurred_at": timezone.now() - timedelta(minutes=30),
        "facts_reported": "The aunt called to say that school starts on Monday.",
        "facts_said_by": "the aunt",
    }
    return notes.write_note(actor=actor, **{**values, **over})


def supervisor_beside(actor: User) -> User | None:
    """A supervisor of the actor's agency, another than they where there are two."""
    supervisors = User.objects.filter(
        agency_id=actor.agency_id, memberships__role="case_supervisor", is_active=True
    ).order_by("email")
    return supervisors.exclude(pk=actor.pk).first() or supervisors.first()


def approve_grounds(actor: User, case_id: Any) -> None:
    """A supervisor of the actor's agency approves every legal basis of the case that waits."""
    supervisor = supervisor_beside(actor)
    if supervisor is None:
        return
    with reading(supervisor):
        waiting = list(LegalGround.objects.visible_to(supervisor).waiting().filter(case_id=case_id))
    for ground in waiting:
        grounds.decide_legal_ground(
            actor=supervisor, ground_id=ground.pk, version=ground.version, approve=True
        )


def give_consent(actor: User, survivor: CaseParticipant, **over: Any) -> Consent:
    """A consent in force: everything explained, spoken before a witness, for a year."""
    values: dict[str, Any] = {
        "given_by": "state_guardian",
        "giver_details": "The duty social worker",
        "order_reference": "Order 26-17",
        "child_assent": "given",
        "information_given": InformationPoint.values,
        "language": "Cebuano",
        "method": "witnessed_verbal",
        "witness": "A nurse of the shelter",
        "scopes": ["case_management"],
        "valid_until": timezone.localdate() + timedelta(days=365),
    }
    draft = consent.start_consent(
        actor=actor,
        case_id=survivor.case_id,
        person_id=survivor.person_id,
        **{**values, **over},
    )
    return consent.give_consent(actor=actor, consent_id=draft.pk, version=draft.version)


def authorise_handoff(actor: User, handoff: Handoff) -> Handoff:
    """The actor asks, and a supervisor authorises what needs one; what nothing carries stays."""
    supervisor = supervisor_beside(actor)
    if not needs_second_person(handoff) or supervisor is None or supervisor.pk == actor.pk:
        return handoff
    try:
        with reading(supervisor):
            carried_today(Handoff.objects.visible_to(supervisor).get(pk=handoff.pk))
    except (NoGround, Handoff.DoesNotExist):
        return handoff
    authorising.submit_handoff(actor=actor, handoff_id=handoff.pk)
    return authorising.authorise_handoff(actor=supervisor, handoff_id=handoff.pk)


def compose_handoff(
    actor: User, case: Case, to_agency: Agency, *, authorised: bool = True, **over: Any
) -> Handoff:
    """A handoff that may be sent: the summary of the case and its people by code.

    The legal basis it rests on is approved, and it is authorised where it needs that, as a
    supervisor would.
    """
    values: dict[str, Any] = {
        "case_id": case.pk,
        "to_agency_id": to_agency.pk,
        "kind": "information_share",
        "purpose": "To find the place and keep the child safe",
        "legal_basis": "public_task",
        "basis_reason": "The unit investigates by law and asked for it.",
        "sections": ["case_summary", "people"],
        "answer_by": timezone.localdate() + timedelta(days=3),
    }
    draft = handoffs.compose_handoff(actor=actor, **{**values, **over})
    approve_grounds(actor, draft.case_id)
    return authorise_handoff(actor, draft) if authorised else draft


def send_handoff(actor: User, case: Case, to_agency: Agency, **over: Any) -> Handoff:
    """A handoff that has left."""
    draft = compose_handoff(actor, case, to_agency, **over)
    return handoffs.send_handoff(actor=actor, handoff_id=draft.pk)
