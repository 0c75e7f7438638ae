"""Harm, placement, custody and found material, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases.choices import (
    FLAGS,
    NEEDS_RECEIPT,
    PARTICULARS,
    PHASES,
    MaterialStep,
    Platform,
    Schooling,
)
from cases.models import (
    CaseParticipant,
    Custody,
    HarmRecord,
    MaterialFound,
    MaterialStepTaken,
    Placement,
    PlacementAddress,
    SurvivorContext,
)
from core.actors import Actor
from vault.opening import Opened, opened

Facts = list[tuple[str, Any]]


def context_of(actor: Actor, place: CaseParticipant) -> SurvivorContext | None:
    """What is recorded about a survivor's exploitation."""
    found: SurvivorContext | None = (
        SurvivorContext.objects.visible_to(actor).filter(participant=place).first()
    )
    return found


def context_facts(context: SurvivorContext) -> tuple[Facts, bool]:
    """(label, value) pairs, and whether the sealed ones opened."""
    said: Opened = opened(context, "particulars")
    sealed: dict[str, Any] = said.value if said.readable else {}
    age: Any = context.age_when_first
    if age is None:
        age = context.get_age_missing_display()
    schooling = sealed.get("schooling", "")
    facts: Facts = [
        (_("Trafficking status"), context.get_trafficking_status_display()),
        (_("Who decided this"), context.get_decided_by_display()),
        (_("When it began"), str(context.first_abuse or "")),
        (_("When it ended"), str(context.last_abuse or "")),
        (_("Age when it began"), str(age)),
        (_("Safe since"), context.participant.safeguarded_on or ""),
        (_("How they came to safety"), context.get_safeguarded_how_display()),
        (
            _("Lives with an alleged offender"),
            context.get_lives_with_alleged_offender_display(),
        ),
    ]
    if not said.readable:
        return [*facts, (_("Particulars"), str(said.value))], False
    labels = {
        "exploitation": _("Form of exploitation"),
        "sex_exploitation": _("Form of sexual exploitation"),
        "recruitment": _("How they were recruited"),
        "control": _("How they were controlled"),
    }
    facts.append((_("School"), str(Schooling(schooling).label) if schooling else ""))
    facts += [
        (label, ", ".join(str(PARTICULARS[name](code).label) for code in sealed.get(name, [])))
        for name, label in labels.items()
    ]
    return facts, True


@dataclass(frozen=True)
class ShownHarm:
    """A harm in words: what was answered, and where it took place."""

    pk: UUID
    title: str
    origin: str
    facts: Facts


def harms_of(actor: Actor, place: CaseParticipant) -> list[ShownHarm]:
    """The harms to a survivor; what was not asked is left out."""
    found = HarmRecord.objects.visible_to(actor).filter(participant=place)
    return [_harm(harm) for harm in found]


def _harm(harm: HarmRecord) -> ShownHarm:
    questions = {
        "paid": _("Paid for"),
        "directed_remotely": _("Directed from afar"),
        "in_person_facilitator": _("Arranged by somebody in the room"),
        "recorded": _("Recorded"),
        "first_generation": _("New material"),
        "known_to_circulate": _("Known to circulate"),
        "private_channel": _("Private channel"),
        "e2ee": _("End-to-end encrypted"),
    }
    phases = dict(
        zip(
            PHASES,
            (_("Where contact began"), _("Where it took place"), _("Where payment was arranged")),
            strict=True,
        )
    )
    facts: Facts = [(_("Since"), str(harm.since or "")), (_("Until"), str(harm.until or ""))]
    facts += [
        (questions[name], getattr(harm, f"get_{name}_display")())
        for name in FLAGS
        if getattr(harm, name) != "not_asked"
    ]
    facts += [
        (phases[name], ", ".join(str(Platform(code).label) for code in getattr(harm, name)))
        for name in PHASES
    ]
    return ShownHarm(
        pk=harm.pk,
        title=str(harm.get_harm_type_display()),
        origin=str(harm.get_content_origin_display()),
        facts=[(label, value) for label, value in facts if value],
    )


@dataclass(frozen=True)
class ShownPlacement:
    """A placement in words; `has_address` only for those named to know it."""

    placement: Placement
    facts: Facts
    has_address: bool
    readers: list[str]


def placements_of(actor: Actor, place: CaseParticipant) -> list[ShownPlacement]:
    """Where a person was placed, the present place first."""
    placements = list(
        Placement.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("with_person")
        .prefetch_related("readers__user")
    )
    known = set(
        PlacementAddress.objects.visible_to(actor)
        .filter(placement__in=placements)
        .values_list("placement_id", flat=True)
    )
    shown = []
    for placement in placements:
        said: Opened = opened(placement, "papers")
        papers: dict[str, Any] = said.value if said.readable else {"order": str(said.value)}
        facts: Facts = [
            (_("With"), placement.with_person.code if placement.with_person else ""),
            (_("Order"), papers.get("order", "")),
            (_("Why it ended"), placement.get_ended_because_display()),
            (_("Turnover receipt"), papers.get("receipt", "")),
            (_("Signed by"), papers.get("received_by", "")),
            (_("Look how it goes on"), placement.follow_up_on or ""),
        ]
        shown.append(
            ShownPlacement(
                placement=placement,
                facts=[(label, value) for label, value in facts if value],
                has_address=placement.pk in known,
                readers=sorted(reader.user.name for reader in placement.readers.all()),
            )
        )
    return shown


@dataclass(frozen=True)
class ShownCustody:
    """Custody in words."""

    custody: Custody
    who: str
    order: str


def custodies_of(actor: Actor, place: CaseParticipant) -> list[ShownCustody]:
    """Who had custody of a person, the present custodian first."""
    found = (
        Custody.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("custodian")
    )
    return [
        ShownCustody(
            custody=custody,
            who=custody.custodian.code
            if custody.custodian
            else str(opened(custody, "authority").value),
            order=str(opened(custody, "order_reference").value),
        )
        for custody in found
    ]


@dataclass(frozen=True)
class ShownStep:
    """One step of the protocol, taken or still to take."""

    code: str
    label: str
    taken: MaterialStepTaken | None
    receipt: str
    asks_receipt: bool


def steps_of(actor: Actor, found: MaterialFound) -> list[ShownStep]:
    """Every step of the protocol for what was found."""
    taken = {
        step.step: step
        for step in MaterialStepTaken.objects.visible_to(actor)
        .filter(material=found)
        .select_related("recorded_by")
    }
    shown = []
    for step in MaterialStep:
        done = taken.get(step.value)
        parts = [str(opened(done, name).value) for name in ("authority", "receipt")] if done else []
        shown.append(
            ShownStep(
                code=step.value,
                label=str(step.label),
                taken=done,
                receipt=", ".join(filter(None, parts)),
                asks_receipt=step in NEEDS_RECEIPT,
            )
        )
    return shown
