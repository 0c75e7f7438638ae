"""Page-shaped reads of the case file. Each asks a constant number of questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Team
from accounts.roles import TABLE
from cases.choices import (
    ALLEGED_OFFENDERS,
    GrantReason,
    ParticipantRole,
    ProtectionStage,
    Risk,
)
from cases.models import (
    STAGE_STEPS,
    Case,
    CaseGroupObjectPermission,
    CaseNote,
    CaseParticipant,
    CaseUserObjectPermission,
    PersonIdentity,
)
from core.actors import Actor
from core.choices import Sensitivity
from vault.keys import load_keys
from vault.opening import opened

AT_RISK = (Risk.IMMEDIATE, Risk.HIGH)
CLOSED = (ProtectionStage.CLOSED, ProtectionStage.TRANSFERRED)
MOST_INITIALS = 6

# Filter → its words and condition.
FILTERS: dict[str, tuple[str | Promise, Q]] = {
    "open": (gettext_lazy("Open"), ~Q(protection_stage__in=CLOSED)),
    "risk": (
        gettext_lazy("High or immediate risk"),
        ~Q(protection_stage__in=CLOSED) & Q(risk__in=AT_RISK),
    ),
    "closed": (gettext_lazy("Closed"), Q(protection_stage__in=CLOSED)),
    "all": (gettext_lazy("All"), Q()),
}


@dataclass(frozen=True)
class Counts:
    """How many of the shown cases there are, and how many of them are at risk."""

    shown: int
    at_risk: int


def counts_of(cases: Any) -> Counts:
    """Counts of a scoped queryset of cases."""
    numbers = cases.order_by().aggregate(
        shown=Count("pk"), at_risk=Count("pk", filter=FILTERS["risk"][1])
    )
    return Counts(**numbers)


@dataclass(frozen=True)
class Seer:
    """A team or a person that sees the case, and why."""

    name: str
    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class CaseHead:
    """What stands at the top of every part of a case page."""

    stage: str
    risk: str
    risk_tone: str
    lead: str
    may_write: bool
    people: list[str] = field(default_factory=list)
    more_people: int = 0


def case_head(actor: Actor, case: Case) -> CaseHead:
    """The head of a visible case, with the people of the teams that see it."""
    names = _people_of_teams(case)
    at_risk = case.risk in AT_RISK
    return CaseHead(
        stage=str(case.get_protection_stage_display()),
        risk=str(case.get_risk_display()),
        risk_tone="attention" if at_risk else "quiet",
        lead=case.lead_agency.name,
        may_write=actor.may("cases.write_note"),
        people=names[:MOST_INITIALS],
        more_people=max(0, len(names) - MOST_INITIALS),
    )


def _people_of_teams(case: Case) -> list[str]:
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    members = Membership.objects.live(now).filter(
        team__group_id__in=groups.values("group_id"), user__is_active=True, user__kind="person"
    )
    return list(members.order_by("user__name").values_list("user__name", flat=True).distinct())


def colleagues_on(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(id, name) of the others in the teams that see the case who read notes."""
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    members = Membership.objects.live(now).filter(
        team__group_id__in=groups.values("group_id"),
        role__in=[role for role, (may, _level) in TABLE.items() if "cases.read_note" in may],
        user__is_active=True,
        user__kind="person",
    )
    return list(
        members.exclude(user_id=actor.pk)
        .order_by("user__name")
        .values_list("user_id", "user__name")
        .distinct()
    )


def who_sees(actor: Actor, case: Case) -> list[Seer]:
    """Every live grant of a visible case in words: who, why, since when, until when."""
    now = timezone.now()
    by_group = {
        grant.group_id: grant
        for grant in CaseGroupObjectPermission.objects.visible_to(actor)
        .live(now)
        .filter(content_object=case)
    }
    teams = Team.objects.filter(group_id__in=by_group).select_related("agency")
    seers = [_seer(str(team), by_group[team.group_id]) for team in teams]
    persons = (
        CaseUserObjectPermission.objects.visible_to(actor)
        .live(now)
        .filter(content_object=case)
        .select_related("user")
    )
    seers += [_seer(grant.user.name, grant) for grant in persons]
    return sorted(seers, key=lambda seer: seer.since)


def _seer(name: str, grant: Any) -> Seer:
    known = grant.reason in GrantReason.values
    reason = GrantReason(grant.reason).label if known else grant.reason.replace("_", " ")
    return Seer(name=name, reason=str(reason), since=grant.granted_at, until=grant.until)


@dataclass(frozen=True)
class NextStep:
    """What comes next in the protection track."""

    sentence: str
    label: str
    url: str


def next_steps(actor: Actor, case: Case) -> list[NextStep]:
    """What the record itself says is still to do; nothing is made up."""
    steps: list[NextStep] = []
    may = actor.may("cases.change_stage")
    if case.is_open and case.risk == Risk.NOT_ASSESSED:
        steps.append(
            NextStep(
                _("Nobody has assessed the risk yet."),
                _("Assess the risk") if may else "",
                reverse("cases:assess_risk", args=[case.pk]),
            )
        )
    following = STAGE_STEPS.get(case.protection_stage, ())
    if following:
        steps.append(
            NextStep(
                _("After “%(now)s” comes “%(next)s”.")
                % {
                    "now": case.get_protection_stage_display(),
                    "next": ProtectionStage(following[0]).label,
                },
                _("Move the case along") if may else "",
                reverse("cases:change_stage", args=[case.pk]),
            )
        )
    return steps


# Children who display harmful behaviour never stand beside adult alleged offenders (R-A7).
CIRCLES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Survivors and children at risk"),
        (ParticipantRole.SURVIVOR, ParticipantRole.AT_RISK_CHILD),
    ),
    (
        gettext_lazy("Children displaying harmful sexual behaviour"),
        (ParticipantRole.CHILD_DISPLAYING_HSB,),
    ),
    (
        gettext_lazy("Family, support and witnesses"),
        (
            ParticipantRole.PROTECTIVE_CAREGIVER,
            ParticipantRole.LEGAL_GUARDIAN,
            ParticipantRole.SUPPORT_PERSON,
            ParticipantRole.HOUSEHOLD_MEMBER,
            ParticipantRole.WITNESS,
            ParticipantRole.REPORTER,
        ),
    ),
    (gettext_lazy("Alleged offenders"), ALLEGED_OFFENDERS),
)


@dataclass(frozen=True)
class Circle:
    """People of a case who stand in a like place to it."""

    title: str
    places: list[CaseParticipant]


def people_of(actor: Actor, case: Case) -> list[Circle]:
    """The people of a visible case by code, in circles; empty circles are left out.

    Each place has `has_identity`: whether who the person is has been recorded.
    """
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case)
        .select_related("person")
        .annotate(
            has_identity=Exists(PersonIdentity.objects.filter(person_id=OuterRef("person_id")))
        )
        .order_by("person__code")
    )
    circles = [
        Circle(str(title), [place for place in places if place.role in roles])
        for title, roles in CIRCLES
    ]
    return [circle for circle in circles if circle.places]


def person_facts(place: CaseParticipant) -> list[tuple[str, Any]]:
    """What stands in clear about a person: codes and years, never who they are."""
    person = place.person
    return [
        (_("Gender"), person.get_gender_display()),
        (_("Year of birth"), str(person.birth_year or "")),
        (_("Citizenship"), ", ".join(person.citizenships)),
    ]


@dataclass(frozen=True)
class NotePart:
    """One of the four parts of a note."""

    label: str
    text: str
    readable: bool


@dataclass(frozen=True)
class ShownNote:
    """A note as a page shows it; `parts` is empty where its text stays closed.

    Attributes:
        covered: L3 and above: the text is not on the page until somebody opens the note.
        unreadable: names of the fields that did not open; the view reports them.
    """

    note: CaseNote
    level: str
    covered: bool
    parts: list[NotePart]
    unreadable: list[str]
    addenda: list[ShownNote] = field(default_factory=list)


PART_LABELS: dict[str, str | Promise] = {
    "facts_reported": gettext_lazy("Facts, and who said them"),
    "observations": gettext_lazy("What was seen"),
    "professional_assessment": gettext_lazy("Professional assessment"),
    "actions": gettext_lazy("What was done, and what comes next"),
}


def notes_of(actor: Actor, case: Case) -> Any:
    """The notes of a visible case that `actor` may read, addenda left to their notes.

    An addendum whose note the actor may not read stands on its own.
    """
    mine = CaseNote.objects.visible_to(actor).filter(case=case)
    return mine.filter(
        Q(addendum_to=None) | ~Q(addendum_to_id__in=mine.values("pk"))
    ).select_related("author")


def show_notes(actor: Actor, notes: Iterable[CaseNote], *, cover: bool) -> list[ShownNote]:
    """Notes with their addenda, oldest addendum first, ready for a page.

    Args:
        notes: notes the actor may read.
        cover: leave the text of L3 and above closed.
    """
    notes = list(notes)
    load_keys({("case", note.case_id) for note in notes})
    addenda: dict[Any, list[CaseNote]] = {}
    for addendum in (
        CaseNote.objects.visible_to(actor)
        .filter(addendum_to_id__in=[note.pk for note in notes])
        .select_related("author")
        .order_by("created_at")
    ):
        addenda.setdefault(addendum.addendum_to_id, []).append(addendum)
    return [
        _shown(note, cover, [_shown(more, cover, []) for more in addenda.get(note.pk, [])])
        for note in notes
    ]


def _shown(note: CaseNote, cover: bool, addenda: list[ShownNote]) -> ShownNote:
    covered = cover and note.sensitivity >= Sensitivity.RESTRICTED
    parts: list[NotePart] = []
    unreadable: list[str] = []
    for name, label in PART_LABELS.items():
        if covered:
            break
        part = opened(note, name)
        if not part.readable:
            unreadable.append(name)
        if part.value:
            parts.append(NotePart(str(label), part.value, part.readable))
    return ShownNote(
        note=note,
        level=str(note.get_sensitivity_display()),
        covered=covered,
        parts=parts,
        unreadable=unreadable,
        addenda=addenda,
    )


def unreadable_in(notes: Iterable[ShownNote]) -> list[tuple[CaseNote, list[str]]]:
    """(note, field names) of every text that did not open, addenda included."""
    found = []
    for shown in notes:
        if shown.unreadable:
            found.append((shown.note, shown.unreadable))
        found.extend(unreadable_in(shown.addenda))
    return found


IDENTITY_LABELS: dict[str, str | Promise] = {
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "family_name": gettext_lazy("Family name"),
    "birthdate": gettext_lazy("Date of birth"),
    "phones": gettext_lazy("Telephone numbers"),
    "email": gettext_lazy("E-mail address"),
    "street": gettext_lazy("Street"),
    "city": gettext_lazy("City"),
    "admin1": gettext_lazy("Region or province"),
    "postal_code": gettext_lazy("Postal code"),
    "country": gettext_lazy("Country"),
    "identity_number": gettext_lazy("Identity number"),
}


def identity_facts(details: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of an opened identity: the known details in order, then whatever else is."""
    order = {name: place for place, name in enumerate(IDENTITY_LABELS)}
    names = sorted(details, key=lambda name: (order.get(name, len(order)), name))
    facts: list[tuple[str, str]] = []
    for name in names:
        value = details[name]
        if isinstance(value, dict):
            facts.extend(identity_facts(value))
            continue
        label = IDENTITY_LABELS.get(name) or name.replace("_", " ").capitalize()
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        facts.append((str(label), text))
    return facts
