"""The case's own work in the demonstration: who agreed to what, and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Agency
from audit.reading import reading
from cases.choices import InformationPoint
from cases.models import CaseParticipant, LegalGround
from cases.services.consent import give_consent, start_consent
from cases.services.grounds import decide_legal_ground
from desk.demo.people import person
from handoffs.services.authorising import authorise_handoff, submit_handoff
from handoffs.services.handoffs import compose_handoff, send_handoff

CASEWORKER = "caseworker@tanglaw.example"
SUPERVISOR = "supervisor@tanglaw.example"


def ask_for_consent(case_id: UUID) -> str:
    """Each child and their guardian are asked; one thing is refused, and that is written down."""
    caseworker = person(CASEWORKER)
    with reading(caseworker):
        children = list(
            CaseParticipant.objects.visible_to(caseworker)
            .filter(case_id=case_id, role="survivor")
            .order_by("created_at")
        )
    welfare = Agency.objects.get(short_code="CPSWO")
    for child in children:
        draft = start_consent(
            actor=caseworker,
            case_id=case_id,
            person_id=child.person_id,
            given_by="state_guardian",
            giver_details="Duty social worker, Coastal Province Social Welfare Office",
            order_reference="Protective custody order 26-311",
            child_assent="given",
            information_given=InformationPoint.values,
            language="Cebuano",
            method="witnessed_verbal",
            witness="The nurse on duty",
            scopes=["case_management", "service_referral", "aggregate_statistics"],
            refused_scopes=["story_or_media"],
            recipients=[welfare.pk],
            categories=["case_summary", "people"],
            valid_until=timezone.localdate() + timedelta(days=365),
        )
        give_consent(actor=caseworker, consent_id=draft.pk, version=draft.version)
    handoff = compose_handoff(
        actor=caseworker,
        case_id=case_id,
        to_agency_id=welfare.pk,
        kind="service_referral",
        purpose="A place to stay tonight, for both children together",
        legal_basis="consent",
        sections=["case_summary", "people", "notes"],
        answer_by=timezone.localdate() + timedelta(days=1),
        urgency="today",
    )
    # It tells who is in the case and how: a second person looks before it leaves.
    submit_handoff(actor=caseworker, handoff_id=handoff.pk)
    authorise_handoff(actor=person(SUPERVISOR), handoff_id=handoff.pk)
    sent = send_handoff(actor=caseworker, handoff_id=handoff.pk)
    if sorted(sent.sections) != ["case_summary", "people"]:
        raise RuntimeError("not what was agreed to has left")
    return (
        "consent given by a guardian of the state beside each child’s own yes, telling the story "
        "refused; a handoff to social welfare rests on it, its notes stay here"
    )


def look_over_legal_bases(case_id: UUID) -> str:
    """A second person looks at what left without consent."""
    supervisor = person(SUPERVISOR)
    with reading(supervisor):
        waiting = list(LegalGround.objects.visible_to(supervisor).waiting().filter(case_id=case_id))
    for ground in waiting:
        decide_legal_ground(
            actor=supervisor, ground_id=ground.pk, version=ground.version, approve=True
        )
    return f"{len(waiting)} legal basis looked at and approved by the supervisor"
