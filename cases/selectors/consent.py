"""Consents of a case by person: at a glance, and one of them in full."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from accounts.selectors import receivers_of
from cases.choices import (
    NON_ESSENTIAL,
    AskAgain,
    ChildAssent,
    ConsentStatus,
    DataCategory,
    Scope,
    ScopeAnswer,
)
from cases.disclosure import SUBJECTS
from cases.models import Case, CaseParticipant, Consent, LegalGround
from core.actors import Actor
from core.ui.dates import spell
from vault.keys import load_keys
from vault.opening import opened

SOON = timedelta(days=30)
# These speak for a person, or wait for them to be asked again.
LIVE = (ConsentStatus.ACTIVE, ConsentStatus.REVIEW_DUE)


# Short enough for the width of a phone; the page of the consent says it in full.
ASK_AGAIN = {
    AskAgain.TURNED_18: gettext_lazy("Ask again: turned 18"),
    AskAgain.IS_A_CHILD: gettext_lazy("Ask again: is a child"),
    AskAgain.CONFLICT: gettext_lazy("Ask again: conflict found"),
}


@dataclass
class PersonConsents:
    """One survivor of a case and what they, or whoever speaks for them, said."""

    place: CaseParticipant
    now: Consent | None = None
    drafts: list[Consent] = field(default_factory=list)
    before: list[Consent] = field(default_factory=list)
    on: date = date.min

    @property
    def state(self) -> str:
        """A status for `{% status %}`: what to know at a glance."""
        if self.now is None:
            return "draft" if self.drafts else "not_asked"
        return state_of(self.now, self.on)

    @property
    def words(self) -> str:
        if self.now is None:
            return _("Asking has begun") if self.drafts else _("Not asked yet")
        return state_words(self.now, self.on)

    @property
    def live(self) -> bool:
        """Whether there is something to take back."""
        return self.now is not None and self.now.status in LIVE

    @property
    def agreed(self) -> list[str]:
        live = self.state in ("in_force", "expiring")
        return scope_words(self.now.scopes) if live and self.now else []

    @property
    def refused(self) -> list[str]:
        """What they said no to, as far as it is the answer that counts now."""
        answered = self.state in ("in_force", "expiring", "not_yet", "refused")
        return scope_words(self.now.refused_scopes) if answered and self.now else []


def state_of(consent: Consent, on: date) -> str:
    """How a consent stands on a day, for `{% status %}`: by its days, not by its step alone."""
    if consent.status != ConsentStatus.ACTIVE:
        return str(consent.status)
    if consent.valid_from is not None and consent.valid_from > on:
        return "not_yet"
    if consent.valid_until is None or consent.valid_until < on:
        return "expired"
    return "expiring" if consent.valid_until <= on + SOON else "in_force"


def state_words(consent: Consent, on: date) -> str:
    """The same in words; with the reason where they are to be asked again."""
    state = state_of(consent, on)
    if state == "not_yet":
        return _("Holds from %(day)s") % {"day": _day(consent.valid_from)}
    if state == "expired":
        return str(ConsentStatus.EXPIRED.label)
    if state == "expiring":
        return _("In force, ends soon")
    if consent.ask_again_because and state == ConsentStatus.REVIEW_DUE:
        return str(ASK_AGAIN[AskAgain(consent.ask_again_because)])
    return str(consent.get_status_display())


def scope_words(codes: list[str]) -> list[str]:
    """Scopes in words, in the order they are asked."""
    return [str(scope.label) for scope in Scope if scope in codes]


def consents_of(actor: Actor, case: Case, on: date) -> list[PersonConsents]:
    """Survivors and children at risk of a visible case first, then others who were asked."""
    by_person: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.visible_to(actor).filter(case=case).order_by("-created_at"):
        by_person[consent.person_id].append(consent)
    places = {
        place.person_id: place
        for place in CaseParticipant.objects.visible_to(actor)
        .filter(case=case, person__erased_on=None)
        .select_related("person")
        .order_by("person__code")
        if place.role in SUBJECTS or place.person_id in by_person
    }
    rows = []
    for person_id, place in places.items():
        row = PersonConsents(place=place, on=on)
        row.drafts = [one for one in by_person[person_id] if one.status == ConsentStatus.DRAFT]
        # What speaks for them now; without any, the answer that came last.
        answered = sorted(
            (one for one in by_person[person_id] if one.status != ConsentStatus.DRAFT),
            key=lambda one: (
                one.status in LIVE,
                # What replaced it may have come in the same moment.
                one.status != ConsentStatus.SUPERSEDED,
                one.ended_at or one.given_at or one.created_at,
            ),
            reverse=True,
        )
        row.now, row.before = (answered[0], answered[1:]) if answered else (None, [])
        rows.append(row)
    return sorted(rows, key=lambda row: row.place.role not in SUBJECTS)


def grounds_of(actor: Actor, case: Case) -> list[LegalGround]:
    """Legal bases of a visible case, newest first; their reasons can be opened."""
    load_keys([("case", case.pk)])
    return list(
        LegalGround.objects.visible_to(actor)
        .filter(case=case)
        .select_related("recipient", "recorded_by", "decided_by")
    )


def due_consents(actor: Actor, on: date) -> QuerySet[Consent]:
    """Consents to ask again: turned 18, about to end, or due for their review."""
    waiting = Consent.objects.visible_to(actor).filter(case__in=Case.objects.open())
    found: QuerySet[Consent] = (
        waiting.filter(status=ConsentStatus.REVIEW_DUE)
        | waiting.filter(status=ConsentStatus.ACTIVE, valid_until__lte=on + SOON)
        | waiting.filter(status=ConsentStatus.ACTIVE, review_on__lte=on)
    )
    return found.select_related("person", "case").order_by("valid_until")


def waiting_grounds(actor: Actor) -> QuerySet[LegalGround]:
    """Legal bases that a colleague recorded, or in a small agency they themselves, and `actor` may
    decide on."""
    found: QuerySet[LegalGround] = LegalGround.objects.visible_to(actor).waiting()
    if not actor.works_in_small_agency:
        found = found.exclude(recorded_by_id=actor.pk)
    return found.order_by("created_at")


def oversight(actor: Actor) -> QuerySet[LegalGround]:
    """Every legal basis the actor oversees, those that wait for approval first (R-K7)."""
    found: QuerySet[LegalGround] = (
        LegalGround.objects.visible_to(actor)
        .select_related("recipient", "recorded_by", "decided_by")
        .order_by("-status", "-created_at")
    )
    return found


def agency_choices(actor: Actor) -> list[tuple[UUID, str]]:
    """The agencies that `actor` may tell something (R-A5)."""
    return [(agency.pk, agency.name) for agency in receivers_of(actor)]


def people_choices(actor: Actor, case: Case) -> tuple[list[Any], list[Any]]:
    """(those who can be asked, everybody) of a visible case, each as (id, code and place)."""
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, person__erased_on=None)
        .select_related("person")
        .order_by("person__code")
    )
    words = {place.person_id: f"{place.person.code}, {place.label}" for place in places}
    subjects = {place.person_id for place in places if place.role in SUBJECTS}
    askable = sorted(words, key=lambda person_id: (person_id not in subjects, words[person_id]))
    return [(one, words[one]) for one in askable], [(one, words[one]) for one in words]


def answers_of(consent: Consent) -> dict[str, str]:
    """scope → answer, as the form asks."""
    return {
        code: ScopeAnswer.AGREES
        if code in consent.scopes
        else ScopeAnswer.REFUSES
        if code in consent.refused_scopes
        else ScopeAnswer.NOT_ASKED
        for code in Scope.values
    }


@dataclass(frozen=True)
class Told:
    """One consent in words, and the sealed parts that did not open."""

    facts: list[tuple[str, Any]]
    agreed: list[str]
    refused: list[str]
    withdrawn: list[str]
    blocked: list[str]
    unreadable: list[str]


def consent_in_words(consent: Consent) -> Told:
    """Everything a consent says. Opens what is sealed: the caller records the reading."""
    load_keys([("person", consent.person_id)])
    closed: list[str] = []

    def shown(name: str) -> str:
        found = opened(consent, name)
        if not found.readable:
            closed.append(name)
        return str(found.value)

    agencies = Agency.objects.filter(pk__in=consent.recipients).values_list("name", flat=True)
    facts: list[tuple[str, Any]] = [
        (_("Who answered"), consent.get_given_by_display()),
        (_("Caregiver or guardian"), consent.giver.code if consent.giver else ""),
        (_("Guardian of the state or court"), shown("giver_details")),
        (_("Order"), shown("order_reference")),
        (_("The child’s own answer"), consent.get_child_assent_display()),
        (_("About the child’s answer"), shown("assent_reason")),
        (_("Best-interest determination"), shown("best_interest")),
        (_("Decided by"), shown("decided_by")),
        (_("Language"), consent.language),
        (_("Interpreter"), consent.get_interpreter_use_display()),
        (_("How it was given"), consent.get_method_display()),
        (_("Who saw or heard it"), shown("witness")),
        (_("May be told"), ", ".join(agencies)),
        (
            _("What they may be told"),
            ", ".join(str(c.label) for c in DataCategory if c in consent.categories),
        ),
        (_("Countries"), ", ".join(consent.countries)),
        (_("From"), _day(consent.valid_from)),
        (_("Until"), _day(consent.valid_until)),
        (_("Ask again on"), _day(consent.review_on)),
        (_("Said when it was taken back"), shown("withdrawal_words")),
    ]
    said_no = consent.child_assent == ChildAssent.REFUSED
    blocked = [code for code in consent.scopes if said_no and code in NON_ESSENTIAL]
    return Told(
        facts=[(label, value) for label, value in facts if value],
        agreed=scope_words(consent.scopes),
        refused=scope_words(consent.refused_scopes),
        withdrawn=scope_words(consent.withdrawn_scopes),
        blocked=scope_words(blocked),
        unreadable=closed,
    )


def _day(day: date | None) -> str:
    return spell(day) if day else ""
