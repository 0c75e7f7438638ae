"""What the walk of markers (`test_canaries.py`) cannot find out by itself.

A form or an address of yours is named by that test? Give the answers nobody would guess
(`answers`), the record it needs (`AT`, made in `more_of`), who fills it in (`BY`), or say why its
words are nobody's secret (`NO_WORDS`, `NOT_TAKEN`, `IN_THE_CLEAR`).
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from audit.reading import reading
from cases.choices import NEEDS_RECEIPT, ReportedHow
from cases.instruments import OUTCOME
from cases.models import Case
from cases.services.consent import start_consent
from cases.services.duties import note_duty, report_duty
from cases.services.material import next_step, report_material, take_material_step
from cases.services.people import add_participant
from cases.services.plans import add_goal, submit_plan
from cases.services.tasks import set_task
from courts.services.charges import file_charge
from courts.services.proceedings import open_proceeding
from courts.services.verdicts import record_verdict
from referrals.services.asking import ask_source
from referrals.services.closing import close_referral, give_feedback
from referrals.services.deciding import decline_referral, mark_duplicate
from referrals.services.desk import start_triage
from referrals.services.indicators import observe_indicator
from tests.factories import close_case, log_referral, open_case

# Fields that take no words: a code, a reference, figures. Whatever else is sent is refused, or is
# looked for and found nowhere.
NO_WORDS: dict[str, str] = {
    "WhoMayKnowForm.countries": "codes of countries",
    "AddPersonForm.citizenships": "codes of countries",
    "BreakGlassForm.reference": "the reference of a case",
    "DuplicateForm.reference": "the reference of a referral",
    "DuplicateRequest.reference": "the reference of a referral",
    "RecordNeedsForm.languages": "names of languages, kept as codes",
    "ArchiveForm.first_key": "a public key",
    "ArchiveForm.second_key": "a public key",
    "ScheduleHearingsRequest.zone": "a clock of a country",
    "AdvanceProceedingRequest.to": "a code of the procedure",
    "OpenProceedingRequest.step": "a code of the procedure",
    "FileChargeRequest.statute": "a code of the table of laws",
    "ReplaceChargeRequest.statute": "a code of the table of laws",
    "DecideAppealRequest.rulings": "ids and codes",
    "PrepareHearingRequest.attendances": "ids and codes",
    **dict.fromkeys(
        (
            "RecordSurvivorContextRequest.first_abuse",
            "RecordSurvivorContextRequest.last_abuse",
            "RecordHarmRequest.since",
            "RecordHarmRequest.until",
            "JoinHouseholdRequest.since",
            "LeaveHouseholdRequest.until",
            "ReportedPaymentRequest.paid_on",
        ),
        "a date as well as it is known",
    ),
    "ObserveRequest.code": "a code of the catalogue of signs",
    "MarkSeenForm.shown": "ids of notices",
    "SearchLogForm.code": "a code to look for in the log; not kept",
    "ExportFoundForm.code": "a code to look for in the log; not kept",
    "NoteDutyRequest.rule": "a code of the rules",
    "NoteReferralDutyRequest.rule": "a code of the rules",
    "CorrectIdentityRequest.remove": "names of details, of which there must be one",
    "AssessSurvivorRequest.scores": "figures",
    "RequestClosureRequest.answers": "codes",
    "RequestReleaseRequest.period": "two days",
    "RecordSurvivorContextRequest.particulars": "codes: cases.services.harm",
    "RecordHarmRequest.flags": "codes: cases.services.harm",
    "RecordHarmRequest.platforms": "codes: cases.services.harm",
}
# Fields whose words this walk need not send, and why that leaves no gap.
NOT_TAKEN: dict[str, str] = {
    "JoinForm.password": "kept as a hash alone: tests/accounts/test_inviting.py",
    "JoinForm.again": "the same once more",
    "StatePurposeForm.reason": "asked off the team alone: tests/cases/test_stating_a_purpose.py",
    "SignOnForm.issuer": "an administrator's setting: tests/accounts/test_single_sign_on.py",
    "SignOnForm.client_id": "an administrator's setting: tests/accounts/test_single_sign_on.py",
    "SignOnForm.secret": "an administrator's setting: tests/accounts/test_single_sign_on.py",
    "ImportForm.report_number": "goes with a file: tests/referrals/test_importing_cybertips.py",
    "ChooseColumnsForm.keep_as": "the name of a kind of sheet: test_importing_own_sheets.py",
}
# Addresses of the API that take a file with their fields, and who sends their words.
WITH_A_FILE: dict[str, str] = {
    "/api/v1/imports/": "tests/referrals/test_import_referrals.py",
}
STAFF = "the directory of staff and agencies, who are no survivors"
REGION = "a region or province, nothing nearer (R-P8)"
OFFICE = "the name of an office"
LAW = "a law, not a person; counted by statistics"
# Fields whose words stand in the database in the clear on purpose, and why.
IN_THE_CLEAR: dict[str, str] = {
    "OpenCaseForm.admin1": REGION,
    "OpenCaseRequest.admin1": REGION,
    "LogReferralForm.admin1": REGION,
    "LogReferralRequest.admin1": REGION,
    "LogReferralForm.source_name": OFFICE,
    "LogReferralRequest.source_name": OFFICE,
    "RedirectForm.agency_name": OFFICE,
    "RedirectRequest.agency_name": OFFICE,
    "StartConsentForm.language": "a language",
    "StartConsentRequest.language": "a language",
    "WhoForm.language": "a language",
    "OpenProceedingForm.court": "a public office; the docket number beside it is sealed",
    "OpenProceedingRequest.court": "a public office; the docket number beside it is sealed",
    "FileChargeForm.statute": LAW,
    "FileChargeForm.section": LAW,
    **{
        f"{body}.{name}": LAW
        for body in (
            "AddStatuteForm",
            "AddStatuteRequest",
            "ChangeStatuteForm",
            "ChangeStatuteRequest",
        )
        for name in ("code", "title", "section", "description", "penalty")
        if name != "code" or body.startswith("Add")
    },
    **{
        f"{body}.{name}": reason
        for body in (
            "RecordOperationForm",
            "RecordOperationRequest",
            "ChangeOperationForm",
            "OperationDetailsRequest",
        )
        for name, reason in (("admin1", REGION), ("coalition", "a coalition of agencies"))
    },
    "FileAppealForm.court": "a public office",
    "FileAppealRequest.court": "a public office",
    "ChangeProceedingForm.court": "a public office",
    "ChangeProceedingRequest.court": "a public office",
    "AddAgencyForm.name": STAFF,
    "AddTeamForm.name": STAFF,
    "InviteForm.name": STAFF,
    "InviteForm.email": STAFF,
    "ChooseColumnsForm.keep_as": "the name of a kind of sheet",
    "CloseReviewForm.remark": "readable after an erasure: audit.reviewing.check_remark",
    "WithdrawReleaseForm.reason": "published with the release it withdraws",
    "WithdrawReleaseRequest.reason": "published with the release it withdraws",
    "RequestPublicReportForm.title": "the title of what is published",
    "RequestReleaseForm.title": "the title of what is published",
    "RequestReleaseRequest.title": "the title of what is published",
}

# Forms that a page shows and another address takes: that address, and the record of it.
POSTED_TO = {
    "AskForm": ("handoffs:ask_sender", "sent"),
    "CompleteForm": ("handoffs:complete", "accepted"),
}
# Columns beside those of `test_words_in_the_clear.py` in which such words stand, and why.
COPIES = {
    "auth.Group.name": "the name of a team, whose grants it carries",
    "reporting.StatisticsRelease.payload": "figures and the title of what is published",
    "reporting.PublicReport.document": "the report as everybody reads it",
}
# View names of pages and of the API that are walked with another record than the other walks'.
AT = {
    "cases:reopen_case": {"pk": "closed.pk"},
    "case-reopen": {"pk": "closed.pk"},
    "cases:request_closure": {"pk": "spare.pk"},
    "cases:restrict_case": {"pk": "spare.pk"},
    "case-restrict": {"pk": "spare.pk"},
    "cases:consent_how": {"pk": "spoken_for.pk"},
    "cases:confirm_receipt": {"pk": "reported.pk"},
    "duty-confirm-receipt": {"pk": "reported.pk"},
    "cases:material_found": {"pk": "found.pk"},
    "material-take-step": {"pk": "found.pk"},
    "cases:place_person": {"pk": "sister.pk"},
    "cases:record_custody": {"pk": "sister.pk"},
    "cases:set_safe_contact": {"pk": "sister.pk"},
    "cases:write_safety_plan": {"pk": "sister.pk"},
    "cases:add_goal": {"pk": "sister.pk"},
    "cases:plan_contact": {"pk": "survivor.pk"},
    "cases:return_plan": {"pk": "waiting_plan.pk"},
    "plan-send-back": {"pk": "waiting_plan.pk"},
    "cases:finish_task": {"pk": "another_task.pk"},
    "task-finish": {"pk": "another_task.pk"},
    "handoffs:change": {"pk": "draft.pk"},
    "courts:advance": {"pk": "stopping.pk"},
    "proceeding-advance": {"pk": "stopping.pk"},
    "handoff-complete": {"pk": "accepted.pk"},
    "courts:file_appeal": {"pk": "decided_lately.pk"},
    "referrals:ask_source": {"pk": "to_ask.pk"},
    "referral-ask-source": {"pk": "to_ask.pk"},
    "referrals:record_answer": {"pk": "asked_of.pk"},
    "referral-record-answer": {"pk": "asked_of.pk"},
    "referrals:decline": {"pk": "to_decline.pk"},
    "referral-decline": {"pk": "to_decline.pk"},
    "referrals:redirect": {"pk": "to_redirect.pk"},
    "referral-redirect": {"pk": "to_redirect.pk"},
    "referrals:mark_duplicate": {"pk": "to_repeat.pk"},
    "referral-mark-duplicate": {"pk": "to_repeat.pk"},
    "referrals:give_feedback": {"pk": "to_tell.pk"},
    "referral-give-feedback": {"pk": "to_tell.pk"},
    "referrals:unlink": {"pk": "repeated.pk"},
    "referrals:reopen": {"pk": "over.pk"},
    "referral-reopen": {"pk": "over.pk"},
}
# Who fills in what the first who gets the page would not.
BY = {
    "cases:plan_contact": "supervisor",
    "contact-attempt-list": "supervisor",
    "cases:restrict_case": "supervisor",
    "referrals:unlink": "supervisor",
    "referrals:reopen": "supervisor",
    "referral-reopen": "supervisor",
}


def more_of(world):
    """Records that the other walks do not need: each is asked, ended or sent back here."""
    worker, supervisor = world.cast.caseworker, world.cast.supervisor
    today = timezone.localdate()
    world.souths = open_case(world.cast.south_caseworker)
    world.spare = open_case(worker)
    world.closed = open_case(worker)
    close_case(worker, supervisor, world.closed)
    world.sister = add_participant(
        actor=worker, case_id=world.case_id, role="survivor", identity={"first_name": "Ligaya"}
    )
    world.spoken_for = start_consent(
        actor=worker,
        case_id=world.case_id,
        person_id=world.sister.person_id,
        given_by="state_guardian",
        giver_details="The duty social worker",
        order_reference="Order 26-17",
    )
    asked = add_participant(actor=worker, case_id=world.spare.pk, role="survivor")
    goal = add_goal(
        actor=worker, participant_id=asked.pk, words="I want to swim.", whose_words="their_own"
    )
    world.waiting_plan = submit_plan(
        actor=worker,
        plan_id=goal.plan_id,
        version=goal.plan.version,
        answer="agreed",
        review_on=today + timedelta(days=60),
    )
    # A case without anybody in it, since one with a survivor asks what they said about contact.
    world.spare = open_case(worker)
    duty = note_duty(
        actor=worker,
        case_id=open_case(worker).pk,
        rule="social_welfare",
        trigger="immediate_danger",
        learned_at=timezone.now() - timedelta(hours=1),
    )
    world.reported = report_duty(
        actor=worker,
        duty_id=duty.pk,
        version=duty.version,
        how=ReportedHow.values[0],
        reported_at=timezone.now(),
        office="Duty desk",
        spoken_to="the officer on duty",
    )
    world.found = report_material(actor=worker, where="device", case_id=world.case_id)
    # As far as the step that asks for an office and a receipt.
    with reading(worker):
        world.step = next_step(world.found)
    while world.step not in NEEDS_RECEIPT:
        take_material_step(
            actor=worker,
            material_id=world.found.pk,
            step=world.step,
            happened_at=timezone.now(),
        )
        with reading(worker):
            world.step = next_step(world.found)
    world.another_task = set_task(
        actor=worker, case_id=world.case_id, what="Call the school", due_on=today
    )
    about = {"actor": world.cast.intake, "referral_id": world.waiting.pk, "observed_on": today}
    codes = ("austrac_low_value", "aic_escalation")
    world.signs = [str(observe_indicator(**about, code=code).pk) for code in codes]
    triaged = ("to_ask", "asked_of", "to_decline", "to_redirect", "to_repeat", "to_tell", "over")
    for name in (*triaged, "repeated"):
        referral = log_referral(worker)
        setattr(world, name, start_triage(actor=worker, referral_id=referral.pk))
    ask_source(actor=worker, referral_id=world.asked_of.pk, question="When?", way="phone")
    for referral in (world.to_tell, world.over):
        decline_referral(actor=worker, referral_id=referral.pk, reason="out_of_scope")
    give_feedback(
        actor=worker, referral_id=world.over.pk, outcome="outside_mandate", way="phone", words="…"
    )
    close_referral(actor=worker, referral_id=world.over.pk)
    world.told_before = log_referral(worker)
    mark_duplicate(
        actor=worker, referral_id=world.repeated.pk, reference=world.told_before.reference
    )
    world.stopping = _before_a_court(world, "PH", "trial")
    world.decided_lately, world.to_sentence = _judged(world), _judged(world)
    return world


def _judged(world):
    """A proceeding at its verdict, to be appealed or sentenced."""
    legal, today = world.cast.legal, timezone.localdate()
    judged = _before_a_court(world, "GB", "verdict")
    charge = file_charge(
        actor=legal, proceeding_id=judged.pk, statute="GB-SOA2003-10", filed_on=today
    )
    record_verdict(
        actor=legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=today,
    )
    return judged


def _before_a_court(world, jurisdiction, step):
    return open_proceeding(
        actor=world.cast.legal,
        case_id=world.case_id,
        accused_id=world.accused.pk,
        jurisdiction=jurisdiction,
        side="source",
        opened_on=timezone.localdate(),
        step=step,
        earlier_unknown=True,
    )


def answers(world):
    """Answers that no machine would find, by form, by the API's body, or by address.

    A value, or a function of the field's marker where the field is free text all the same.
    """
    cast, today = world.cast, timezone.localdate()
    week, month = today + timedelta(days=7), today + timedelta(days=30)

    def number(marker):
        return f"0917 {marker}"

    both = SimpleNamespace(
        glass={"reference": world.souths.reference, "minutes": "30"},
        consent={"given_by": "state_guardian"},
        how={"method": "witnessed_verbal", "valid_until": month.isoformat()},
        placement={"kind": "shelter"},
        ended={"because": "reintegrated", "follow_up_on": week.isoformat()},
        custody={"kind": "state"},
        contact={"channel": "call", "number": number},
        against={"channel": "text_message"},
        safety={"review_on": week.isoformat()},
        review={"next_on": month.isoformat(), "held_on": today.isoformat()},
        handoff={
            "to_agency": str(cast.cyber_unit.pk),
            "kind": "information_share",
            "legal_basis": "public_task",
            "sections": ["case_summary"],
            "answer_by": week.isoformat(),
        },
        repeats={"reference": world.told_before.reference},
    )
    with reading(cast.caseworker):
        spare = Case.objects.visible_to(cast.caseworker).get(pk=world.spare.pk)
    return {
        "BreakGlassForm": both.glass,
        "StartConsentForm": both.consent,
        "StartConsentRequest": {
            **both.consent,
            "method": "witnessed_verbal",
            "valid_until": month.isoformat(),
        },
        "WhoForm": both.consent,
        "HowForm": both.how,
        "PlacePersonForm": both.placement,
        "PlacePersonRequest": {**both.placement, "participant": str(world.sister.pk)},
        "EndPlacementForm": both.ended,
        "EndPlacementRequest": both.ended,
        "RecordCustodyForm": both.custody,
        "RecordCustodyRequest": both.custody,
        "SetSafeContactForm": both.contact,
        "SetSafeContactRequest": {**both.contact, "participant": str(world.sister.pk)},
        "PlanContactForm": both.against,
        "PlanContactRequest": both.against,
        "WriteSafetyPlanForm": both.safety,
        "WriteSafetyPlanRequest": {
            **both.safety,
            "participant": str(world.sister.pk),
            "risks": ["retaliation"],
        },
        "ReviewPlanForm": both.review,
        "ReviewPlanRequest": both.review,
        "AddGoalRequest": {"participant": str(world.sister.pk)},
        "ComposeForm": both.handoff,
        "ComposeHandoffRequest": both.handoff,
        "DuplicateForm": both.repeats,
        "DuplicateRequest": both.repeats,
        "AddPersonForm": {"citizenships": "PH", "role": "survivor"},
        "AddParticipantRequest": {
            "role": "survivor",
            "identity": lambda marker: {"first_name": marker, "phones": [f"0917 {marker}"]},
        },
        "CorrectIdentityRequest": {
            "version": 2,
            "changes": lambda marker: {"middle_name": marker},
        },
        "RestrictCaseForm": {"user_ids": [str(cast.caseworker.pk), str(cast.supervisor.pk)]},
        "RestrictCaseRequest": {
            "people": [str(cast.caseworker.pk), str(cast.supervisor.pk)],
            # Of the restriction, and there is none.
            "headers": {},
        },
        "RequestClosureForm": {"reason": "survivor_choice"},
        "RecordGroundRequest": {
            "basis": "vital_interests",
            "purposes": ["share_with_law_enforcement"],
        },
        "AssessForm": dict.fromkeys(OUTCOME.domains, "3"),
        "AdvanceProceedingForm": {"to": "discontinued", "reason": "evidence"},
        "AdvanceProceedingRequest": {"to": "discontinued", "reason": "evidence"},
        "ScheduleHearingForm": {"time": "09:00"},
        "ScheduleHearingsRequest": {
            "proceedings": [str(world.proceeding.pk)],
            "zone": "Asia/Manila",
            "time": "09:00",
        },
        "AddStatuteRequest": {"jurisdiction": "PH"},
        "FileChargeRequest": {"statute": "PH-RA7610-5"},
        "FileAppealRequest": {"proceeding": str(world.decided_lately.pk)},
        "DecideAppealRequest": {"outcome": "affirmed", "rulings": []},
        "RecordSentenceRequest": {
            "proceeding": str(world.to_sentence.pk),
            "kind": "determinate",
            "max_months": 12,
        },
        "RecordVerdictRequest": {
            "charge": str(world.charge.pk),
            "version": world.charge.version,
            "result": "acquitted",
        },
        "OperationDetailsRequest": {"country": "PH", "lead_agency": str(cast.cyber_unit.pk)},
        "RecordOperationRequest": {"country": "PH", "lead_agency": str(cast.cyber_unit.pk)},
        "PlanOperationRequest": {"lead_agency": str(cast.cyber_unit.pk), "members": []},
        "RaiseFlagRequest": {"review_on": week.isoformat()},
        "LogReferralForm": {"team": str(cast.north.pk)},
        "OpenProceedingForm": {"accused": str(world.accused.pk)},
        "MaterialStepForm": {"step": world.step},
        "MaterialStepRequest": {"step": world.step},
        "AddAgencyForm": {"short_code": "KULA"},
        "FeedbackForm": {"told": "told", "way": "phone", "outcome": "outside_mandate"},
        "FeedbackRequest": {"way": "phone", "outcome": "outside_mandate"},
        "RequestClosureRequest": {
            "case": str(world.spare.pk),
            "reason": "survivor_choice",
            "answers": [],
            "headers": {"If-Match": f'"{spare.version}"'},
        },
        "AssessSurvivorRequest": {
            "instrument": "outcome",
            "scores": dict.fromkeys(OUTCOME.domains, 3),
            "assessed_on": today.isoformat(),
        },
        "HoldConferenceRequest": {
            "agencies": [str(cast.cyber_unit.pk)],
            "decisions": lambda marker: [{"what": marker}],
        },
        "OpenProceedingRequest": {
            "jurisdiction": "PH",
            "step": "",
            "accused": str(world.accused.pk),
            "side": "source",
        },
        "OpenEntryRequest": {
            "register": "breaches",
            "answers": lambda marker: {
                "known_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
                "nature": "lost",
                "what": f"{marker} on a bus",
            },
        },
        "AmendEntryRequest": {
            "seen": 1,
            "answers": lambda marker: {
                "known_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
                "nature": "lost",
                "what": f"{marker} on a bus",
            },
        },
        "RequestReleaseRequest": {
            "measures": ["S-SRC"],
            "period": {"start": "2025-10-01", "end": "2025-12-31"},
        },
        "LogReferralRequest": {
            "team": str(cast.north.pk),
            "subject": lambda marker: {"prs_FirstName": marker},
        },
        "RecordSurvivorContextRequest": {"first_abuse": "2019", "last_abuse": "2021"},
        "RecordHarmRequest": {
            "participant": str(world.sister.pk),
            "since": "2021",
            "until": "2022",
        },
        "JoinHouseholdRequest": {"since": "2021"},
        "LeaveHouseholdRequest": {"until": "2024"},
        "ReportedPaymentRequest": {"paid_on": "2021", "currency": "AUD", "amount": "49.50"},
        "ObserveRequest": {"code": "austrac_low_value"},
        "AssessRequest": {"observations": world.signs, "confidence": "low"},
        "referrals:assess": {"observations": world.signs},
        "SetTaskRequest": {"assignee": str(cast.caseworker.pk)},
        "NoteDutyRequest": {"rule": "social_welfare"},
        "NoteReferralDutyRequest": {"rule": "social_welfare"},
    }
