"""Charges under the law of the day of the act, pleas, and verdicts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import CLEARED, LegalStatus
from cases.models import CaseParticipant
from cases.services.legal_status import follow_the_court
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import (
    CHARGING,
    ChargeStatus,
    Plea,
    ReachedBy,
    Stage,
)
from courts.models import Charge, Proceeding, Statute
from courts.services.steps import (
    LONGEST_DOCUMENT,
    follow,
    led_to,
    not_ahead,
    takes_late_charges,
)

# Whom a charge makes a charged person; further along the word stays.
NOT_YET_CHARGED = (
    LegalStatus.PERSON_OF_INTEREST,
    LegalStatus.SUSPECT,
    LegalStatus.ARRESTED,
    *CLEARED,
)


@dataclass(frozen=True)
class Particulars:
    """What a charge says of the act.

    Attributes:
        act_from, act_to: first and last day of the act; None where they are not known.
    """

    counts: int = 1
    act_from: date | None = None
    act_to: date | None = None
    qualified: bool = False
    attempted: bool = False
    syndicated: bool = False
    large_scale: bool = False


NAMES = tuple(Particulars.__dataclass_fields__)


def file_charge(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    statute: str,
    filed_on: date,
    document: str = "",
    counts: int = 1,
    act_from: date | None = None,
    act_to: date | None = None,
    qualified: bool = False,
    attempted: bool = False,
    syndicated: bool = False,
    large_scale: bool = False,
) -> Charge:
    """Record a charge; the first one makes the proceeding “charged” and the accused charged.

    Whoever was cleared and is charged anew is a charged person again.

    Args:
        statute: code of the offence in the table of laws.
        document: which document says so; sealed.
        the rest: as `Particulars`.

    Raises:
        DomainError: an offence that is not in the table or of another country, an act outside the
            days in which the law was in force, or days out of order.
        InvalidTransition: the procedure does not lead to a charge from here.
    """
    with acting(actor) as act:
        proceeding = _found(act, actor, proceeding_id, "courts.file_charge")
        law = _law(actor, proceeding, statute)
        said = Particulars(counts, act_from, act_to, qualified, attempted, syndicated, large_scale)
        _check(law, said, filed_on)
        if filed_on < proceeding.opened_on and not proceeding.earlier_unknown:
            raise DomainError(
                _("The charge cannot be earlier than the proceeding. Check both dates."),
                field="filed_on",
            )
        leads = led_to(proceeding, ReachedBy.CHARGE, filed_on) is not None
        _check_charging(proceeding, leads)
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        charge = _put_down(proceeding, law, said, filed_on)
        act.record("charge.filed", charge, facts={"counts": counts, "law": law.code})
        if leads:
            follow(act, proceeding, ReachedBy.CHARGE, on=filed_on, document=document)
        _call_charged(act, proceeding, filed_on)
    return charge


def amend_charge(
    *,
    actor: User,
    charge_id: uuid.UUID,
    version: int,
    counts: int = 1,
    act_from: date | None = None,
    act_to: date | None = None,
    qualified: bool = False,
    attempted: bool = False,
    syndicated: bool = False,
    large_scale: bool = False,
) -> Charge:
    """Put right what a charge says of the act; what it said before is kept.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: it was decided, or as `file_charge`.
    """
    with acting(actor) as act:
        charge = open_charge(act, actor, charge_id, version, "courts.amend_charge")
        said = Particulars(counts, act_from, act_to, qualified, attempted, syndicated, large_scale)
        _check(charge.law, said, charge.filed_on)
        changed = [name for name in NAMES if getattr(charge, name) != getattr(said, name)]
        for name in changed:
            setattr(charge, name, getattr(said, name))
        charge.version += 1
        charge.save(update_fields=[*changed, "version"])
        act.record("charge.changed", charge, fields=changed)
    return charge


def replace_charge(
    *,
    actor: User,
    charge_id: uuid.UUID,
    version: int,
    statute: str,
    filed_on: date,
) -> Charge:
    """Put a charge under another offence in the place of one, as an amended information does.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: it was decided, or as `file_charge`.
    """
    with acting(actor) as act:
        charge = open_charge(act, actor, charge_id, version, "courts.amend_charge")
        law = _law(actor, charge.proceeding, statute)
        said = Particulars(**{name: getattr(charge, name) for name in NAMES})
        _check(law, said, filed_on)
        if filed_on < charge.filed_on:
            raise DomainError(
                _("The charge it replaces was filed on %(day)s. Give that day or a later one.")
                % {"day": spell(charge.filed_on)},
                field="filed_on",
            )
        charge.status = ChargeStatus.AMENDED
        charge.version += 1
        charge.save(update_fields=["status", "version"])
        new = _put_down(charge.proceeding, law, said, filed_on, replaces=charge)
        act.record("charge.replaced", new, facts={"was": str(charge.pk), "law": law.code})
    return new


def enter_plea(
    *, actor: User, charge_id: uuid.UUID, version: int, plea: str, plea_on: date
) -> Charge:
    """Record how the accused answered a charge.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: it was decided, no plea, or a day ahead or before the charge.
    """
    with acting(actor) as act:
        charge = open_charge(act, actor, charge_id, version, "courts.enter_plea")
        not_ahead(plea_on, "plea_on")
        if plea not in Plea.values or plea == Plea.NOT_ENTERED:
            raise DomainError(_("Choose how the accused answered."), field="plea")
        if plea_on < charge.filed_on:
            raise DomainError(
                _("The plea cannot be earlier than the charge. Check both dates."),
                field="plea_on",
            )
        charge.plea, charge.plea_on = plea, plea_on
        charge.version += 1
        charge.save(update_fields=["plea", "plea_on", "version"])
        act.record("charge.plea_entered", charge, facts={"plea": str(plea)})
    return charge


def _found(act: Act, actor: User, proceeding_id: uuid.UUID, permission: str) -> Proceeding:
    proceeding = locked_proceeding(actor, proceeding_id)
    act.authorise(permission, proceeding)
    return proceeding


def locked_proceeding(actor: User, proceeding_id: uuid.UUID) -> Proceeding:
    """A proceeding the actor sees, locked until the act ends. Raises Proceeding.DoesNotExist.

    Its step is read after the lock: joined, a row that moved on meanwhile would not be found.
    """
    found: Proceeding = Proceeding.objects.visible_to(actor).locked().get(pk=proceeding_id)
    return found


def open_charge(
    act: Act, actor: User, charge_id: uuid.UUID, version: int, permission: str
) -> Charge:
    """A charge that is not decided, locked after its proceeding: in this order everywhere, so that
    nobody waits for each other."""
    charges = Charge.objects.visible_to(actor)
    proceeding = locked_proceeding(actor, charges.get(pk=charge_id).proceeding_id)
    charge: Charge = charges.locked().get(pk=charge_id)
    charge.proceeding = proceeding
    act.authorise(permission, charge)
    charge.check_seen(version)
    if charge.status != ChargeStatus.FILED:
        raise DomainError(_("This charge was decided before."), code="already_decided")
    return charge


def _law(actor: User, proceeding: Proceeding, code: str) -> Statute:
    law: Statute | None = Statute.objects.visible_to(actor).filter(code=code).first()
    if law is None or law.jurisdiction != proceeding.jurisdiction:
        raise DomainError(
            _("This is not an offence of %(country)s in the table of laws.")
            % {"country": proceeding.jurisdiction},
            code="law_of_another_country",
            field="statute",
        )
    return law


def _check(law: Statute | None, said: Particulars, filed_on: date) -> None:
    not_ahead(filed_on, "filed_on")
    if not 1 <= said.counts <= 999:
        raise DomainError(_("Give a number of counts from 1 to 999."), field="counts")
    if said.act_from is None:
        if said.act_to is not None:
            raise DomainError(_("Give the first day of the act too."), field="act_from")
        return
    last = said.act_to or said.act_from
    if last < said.act_from:
        raise DomainError(_("The act cannot end before it begins."), field="act_to")
    if said.act_from > filed_on:
        raise DomainError(
            _("The act cannot be later than the charge. Check both dates."), field="act_from"
        )
    if law is not None and not law.covers(said.act_from, last):
        raise DomainError(
            _(
                "%(law)s was in force %(days)s, not on the day of the act. Choose the law of "
                "that day; the day of the judgment does not matter."
            )
            % {"law": str(law), "days": _days(law)},
            code="law_not_in_force",
            field="act_from",
        )


def _days(law: Statute) -> str:
    if law.valid_to is None:
        return _("from %(first)s") % {"first": spell(law.valid_from)}
    return _("from %(first)s to %(last)s") % {
        "first": spell(law.valid_from),
        "last": spell(law.valid_to),
    }


def _check_charging(proceeding: Proceeding, leads: bool) -> None:
    if proceeding.stage == Stage.PRE_CHARGE and not leads:
        raise InvalidTransition(
            _(
                "From “%(here)s” the procedure does not lead to a charge. Record the steps "
                "before it first."
            )
            % {"here": proceeding.step.label},
            field="filed_on",
        )
    if proceeding.stage not in CHARGING and not takes_late_charges(proceeding):
        raise InvalidTransition(_("Charges cannot be added after the verdict."))


def _put_down(
    proceeding: Proceeding,
    law: Statute,
    said: Particulars,
    filed_on: date,
    replaces: Charge | None = None,
) -> Charge:
    charge = Charge(
        proceeding=proceeding,
        case_id=proceeding.case_id,
        law=law,
        statute=law.title,
        section=law.section,
        description=law.description,
        filed_on=filed_on,
        replaces=replaces,
        **{name: getattr(said, name) for name in NAMES},
    )
    charge.save(force_insert=True)
    return charge


def _call_charged(act: Act, proceeding: Proceeding, filed_on: date) -> None:
    place = CaseParticipant.objects.get(pk=proceeding.accused_id)
    if place.legal_status in NOT_YET_CHARGED:
        follow_the_court(act, participant_id=place.pk, to=LegalStatus.CHARGED, happened_on=filed_on)
