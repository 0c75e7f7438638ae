"""Verdicts: charge by charge, where the procedure leads to a judgment."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import LegalStatus
from cases.services.legal_status import follow_the_court
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import (
    CONVICTIONS,
    WITHOUT_JUDGMENT,
    ChargeStatus,
    ReachedBy,
    RulingResult,
    Stage,
)
from courts.models import Charge, Proceeding, Verdict
from courts.services.charges import open_charge
from courts.services.steps import (
    LONGEST_DOCUMENT,
    clear_if_final,
    follow,
    led_to,
    not_ahead,
    takes_late_charges,
    takes_late_verdicts,
)


def record_verdict(
    *,
    actor: User,
    charge_id: uuid.UUID,
    version: int,
    result: str,
    decided_on: date,
    document: str = "",
) -> Verdict:
    """Record what the court decided on one charge. With the last charge decided, the proceeding
    stands at its verdict; a conviction changes the word for the accused at once, anything else
    when the judgment is final.

    Raises:
        Conflict: somebody else changed the charge since `version` was read.
        DomainError: the charge was decided before, or the verdict lies ahead, before the charge or
            before the decision that sent it back.
        InvalidTransition: the procedure does not lead to a judgment from here.
    """
    with acting(actor) as act:
        charge = open_charge(act, actor, charge_id, version, "courts.record_verdict")
        proceeding = charge.proceeding
        not_ahead(decided_on, "decided_on")
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        charge.decide(result=result, on=decided_on)
        _check_judging(proceeding, result, decided_on)
        _check_tried_again(charge, decided_on)
        verdict = Verdict(
            charge=charge,
            case_id=charge.case_id,
            result=result,
            decided_on=decided_on,
            recorded_by=actor,
        )
        verdict.save(force_insert=True)
        charge.save(update_fields=["status", "version"])
        act.record("verdict.recorded", verdict, facts={"result": str(result)})
        if not proceeding.charges.filter(status=ChargeStatus.FILED).exists():
            follow(act, proceeding, ReachedBy.VERDICT, on=decided_on, document=document)
            _label_follows(act, proceeding, decided_on)
    return verdict


def _check_judging(proceeding: Proceeding, result: str, on: date) -> None:
    """A judgment comes where the procedure leads to one; a court drops a charge at any time."""
    if proceeding.is_over and not takes_late_charges(proceeding):
        raise InvalidTransition(_("This proceeding is over."))
    judged = (
        proceeding.stage == Stage.VERDICT
        or takes_late_verdicts(proceeding)
        or led_to(proceeding, ReachedBy.VERDICT, on)
    )
    if result not in WITHOUT_JUDGMENT and not judged:
        raise InvalidTransition(
            _(
                "From “%(here)s” the procedure does not lead to a judgment. Record the steps "
                "before it first."
            )
            % {"here": proceeding.step.label},
            field="result",
        )
    if on < proceeding.reached_on and not proceeding.earlier_unknown:
        raise DomainError(
            _("The step before was on %(day)s. Give that day or a later one.")
            % {"day": spell(proceeding.reached_on)},
            field="decided_on",
        )


def _check_tried_again(charge: Charge, on: date) -> None:
    sent_back = charge.rulings.filter(result=RulingResult.SENT_BACK).order_by("decided_on").last()
    if sent_back is not None and on < sent_back.decided_on:
        raise DomainError(
            _("A higher court sent this charge back on %(day)s. Give that day or a later one.")
            % {"day": spell(sent_back.decided_on)},
            field="decided_on",
        )


def _label_follows(act: Act, proceeding: Proceeding, decided_on: date) -> None:
    """A conviction is told at once; an acquittal or a dismissal only when it is final."""
    if proceeding.charges.filter(status__in=CONVICTIONS).exists():
        follow_the_court(
            act,
            participant_id=proceeding.accused_id,
            to=LegalStatus.CONVICTED,
            happened_on=decided_on,
        )
    else:
        clear_if_final(act, proceeding, on=decided_on)
