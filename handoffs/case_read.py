"""What a package is made from: one page-shaped read of the case, as far as its reader sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from cases.choices import SAFE_CONTACT_ROLES
from cases.disclosure import Verdict
from cases.models import Case, CaseNote, CaseParticipant, PersonIdentity
from handoffs.choices import Section
from handoffs.models import Handoff
from handoffs.package import HIGHEST_LEVEL, CaseRead, NoteRead, PersonRead, Terms
from handoffs.reaching import contacts_of, reach_of
from referrals.models import Referral
from vault.keys import load_keys


def read_case(
    actor: User, case_id: UUID, sections: Sequence[str], verdict: Verdict | None
) -> CaseRead:
    """What `sections` draw on, as far as `actor` sees it. Opens sealed text: the caller records it.

    Args:
        verdict: what of it may leave (R-K1); None only while no receiver or basis was chosen yet
            and nothing could leave.

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
        people = _people(actor, case_id, sections, verdict)
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


def terms_of(
    handoff: Handoff,
    *,
    agreement: str | None,
    withheld: Sequence[str] = (),
    sent_at: datetime | None = None,
) -> Terms:
    """The outside of a handoff's package."""
    receiver_id: UUID | None = handoff.to_agency_id
    return Terms(
        reference=handoff.reference,
        kind=handoff.kind,
        purpose=handoff.purpose,
        legal_basis=handoff.legal_basis,
        agreement=agreement,
        urgency=handoff.urgency,
        answer_by=handoff.answer_by,
        sender=handoff.from_agency.name,
        # A draft on the compose page may have no receiver yet.
        receiver=handoff.to_agency.name if receiver_id else "",
        receiver_type=handoff.to_agency.type if receiver_id else "",
        sections=handoff.sections,
        withheld=sorted(set(withheld)),
        sent_at=sent_at,
    )


def _people(
    actor: User, case_id: UUID, sections: Sequence[str], verdict: Verdict | None
) -> list[PersonRead]:
    participants = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id, person__erased_on=None)
        .select_related("person")
        .order_by("person__code", "role")
    )
    identities = {}
    if Section.IDENTITIES in sections:
        ids = {
            participant.person_id
            for participant in participants
            if verdict is None or verdict.lets(Section.IDENTITIES, participant.person_id)
        }
        load_keys(("person", person_id) for person_id in ids)
        identities = {
            identity.person_id: identity.details
            for identity in PersonIdentity.objects.visible_to(actor).filter(person_id__in=ids)
        }
    contacts = contacts_of(actor, identities)

    def may_name(person_id: UUID) -> bool:
        """Whether their code is in this package anyway."""
        return person_id in identities or (
            Section.PEOPLE in sections
            and (verdict is None or verdict.lets(Section.PEOPLE, person_id))
        )

    guarded = {one.person_id for one in participants if one.role in SAFE_CONTACT_ROLES}
    return [
        PersonRead(
            code=participant.person.code,
            role=participant.role,
            legal_status=participant.legal_status,
            gender=participant.person.gender,
            birth_year=participant.person.birth_year,
            citizenships=participant.person.citizenships,
            identity=identities.get(participant.person_id, {}),
            reach=reach_of(contacts.get(participant.person_id), timezone.now(), may_name)
            if participant.person_id in guarded & identities.keys()
            else None,
            listed=verdict is None or verdict.lets(Section.PEOPLE, participant.person_id),
        )
        for participant in participants
    ]


def _notes(actor: User, case_id: UUID) -> list[NoteRead]:
    """Notes up to level 2 that `actor` reads, each with its author's roles at the time."""
    notes = list(
        CaseNote.objects.visible_to(actor)
        .filter(case_id=case_id, sensitivity__lte=HIGHEST_LEVEL)
        # What was erased in order is no gap.
        .exclude(person__erased_on__isnull=False)
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
