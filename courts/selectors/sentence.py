"""Appeals, sentences, awards and wishes as the page of a proceeding shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from cases.choices import SURVIVOR_ROLES
from cases.models import CaseParticipant
from courts.choices import CONVICTIONS, ChargeStatus, ReachedBy
from courts.models import (
    Appeal,
    AppealRuling,
    CompensationAward,
    Proceeding,
    ReleaseWish,
    Sentence,
    StepEdge,
)
from courts.services.appeals import came_with_an_appeal


@dataclass(frozen=True)
class ShownAppeal:
    """An appeal with what it made of each charge."""

    appeal: Appeal
    rulings: list[AppealRuling]


@dataclass(frozen=True)
class ShownWish:
    """A survivor of the case, and whether they want to hear of a release."""

    place: CaseParticipant
    wish: ReleaseWish | None


@dataclass(frozen=True)
class Outcome:
    """What follows a verdict, and what may be recorded now."""

    appeals: list[ShownAppeal]
    sentences: list[Sentence]
    awards: list[CompensationAward]
    wishes: list[ShownWish]
    can: dict[str, bool]


def outcome_of(actor: User, proceeding: Proceeding) -> Outcome:
    """What a higher court and the serving of a sentence add to a visible proceeding."""
    rulings: dict[UUID, list[AppealRuling]] = {}
    for ruling in (
        AppealRuling.objects.visible_to(actor)
        .filter(appeal__proceeding=proceeding)
        .select_related("charge")
    ):
        rulings.setdefault(ruling.appeal_id, []).append(ruling)
    appeals = Appeal.objects.visible_to(actor).filter(proceeding=proceeding)
    convicted = any(charge.status in CONVICTIONS for charge in proceeding.charges.all())
    wishes = {
        wish.person_id: wish
        for wish in ReleaseWish.objects.visible_to(actor).filter(proceeding=proceeding)
    }
    appealable = StepEdge.objects.visible_to(actor).filter(
        from_step_id=proceeding.step_id, to_step__reached_by=ReachedBy.APPEAL
    )
    return Outcome(
        appeals=[ShownAppeal(one, rulings.get(one.pk, [])) for one in appeals],
        sentences=list(
            Sentence.objects.visible_to(actor)
            .filter(proceeding=proceeding)
            .select_related("charge")
        ),
        awards=list(
            CompensationAward.objects.visible_to(actor)
            .filter(proceeding=proceeding)
            .select_related("person")
        ),
        wishes=[
            ShownWish(place, wishes.get(place.person_id))
            for place in survivors(actor, proceeding.case_id)
        ],
        can={
            "sentence": convicted and actor.may("courts.record_sentence"),
            "release": actor.may("courts.record_release"),
            "appeal": actor.may("courts.file_appeal")
            and (appealable.exists() or came_with_an_appeal(proceeding)),
            "decide": actor.may("courts.decide_appeal"),
            "award": actor.may("courts.award_compensation"),
            "wish": actor.may("courts.record_wish"),
        },
    )


def survivors(actor: User, case_id: UUID) -> list[CaseParticipant]:
    """The survivors and children at risk of a visible case, each once."""
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id, role__in=SURVIVOR_ROLES)
        .select_related("person")
        .order_by("person__code")
    )
    return list({place.person_id: place for place in places}.values())


def survivor_choices(actor: User, case_id: UUID) -> list[tuple[str, str]]:
    return [(str(place.person_id), place.person.code) for place in survivors(actor, case_id)]


def survivor_of(actor: User, case_id: UUID, place_id: UUID) -> CaseParticipant:
    """A survivor of a case, by their place. Raises CaseParticipant.DoesNotExist."""
    for place in survivors(actor, case_id):
        if place.pk == place_id:
            return place
    raise CaseParticipant.DoesNotExist


def wish_of(actor: User, proceeding: Proceeding, person_id: UUID) -> ReleaseWish | None:
    found: ReleaseWish | None = (
        ReleaseWish.objects.visible_to(actor)
        .filter(proceeding=proceeding, person_id=person_id)
        .first()
    )
    return found


def convicted_choices(proceeding: Proceeding) -> list[tuple[str, str]]:
    """Charges that a sentence can be for."""
    return _charges(proceeding, CONVICTIONS)


def decided_choices(proceeding: Proceeding) -> list[tuple[str, str]]:
    """Charges that a higher court can rule on."""
    return _charges(proceeding, (*CONVICTIONS, ChargeStatus.ACQUITTED, ChargeStatus.DISMISSED))


def _charges(proceeding: Proceeding, statuses: Any) -> list[tuple[str, str]]:
    return [
        (str(charge.pk), f"{charge}, {charge.get_status_display().lower()}")
        for charge in proceeding.charges.all()
        if charge.status in statuses
    ]
