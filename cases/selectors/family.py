"""The family and the households of a case: in words, and placed for a drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases.choices import OTHER_END, Kinship, ParticipantRole
from cases.models import CaseParticipant, HouseholdMember, LegalStatusChange, RelationshipLink
from core.actors import Actor

# A child displaying harmful behaviour stands first among their roles, an allegation before kinship.
FIRST_ROLES = (
    ParticipantRole.SURVIVOR,
    ParticipantRole.AT_RISK_CHILD,
    ParticipantRole.CHILD_DISPLAYING_HSB,
    ParticipantRole.ALLEGED_OFFENDER_SOURCE,
    ParticipantRole.ALLEGED_OFFENDER_DEMAND,
)


@dataclass(frozen=True)
class Somebody:
    """One person of a case, once, whatever number of places they have in it."""

    person_id: UUID
    participant_id: UUID
    code: str
    label: str
    alleged: bool
    child: bool


@dataclass(frozen=True)
class Living:
    """Somebody in a household, with the words of the dates."""

    member_id: UUID
    who: Somebody
    since: str
    until: str
    has_left: bool


@dataclass(frozen=True)
class Home:
    """A household and who lives or lived there; `shared` when a child lives with an allegation."""

    household_id: UUID
    name: str
    members: list[Living] = field(default_factory=list)

    @property
    def now(self) -> list[Living]:
        return [member for member in self.members if not member.has_left]

    @property
    def child_lives_with_alleged_offender(self) -> bool:
        return any(m.who.child for m in self.now) and any(m.who.alleged for m in self.now)


@dataclass(frozen=True)
class Tie:
    """“code is the [detail] of code”, in words."""

    link_id: UUID
    one: Somebody
    other: Somebody
    detail: str
    source: str


@dataclass(frozen=True)
class Family:
    """Everything the family page shows."""

    people: list[Somebody]
    homes: list[Home]
    ties: list[Tie]


def everybody_of(actor: Actor, case_id: UUID) -> dict[UUID, Somebody]:
    """The people of a visible case by their id, each once, survivors first."""
    places = list(
        CaseParticipant.objects.visible_to(actor).filter(case_id=case_id).select_related("person")
    )
    order = {role: number for number, role in enumerate(FIRST_ROLES)}
    places.sort(key=lambda place: (order.get(place.role, len(order)), place.person.code))
    people: dict[UUID, Somebody] = {}
    for place in places:
        known = people.get(place.person_id)
        people[place.person_id] = Somebody(
            person_id=place.person_id,
            participant_id=known.participant_id if known else place.pk,
            code=place.person.code,
            label=known.label if known else place.label,
            alleged=place.is_alleged_offender or bool(known and known.alleged),
            child=place.role in FIRST_ROLES[:3] or bool(known and known.child),
        )
    return people


def family_of(actor: Actor, case_id: UUID) -> Family:
    """The family and the households of a visible case, in four queries."""
    people = everybody_of(actor, case_id)
    homes: dict[UUID, Home] = {}
    members = (
        HouseholdMember.objects.visible_to(actor)
        .filter(case_id=case_id)
        .select_related("household")
        .order_by("household__created_at", "has_left", "created_at")
    )
    for member in members:
        home = homes.setdefault(
            member.household_id, Home(member.household_id, member.household.reference)
        )
        home.members.append(
            Living(
                member_id=member.pk,
                who=people[member.person_id],
                since=str(member.since or ""),
                until=str(member.until or ""),
                has_left=member.has_left,
            )
        )
    links = RelationshipLink.objects.visible_to(actor).filter(case_id=case_id)
    ties = [
        Tie(
            link.pk,
            people[link.person_id],
            people[link.of_person_id],
            str(link.get_detail_display()),
            str(link.get_source_display()),
        )
        for link in links
    ]
    return Family(list(people.values()), list(homes.values()), ties)


def ties_of(actor: Actor, place: CaseParticipant) -> list[tuple[str, str]]:
    """(code, what the others are to this person) for a person's page."""
    codes = {who.person_id: who.code for who in everybody_of(actor, place.case_id).values()}
    links = RelationshipLink.objects.visible_to(actor).filter(case_id=place.case_id)
    told = []
    for link in links:
        if link.person_id == place.person_id:
            told.append((codes[link.of_person_id], _is_the(link.detail)))
        elif link.of_person_id == place.person_id:
            told.append((codes[link.person_id], _is_the(OTHER_END.get(link.detail, link.detail))))
    return told


def _is_the(detail: str) -> str:
    return _("this person is their: %(detail)s") % {"detail": Kinship(detail).label}


def homes_of(actor: Actor, place: CaseParticipant) -> list[Any]:
    """The households a person lives or lived in, the present one first."""
    return list(
        HouseholdMember.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("household")
        .order_by("has_left", "-created_at")
    )


def law_of(actor: Actor, place: CaseParticipant) -> list[LegalStatusChange]:
    """The steps of the law about a person, newest first."""
    return list(
        LegalStatusChange.objects.visible_to(actor)
        .filter(participant=place)
        .select_related("recorded_by")
    )
