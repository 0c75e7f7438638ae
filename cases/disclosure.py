"""The one answer to "may this be disclosed to X for Y, and on what basis?" (R-K1 to R-K7).

Pure: facts in, verdict out; whoever loads the facts decides nothing. Everything that discloses asks
here: handoffs when composed, when sent and at each opening by the receiver, and statistics.
What is not named by a consent or a recorded ground does not go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from cases.choices import (
    ALLEGED_OFFENDERS,
    HOLDS_AT_ONCE,
    NON_ESSENTIAL,
    OTHER_BASES,
    ChildAssent,
    ConsentStatus,
    DataCategory,
    GroundStatus,
    LegalBasis,
    ParticipantRole,
    WhyWithheld,
)

# Those whose data it is first of all: their yes carries what is about the whole case.
SUBJECTS = (
    ParticipantRole.SURVIVOR,
    ParticipantRole.AT_RISK_CHILD,
    ParticipantRole.CHILD_DISPLAYING_HSB,
)
# No kind of data: somebody is only counted.
COUNTED = ""
# These go out person by person; the other kinds of data are about the case as a whole.
BY_PERSON = (DataCategory.PEOPLE, DataCategory.IDENTITIES, COUNTED)


@dataclass(frozen=True)
class Subject:
    """Somebody in the case, as far as a decision needs to know."""

    person_id: UUID
    roles: frozenset[str]
    code: str = ""

    @property
    def is_subject(self) -> bool:
        return bool(self.roles & set(SUBJECTS))

    @property
    def is_alleged_offender(self) -> bool:
        return bool(self.roles & set(ALLEGED_OFFENDERS)) and not self.is_subject


@dataclass(frozen=True)
class ConsentFacts:
    """The coded part of one consent."""

    id: UUID
    person_id: UUID
    status: str
    child_assent: str
    scopes: frozenset[str]
    recipients: frozenset[UUID]
    categories: frozenset[str]
    countries: frozenset[str]
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class GroundFacts:
    """The coded part of one recorded legal ground."""

    id: UUID
    status: str
    basis: str
    person_id: UUID | None
    purposes: frozenset[str]
    recipient_id: UUID | None
    categories: frozenset[str]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Facts:
    """All that is known about one case's people, consents and grounds."""

    people: tuple[Subject, ...] = ()
    consents: tuple[ConsentFacts, ...] = ()
    grounds: tuple[GroundFacts, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What somebody wants to disclose.

    Attributes:
        basis: the legal basis it is to rest on (`LegalBasis`).
        purposes: every scope the disclosure needs; all of them must be agreed to.
        recipient_id: the agency that gets it; None where nobody outside does (statistics).
        country: the receiver's country when it is not ours, else empty.
        categories: kinds of data; none where only being counted is asked.
        on: the day it is decided for.
        to_investigators: the receiver investigates or prosecutes.
    """

    basis: str
    purposes: frozenset[str]
    on: date
    recipient_id: UUID | None = None
    country: str = ""
    categories: frozenset[str] = frozenset()
    to_investigators: bool = False


@dataclass(frozen=True)
class Withheld:
    """One kind of data, of one person or of the case, that does not go out, and why."""

    category: str
    why: str
    person_id: UUID | None = None
    code: str = ""

    @property
    def key(self) -> str:
        """Says what, never why: it may be kept beside what left."""
        return f"{self.category}/{self.person_id}" if self.person_id else str(self.category)

    @property
    def words(self) -> str:
        reason = str(WhyWithheld(self.why).label)
        known = self.category in DataCategory.values
        what = str(DataCategory(self.category).label) if known else _("Everything")
        if self.code:
            return _("%(what)s: %(code)s %(reason)s.") % {
                "what": what,
                "code": self.code,
                "reason": reason,
            }
        return _("%(what)s: %(reason)s.") % {"what": what, "reason": reason}


@dataclass(frozen=True)
class Verdict:
    """The answer: whether anything may leave, on what, and what stays.

    Attributes:
        allowed: something of what was asked may leave.
        basis: the legal basis.
        rests_on: ids of the consents or grounds that carry it.
        withheld: what stays, with the reason.
    """

    allowed: bool
    basis: str
    rests_on: tuple[UUID, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def lets(self, category: str, person_id: UUID | None = None) -> bool:
        """Whether a kind of data, of one person where it goes by person, may leave."""
        return self.allowed and not (
            {str(category), f"{category}/{person_id}"} & {one.key for one in self.withheld}
        )

    @property
    def words(self) -> str:
        """The answer in one sentence, and each thing withheld in another."""
        if self.allowed and not self.withheld:
            return _("It may leave. Basis: %(basis)s.") % {"basis": LegalBasis(self.basis).label}
        reasons = " ".join(dict.fromkeys(one.words for one in self.withheld))
        if self.allowed:
            return _("Part of it stays here. %(reasons)s") % {"reasons": reasons}
        return _("Nothing may leave. %(reasons)s") % {"reasons": reasons}


def may_disclose(asked: Asked, facts: Facts) -> Verdict:
    """Decide over loaded facts; nothing is read here and nothing is written.

    With consent as the basis, what is about the whole case leaves only when every survivor and
    child at risk of it agreed; names and codes leave person by person. Another person's name never
    leaves on the survivor's consent, but for an alleged offender's, to those who investigate.
    """
    if asked.basis == LegalBasis.CONSENT:
        return _by_consent(asked, facts)
    if asked.basis in OTHER_BASES:
        return _by_ground(asked, facts)
    return _nothing(asked, WhyWithheld.NO_BASIS)


def covers(consent: ConsentFacts | None, asked: Asked, category: str = "") -> str:
    """Why one person's consent does not carry what is asked; empty when it does."""
    if consent is None:
        return WhyWithheld.NO_CONSENT
    if consent.status == ConsentStatus.REVIEW_DUE:
        return WhyWithheld.REVIEW_DUE
    if (
        consent.status != ConsentStatus.ACTIVE
        or consent.valid_from is None
        or consent.valid_until is None
        or not consent.valid_from <= asked.on <= consent.valid_until
    ):
        return WhyWithheld.NOT_IN_FORCE
    if not asked.purposes or not asked.purposes <= consent.scopes:
        return WhyWithheld.SCOPE
    if consent.child_assent == ChildAssent.REFUSED and asked.purposes & set(NON_ESSENTIAL):
        return WhyWithheld.CHILD_REFUSED
    if asked.recipient_id is not None and asked.recipient_id not in consent.recipients:
        return WhyWithheld.RECIPIENT
    if asked.country and asked.country not in consent.countries:
        return WhyWithheld.COUNTRY
    if category and category not in consent.categories:
        return WhyWithheld.CATEGORY
    return ""


def live_consent(facts: Facts, person_id: UUID) -> ConsentFacts | None:
    """The consent that speaks for a person: the one in force, or what came of it."""
    order = {ConsentStatus.ACTIVE: 0, ConsentStatus.REVIEW_DUE: 1}
    own = [one for one in facts.consents if one.person_id == person_id]
    own = [one for one in own if one.status != ConsentStatus.DRAFT]
    return min(own, key=lambda one: order.get(ConsentStatus(one.status), 2), default=None)


def in_force(ground: GroundFacts, on: date) -> bool:
    """Approved, or of those that hold from the moment they are recorded; and within its days."""
    holds = ground.status == GroundStatus.APPROVED or (
        ground.status == GroundStatus.PROPOSED and ground.basis in HOLDS_AT_ONCE
    )
    return (
        holds
        and ground.valid_from <= on
        and (ground.valid_until is None or on <= ground.valid_until)
    )


def _by_consent(asked: Asked, facts: Facts) -> Verdict:
    subjects = [person for person in facts.people if person.is_subject]
    if not subjects:
        return _nothing(asked, WhyWithheld.NOBODY)
    consents = {person.person_id: live_consent(facts, person.person_id) for person in facts.people}
    withheld: list[Withheld] = []
    left = False
    for category in _ordered(asked.categories):
        against = [
            Withheld(category, why, person.person_id, person.code)
            for person in subjects
            if (why := covers(consents[person.person_id], asked, category))
        ]
        if category not in BY_PERSON:
            # One child's no keeps what is about all of them; who said no stands beside it.
            withheld += [Withheld(category, one.why, None, one.code) for one in against]
            left = left or not against
            continue
        withheld += against
        left = left or len(against) < len(subjects)
        for person in facts.people:
            if not person.is_subject and (
                why := _third_party(person, category, consents, asked, bool(against))
            ):
                withheld.append(Withheld(category, why, person.person_id, person.code))
    carrying = tuple(
        one.id
        for person in subjects
        if (one := consents[person.person_id]) is not None and not covers(one, asked)
    )
    return Verdict(left and bool(carrying), asked.basis, carrying, tuple(withheld))


def _third_party(
    person: Subject,
    category: str,
    consents: dict[UUID, ConsentFacts | None],
    asked: Asked,
    somebody_is_against: bool,
) -> str:
    """Why somebody who is not a survivor stays out of what leaves on consent."""
    own = consents[person.person_id]
    if own is not None and not covers(own, asked, category):
        return ""
    if category == DataCategory.PEOPLE or (person.is_alleged_offender and asked.to_investigators):
        return WhyWithheld.THIRD_PARTY if somebody_is_against else ""
    return WhyWithheld.THIRD_PARTY


def _by_ground(asked: Asked, facts: Facts) -> Verdict:
    fitting = [
        ground
        for ground in facts.grounds
        if ground.basis == asked.basis
        and ground.recipient_id == asked.recipient_id
        and asked.purposes <= ground.purposes
    ]
    live = [ground for ground in fitting if in_force(ground, asked.on)]
    if not live:
        waiting = any(ground.status == GroundStatus.PROPOSED for ground in fitting)
        return _nothing(asked, WhyWithheld.NOT_APPROVED if waiting else WhyWithheld.NO_GROUND)
    of_all = [ground for ground in live if ground.person_id is None]
    withheld: list[Withheld] = []
    left = False
    for category in _ordered(asked.categories):
        if any(_holds(ground, category) for ground in of_all):
            left = True
            continue
        if category not in BY_PERSON:
            withheld.append(Withheld(category, WhyWithheld.GROUND_CATEGORY))
            continue
        named = {ground.person_id for ground in live if _holds(ground, category)}
        for person in facts.people:
            if person.person_id in named:
                left = True
            else:
                withheld.append(
                    Withheld(category, WhyWithheld.GROUND_CATEGORY, person.person_id, person.code)
                )
    return Verdict(left, asked.basis, tuple(ground.id for ground in live), tuple(withheld))


def _nothing(asked: Asked, why: str) -> Verdict:
    withheld = tuple(Withheld(category, why) for category in _ordered(asked.categories))
    return Verdict(False, asked.basis, (), withheld)


def _holds(ground: GroundFacts, category: str) -> bool:
    return category == COUNTED or category in ground.categories


def _ordered(categories: Iterable[str]) -> list[str]:
    wanted = set(categories)
    return [category.value for category in DataCategory if category in wanted] or [COUNTED]
