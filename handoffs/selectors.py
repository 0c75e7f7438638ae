"""Page-shaped reads of handoffs: what a package would hold, what happened, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from audit.models import AuditEvent, AuditLeaf
from audit.verbs import registry
from cases.models import Case, CaseNote, CaseParticipant, PersonIdentity
from handoffs.choices import Section
from handoffs.models import Handoff
from handoffs.package import HIGHEST_LEVEL, CaseRead, NoteRead, PersonRead, Terms
from referrals.models import Referral
from vault.keys import load_keys

# What both sides see of the chain; previews of a draft are the sender's own.
CHAIN_OF_BOTH = (
    "handoff.sent",
    "handoff.accepted",
    "handoff.declined",
    "handoff.revoked",
    "package.opened",
    "package.mismatched",
)
CHAIN_OF_SENDER = ("handoff.composed", "handoff.changed", *CHAIN_OF_BOTH)
ICONS = {
    "handoff.composed": "draft",
    "handoff.changed": "draft",
    "handoff.sent": "sent",
    "handoff.accepted": "accept",
    "handoff.declined": "decline",
    "handoff.revoked": "revoke",
    "package.opened": "envelope-open",
    "package.mismatched": "warning",
}


@dataclass(frozen=True)
class Tally:
    """How many handoffs there are, in the words of the chips."""

    total: int
    drafts: int
    waiting: int
    overdue: int
    answered: int


@dataclass(frozen=True)
class Link:
    """One thing that happened to a handoff; the shape `{% timeline %}` takes."""

    at: datetime
    sentence: str
    who: str
    icon: str
    proof: str


def tally(actor: User, *, case_id: UUID | None = None, on: date) -> Tally:
    """How the handoffs that `actor`'s agency composed stand; of one case where it is given."""
    handoffs = Handoff.objects.visible_to(actor).sent_from(actor)
    if case_id is not None:
        handoffs = handoffs.filter(case_id=case_id)
    numbers = handoffs.aggregate(
        total=Count("pk"),
        drafts=Count("pk", filter=Q(status="draft")),
        waiting=Count("pk", filter=Q(status="sent")),
        overdue=Count("pk", filter=Q(status="sent", answer_by__lt=on)),
        answered=Count("pk", filter=Q(status__in=("accepted", "declined"))),
    )
    return Tally(**numbers)


def read_case(actor: User, case_id: UUID, sections: Sequence[str]) -> CaseRead:
    """What `sections` draw on, as far as `actor` sees it. Opens sealed text: the caller records it.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        vault.errors.CannotOpen: a name or a note cannot be opened; nothing may leave then.
    """
    case = Case.objects.visible_to(actor).get(pk=case_id)
    origins: list[tuple[list[str], str]] = []
    if Section.CONTENT_ORIGIN in sections:
        origins = list(
            Referral.objects.visible_to(actor)
            .filter(case_id=case_id)
            .values_list("harm_types", "content_origin")
        )
    people: list[PersonRead] = []
    if Section.PEOPLE in sections or Section.IDENTITIES in sections:
        people = _people(actor, case_id, with_identities=Section.IDENTITIES in sections)
    return CaseRead(
        reference=case.reference,
        opened_on=case.opened_on,
        stage=case.protection_stage,
        risk=case.risk,
        country=case.country,
        admin1=case.admin1,
        harm_types=[code for harm_types, _origin in origins for code in harm_types],
        content_origins=[origin for _harm_types, origin in origins],
        people=people,
        notes=_notes(actor, case_id) if Section.NOTES in sections else [],
    )


def terms_of(handoff: Handoff, *, agreement: str | None, sent_at: datetime | None = None) -> Terms:
    """The outside of a handoff's package."""
    return Terms(
        reference=handoff.reference,
        kind=handoff.kind,
        purpose=handoff.purpose,
        legal_basis=handoff.legal_basis,
        agreement=agreement,
        urgency=handoff.urgency,
        answer_by=handoff.answer_by,
        sender=handoff.from_agency.name,
        receiver=handoff.to_agency.name,
        sections=handoff.sections,
        sent_at=sent_at,
    )


def chain_of(handoff: Handoff, reader: User, verbs: Sequence[str]) -> list[Link]:
    """What happened to a handoff, newest first, from the audit log.

    Own people stand with their name, those of the other agency with its name alone (R-A5). The
    caller has shown that `reader` may see the handoff.
    """
    events = list(
        AuditEvent.objects.of_case(handoff.case_id)
        .filter(object_id=handoff.pk, verb__in=verbs, outcome="done")
        .order_by("-id")
    )
    names = dict(
        User.objects.filter(
            pk__in={event.actor_id for event in events}, agency_id=reader.agency_id
        ).values_list("pk", "name")
    )
    agencies = dict(
        Agency.objects.filter(pk__in={event.agency_id for event in events}).values_list(
            "pk", "name"
        )
    )
    sealed = set(
        AuditLeaf.objects.using("auditor")
        .filter(event_id__in=[event.pk for event in events])
        .values_list("event_id", flat=True)
    )
    links = []
    for event in events:
        agency = agencies.get(event.agency_id, "")
        name = names.get(event.actor_id, "")
        links.append(
            Link(
                at=event.at,
                sentence=f"{name or agency} {registry()[event.verb]}",
                who=agency if name else "",
                icon=ICONS[event.verb],
                proof="sealed" if event.pk in sealed else "pending",
            )
        )
    return links


def _people(actor: User, case_id: UUID, *, with_identities: bool) -> list[PersonRead]:
    participants = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id)
        .select_related("person")
        .order_by("person__code", "role")
    )
    identities = {}
    if with_identities:
        ids = {participant.person_id for participant in participants}
        load_keys(("person", person_id) for person_id in ids)
        identities = {
            identity.person_id: identity.details
            for identity in PersonIdentity.objects.visible_to(actor).filter(person_id__in=ids)
        }
    return [
        PersonRead(
            code=participant.person.code,
            role=participant.role,
            legal_status=participant.legal_status,
            gender=participant.person.gender,
            birth_year=participant.person.birth_year,
            citizenships=participant.person.citizenships,
            identity=identities.get(participant.person_id, {}),
        )
        for participant in participants
    ]


def _notes(actor: User, case_id: UUID) -> list[NoteRead]:
    """Notes up to level 2 that `actor` reads, each with its author's roles at the time."""
    notes = list(
        CaseNote.objects.visible_to(actor).filter(case_id=case_id, sensitivity__lte=HIGHEST_LEVEL)
    )
    held: dict[UUID, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    for user_id, role, starts_at, ends_at in Membership.objects.filter(
        user_id__in={note.author_id for note in notes}
    ).values_list("user_id", "role", "starts_at", "ends_at"):
        held[user_id].append((role, starts_at, ends_at))
    return [
        NoteRead(
            kind=note.kind,
            level=note.sensitivity,
            occurred_at=note.occurred_at,
            author_roles=[
                Role(role).value
                for role, starts_at, ends_at in held[note.author_id]
                if starts_at <= note.created_at and (ends_at is None or ends_at > note.created_at)
            ],
            is_addendum=note.addendum_to_id is not None,
            parts=dict(note.parts),
        )
        for note in notes
    ]
