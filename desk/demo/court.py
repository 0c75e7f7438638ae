"""The demo's proceeding, step by step as the law has it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.reading import reading
from cases.choices import ParticipantRole
from cases.models import CaseParticipant
from courts.choices import VerdictResult
from courts.models import Proceeding
from courts.services.charges import file_charge
from courts.services.hearings import schedule_hearings
from courts.services.proceedings import advance_proceeding, open_proceeding
from courts.services.verdicts import record_verdict
from desk.demo.people import person


def judge(case_id: UUID) -> str:
    """From the complaint to the judgment, as the legal officer records it."""
    legal = person("legal@tanglaw.example")
    with reading(legal):
        accused = CaseParticipant.objects.visible_to(legal).get(
            case_id=case_id, role=ParticipantRole.ALLEGED_OFFENDER_SOURCE
        )
    today = timezone.localdate()
    proceeding = open_proceeding(
        actor=legal,
        case_id=case_id,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        court="Regional Trial Court, Northern Province",
        docket_number="NP-CR-26-0412",
        opened_on=today,
        document="Complaint of the cyber unit",
    )
    _advance(legal, proceeding, "preliminary_investigation", "resolved_to_file")
    charge = file_charge(
        actor=legal,
        proceeding_id=proceeding.pk,
        statute="PH-RA11862-6",
        filed_on=today,
        act_from=today - timedelta(days=60),
        act_to=today - timedelta(days=10),
        qualified=True,
        document="Information, count 1",
    )
    _advance(legal, proceeding, "arraigned", "pre_trial", "trial", "submitted_for_decision")
    record_verdict(
        actor=legal,
        charge_id=charge.pk,
        version=charge.version,
        result=VerdictResult.CONVICTED,
        decided_on=today,
    )
    _sentencing_ahead(legal, proceeding)
    return "one person charged, tried and convicted (source side, PH)"


def _sentencing_ahead(legal: User, proceeding: Proceeding) -> None:
    """The next date, with our report due before it: both stand on My work."""
    schedule_hearings(
        actor=legal,
        proceeding_ids=[proceeding.pk],
        kind="sentencing",
        day=timezone.localdate() + timedelta(days=9),
        time="09:00",
        zone="Asia/Manila",
        place="Branch 4, second floor",
        report_days=5,
    )


def _advance(legal: User, proceeding: Proceeding, *steps: str) -> None:
    """Steps of one day, each by the order that says so."""
    for step in steps:
        with reading(legal):
            now = Proceeding.objects.visible_to(legal).get(pk=proceeding.pk)
        advance_proceeding(
            actor=legal,
            proceeding_id=now.pk,
            to=step,
            version=now.version,
            happened_on=timezone.localdate(),
            document="Order of the day",
        )
