"""The fictional children of the demonstration: family, household, safe contact, plan and place."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.reading import reading
from cases.choices import Kinship, ParticipantRole, Source
from cases.models import CaseParticipant
from cases.services.care import place_person, record_custody
from cases.services.family import join_household, link_people
from cases.services.harm import record_harm, record_survivor_context
from cases.services.people import add_participant
from cases.services.safe_contact import plan_contact, set_safe_contact
from cases.services.safety import write_safety_plan
from core.approx_dates import ApproxDate


def record_siblings(caseworker: User, case_id: UUID) -> str:
    """Record who belongs to whom, who lives where, and how to reach the children safely."""
    with reading(caseworker):
        places = CaseParticipant.objects.visible_to(caseworker).filter(case_id=case_id)
        sister = places.get(role=ParticipantRole.SURVIVOR)
        accused = places.get(role=ParticipantRole.ALLEGED_OFFENDER_SOURCE)
    brother = add_participant(
        actor=caseworker,
        case_id=case_id,
        role=ParticipantRole.SURVIVOR,
        gender="Masculine",
        birth_year=timezone.localdate().year - 9,
        citizenships=["PH"],
        identity={"first_name": "Niko", "family_name": "Maharlika"},
    )
    aunt = add_participant(
        actor=caseworker,
        case_id=case_id,
        role=ParticipantRole.PROTECTIVE_CAREGIVER,
        gender="Feminine",
        identity={"first_name": "Belen", "phones": ["0900 000 0002"]},
    )
    _record_family(caseworker, sister, brother, aunt, accused)
    for child in (sister, brother):
        _keep_safe(caseworker, child, aunt)
    plan_contact(
        actor=caseworker,
        participant_id=sister.pk,
        channel="call",
        planned_for=timezone.localtime().replace(hour=16, minute=0) + timedelta(days=1),
        accept_outside_hours=True,
    )
    return "a brother and an aunt added, one household, two children with safe contact and a plan"


def _record_family(
    caseworker: User,
    sister: CaseParticipant,
    brother: CaseParticipant,
    aunt: CaseParticipant,
    accused: CaseParticipant,
) -> None:
    for one, detail, other in (
        (sister, Kinship.SIBLING, brother),
        (accused, Kinship.STEP_PARENT, sister),
        (accused, Kinship.STEP_PARENT, brother),
        (aunt, Kinship.AUNT_UNCLE, sister),
        (aunt, Kinship.AUNT_UNCLE, brother),
    ):
        link_people(
            actor=caseworker,
            participant_id=one.pk,
            of_participant_id=other.pk,
            detail=detail,
            source=Source.CAREGIVER,
        )
    home = join_household(
        actor=caseworker,
        participant_id=accused.pk,
        since=ApproxDate.parse("2019"),
        source=Source.CAREGIVER,
    )
    for child in (sister, brother):
        join_household(
            actor=caseworker,
            participant_id=child.pk,
            household_id=home.household_id,
            since=ApproxDate.parse("2019-Q3"),
            source=Source.CAREGIVER,
        )


def _keep_safe(caseworker: User, child: CaseParticipant, aunt: CaseParticipant) -> None:
    today = timezone.localdate()
    set_safe_contact(
        actor=caseworker,
        participant_id=child.pk,
        channel="call",
        number="0900 000 0002",
        answered_by_id=aunt.pk,
        days=["mon", "tue", "wed", "thu", "fri"],
        from_hour=time(15, 0),
        until_hour=time(18, 0),
        phrase="Say that you call from the library about a book.",
        never_speak_to="Anybody of the household.",
    )
    write_safety_plan(
        actor=caseworker,
        participant_id=child.pk,
        risks=["contact_by_alleged_offender", "family_pressure"],
        measures="The aunt takes both children to school and fetches them.",
        warning_signs="A child does not want to go home, or asks for a new telephone.",
        emergency_contact_id=aunt.pk,
        review_on=today + timedelta(days=14),
    )
    record_survivor_context(
        actor=caseworker,
        participant_id=child.pk,
        trafficking_status="PossibleVictimOfTrafficking",
        decided_by="NGO",
        decided_on=today,
        first_abuse=ApproxDate.parse(f"{today.year - 2}"),
        age_missing="not_asked",
        lives_with_alleged_offender="yes",
        schooling="in_school",
    )
    record_harm(
        actor=caseworker,
        participant_id=child.pk,
        harm_type="live_streaming",
        content_origin="livestreamed_trafficking",
        flags={"paid": "yes", "directed_remotely": "yes", "recorded": "unknown"},
        platforms={"exploitation_platforms": ["x_VideoCall"]},
    )
    place_person(
        actor=caseworker,
        participant_id=child.pk,
        kind="shelter",
        since=today,
        order="Order of the social welfare office",
        name="Harbour Light Shelter",
        address="Known to those named",
    )
    record_custody(
        actor=caseworker,
        participant_id=child.pk,
        kind="state",
        authority="Social welfare office of the province",
        order_reference="SW-26-118",
        since=today,
    )
