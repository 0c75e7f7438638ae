"""R-D6: a copy leaves out nothing about the person, unless it is said here why."""

from __future__ import annotations

import pytest
from django.apps import apps

from cases.models import CaseParticipant, Person, SubjectCopy
from cases.services.copies import show_copy
from tests.cases.restored import owned_by
from tests.cases.siblings import now
from tests.cases.test_erasing import fill
from tests.factories import add_participant, open_case

NAME = "canary-tala-5512"
# Sealed under the person and not in their copy, and why.
LEFT_OUT = {
    "cases.PlacementAddress.address": "on paper it would lead to everybody who lives there",
    "cases.NoteDraft.content": "not signed yet: it says nothing until somebody stands for it",
    "cases.PaperContent.content": "the paper itself is copied out by its own page, with its marks",
    "cases.PaperWaiting.content": "not checked yet",
    "cases.Consent.giver_details": "about whoever gave it",
    "cases.Consent.witness": "about the witness",
    "cases.Consent.order_reference": "about whoever gave it",
    "cases.SafeContact.number": "shown by `show_contact` to whoever read how to reach them",
}
# Tables that point to a person, and where in the copy they are told.
TOLD = {
    "CaseParticipant",
    "PersonIdentity",
    "IdentityCorrection",
    "RelationshipLink",
    "HouseholdMember",
    "SafeContact",
    "ContactAttempt",
    "SafetyPlan",
    "CrisisFlag",
    "ClosureAnswer",
    "Placement",
    "Custody",
    "CasePlan",
    "PlanGoal",
    "PlanReview",
    "SupportService",
    "Assessment",
    "SurvivorContext",
    "HarmRecord",
    "CaseNote",
    "CaseTask",
    "CaseFlag",
    "Consent",
    "LegalGround",
    "Paper",
    "Referral",
    "OperationOutcome",
    "CompensationAward",
    "HearingAttendance",
    "ReleaseWish",
}
NOT_TOLD = {
    "PlacementAddress": LEFT_OUT["cases.PlacementAddress.address"],
    "NoteDraft": LEFT_OUT["cases.NoteDraft.content"],
    "PaperFile": "the paper is told; its file is copied out by its own page",
    "PaperWaiting": "not checked yet",
    "PaperContent": LEFT_OUT["cases.PaperContent.content"],
    "ConsentEvent": "the steps of a consent that is told",
    "ConflictBlock": "about a colleague who must not see the case",
    "LegalStatusChange": "about an alleged offender, who gets no copy here",
    "Proceeding": "about an alleged offender, who gets no copy here",
    "PersonToken": "digests of the name that is told",
    "SubjectCopy": "the copy itself",
    "HiddenMatch": "codes by which two teams ask each other whether they know the same child",
    "ErasureRequest": "answered by its own receipt",
}


def words_of(made):
    return "\n".join(
        [f"{label} {value}" for part in made.parts for label, value in part.facts]
        + [text for part in made.parts for _day, _label, text in part.texts]
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_r_d6_every_sealed_word_about_a_person_is_in_their_copy(cast):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case, identity={"first_name": NAME})
    # Asks for a copy as well, which waits.
    fill(cast, case, place, NAME)
    copy = SubjectCopy.objects.using("owner").get(person_id=place.person_id)
    _copy, made = show_copy(actor=cast.supervisor, copy_id=copy.pk, at=now())
    told, missing, kinds = words_of(made), set(), set()
    for model, row, field in owned_by(place.person_id):
        where = f"{model._meta.label}.{field.name}"
        said = [text for text in _texts(getattr(row, field.name)) if NAME in text]
        kinds.add(where)
        if where not in LEFT_OUT and not all(text in told for text in said):
            missing.add(where)
    assert missing == set()
    assert len(kinds) > 20, "the test looks in the wrong place"
    assert set(LEFT_OUT) <= kinds, "a reason for what is gone"


def _texts(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def test_a_table_that_points_to_a_person_is_told_or_it_is_said_why_not():
    pointing = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model in (Person, CaseParticipant)
    }
    assert pointing == TOLD | set(NOT_TOLD)
