"""One of everything, made through the services: what walks and comparisons look at."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from audit.reviewing import open_review
from audit.searches import save_search
from cases.models import CaseParticipant
from cases.services.family import join_household, link_people
from cases.services.legal_status import change_legal_status
from cases.services.notes import write_note
from cases.services.people import add_participant
from courts.services.proceedings import file_charge, open_proceeding, record_verdict
from handoffs.services.handoffs import accept_handoff, compose_handoff, send_handoff
from referrals.models import ImportBatch
from referrals.services.desk import accept_referral, start_triage
from referrals.services.importing import import_referrals
from reporting.services.releases import request_release
from tests.factories import log_referral

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
        add_family(self)
        self.note = write_note(
            actor=worker,
            case_id=self.case_id,
            kind="contact",
            occurred_at=timezone.now() - timedelta(hours=1),
            facts_reported="The aunt called.",
            reader_ids=[cast.supervisor.pk],
        )
        self.sent = self._handoff()
        self.accepted = self._handoff()
        accept_handoff(actor=cast.partner, handoff_id=self.accepted.pk)
        self.draft = self._handoff(send=False)
        self.proceeding = open_proceeding(
            actor=legal,
            case_id=self.case_id,
            accused_id=self.accused.pk,
            jurisdiction="PH",
            side="source",
            opened_on=date(2026, 1, 5),
            docket_number="NP-1",
        )
        self.charge = file_charge(
            actor=legal,
            proceeding_id=self.proceeding.pk,
            statute="RA 9208",
            filed_on=date(2026, 1, 6),
        )
        self.decided = file_charge(
            actor=legal,
            proceeding_id=self.proceeding.pk,
            statute="RA 7610",
            filed_on=date(2026, 1, 6),
        )
        record_verdict(actor=legal, charge_id=self.decided.pk, result="convicted", decided_on=today)
        import_referrals(
            actor=User.objects.get(pk=IMPORTER_ID),
            file=io.BytesIO(SHEET.encode()),
            team_id=cast.north.pk,
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
        with reading(cast.intake):
            self.batch = ImportBatch.objects.visible_to(cast.intake).get()
        self.entry_number = AuditEvent.objects.order_by("-id").values_list("id", flat=True)[0]

    def _handoff(self, *, send: bool = True) -> Any:
        cast = self.cast
        handoff = compose_handoff(
            actor=cast.caseworker,
            case_id=self.case_id,
            to_agency_id=cast.cyber_unit.pk,
            kind="joint_work",
            purpose="Find the place",
            legal_basis="public_task",
            sections=["case_summary", "content_origin"],
            answer_by=timezone.localdate() + timedelta(days=3),
        )
        return send_handoff(actor=cast.caseworker, handoff_id=handoff.pk) if send else handoff


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
