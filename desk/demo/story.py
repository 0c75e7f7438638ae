"""One referral's whole way, each step as the person whose job it is, through the real services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from accounts.models import Agency, Team, User
from accounts.service_accounts import IMPORTER_ID
from audit.models import AuditEvent
from audit.reading import reading
from audit.verification import verify
from cases.choices import LegalStatus, NoteKind, ParticipantRole
from cases.services.notes import write_note
from cases.services.people import add_participant
from desk.demo.casework import ask_for_consent, look_over_legal_bases
from desk.demo.court import judge
from desk.demo.daily_work import plan_with_the_children, record_duties
from desk.demo.people import person
from desk.demo.siblings import record_siblings
from handoffs.choices import Section, Urgency
from handoffs.services.handoffs import (
    accept_handoff,
    compose_handoff,
    send_handoff,
)
from handoffs.services.opening import open_package
from referrals.models import Referral
from referrals.services.deciding import decline_referral
from referrals.services.desk import (
    accept_referral,
    log_referral,
    start_triage,
)
from referrals.services.importing import import_referrals
from reporting.models import StatisticsRelease
from reporting.services.releases import publish_release, request_release

SAMPLE = Path(settings.BASE_DIR) / "referrals" / "samples" / "htcds_referrals_sample.csv"
PATIENCE_SECONDS = 90

# How many made-up referrals of each source: some counts are too small to be published.
SOURCES = (
    ("foreign_law_enforcement", "livestreamed_trafficking", 31),
    ("ncmec_cybertip", "groomed_or_coerced_self_generated", 22),
    ("social_welfare", "in_person_recorded", 17),
    ("inhope_hotline", "unknown", 12),
    ("school", "self_generated_no_third_party_known", 4),
    ("financial_institution", "livestreamed_trafficking", 3),
    ("survivor_self", "unknown", 2),
)


# Of the made-up referrals every seventh becomes a case; why the others do not.
EVERY_SO_MANY = 7
DECLINED_BECAUSE = ("handled_elsewhere", "out_of_scope", "not_enough_information")


class StepFailed(RuntimeError):
    """A step of the story did not hold; its words say which and why."""


@dataclass
class Story:
    """What the steps leave for each other, and what is told at the end."""

    told: list[str] = field(default_factory=list)
    referral_id: UUID | None = None
    case_id: UUID | None = None
    handoff_id: UUID | None = None
    release_id: UUID | None = None


Step = Callable[[Story], str]


def steps() -> Iterator[tuple[str, Step]]:
    """(what is done, the function that does it), in order."""
    yield "Import a case sheet", import_sheet
    yield "Log the referrals of a quarter", log_many
    yield "Decide what has waited", decide_most
    yield "Log one referral, triage it and open its case", open_one
    yield "Write it up", write_it_up
    yield "Record the siblings, their household and how to reach them safely", keep_safe
    yield "Hand it to the cyber unit, which accepts", hand_off
    yield "Report it to those who must be told", do_the_work
    yield "Plan with the children, and sit down with the police", plan_it
    yield "Look over what left without consent", look_over
    yield "Ask for consent, and hand on what it covers", ask
    yield "Follow it to a court outcome", follow_to_court
    yield "Release a statistic with small cells hidden", release
    yield "Verify the audit log", verify_log


def import_sheet(story: Story) -> str:
    """Take in the sample sheet as the import service, twice: the second adds nothing."""
    reports = []
    for _time in range(2):
        with SAMPLE.open("rb") as file:
            reports.append(
                import_referrals(
                    actor=_importer(),
                    file=file,
                    team_id=_north().pk,
                    started_by=person("intake@tanglaw.example"),
                )
            )
    first, second = reports
    if second.kept or not first.kept:
        raise StepFailed("the second import of the same sheet added rows")
    return (
        f"{first.kept} referrals imported, {len(first.repeated)} repeated rows left out, "
        f"{first.refused} faulty rows refused; the second import added {second.kept}"
    )


def log_many(story: Story) -> str:
    """Referrals of this quarter, so that there is something to count."""
    intake, north, now = person("intake@tanglaw.example"), _north(), timezone.now()
    days = (timezone.localdate() - _this_quarter(timezone.localdate())[0]).days
    number = 0
    for source, origin, count in SOURCES:
        for _each in range(count):
            number += 1
            log_referral(
                actor=intake,
                team_id=north.pk,
                received_at=now - timedelta(days=number % max(1, days), minutes=number % 60),
                source_category=source,
                content_origin=origin,
                immediate_danger="no",
                legal_basis="public_task",
                harm_types=["live_streaming" if "live" in origin else "unknown"],
                country="PH",
                summary="A made-up referral of the demonstration.",
            )
    return f"{number} referrals logged"


def decide_most(story: Story) -> str:
    """Nothing waits for weeks on a desk that works: most is decided, some becomes a case."""
    caseworker, now = person("caseworker@tanglaw.example"), timezone.now()
    with reading(caseworker):
        late = list(
            Referral.objects.visible_to(caseworker)
            .filter(import_batch=None, received_at__lt=now - timedelta(days=2))
            .order_by("received_at")
            .values_list("pk", flat=True)
        )
    reasons = cycle(DECLINED_BECAUSE)
    cases = 0
    for number, referral_id in enumerate(late):
        start_triage(actor=caseworker, referral_id=referral_id)
        if number % EVERY_SO_MANY == 0:
            accept_referral(actor=caseworker, referral_id=referral_id)
            cases += 1
        else:
            decline_referral(actor=caseworker, referral_id=referral_id, reason=next(reasons))
    return f"{len(late)} of them decided, {cases} accepted into cases"


def open_one(story: Story) -> str:
    """A liaison officer's call becomes a case."""
    intake = person("intake@tanglaw.example")
    referral = log_referral(
        actor=intake,
        team_id=_north().pk,
        received_at=timezone.now() - timedelta(minutes=40),
        source_category="foreign_law_enforcement",
        source_name="Norden Child Protection Liaison",
        source_reference="NCPL-2026-0147",
        originating_country="NL",
        detection_method="undercover",
        content_origin="livestreamed_trafficking",
        immediate_danger="yes",
        legal_basis="public_task",
        harm_types=["live_streaming"],
        children_estimate=2,
        country="PH",
        admin1="Northern Province",
        summary="Two children are believed to live with the person who arranges the streams.",
        subject={"prs_FirstName": "Lita", "prs_SecondName": "Maharlika", "prs_Gender": "Feminine"},
    )
    caseworker = person("caseworker@tanglaw.example")
    start_triage(actor=caseworker, referral_id=referral.pk)
    accepted = accept_referral(actor=caseworker, referral_id=referral.pk)
    if accepted.case_id is None:
        raise StepFailed("the accepted referral has no case")
    story.referral_id, story.case_id = referral.pk, accepted.case_id
    return f"referral {referral.reference} triaged and accepted into a case"


def write_it_up(story: Story) -> str:
    """Add the people and two notes, one of them restricted."""
    caseworker, case_id = person("caseworker@tanglaw.example"), _known(story.case_id)
    add_participant(
        actor=caseworker,
        case_id=case_id,
        role=ParticipantRole.ALLEGED_OFFENDER_SOURCE,
        legal_status=LegalStatus.SUSPECT,
        birth_year=1984,
        citizenships=["PH"],
        identity={"first_name": "Ramil", "family_name": "Dagat"},
    )
    now = timezone.now()
    write_note(
        actor=caseworker,
        case_id=case_id,
        kind=NoteKind.CONTACT,
        occurred_at=now - timedelta(minutes=20),
        facts_reported="A stream is announced for tonight.",
        facts_said_by="The liaison officer",
        actions="Asked the cyber unit to stand by. A social worker is on the way.",
    )
    write_note(
        actor=caseworker,
        case_id=case_id,
        kind=NoteKind.ASSESSMENT,
        occurred_at=now - timedelta(minutes=10),
        observations="The younger child stays close to her sister.",
        professional_assessment="Both children need a place to stay tonight.",
    )
    return "an alleged offender added by code, two notes written and sealed"


def keep_safe(story: Story) -> str:
    """Family, household, safe contact, safety plan, harm, placement and custody."""
    return record_siblings(person("caseworker@tanglaw.example"), _known(story.case_id))


def do_the_work(story: Story) -> str:
    """The duty to report, and the tasks that follow."""
    return record_duties(_known(story.case_id))


def plan_it(story: Story) -> str:
    """Plans with the children, how they are doing, and a conference with the police."""
    return plan_with_the_children(_known(story.case_id))


def hand_off(story: Story) -> str:
    """Compose, send, accept, open: the receiver sees the package and never the case."""
    caseworker, officer = person("caseworker@tanglaw.example"), person("officer@ncru.example")
    handoff = compose_handoff(
        actor=caseworker,
        case_id=_known(story.case_id),
        to_agency_id=Agency.objects.get(short_code="NCRU").pk,
        kind="joint_work",
        purpose="Find the place and bring both children to safety",
        legal_basis="vital_interests",
        basis_reason="Two children are in danger today; nobody could be asked yet.",
        sections=[Section.CASE_SUMMARY, Section.CONTENT_ORIGIN, Section.PEOPLE, Section.NOTES],
        answer_by=timezone.localdate() + timedelta(days=1),
        urgency=Urgency.TODAY,
    )
    send_handoff(actor=caseworker, handoff_id=handoff.pk)
    accept_handoff(actor=officer, handoff_id=handoff.pk)
    package = open_package(actor=officer, handoff_id=handoff.pk)
    if "Both children need a place" in str(package):
        raise StepFailed("a restricted note left with the package")
    story.handoff_id = handoff.pk
    return f"handoff {handoff.reference} sealed, sent, accepted and opened by the cyber unit"


def look_over(story: Story) -> str:
    """The supervisor looks at the legal basis of the urgent handoff."""
    return look_over_legal_bases(_known(story.case_id))


def ask(story: Story) -> str:
    """One consent given, one thing refused."""
    return ask_for_consent(_known(story.case_id))


def follow_to_court(story: Story) -> str:
    """From the complaint to the judgment, as the legal officer records it."""
    return judge(_known(story.case_id))


def release(story: Story) -> str:
    """A manager asks, the worker computes, the data-protection officer publishes."""
    manager, dpo = person("manager@tanglaw.example"), person("dpo@tanglaw.example")
    start, end = _this_quarter(timezone.localdate())
    wanted = request_release(
        actor=manager,
        title=f"Referrals and convictions, {start:%b %Y} to {end:%b %Y}",
        measures=["S-SRC", "S-CONV"],
        period_start=start,
        period_end=end,
    )
    story.release_id = wanted.pk
    computed = _wait_for_release(manager, wanted.pk)
    published = publish_release(actor=dpo, release_id=computed.pk)
    if not published.cells_hidden:
        raise StepFailed("no small cell was hidden, though there are small ones")
    return (
        f"release {published.reference} computed by a background job, {published.cells_hidden} "
        "small cells hidden, published by a second person"
    )


def verify_log(story: Story) -> str:
    """Wait until the sequencer has taken in what was done, then check all of it."""
    end = time.monotonic() + PATIENCE_SECONDS
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True)[0]
    while time.monotonic() < end:
        with connections["auditor"].cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(event_id), 0) FROM audit_leaf WHERE event_id >= %s", [newest]
            )
            if cursor.fetchone()[0]:
                break
        time.sleep(0.3)
    report = verify(connections["auditor"])
    if not report.ok:
        raise StepFailed(report.sentence())
    return f"{report.entries} entries verified against {report.checkpoints} signed checkpoints"


def _wait_for_release(actor: User, release_id: UUID) -> StatisticsRelease:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with reading(actor):
            found = StatisticsRelease.objects.visible_to(actor).get(pk=release_id)
        if found.status == "in_review":
            return found
        if found.status == "failed":
            raise StepFailed("the release could not be computed")
        time.sleep(0.3)
    raise StepFailed("the background worker did not compute the release in time")


def _importer() -> User:
    return User.objects.get(pk=IMPORTER_ID)


def _north() -> Team:
    return Team.objects.get(name="North team")


def _known(case_id: UUID | None) -> UUID:
    if case_id is None:
        raise StepFailed("there is no case to work on")
    return case_id


def _this_quarter(today: date) -> tuple[date, date]:
    """First and last day of the quarter we are in."""
    first = today.month - (today.month - 1) % 3
    after = date(today.year + (first == 10), (first + 3) % 12 or 12, 1)
    return date(today.year, first, 1), after - timedelta(days=1)
