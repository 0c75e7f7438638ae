"""How somebody is reached and kept safe, as pages show it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.choices import SAFE_CONTACT_ROLES, SURVIVOR_ROLES, SafetyRisk, Weekday
from cases.models import (
    CaseParticipant,
    ConflictBlock,
    ContactAttempt,
    ContactReading,
    CrisisFlag,
    SafeContact,
    SafetyPlan,
)
from cases.policies import who_answers_may
from core.actors import Actor
from vault.opening import Opened, opened

# Names of details that lead to a person's telephone, door or account.
LEADS_TO_THEM = re.compile(
    r"phone|email|e_mail|handle|account|street|postal|address|school|longitude|latitude|mailing"
    r"(?!country)",
    re.IGNORECASE,
)
MOST_STRIPS = 4


def without_contact(details: dict[str, Any]) -> dict[str, Any]:
    """The details of an identity less those that lead to the person's telephone or door."""
    return {
        name: without_contact(value) if isinstance(value, dict) else value
        for name, value in details.items()
        if not LEADS_TO_THEM.search(name)
    }


def newest_contact(actor: Actor, person_id: UUID) -> SafeContact | None:
    """The safe-contact instructions that count for a person, expired or not."""
    newest: SafeContact | None = SafeContact.objects.visible_to(actor).newest_of(person_id)
    return newest


def contact_held_back(actor: Actor, person_id: UUID, session_mark: str) -> bool:
    """Whether numbers and addresses of a person stay hidden in this session (R-C1)."""
    places = CaseParticipant.objects.visible_to(actor).filter(person_id=person_id)
    if not places.filter(role__in=SAFE_CONTACT_ROLES).exists():
        return False
    newest = newest_contact(actor, person_id)
    return newest is None or not was_acknowledged(actor, newest, session_mark)


def was_acknowledged(actor: Actor, contact: SafeContact, session_mark: str) -> bool:
    """Whether the actor said in this session that they read these instructions, and whoever they
    name may still speak for the survivor (R-C5): otherwise no number is shown."""
    return bool(
        session_mark
        and ContactReading.objects.visible_to(actor)
        .filter(safe_contact=contact, session_mark=session_mark)
        .exists()
        and who_answers_may(contact)
    )


@dataclass(frozen=True)
class ShownContact:
    """Instructions in words; the number only once they were acknowledged.

    Attributes:
        rules: the three answers of the safety strip, and what else to keep to.
        number: empty until acknowledged.
        unreadable: sealed parts that did not open.
    """

    contact: SafeContact
    how: str
    when: str
    whom: str
    rules: list[tuple[str, str]]
    expired: bool
    acknowledged: bool
    number: str = ""
    unreadable: list[str] = field(default_factory=list)


def show_contact(contact: SafeContact, *, acknowledged: bool, at: datetime) -> ShownContact:
    """The instructions of a person in words."""
    said: Opened = opened(contact, "instructions")
    words = said.value if said.readable else {}
    number: Opened = opened(contact, "number") if acknowledged else Opened("")
    stop = ""
    if contact.do_not_contact:
        stop = _("Do not contact")
    elif contact.survivor_initiates_only:
        stop = _("They make contact themselves")
    yes, no = _("Allowed"), _("Never")
    rules = [
        (_("Words to use"), words.get("phrase", "")),
        (_("Never speak to"), words.get("never_speak_to", "")),
        (_("Voicemail"), yes if contact.voicemail_allowed else no),
        (_("Text messages"), yes if contact.text_allowed else no),
        (_("E-mail"), yes if contact.email_allowed else no),
        (_("Interpreter"), contact.interpreter.code if contact.interpreter else ""),
        (_("Remarks"), words.get("remarks", "")),
    ]
    return ShownContact(
        contact=contact,
        how=stop or str(contact.get_channel_display()),
        when=_when(contact),
        whom=contact.answered_by.code
        if contact.answered_by
        else _("Only %(code)s") % {"code": contact.person.code},
        rules=[(label, value) for label, value in rules if value],
        expired=contact.expires_at <= at,
        acknowledged=acknowledged,
        number=str(number.value),
        unreadable=[
            name for name, part in (("instructions", said), ("number", number)) if not part.readable
        ],
    )


def _when(contact: SafeContact) -> str:
    days = ", ".join(str(Weekday(day).label) for day in contact.days) or _("Any day")
    if contact.from_hour is None or contact.until_hour is None:
        return days
    return _("%(days)s, %(start)s to %(end)s") % {
        "days": days,
        "start": contact.from_hour.strftime("%H:%M"),
        "end": contact.until_hour.strftime("%H:%M"),
    }


@dataclass(frozen=True)
class ShownPlan:
    """A safety plan in words; `facts` are (label, value) pairs."""

    plan: SafetyPlan
    risks: list[str]
    facts: list[tuple[str, str]]
    overdue: bool
    readable: bool


def show_plan(plan: SafetyPlan, *, at: datetime) -> ShownPlan:
    """A safety plan as it is read."""
    said: Opened = opened(plan, "plan")
    words: dict[str, Any] = said.value if said.readable else {}
    return ShownPlan(
        plan=plan,
        risks=[
            str(SafetyRisk(code).label)
            for code in words.get("risks", [])
            if code in SafetyRisk.values
        ],
        facts=[
            (_("What is done"), words.get("measures", "") if said.readable else str(said.value)),
            (_("Warning signs"), words.get("warning_signs", "")),
            (
                _("Whom to call first"),
                plan.emergency_person.code if plan.emergency_person else "",
            ),
            (_("Others to call"), words.get("other_contacts", "")),
        ],
        overdue=plan.status == "active" and plan.review_on < timezone.localdate(at),
        readable=said.readable,
    )


def plan_of(actor: Actor, person_id: UUID, case_id: UUID) -> SafetyPlan | None:
    """The plan in force for a person."""
    found: SafetyPlan | None = (
        SafetyPlan.objects.visible_to(actor)
        .in_force()
        .select_related("emergency_person", "written_by")
        .filter(person_id=person_id, case_id=case_id)
        .first()
    )
    return found


def crises_of(actor: Actor, case_id: UUID) -> list[CrisisFlag]:
    """Who in a case is in a crisis now."""
    return list(
        CrisisFlag.objects.visible_to(actor)
        .raised()
        .filter(case_id=case_id)
        .select_related("person", "raised_by")
    )


def attempts_of(actor: Actor, place: CaseParticipant) -> list[ContactAttempt]:
    """Contact planned with a person and tried, newest first."""
    return list(
        ContactAttempt.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("planned_by")[:20]
    )


def conflicts_of(actor: Actor, case_id: UUID) -> list[ConflictBlock]:
    """The conflicts of interest in force on a visible case."""
    return list(
        ConflictBlock.objects.visible_to(actor)
        .in_force()
        .filter(case_id=case_id)
        .select_related("user", "declared_by", "person")
    )


@dataclass(frozen=True)
class Strip:
    """One survivor's place in the safety strip under the head of a case."""

    participant_id: UUID
    code: str
    crisis: str


def strips_of(actor: Actor, case_id: UUID) -> list[Strip]:
    """Survivors and children at risk of a case; nothing for roles that do not make contact."""
    if not actor.may("cases.read_safety"):
        return []
    crises = {flag.person_id: str(flag.get_kind_display()) for flag in crises_of(actor, case_id)}
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id, role__in=SURVIVOR_ROLES, person__erased_on=None)
        .select_related("person")
        .order_by("person__code")
    )
    by_person: dict[UUID, Strip] = {}
    for place in places:
        by_person.setdefault(
            place.person_id,
            Strip(place.pk, place.person.code, crises.get(place.person_id, "")),
        )
    return list(by_person.values())


def hotlines() -> list[str]:
    """Numbers to call in a crisis, as the installation set them."""
    return list(settings.LIWANAG_HOTLINES)


def lost_contact_is_shown(actor: Actor, person_id: UUID, *, least: int = 3) -> bool:
    """Whether enough was tried within the instructions to say that contact was lost (R-C6)."""
    tried = ContactAttempt.objects.visible_to(actor).permitted_and_tried()
    return bool(tried.filter(person_id=person_id).count() >= least)
