"""The case file's own steps of an erasure.

A table of yours that points to a person needs one: delete the rows with `gone`, or say what of them
stays. What is sealed under the person's key ends with the key in every copy; the rows go as well,
so that nothing tells on what day somebody was visited.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep
from core.walls import TODAY

# Like a code and none that anybody knew: it says of itself that there is nothing behind it.
NEW_CODE = (
    "'X-' || upper(substr(md5(gen_random_uuid()::text), 1, 4)) "
    "|| '-' || upper(substr(md5(gen_random_uuid()::text), 1, 4))"
)


def gone(table: str, column: str = "person_id") -> str:
    """SQL that deletes a table's rows about the person."""
    return f"DELETE FROM {table} WHERE {column} = v_person"


def let_go(table: str, column: str) -> str:
    """SQL that takes the person out of rows about somebody else."""
    return f"UPDATE {table} SET {column} = NULL WHERE {column} = v_person"


def fields(model: str, *names: str) -> tuple[str, ...]:
    return tuple(f"cases.{model}.{name}" for name in names)


STEPS = [
    ErasureStep(
        "identity",
        _("Identities"),
        (
            *fields("PersonIdentity", "person"),
            *fields("PersonToken", "person"),
            *fields("IdentityCorrection", "person"),
        ),
        (
            gone("cases_personidentity"),
            gone("cases_persontoken"),
            gone("cases_identitycorrection"),
        ),
        # Everything sealed under the person: notes about them alone, plans, addresses, drafts.
        keys="SELECT 'person', v_person WHERE v_person IS NOT NULL",
    ),
    # A person of this gender was in this case, in this role: figures do not change behind a
    # published release. The code people knew goes, and with it whatever was written beside it.
    ErasureStep(
        "person",
        _("Codes, year of birth, countries and languages"),
        fields("CaseParticipant", "person"),
        (
            f"UPDATE cases_person SET code = {NEW_CODE}, birth_year = NULL, "
            "citizenships = '{}', languages = '{}', interpreter_needed = 'not_asked', "
            "disability = 'not_asked', needs = '{}', "
            f"erased_on = {TODAY} WHERE id = v_person",
            "UPDATE cases_caseparticipant SET "
            "safeguarded_on = date_trunc('month', safeguarded_on)::date "
            "WHERE person_id = v_person AND safeguarded_on IS NOT NULL",
        ),
    ),
    ErasureStep(
        "family",
        _("Family ties and households"),
        (
            *fields("RelationshipLink", "person", "of_person"),
            *fields("HouseholdMember", "person"),
        ),
        (
            gone("cases_relationshiplink"),
            gone("cases_relationshiplink", "of_person_id"),
            gone("cases_householdmember"),
        ),
    ),
    ErasureStep(
        "contact",
        _("How to reach the person, and contact with them"),
        (
            *fields("SafeContact", "person", "answered_by", "interpreter"),
            *fields("ContactAttempt", "person"),
        ),
        (
            "DELETE FROM cases_contactreading WHERE safe_contact_id IN "
            "(SELECT id FROM cases_safecontact WHERE person_id = v_person)",
            gone("cases_contactattempt"),
            gone("cases_safecontact"),
            let_go("cases_safecontact", "answered_by_id"),
            let_go("cases_safecontact", "interpreter_id"),
        ),
    ),
    ErasureStep(
        "safety",
        _("Safety plans, crises and flags"),
        (
            *fields("SafetyPlan", "person", "emergency_person"),
            *fields("CrisisFlag", "person"),
            *fields("CaseFlag", "person"),
            *fields("ClosureAnswer", "person"),
        ),
        (
            gone("cases_safetyplan"),
            gone("cases_crisisflag"),
            gone("cases_caseflag"),
            gone("cases_closureanswer"),
            let_go("cases_safetyplan", "emergency_person_id"),
        ),
    ),
    ErasureStep(
        "care",
        _("Placements and custody"),
        (
            *fields("Placement", "person", "with_person"),
            *fields("PlacementAddress", "person"),
            *fields("Custody", "person", "custodian"),
        ),
        (
            "DELETE FROM cases_placementreader WHERE placement_id IN "
            "(SELECT id FROM cases_placement WHERE person_id = v_person)",
            gone("cases_placementaddress"),
            gone("cases_placement"),
            gone("cases_custody"),
            let_go("cases_placement", "with_person_id"),
            let_go("cases_custody", "custodian_id"),
        ),
    ),
    # What somebody was asked, wanted and was given tells of them by its days alone.
    ErasureStep(
        "plans",
        _("Plans, goals, services and assessments"),
        (
            *fields("CasePlan", "person"),
            *fields("PlanGoal", "person"),
            *fields("PlanReview", "person"),
            *fields("SupportService", "person"),
            *fields("Assessment", "person"),
        ),
        (
            "UPDATE cases_casetask SET goal_id = NULL WHERE goal_id IN "
            "(SELECT id FROM cases_plangoal WHERE person_id = v_person)",
            gone("cases_supportservice"),
            gone("cases_planreview"),
            gone("cases_plangoal"),
            gone("cases_caseplan"),
            gone("cases_assessment"),
        ),
    ),
    # Codes that statistics count stay, without a day, an age or a word.
    ErasureStep(
        "harm",
        _("Particulars of what happened"),
        (
            *fields("SurvivorContext", "person", "participant"),
            *fields("HarmRecord", "person", "participant"),
        ),
        (
            "UPDATE cases_survivorcontext SET decided_on = NULL, age_when_first = NULL, "
            "age_missing = '', first_abuse = '', last_abuse = '', particulars = '', "
            "lives_with_alleged_offender = 'not_asked' WHERE person_id = v_person",
            "UPDATE cases_harmrecord SET since = '', until = '' WHERE person_id = v_person",
        ),
    ),
    # Signed notes can't be deleted by anybody; those about this person alone end with their key.
    ErasureStep(
        "notes",
        _("Drafts of notes"),
        fields("NoteDraft", "person"),
        (gone("cases_notedraft"),),
    ),
    ErasureStep(
        "copies",
        _("Copies asked for"),
        fields("SubjectCopy", "person", "participant"),
        (gone("cases_subjectcopy"),),
    ),
    # The paper itself lies where it lies; whoever keeps it is told by the officer.
    ErasureStep(
        "papers",
        _("Registered papers about the person, and what is kept of them"),
        (
            *fields("Paper", "person"),
            *fields("PaperFile", "person"),
            *fields("PaperWaiting", "person"),
            *fields("PaperContent", "person"),
        ),
        (
            gone("cases_paperwaiting"),
            gone("cases_papercontent"),
            gone("cases_paperfile"),
            gone("cases_paper"),
        ),
    ),
    # Why something was disclosed without consent: it stays on the officer's list, as codes.
    ErasureStep(
        "grounds",
        _("Reasons for disclosing without consent"),
        (),
        (
            "UPDATE cases_legalground SET reason = '', order_reference = '' "
            "WHERE person_id = v_person",
        ),
    ),
    # The case stays hidden from whoever is too close to it; not because of whom.
    ErasureStep(
        "conflicts",
        _("Conflicts of interest that named the person"),
        fields("ConflictBlock", "person"),
        (let_go("cases_conflictblock", "person_id"),),
    ),
    # Siblings share a case: its key stays while another child or survivor is in it.
    ErasureStep(
        "case_texts",
        _("Drafts, and the texts sealed under the case"),
        (
            *fields(
                "CaseNote",
                "facts_reported",
                "facts_said_by",
                "observations",
                "professional_assessment",
                "actions",
            ),
            *fields("NoteDraft", "content"),
            *fields("BreakGlass", "reason"),
            *fields("ConflictBlock", "why_lifted"),
            *fields("LegalHold", "authority", "why"),
            *fields("CaseClosure", "summary", "why_returned"),
            *fields("CaseReopening", "words"),
            *fields("CaseRestriction", "why"),
            *fields("ReportDuty", "office", "spoken_to", "receipt_number"),
            *fields("LegalGround", "reason", "order_reference"),
            *fields("StatedPurpose", "reason"),
            *fields("CaseFlag", "why", "what_came"),
            *fields("CaseConference", "record"),
            *fields("ConferenceDecision", "what"),
        ),
        ("DELETE FROM cases_notedraft WHERE case_id = v_whole",),
        keys="SELECT 'case', v_whole WHERE v_whole IS NOT NULL",
    ),
]
