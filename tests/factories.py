"""What tests need to stand on, made through the services as people make it.

Each function is named after its service, takes the actor first, and lets a test say only what
matters to it: `log_referral(cast.intake, immediate_danger="yes")`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Team, User
from cases.models import Case, CaseNote, CaseParticipant
from cases.services import cases, notes, people
from handoffs.models import Handoff
from handoffs.services import handoffs
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
        "team_id": team_of(actor).pk,
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


def compose_handoff(actor: User, case: Case, to_agency: Agency, **over: Any) -> Handoff:
    """A draft for another agency: the summary of the case and its people by code."""
    values: dict[str, Any] = {
        "case_id": case.pk,
        "to_agency_id": to_agency.pk,
        "kind": "information_share",
        "purpose": "To find the place and keep the child safe",
        "legal_basis": "public_task",
        "sections": ["case_summary", "people"],
        "answer_by": timezone.localdate() + timedelta(days=3),
    }
    return handoffs.compose_handoff(actor=actor, **{**values, **over})


def send_handoff(actor: User, case: Case, to_agency: Agency, **over: Any) -> Handoff:
    """A handoff that has left."""
    draft = compose_handoff(actor, case, to_agency, **over)
    return handoffs.send_handoff(actor=actor, handoff_id=draft.pk)
