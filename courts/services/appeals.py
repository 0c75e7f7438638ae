"""Appeals: filed, and decided charge by charge. What they change counts from their own day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import LegalStatus
from cases.services.legal_status import follow_the_court
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from core.races import only_one
from core.ui.dates import spell
from courts.choices import (
    CHANGES_NOTHING,
    CONVICTIONS,
    GOES_WITH,
    AppealBy,
    AppealOutcome,
    ChargeStatus,
    ReachedBy,
    RulingResult,
)
from courts.models import Appeal, AppealRuling, Charge, Proceeding, Sentence
from courts.services.charges import locked_proceeding
from courts.services.releases import tell_of_fall
from courts.services.steps import LONGEST_DOCUMENT, began_at, follow, led_to, not_ahead

DECIDED = (*CONVICTIONS, ChargeStatus.ACQUITTED, ChargeStatus.DISMISSED)
# What a ruling makes of the status of its charge.
BECOMES = {
    RulingResult.CONVICTED: ChargeStatus.CONVICTED,
    RulingResult.CONVICTED_LESSER: ChargeStatus.CONVICTED_LESSER,
    RulingResult.ACQUITTED: ChargeStatus.ACQUITTED,
    RulingResult.DISMISSED: ChargeStatus.DISMISSED,
    RulingResult.SENT_BACK: ChargeStatus.FILED,
}


def file_appeal(
    *,
    actor: User,
    proceeding_id: uuid.UUID,
    by: str,
    filed_on: date,
    court: str = "",
    document: str = "",
) -> Appeal:
    """Record an appeal; the proceeding moves on to it, unless it came to us standing there.

    Raises:
        InvalidTransition: the procedure does not lead to an appeal from here.
        DomainError: another one is pending, the day is ahead or before the last step, or a text
            holds what R-U3 refuses.
    """
    with acting(actor) as act:
        proceeding = locked_proceeding(actor, proceeding_id)
        act.authorise("courts.file_appeal", proceeding)
        not_ahead(filed_on, "filed_on")
        if by not in AppealBy.values:
            raise DomainError(_("Say who appeals."), field="by")
        came_with_it = came_with_an_appeal(proceeding)
        if filed_on < proceeding.reached_on and not came_with_it:
            raise DomainError(
                _("The step before was on %(day)s. Give that day or a later one.")
                % {"day": spell(proceeding.reached_on)},
                field="filed_on",
            )
        if not came_with_it and led_to(proceeding, ReachedBy.APPEAL, filed_on) is None:
            raise InvalidTransition(
                _("From “%(here)s” the procedure does not lead to an appeal.")
                % {"here": proceeding.step.label}
            )
        appeal = Appeal(
            proceeding=proceeding,
            case_id=proceeding.case_id,
            by=by,
            court=check_text(court, field="court", most=120),
            filed_on=filed_on,
            recorded_by=actor,
        )
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        with only_one(
            "one_appeal_pending",
            DomainError(_("An appeal is pending. Record what the court decided of it first.")),
        ):
            appeal.save(force_insert=True)
        act.record("appeal.filed", appeal, facts={"by": str(by)})
        if not came_with_it:
            follow(act, proceeding, ReachedBy.APPEAL, on=filed_on, document=document)
    return appeal


def came_with_an_appeal(proceeding: Proceeding) -> bool:
    """Its first known step was that an appeal is pending, and that appeal is not written down."""
    here = proceeding.step
    return (
        proceeding.earlier_unknown
        and here.reached_by == ReachedBy.APPEAL
        and began_at(proceeding).pk == here.pk
        and not proceeding.appeals.exists()
    )


def decide_appeal(
    *,
    actor: User,
    appeal_id: uuid.UUID,
    version: int,
    outcome: str,
    decided_on: date,
    rulings: Mapping[uuid.UUID, str] | None = None,
    document: str = "",
) -> Appeal:
    """Record what the higher court decided.

    A conviction that falls counts as one until the day before; from this day the person is
    counted as not convicted, and their sentence is no longer in force. They are accused again
    until the decision is final. Where a conviction falls, a task asks to tell each survivor, but
    those who do not want to hear of a release.

    Args:
        rulings: what it made of each charge (`RulingResult`), by the charge's id; a charge that
            is left out stands as it was.

    Raises:
        Conflict: somebody else changed the appeal since `version` was read.
        InvalidTransition: it was decided before.
        DomainError: the outcome and what became of the charges do not go together, a day ahead or
            before the appeal, or a charge that was never decided.
    """
    with acting(actor) as act:
        appeals = Appeal.objects.visible_to(actor)
        # The proceeding first, as everywhere.
        proceeding = locked_proceeding(actor, appeals.get(pk=appeal_id).proceeding_id)
        appeal: Appeal = appeals.locked().get(pk=appeal_id)
        act.authorise("courts.decide_appeal", appeal)
        appeal.check_seen(version)
        not_ahead(decided_on, "decided_on")
        if outcome not in AppealOutcome.values or outcome == AppealOutcome.PENDING:
            raise DomainError(_("Choose what the court decided."), field="outcome")
        if decided_on < appeal.filed_on:
            raise DomainError(
                _("The decision cannot be earlier than the appeal. Check both dates."),
                field="decided_on",
            )
        appeal.decide(outcome=outcome, on=decided_on)
        document = check_text(document, field="document", most=LONGEST_DOCUMENT)
        changes = _changes(proceeding, outcome, rulings or {})
        appeal.save(update_fields=["outcome", "decided_on", "version"])
        fell = any(
            charge.status in CONVICTIONS and BECOMES[result] not in CONVICTIONS
            for charge, result in changes
        )
        for charge, result in changes:
            _rule(appeal, charge, result, decided_on)
        act.record(
            "appeal.decided",
            appeal,
            facts={"outcome": str(outcome), "charges": len(changes)},
        )
        follow(act, proceeding, ReachedBy.RULING, on=decided_on, document=document)
        if changes:
            _sentences_fall(proceeding, decided_on)
            _label_follows(act, proceeding, decided_on)
        if fell:
            tell_of_fall(actor, proceeding)
    return appeal


def _changes(
    proceeding: Proceeding, outcome: str, rulings: Mapping[uuid.UUID, str]
) -> list[tuple[Charge, RulingResult]]:
    """The charges that the decision changes, as far as it may."""
    own: dict[uuid.UUID, Charge] = {
        charge.pk: charge for charge in proceeding.charges.filter(status__in=DECIDED)
    }
    if set(rulings) - set(own):
        raise DomainError(_("A charge of this list was never decided."), field="outcome")
    changed = [
        (own[pk], RulingResult(result))
        for pk, result in rulings.items()
        if result in RulingResult.values and result != RulingResult.STANDS
    ]
    if outcome in CHANGES_NOTHING:
        if changed:
            raise DomainError(
                _("This outcome leaves every charge as it stood. Choose another outcome."),
                field="outcome",
            )
        return []
    allowed = GOES_WITH[AppealOutcome(outcome)]
    if any(result not in allowed for _charge, result in changed):
        raise DomainError(
            _("The outcome and what became of the charges do not go together."), field="outcome"
        )
    # A modified judgment may change the sentence alone.
    if not changed and outcome != AppealOutcome.MODIFIED:
        raise DomainError(_("Say which charge it changes, and to what."), field="outcome")
    same = [charge for charge, result in changed if BECOMES[result] == charge.status]
    if same:
        raise DomainError(
            _("A charge would stay as it is. Leave it at “stands as it was”."), field="outcome"
        )
    return changed


def _rule(appeal: Appeal, charge: Charge, result: RulingResult, on: date) -> None:
    AppealRuling(
        appeal=appeal, charge=charge, case_id=appeal.case_id, result=result, decided_on=on
    ).save(force_insert=True)
    charge.status = BECOMES[result]
    charge.version += 1
    charge.save(update_fields=["status", "version"])


def _sentences_fall(proceeding: Proceeding, on: date) -> None:
    """What was imposed for a conviction that no longer stands is no longer in force."""
    standing = list(proceeding.charges.filter(status__in=CONVICTIONS).values_list("pk", flat=True))
    for sentence in Sentence.objects.locked().in_force().filter(proceeding=proceeding):
        if sentence.charge_id in standing or (sentence.charge_id is None and standing):
            continue
        sentence.superseded_on = on
        sentence.version += 1
        sentence.save(update_fields=["superseded_on", "version"])


def _label_follows(act: Act, proceeding: Proceeding, on: date) -> None:
    """The word shown for the accused, by all that stands against them in this case.

    Where no conviction stands they are accused again: they are cleared when it is final.
    """
    charges = Charge.objects.filter(proceeding__accused_id=proceeding.accused_id)
    stands = charges.filter(status__in=CONVICTIONS).exists()
    to = LegalStatus.CONVICTED if stands else LegalStatus.ACCUSED
    follow_the_court(
        act,
        participant_id=proceeding.accused_id,
        to=to,
        happened_on=on,
        conviction_fell=to != LegalStatus.CONVICTED,
    )
