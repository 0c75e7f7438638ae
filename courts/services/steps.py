"""Moving a proceeding: only along a way that its procedure has on the day of the step.

Each step is a `StageChange` with its day and its document, and the database asks the same again
(`courts.triggers`).
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act
from cases.choices import CLEARED, LegalStatus
from cases.models import CaseParticipant
from cases.services.legal_status import follow_the_court
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import CONVICTIONS, OVER, ChargeStatus, ReachedBy, Stage, StopReason
from courts.models import GENERIC, Charge, ProcedureStep, Proceeding, StageChange, StepEdge

LONGEST_DOCUMENT = 120
# A judgment was given before a proceeding stands here.
AFTER_JUDGMENT = (
    Stage.VERDICT,
    Stage.SENTENCING,
    Stage.APPEAL,
    Stage.FINAL,
    Stage.SERVING,
    Stage.ENDED,
)
# Where a person is called accused once a court has them before it.
BEFORE_A_COURT = (Stage.PRE_TRIAL, Stage.TRIAL)
NOT_YET_ACCUSED = (
    LegalStatus.PERSON_OF_INTEREST,
    LegalStatus.SUSPECT,
    LegalStatus.ARRESTED,
    LegalStatus.CHARGED,
    *CLEARED,
)
RECORD_INSTEAD = {
    ReachedBy.CHARGE: _("Record the charge; the step follows."),
    ReachedBy.VERDICT: _("Record a verdict for each charge; the step follows."),
    ReachedBy.SENTENCE: _("Record the sentence; the step follows."),
    ReachedBy.APPEAL: _("Record the appeal; the step follows."),
    ReachedBy.RULING: _("Record what the higher court decided; the step follows."),
}


def procedure_of(actor: User, jurisdiction: str) -> str:
    """The procedure that holds in a country: its own, or the generic one."""
    own = ProcedureStep.objects.visible_to(actor).filter(procedure=jurisdiction)
    return jurisdiction if own.exists() else GENERIC


def first_step(
    actor: User, jurisdiction: str, code: str, *, on: date, earlier_unknown: bool
) -> ProcedureStep:
    """Where a proceeding begins.

    Args:
        code: of the step; empty for the first one of the procedure.

    Raises:
        DomainError: there is no such step, or a proceeding does not begin there on this day.
    """
    procedure = procedure_of(actor, jurisdiction)
    steps = ProcedureStep.objects.visible_to(actor).filter(procedure=procedure)
    starts = StepEdge.objects.visible_to(actor).holding_on(on).filter(from_step=None)
    if not earlier_unknown:
        steps = steps.filter(pk__in=starts.values("to_step"))
    found: ProcedureStep | None = (steps.filter(code=code) if code else steps).first()
    if found is None:
        raise DomainError(
            _(
                "A proceeding does not begin there. Choose where it began, or say that its "
                "earlier steps are not known."
            ),
            code="no_such_start",
            field="step",
        )
    return found


def begin(act: Act, proceeding: Proceeding, *, document: str) -> None:
    """Write down where a new proceeding stands."""
    _keep(act, proceeding, before=None, document=document, reason="")


def began_at(proceeding: Proceeding) -> ProcedureStep:
    """The first step that is known of a proceeding."""
    first = StageChange.objects.filter(proceeding=proceeding, from_step=None).defer("document")
    found: ProcedureStep = first.select_related("to_step").get().to_step
    return found


def takes_late_charges(proceeding: Proceeding) -> bool:
    """Whether charges from before its first known step may still be written down."""
    return proceeding.earlier_unknown and (
        not proceeding.is_over or began_at(proceeding).stage in OVER
    )


def takes_late_verdicts(proceeding: Proceeding) -> bool:
    """Whether it came to us with its judgment, so that verdicts follow where it stands."""
    return (
        proceeding.earlier_unknown
        and proceeding.stage in AFTER_JUDGMENT
        and began_at(proceeding).stage in AFTER_JUDGMENT
    )


def move(
    act: Act,
    proceeding: Proceeding,
    to: ProcedureStep,
    *,
    on: date,
    document: str = "",
    reason: str = "",
) -> None:
    """Take one step, with the proceeding locked by the caller. Saves and records.

    Once nothing can change the result any more, an accused of whom no conviction stands is
    cleared (R-A6).

    Raises:
        InvalidTransition: there is no such way from here on this day, or no charge, or one that is
            undecided, where the judgment is to be final.
        DomainError: a day ahead or before the last step, or a reason that is missing.
    """
    not_ahead(on, "happened_on")
    if on < proceeding.reached_on:
        raise DomainError(
            _("The step before was on %(day)s. Give that day or a later one.")
            % {"day": spell(proceeding.reached_on)},
            code="step_before_the_last",
            field="happened_on",
        )
    if way(proceeding, to, on) is None:
        raise InvalidTransition(
            _("From “%(here)s” the procedure does not lead to “%(there)s” on this day.")
            % {"here": proceeding.step.label, "there": to.label},
            field="to",
        )
    if to.needs_reason and reason not in StopReason.values:
        raise DomainError(_("Say why."), field="reason")
    if to.stage == Stage.FINAL:
        _check_decided(proceeding)
    before, reason = proceeding.step, reason if to.needs_reason else ""
    proceeding.stand_at(to, on=on)
    _keep(act, proceeding, before=before, document=document, reason=reason)
    proceeding.save(update_fields=["step", "stage", "reached_on", "version"])
    if to.stage in BEFORE_A_COURT:
        _call_accused(act, proceeding, on)
    clear_if_final(act, proceeding, on=on)


def clear_if_final(act: Act, proceeding: Proceeding, *, on: date) -> None:
    """Call the accused acquitted or discharged once the proceeding ended so for good.

    Being cleared seals who they are and lifts what keeps them from speaking for a child (R-A6,
    R-C5): an acquittal that can still be appealed does neither. Nothing happens while a conviction
    stands, another proceeding against them runs or waits for them (`ProceedingQuerySet.running`),
    or a charge of this one is undecided.
    """
    charges = Charge.objects.filter(proceeding__accused_id=proceeding.accused_id)
    own = set(charges.filter(proceeding=proceeding).values_list("status", flat=True))
    if proceeding.stage == Stage.FINAL:
        decided = own - {str(ChargeStatus.AMENDED)}
        if not decided or ChargeStatus.FILED in decided:
            return
    elif proceeding.stage != Stage.DISCONTINUED or proceeding.step.needs_reason:
        return
    others = Proceeding.objects.filter(accused_id=proceeding.accused_id).exclude(pk=proceeding.pk)
    if charges.filter(status__in=CONVICTIONS).exists() or others.running().exists():
        return
    acquitted = charges.filter(status=ChargeStatus.ACQUITTED).exists()
    follow_the_court(
        act,
        participant_id=proceeding.accused_id,
        to=LegalStatus.ACQUITTED if acquitted else LegalStatus.DISCHARGED,
        happened_on=on,
    )


def _check_decided(proceeding: Proceeding) -> None:
    charges = proceeding.charges.exclude(status=ChargeStatus.AMENDED)
    if not charges.exists():
        raise InvalidTransition(
            _(
                "No charge is recorded. Record the charges and what was decided about each; then "
                "the judgment can be final."
            ),
            field="to",
        )
    if charges.filter(status=ChargeStatus.FILED).exists():
        raise InvalidTransition(
            _(
                "A charge is not decided yet. Record its verdict, or that it was dismissed or "
                "withdrawn; then the judgment can be final."
            ),
            field="to",
        )


def follow(
    act: Act, proceeding: Proceeding, by: ReachedBy, *, on: date, document: str = ""
) -> bool:
    """Take the step that something recorded leads to; False where there is no such way."""
    to = led_to(proceeding, by, on)
    if to is None:
        return False
    move(act, proceeding, to, on=max(on, proceeding.reached_on), document=document)
    return True


def led_to(proceeding: Proceeding, by: ReachedBy, on: date) -> ProcedureStep | None:
    """The step that something recorded on a day leads to from here."""
    ways = (
        StepEdge.objects.holding_on(on)
        .filter(from_step_id=proceeding.step_id, to_step__reached_by=by)
        .select_related("to_step")
    )
    found = ways.order_by("to_step__position").first()
    return found.to_step if found else None


def way(proceeding: Proceeding, to: ProcedureStep, on: date) -> StepEdge | None:
    """The way from where a proceeding stands to a step, if there is one on a day."""
    ways = StepEdge.objects.holding_on(on).filter(from_step_id=proceeding.step_id, to_step=to)
    found: StepEdge | None = ways.first()
    return found


def not_ahead(day: date, field: str) -> None:
    """Raises DomainError for a day that lies ahead."""
    if day > timezone.localdate():
        raise DomainError(_("This day lies ahead. Enter the day it happened."), field=field)


def _keep(
    act: Act,
    proceeding: Proceeding,
    *,
    before: ProcedureStep | None,
    document: str,
    reason: str,
) -> None:
    StageChange(
        proceeding=proceeding,
        case_id=proceeding.case_id,
        number=proceeding.version,
        from_step=before,
        to_step=proceeding.step,
        happened_on=proceeding.reached_on,
        document=document,
        reason=reason,
        recorded_by_id=act.actor.pk,
    ).save(force_insert=True)
    if before is not None:
        act.record(
            "proceeding.advanced",
            proceeding,
            fields=["step", "stage"],
            facts={"from": before.code, "to": proceeding.step.code},
        )


def _call_accused(act: Act, proceeding: Proceeding, on: date) -> None:
    place = CaseParticipant.objects.get(pk=proceeding.accused_id)
    if place.legal_status in NOT_YET_ACCUSED:
        follow_the_court(act, participant_id=place.pk, to=LegalStatus.ACCUSED, happened_on=on)
