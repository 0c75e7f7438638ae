"""What a consent may say: every answer is checked here, whether it comes in steps or at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.selectors import receivers_of
from cases.choices import (
    OF_THE_CASE,
    SHARING,
    WITNESSED,
    ChildAssent,
    ConsentMethod,
    DataCategory,
    GivenBy,
    InformationPoint,
    InterpreterUse,
    Kinship,
    LegalBasis,
    Scope,
)
from cases.jurisdictions import Capacity, capacity_in
from cases.majority import day_of_age, last_day_of_guardian
from cases.models import CaseParticipant, Consent, LegalGround, Person, PersonIdentity
from cases.policies import guardian_is_implicated, is_to, may_speak_for
from cases.services.cases import COUNTRY
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_VALIDITY = timedelta(days=731)
LONGEST_WORDS = 2_000
# What the law demands is not asked for.
REQUIRED_BY_LAW = (LegalBasis.MANDATORY_REPORT, LegalBasis.LEGAL_OBLIGATION)
CODES: dict[str, Any] = {
    "given_by": GivenBy,
    "child_assent": ChildAssent,
    "interpreter_use": InterpreterUse,
    "method": ConsentMethod,
}
LISTS: dict[str, Any] = {
    "scopes": Scope,
    "refused_scopes": Scope,
    "information_given": InformationPoint,
    "categories": DataCategory,
}
WORDS = (
    "giver_details",
    "order_reference",
    "assent_reason",
    "best_interest",
    "decided_by",
    "witness",
)
PEOPLE = ("giver_id", "interpreter_id")
DAYS = ("valid_from", "valid_until", "review_on")
ANSWERS = frozenset({*CODES, *LISTS, *WORDS, *PEOPLE, *DAYS, "language", "recipients", "countries"})


def put_answers(actor: Actor, consent: Consent, answers: Mapping[str, Any]) -> None:
    """Put checked answers into a draft. Does not save.

    Raises:
        DomainError: an unknown code, a text that may not be kept, an agency that is none, or
            somebody who can never speak or interpret for the child (R-C5).
    """
    strange = set(answers) - ANSWERS
    if strange:
        raise DomainError(_("There is no such answer."), field=sorted(strange)[0])
    for name, value in answers.items():
        if name in CODES:
            if value and value not in CODES[name].values:
                raise DomainError(_("Choose one of the answers."), field=name)
            setattr(consent, name, value or "")
        elif name in LISTS:
            setattr(consent, name, _codes(value, LISTS[name].values, name))
        elif name in WORDS:
            setattr(consent, name, check_text(value or "", field=name, most=LONGEST_WORDS))
        elif name in PEOPLE or name in DAYS:
            setattr(consent, name, value)
        elif name == "recipients":
            consent.recipients = _agencies(actor, value)
        elif name == "countries":
            consent.countries = _countries(value)
        else:
            consent.language = check_text(value or "", field=name, most=60)
    if set(consent.scopes) & set(consent.refused_scopes):
        raise DomainError(_("One thing cannot be agreed to and refused."), field="scopes")
    if consent.given_by not in OF_THE_CASE:
        # Chosen before somebody else answered: who does not speak stands nowhere.
        consent.giver_id = None
    if consent.given_by != GivenBy.STATE_GUARDIAN:
        consent.giver_details = ""
    if consent.given_by == GivenBy.INDIVIDUAL:
        consent.order_reference = ""
    if consent.interpreter_use != InterpreterUse.OF_THE_CASE:
        consent.interpreter_id = None
    if consent.valid_from and consent.valid_until and consent.valid_until < consent.valid_from:
        raise DomainError(_("It ends before it starts."), field="valid_until")
    check_no_conflict(actor, consent)


def check_no_conflict(actor: Actor, consent: Consent) -> None:
    """Nobody who is alleged to have harmed a child speaks or interprets for one (R-C5, R-K4).

    Raises:
        DomainError: with the way out: a guardian of the state, or a best-interest determination.
    """
    if consent.given_by in OF_THE_CASE and consent.giver_id is not None:
        _check_in_case(actor, consent, consent.giver_id, "giver_id")
        _check_speaks(
            consent,
            consent.giver_id,
            "giver_id",
            _("Ask a guardian named by the state or the court."),
        )
    if consent.interpreter_use == InterpreterUse.OF_THE_CASE and consent.interpreter_id:
        _check_in_case(actor, consent, consent.interpreter_id, "interpreter_id")
        _check_speaks(
            consent,
            consent.interpreter_id,
            "interpreter_id",
            _("Ask an agency for an interpreter."),
        )


def _check_speaks(consent: Consent, person_id: UUID, field: str, way_out: str) -> None:
    answer = may_speak_for(Person.objects.get(pk=person_id), consent.person)
    if not answer:
        raise DomainError(f"{answer.reason} {way_out}", code="guardian_conflict", field=field)


def check_whole(actor: Actor, consent: Consent, *, on: date) -> None:
    """Everything that must be there before a consent holds. Sets its first and last day.

    Raises:
        DomainError: the first thing that is missing or wrong; `field` names it.
    """
    check_no_conflict(actor, consent)
    capacity = capacity_in(consent.case.country)
    check_giver(consent)
    _check_age(consent, capacity, on)
    _check_talk(consent)
    _check_scopes(actor, consent, on)
    _check_days(consent, capacity, on)


def check_giver(consent: Consent) -> None:
    """Whether it is said who speaks for the child, where somebody does.

    Raises:
        DomainError: nobody is named, or no order; `field` names what is missing.
    """
    if consent.given_by in OF_THE_CASE and consent.giver_id is None:
        raise DomainError(
            _("Choose who of this case speaks for the child; add them to the case first."),
            field="giver_id",
        )
    if (
        consent.given_by == GivenBy.LEGAL_GUARDIAN
        and not consent.order_reference
        and not is_to(_giver(consent), consent.person_id, consent.case_id, [Kinship.PARENT])
    ):
        raise DomainError(
            _(
                "Give the reference of the order that names the guardian; or record on the family "
                "page that they are the child’s parent."
            ),
            field="order_reference",
        )
    if consent.given_by == GivenBy.STATE_GUARDIAN:
        if not consent.giver_details:
            raise DomainError(
                _("Say who speaks as the guardian, and of which office."), field="giver_details"
            )
        if not consent.order_reference:
            raise DomainError(
                _("Give the reference of the order that names the guardian."),
                field="order_reference",
            )
    if bool(consent.best_interest) != bool(consent.decided_by):
        missing = "decided_by" if consent.best_interest else "best_interest"
        raise DomainError(
            _("A best-interest determination needs its reasons and the name of who decided."),
            field=missing,
        )


def _check_age(consent: Consent, capacity: Capacity, on: date) -> None:
    """Age-graded capacity, and the child's own answer beside the guardian's (R-K3)."""
    adult = _day(consent.person, capacity.adult_at)
    if consent.given_by == GivenBy.INDIVIDUAL:
        if adult is None or on >= adult:
            consent.child_assent = ChildAssent.NOT_APPLICABLE
            return
        alone = _day(consent.person, capacity.alone_from)
        old_enough = alone is not None and on >= alone
        if not consent.best_interest or not (
            old_enough or guardian_is_implicated(consent.person, consent.case_id)
        ):
            raise DomainError(
                _(
                    "A child does not decide alone. Record who speaks for them, and the child’s "
                    "own answer beside it. From %(age)d, or where a guardian may not speak for "
                    "them, a best-interest determination with a named decision-maker may take its "
                    "place."
                )
                % {"age": capacity.alone_from},
                field="given_by",
            )
        if old_enough:
            consent.child_assent = ChildAssent.GIVEN
        else:
            _check_assent(consent, capacity, on)
        return
    if adult is not None and on >= adult and not consent.order_reference:
        raise DomainError(
            _("This person is of age and decides alone, unless a court order says otherwise."),
            field="given_by",
        )
    _check_assent(consent, capacity, on)


def _check_assent(consent: Consent, capacity: Capacity, on: date) -> None:
    """The child's own answer: always there, and asked of whoever can be asked."""
    if consent.child_assent not in (ChildAssent.GIVEN, ChildAssent.REFUSED, ChildAssent.NOT_SOUGHT):
        raise DomainError(_("Write down the child’s own answer."), field="child_assent")
    if consent.child_assent == ChildAssent.NOT_SOUGHT:
        asked_from = _day(consent.person, capacity.assent_from)
        if asked_from is not None and on >= asked_from:
            raise DomainError(
                _("A child of this age is asked. Ask them in words they know, then go on."),
                field="child_assent",
            )
        if not consent.assent_reason:
            raise DomainError(_("Say why the child was not asked."), field="assent_reason")


def _check_talk(consent: Consent) -> None:
    untold = [code for code in InformationPoint.values if code not in consent.information_given]
    if untold:
        raise DomainError(
            _("Explain this first: %(point)s.") % {"point": InformationPoint(untold[0]).label},
            code="not_informed",
            field="information_given",
        )
    if not consent.language:
        raise DomainError(_("Say in which language you spoke."), field="language")
    if not consent.method:
        raise DomainError(_("Choose how the answer was given."), field="method")
    if consent.method in WITNESSED and not consent.witness:
        raise DomainError(_("Name who saw or heard it."), field="witness")


def _check_scopes(actor: Actor, consent: Consent, on: date) -> None:
    if not consent.scopes:
        raise DomainError(
            _("Nothing was agreed to. Choose what was, or record that everything was refused."),
            field="scopes",
        )
    if not set(consent.scopes) & set(SHARING):
        consent.recipients, consent.categories, consent.countries = [], [], []
        return
    if not consent.recipients:
        raise DomainError(_("Choose which agencies may be told."), field="recipients")
    if not consent.categories:
        raise DomainError(_("Choose what they may be told."), field="categories")
    if Scope.CROSS_BORDER_TRANSFER in consent.scopes and not consent.countries:
        raise DomainError(_("Say to which country it may go."), field="countries")
    lawful = (
        LegalGround.objects.visible_to(actor)
        .filter(
            case_id=consent.case_id,
            basis__in=REQUIRED_BY_LAW,
            status__in=("proposed", "approved"),
            recipient_id__in=consent.recipients,
            valid_from__lte=on,
        )
        .filter(Q(person_id=None) | Q(person_id=consent.person_id))
    )
    shared = set(consent.scopes) & set(SHARING)
    for ground in lawful:
        if (
            set(consent.categories) <= set(ground.categories)
            and shared & set(ground.purposes)
            and not (ground.valid_until and ground.valid_until < on)
        ):
            raise DomainError(
                _(
                    "The law has us tell %(agency)s this, whatever is agreed. Do not ask for it: "
                    "explain it, and leave this agency out."
                )
                % {"agency": Agency.objects.get(pk=ground.recipient_id).name},
                code="required_by_law",
                field="recipients",
            )


def _check_days(consent: Consent, capacity: Capacity, on: date) -> None:
    consent.valid_from = consent.valid_from or on
    if consent.valid_until is None:
        raise DomainError(_("Say until when it holds."), field="valid_until")
    adult = _day(consent.person, capacity.adult_at)
    if adult is not None and on < adult and consent.valid_until >= adult:
        # R-K6: what anybody agreed to for a child ends when the child decides alone.
        consent.valid_until = last_day_of_guardian(adult)
        consent.until_majority = True
    if consent.valid_until < max(consent.valid_from, on):
        raise DomainError(_("It ends before it starts."), field="valid_until")
    if consent.valid_until - consent.valid_from > LONGEST_VALIDITY:
        raise DomainError(
            _(
                "Nobody agrees for longer than two years at once. Choose an earlier day and ask "
                "again then."
            ),
            field="valid_until",
        )
    if consent.review_on is not None:
        consent.review_on = min(consent.review_on, consent.valid_until)


def is_a_child(consent: Consent, on: date) -> bool:
    """Whether the consent is about somebody known to be a child on a day."""
    adult = _day(consent.person, capacity_in(consent.case.country).adult_at)
    return adult is not None and on < adult


def _giver(consent: Consent) -> UUID:
    giver_id = consent.giver_id
    if giver_id is None:
        raise DomainError(_("Choose who of this case speaks for the child."), field="giver_id")
    return giver_id


def _day(person: Person, years: int) -> date | None:
    """When a person reaches an age, from their sealed birth date, which is used and not shown."""
    identity = PersonIdentity.objects.filter(person_id=person.pk).first()
    return day_of_age(years, identity.details if identity else {}, person.birth_year)


def _check_in_case(actor: Actor, consent: Consent, person_id: UUID, field: str) -> None:
    places = CaseParticipant.objects.visible_to(actor).filter(
        case_id=consent.case_id, person_id=person_id
    )
    if person_id == consent.person_id or not places.exists():
        raise DomainError(_("Choose another person of this case."), field=field)


def _codes(given: Sequence[str] | None, codes: Sequence[str], field: str) -> list[str]:
    wanted = set(given or ())
    if wanted - set(codes):
        raise DomainError(_("Choose from the list."), field=field)
    return [code for code in codes if code in wanted]


def _agencies(actor: Actor, given: Sequence[UUID] | None) -> list[UUID]:
    wanted = set(given or ())
    known = set(receivers_of(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        raise DomainError(_("Choose agencies that work with us."), field="recipients")
    return sorted(known)


def _countries(given: Sequence[str] | None) -> list[str]:
    codes = sorted({country.strip().upper() for country in given or () if country.strip()})
    if not all(COUNTRY.fullmatch(code) for code in codes):
        raise DomainError(_("Give each country as two letters, such as NL."), field="countries")
    return codes
