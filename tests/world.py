"""One of everything, made through the services: what walks and comparisons look at."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import DataSharingAgreement, User
from accounts.service_accounts import (
    HOUSEKEEPER_ID,
    IMPORTER_ID,
    PAPER_CLEANER_ID,
    STATISTICIAN_ID,
)
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from audit.reviewing import open_review
from audit.searches import save_search
from cases.models import Case, CaseParticipant, LegalGround, RetentionReview
from cases.services.care import place_person, record_custody
from cases.services.cases import open_case
from cases.services.closing import close_case, reopen_case, request_closure
from cases.services.conflicts import declare_conflict
from cases.services.consent import start_consent
from cases.services.copies import request_copy
from cases.services.drafts import save_draft
from cases.services.emergency import break_glass, end_break_glass
from cases.services.erasure import request_erasure
from cases.services.family import join_household, link_people
from cases.services.harm import record_harm, record_survivor_context
from cases.services.holds import place_hold
from cases.services.identity import correct_identity
from cases.services.legal_status import change_legal_status
from cases.services.material import report_material
from cases.services.notes import write_note
from cases.services.paper_files import clean_paper, keep_paper
from cases.services.papers import register_paper
from cases.services.people import add_participant
from cases.services.purposes import state_purpose
from cases.services.registers import open_entry
from cases.services.retention import list_due
from cases.services.safe_contact import (
    acknowledge_safe_contact,
    plan_contact,
    set_safe_contact,
)
from cases.services.safety import raise_crisis, write_safety_plan
from cases.services.sight import restrict_case, set_cover
from courts.models import Proceeding, Statute
from courts.services.appeals import decide_appeal, file_appeal
from courts.services.charges import file_charge
from courts.services.feeds import make_feed
from courts.services.hearings import prepare_hearing, schedule_hearings
from courts.services.operations import plan_operation, record_operation
from courts.services.outcomes import record_outcome
from courts.services.proceedings import open_proceeding
from courts.services.releases import award_compensation, record_wish
from courts.services.sentences import record_sentence
from courts.services.verdicts import record_verdict
from handoffs.models import WrappedKey
from handoffs.services.authorising import submit_handoff
from handoffs.services.emergency import tell_in_emergency
from handoffs.services.handoffs import accept_handoff, compose_handoff, send_handoff
from handoffs.services.keys import make_agency_key, make_archive_key
from referrals.models import HiddenMatch
from referrals.services.asking import ask_source
from referrals.services.closing import give_feedback
from referrals.services.deciding import decline_referral
from referrals.services.desk import accept_referral, start_triage
from referrals.services.hidden_matches import compare_hidden
from referrals.services.importing import import_referrals
from referrals.services.indicators import assess_indicators, observe_indicator, record_payment
from referrals.services.kept_lists import keep_list
from referrals.services.oncall import set_on_call
from referrals.services.routing import set_routing_rule
from reporting.services.releases import compute_release, request_release
from tests.factories import approve_grounds, authorise_handoff, give_consent, log_referral
from tests.handoffs.sealing import Key, wrapped
from tests.systems import let_in, submitted_by_system
from tests.world_of_imports import add_imports
from tests.world_of_work import add_exports, add_work

SHEET = (
    "cas_CaseOwner,prs_FirstName,prs_SecondName,con_Consent,cas_IncomingReferralDate\n"
    "a.reyes,Luz,Ilagan,TRUE,2026-03-02\n"
)


class World:
    """A referral waiting, a case of the North team with all that belongs to one, and handoffs."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        worker, legal = cast.caseworker, cast.legal
        today = timezone.localdate()
        self.membership = cast.caseworker.memberships.get()
        self.waiting = log_referral(cast.intake)
        referral = log_referral(
            worker, subject={"prs_FirstName": "Tala", "prs_SecondName": "Amihan"}
        )
        start_triage(actor=worker, referral_id=referral.pk)
        self.referral = accept_referral(actor=worker, referral_id=referral.pk)
        self.case_id = self.referral.case_id
        self._tell_another_team_the_same()
        self._ask_and_tell_sources()
        self.accused = add_participant(
            actor=worker,
            case_id=self.case_id,
            role="alleged_offender_source",
            legal_status="suspect",
            identity={"first_name": "Ramil"},
        )
        with reading(worker):
            self.survivor = CaseParticipant.objects.visible_to(worker).get(
                case_id=self.case_id, role="survivor"
            )
        self.kind_that_waits = "tasks"
        self.guide_code = "leave-the-page"
        self.system = submitted_by_system(let_in(cast.admin, cast.cyber_unit).system)
        self.agreement = DataSharingAgreement.objects.filter(from_agency=cast.agency)[0]
        state_purpose(actor=cast.legal, case_id=self.case_id, purpose="meeting", at=timezone.now())
        add_family(self)
        add_safety(self)
        add_care(self)
        add_papers(self)
        add_work(self)
        add_closing(self)
        self.note = write_note(
            actor=worker,
            case_id=self.case_id,
            kind="contact",
            occurred_at=timezone.now() - timedelta(hours=1),
            facts_reported="The aunt called.",
            facts_said_by="the aunt",
            reader_ids=[cast.supervisor.pk],
            mention_ids=[cast.supervisor.pk],
        )
        self.note_draft = save_draft(
            actor=worker,
            draft_id=uuid.uuid4(),
            case_id=self.case_id,
            values={"kind": "contact", "facts_reported": "Not signed yet."},
        )
        correct_identity(
            actor=worker,
            person_id=self.survivor.person_id,
            version=1,
            reason="Her own word.",
            changes={"other_names": "Luningning"},
        )
        self.consent = give_consent(worker, self.survivor)
        self.asked = start_consent(
            actor=worker,
            case_id=self.case_id,
            person_id=self.survivor.person_id,
            given_by="individual",
        )
        self.told = tell_in_emergency(
            actor=worker,
            case_id=self.case_id,
            to_agency_id=cast.cyber_unit.pk,
            told_at=timezone.now() - timedelta(minutes=5),
            way="phone",
            officer="The officer on duty",
            said="Where they are now.",
            why="He is at the door.",
            categories=["case_summary"],
            at=timezone.now(),
        )
        self.sent = self._handoff()
        with reading(worker):
            self.ground = LegalGround.objects.visible_to(worker).get(case_id=self.case_id)
        self.accepted = self._handoff()
        accept_handoff(actor=cast.partner, handoff_id=self.accepted.pk)
        self.draft = self._handoff(send=False)
        waiting = self._handoff(send=False)
        self.pending = submit_handoff(actor=cast.caseworker, handoff_id=waiting.pk)
        add_keys(self)
        self.sealed = self._handoff()
        self.proceeding = open_proceeding(
            actor=legal,
            case_id=self.case_id,
            accused_id=self.accused.pk,
            jurisdiction="PH",
            side="source",
            opened_on=date(2026, 1, 5),
            docket_number="NP-1",
            step="submitted_for_decision",
            earlier_unknown=True,
        )
        with reading(legal):
            self.statute = Statute.objects.visible_to(legal).get(code="PH-RA7610-7")
        self.charge = file_charge(
            actor=legal,
            proceeding_id=self.proceeding.pk,
            statute="PH-RA11862-4",
            filed_on=date(2026, 1, 6),
        )
        self.decided = file_charge(
            actor=legal,
            proceeding_id=self.proceeding.pk,
            statute="PH-RA7610-5",
            filed_on=date(2026, 1, 6),
        )
        record_verdict(
            actor=legal,
            charge_id=self.decided.pk,
            version=self.decided.version,
            result="convicted",
            decided_on=today,
        )
        add_outcome(self)
        add_operations(self)
        add_hearing(self)
        import_referrals(
            actor=User.objects.get(pk=IMPORTER_ID),
            file=io.BytesIO(SHEET.encode()),
            team_id=cast.north.pk,
        )
        # Charged for, and failed for want of people.
        compute_release(
            actor=User.objects.get(pk=STATISTICIAN_ID),
            release_id=request_release(
                actor=cast.manager,
                title="Everybody's figures",
                measures=["S-RES"],
                tier="public",
                period_start=date(2020, 1, 1),
                period_end=date(2020, 12, 31),
            ).pk,
        )
        self.release = request_release(
            actor=cast.manager,
            title="Referrals of a quarter",
            measures=["S-SRC"],
            period_start=date(2026, 1, 1),
            period_end=date(2026, 3, 31),
        )
        self.search_id = save_search(
            actor=cast.auditor, name="Refusals of the team", asked={"kind": "refusals"}
        ).pk
        # A colleague of the same team did something that the supervisor reviews.
        with acting(cast.second_caseworker) as act:
            act.authorise("cases.read_case")
            self.review_id = open_review(
                act, kind="override", about=self.survivor, team_ids=[cast.north.pk]
            )
        # A colleague of another team broke the glass, and has left again.
        with reading(worker):
            reference = Case.objects.visible_to(worker).get(pk=self.case_id).reference
        self.emergency = break_glass(
            actor=cast.south_caseworker,
            reference=reference,
            reason_code="danger_to_life",
            reason="The uncle is at the door of the shelter.",
            minutes=15,
            at=timezone.now(),
        )
        end_break_glass(
            actor=cast.south_caseworker, break_glass_id=self.emergency.pk, at=timezone.now()
        )
        add_rights(self)
        add_imports(self)
        add_exports(self)
        # No archive begins there: nothing of the world is old enough for one.
        self.archive_first = 0
        self.entry_number = AuditEvent.objects.order_by("-id").values_list("id", flat=True)[0]

    def _tell_another_team_the_same(self) -> None:
        again = log_referral(
            self.cast.south_caseworker,
            subject={"prs_FirstName": "Tala", "prs_SecondName": "Amihan"},
        )
        compare_hidden(actor=User.objects.get(pk=HOUSEKEEPER_ID), referral_id=again.pk)
        self.hidden_match = HiddenMatch.objects.using("owner").get()

    def _keep_a_list(self) -> None:
        self.kept_list = keep_list(actor=self.cast.caseworker, show="overdue", digest="weekly")

    def _note_signs(self) -> None:
        about = {"actor": self.cast.intake, "referral_id": self.waiting.pk}
        today = timezone.localdate()
        self.sign, second = (
            observe_indicator(**about, code=code, observed_on=today, words="Each Friday.")
            for code in ("austrac_low_value", "aic_escalation")
        )
        assess_indicators(
            **about,
            observation_ids=[self.sign.pk, second.pk],
            confidence="low",
            rationale="Small sums that grow.",
        )
        self.payment = record_payment(**about, amount=Decimal("49.50"), currency="AUD", times=3)

    def _ask_and_tell_sources(self) -> None:
        actor = self.cast.intake
        now = timezone.now()
        self.shift = set_on_call(
            actor=self.cast.supervisor,
            team_id=self.cast.north.pk,
            person_id=self.cast.second_caseworker.pk,
            place=1,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=9),
        )
        self.routing_rule = set_routing_rule(
            actor=self.cast.supervisor,
            position=1,
            source_category="media",
            team_id=self.cast.south.pk,
        )
        self._keep_a_list()
        self._note_signs()
        log_referral(actor, immediate_danger="yes")
        asked, told = log_referral(actor), log_referral(actor)
        for referral in (asked, told):
            start_triage(actor=actor, referral_id=referral.pk)
        ask_source(actor=actor, referral_id=asked.pk, question="When was it?", way="phone")
        decline_referral(actor=actor, referral_id=told.pk, reason="out_of_scope")
        give_feedback(
            actor=actor,
            referral_id=told.pk,
            outcome="outside_mandate",
            way="phone",
            words="Thanks.",
        )

    def _handoff(self, *, send: bool = True) -> Any:
        cast = self.cast
        handoff = compose_handoff(
            actor=cast.caseworker,
            case_id=self.case_id,
            to_agency_id=cast.cyber_unit.pk,
            kind="joint_work",
            purpose="Find the place",
            legal_basis="public_task",
            basis_reason="The unit investigates by law.",
            sections=["case_summary", "content_origin"],
            answer_by=timezone.localdate() + timedelta(days=3),
        )
        approve_grounds(cast.caseworker, self.case_id)
        if not send:
            return handoff
        authorise_handoff(cast.caseworker, handoff)
        return send_handoff(actor=cast.caseworker, handoff_id=handoff.pk)


def add_outcome(world: Any) -> None:
    """Another proceeding of the accused, with a sentence, an award and an appeal that waits."""
    legal, today = world.cast.legal, timezone.localdate()
    judged = open_proceeding(
        actor=legal,
        case_id=world.case_id,
        accused_id=world.accused.pk,
        jurisdiction="GB",
        side="demand",
        opened_on=today,
        step="verdict",
        earlier_unknown=True,
    )
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
    world.sentence = record_sentence(
        actor=legal,
        proceeding_id=judged.pk,
        charge_id=charge.pk,
        kind="determinate",
        imposed_on=today,
        max_months=60,
    )
    world.award = award_compensation(
        actor=legal,
        proceeding_id=judged.pk,
        person_id=world.survivor.person_id,
        kind="moral_damages",
        amount=Decimal(1000),
        currency="GBP",
        awarded_on=today,
    )
    world.wish = record_wish(
        actor=legal,
        proceeding_id=judged.pk,
        person_id=world.survivor.person_id,
        version=0,
        wish="tell",
        asked_on=today,
    )
    world.appeal = file_appeal(actor=legal, proceeding_id=judged.pk, by="defence", filed_on=today)
    reversed_one = open_proceeding(
        actor=legal,
        case_id=world.case_id,
        accused_id=world.accused.pk,
        jurisdiction="AU",
        side="demand",
        opened_on=today,
        step="verdict",
        earlier_unknown=True,
    )
    fell = file_charge(
        actor=legal, proceeding_id=reversed_one.pk, statute="AU-CC-271.4", filed_on=today
    )
    record_verdict(
        actor=legal, charge_id=fell.pk, version=fell.version, result="convicted", decided_on=today
    )
    decided = file_appeal(actor=legal, proceeding_id=reversed_one.pk, by="defence", filed_on=today)
    decide_appeal(
        actor=legal,
        appeal_id=decided.pk,
        version=1,
        outcome="reversed",
        decided_on=today,
        rulings={fell.pk: "acquitted"},
    )
    with reading(legal):
        world.judged = Proceeding.objects.visible_to(legal).get(pk=judged.pk)


def add_hearing(world: Any) -> None:
    """A hearing ahead that the survivor has to come to, and a calendar program of the officer."""
    legal = world.cast.legal
    (world.hearing,) = schedule_hearings(
        actor=legal,
        proceeding_ids=[world.proceeding.pk],
        kind="trial",
        day=timezone.localdate() + timedelta(days=20),
        time="08:30",
        zone="Asia/Manila",
        place="Branch 4, second floor",
    )
    prepare_hearing(
        actor=legal,
        hearing_id=world.hearing.pk,
        version=1,
        protections=["live_link"],
        attendances={world.survivor.person_id: "required"},
        supporters={},
    )
    make_feed(actor=legal)


def add_operations(world: Any) -> None:
    """An operation that was conducted, with two outcomes; and one that only two know of."""
    legal, today = world.cast.legal, timezone.localdate()
    world.operation = record_operation(
        actor=legal,
        case_id=world.case_id,
        type="rescue",
        happened_on=today,
        country="PH",
        lead_agency_id=world.cast.cyber_unit.pk,
    )
    world.outcome = record_outcome(
        actor=legal,
        operation_id=world.operation.pk,
        participant_id=world.survivor.pk,
        outcome="at_risk_child_removed",
    )
    world.planned = plan_operation(
        actor=legal,
        case_id=world.case_id,
        type="entrapment_and_rescue",
        lead_agency_id=world.cast.cyber_unit.pk,
        plan="Two cars and a social worker.",
        member_ids=[world.cast.supervisor.pk],
    )


def add_keys(world: Any) -> None:
    """The cyber unit's desk has a key of its own; two people of ours hold the archive."""
    cast, key = world.cast, Key()
    world.desk_key = make_agency_key(
        actor=cast.partner, recipient=key.public, way="passphrase", copy=wrapped(key)
    )
    with reading(cast.partner):
        world.key_copy = WrappedKey.objects.visible_to(cast.partner).get()
    world.archive_key = make_archive_key(
        actor=cast.dpo,
        holders=[(cast.dpo.pk, Key().public), (cast.auditor.pk, Key().public)],
    )


def add_closing(world: Any) -> None:
    """Another case: closed, opened again, and waiting to be closed once more."""
    worker, supervisor = world.cast.caseworker, world.cast.supervisor
    case = open_case(actor=worker, team_id=world.cast.north.pk)
    survivor = add_participant(actor=worker, case_id=case.pk, role="survivor")
    asked = {
        "actor": worker,
        "case_id": case.pk,
        "reason": "survivor_choice",
        "summary": "She wants to stop here, and knows whom to call.",
        "contact_after": {survivor.person_id: "no"},
    }
    closure = request_closure(**asked, version=1)
    close_case(actor=supervisor, closure_id=closure.pk, version=1)
    world.reopening = reopen_case(
        actor=supervisor,
        case_id=case.pk,
        reason="came_back",
        words="She called the desk and asked for help.",
        version=3,
    )
    world.closure = request_closure(**asked, version=4)
    # Restricted to two of the team; and a colleague who leads nothing is away.
    world.restriction = restrict_case(
        actor=supervisor,
        case_id=case.pk,
        user_ids=[worker.pk, supervisor.pk],
        why="Her neighbour works in this team.",
    )
    world.cover = set_cover(
        actor=supervisor,
        away_id=world.cast.second_caseworker.pk,
        cover_id=world.cast.south_caseworker.pk,
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=7),
    )


def add_family(world: Any) -> None:
    """What one is to the other, where the child lives, and a step of the law."""
    worker, survivor, accused = world.cast.caseworker, world.survivor.pk, world.accused.pk
    world.tie = link_people(
        actor=worker,
        participant_id=accused,
        of_participant_id=survivor,
        detail="step_parent",
        source="survivor_statement",
    )
    world.home = join_household(actor=worker, participant_id=survivor, source="caregiver")
    change_legal_status(
        actor=worker,
        participant_id=accused,
        to="arrested",
        happened_on=timezone.localdate(),
        source="agency_report",
    )


def add_safety(world: Any) -> None:
    """Safe contact, read and kept to; a plan; a crisis; and a colleague too close to the case."""
    worker, survivor = world.cast.caseworker, world.survivor.pk
    now = timezone.now()
    world.contact = set_safe_contact(
        actor=worker, participant_id=survivor, channel="call", number="0917 000 0000"
    )
    for person in (worker, world.cast.supervisor):
        acknowledge_safe_contact(
            actor=person, safe_contact_id=world.contact.pk, session_mark="a" * 64
        )
    world.attempt = plan_contact(
        actor=worker, participant_id=survivor, channel="call", planned_for=now
    )
    world.plan = write_safety_plan(
        actor=worker,
        participant_id=survivor,
        risks=["retaliation"],
        measures="The aunt keeps the door locked.",
        review_on=timezone.localdate() + timedelta(days=7),
    )
    world.crisis = raise_crisis(actor=worker, participant_id=survivor, kind="immediate_danger")
    world.conflict = declare_conflict(
        actor=world.cast.supervisor,
        case_id=world.case_id,
        relation="neighbour",
        user_id=world.cast.second_caseworker.pk,
    )


def add_rights(world: Any) -> None:
    """A hold on the case, and an erasure that waits for a second person."""
    now = timezone.now()
    # In a year when everything open has been kept long enough.
    list_due(actor=User.objects.get(pk=HOUSEKEEPER_ID), at=now + timedelta(days=3 * 366))
    with reading(world.cast.dpo):
        due = RetentionReview.objects.visible_to(world.cast.dpo)
        world.due = due.get(record_id=world.case_id)
    world.hold = place_hold(
        actor=world.cast.supervisor,
        case_id=world.case_id,
        authority="Regional Trial Court, Branch 7",
        why="The defence asked for the whole file.",
        until=None,
        at=now,
    )
    world.copy = request_copy(
        actor=world.cast.caseworker,
        participant_id=world.survivor.pk,
        asked_for_by="self",
        at=now,
    )
    world.register = "breaches"
    world.entry = open_entry(
        actor=world.cast.dpo,
        register=world.register,
        answers={"known_at": now, "nature": "lost", "what": "A telephone was left on a bus."},
        at=now,
    )
    world.erasure = request_erasure(
        actor=world.cast.caseworker,
        participant_id=world.accused.pk,
        ground="person_asked",
        whole_case=False,
        at=now,
    )


def add_care(world: Any) -> None:
    """What a survivor went through, where she lives, who has custody, and what was found."""
    worker, survivor, today = world.cast.caseworker, world.survivor.pk, timezone.localdate()
    world.context = record_survivor_context(
        actor=worker, participant_id=survivor, age_missing="not_asked", schooling="in_school"
    )
    world.harm = record_harm(
        actor=worker,
        participant_id=survivor,
        harm_type="live_streaming",
        content_origin="livestreamed_trafficking",
    )
    world.placement = place_person(
        actor=worker,
        participant_id=survivor,
        kind="shelter",
        since=today,
        name="Harbour house",
        address="3 Pier Road",
        reader_ids=[world.cast.supervisor.pk],
    )
    world.custody = record_custody(
        actor=worker,
        participant_id=survivor,
        kind="state",
        authority="Social welfare office",
        order_reference="SW-12",
        since=today,
    )
    world.material = report_material(actor=worker, where="device", case_id=world.case_id)


def add_papers(world: Any) -> None:
    """A paper about the survivor, whose original lies in an office."""
    world.paper = register_paper(
        actor=world.cast.caseworker,
        case_id=world.case_id,
        kind="court_order",
        person_id=world.survivor.person_id,
        original_at="Regional Trial Court, branch 7",
        reference="SP-12",
    )
    world.kept_file = keep_paper(
        actor=world.cast.caseworker, paper_id=world.paper.pk, content=b"The order, in words.\n"
    )
    clean_paper(actor=User.objects.get(pk=PAPER_CLEANER_ID), file_id=world.kept_file.pk)
    world.first_page = 1
    letter = register_paper(
        actor=world.cast.caseworker, case_id=world.case_id, kind="letter", original_at="Folder 3"
    )
    # One that waits to be checked.
    keep_paper(actor=world.cast.caseworker, paper_id=letter.pk, content=b"Dear colleague.\n")
