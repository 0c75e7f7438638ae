"""What a person's copy tells of courts: how they came to safety, hearings, awards, their wishes."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import CaseParticipant
from cases.selectors.copy_parts import Facts, Part
from core.actors import Actor
from core.ui.dates import spell
from courts.choices import Attendance, OperationResult
from courts.models import CompensationAward, HearingAttendance, OperationOutcome, ReleaseWish

# As one says it to the person it is about.
FOR_THEM = {
    OperationResult.VICTIM_RESCUED: gettext_lazy("You were brought to safety"),
    OperationResult.AT_RISK_CHILD_REMOVED: gettext_lazy("You were brought to a safe place"),
    OperationResult.ADULT_REMOVED: gettext_lazy("You were brought to safety"),
}
AT_COURT = {
    Attendance.REQUIRED: gettext_lazy("you had to be there"),
    Attendance.NOT_REQUIRED: gettext_lazy("you did not have to be there"),
    Attendance.REQUESTED_EXCUSED: gettext_lazy("you asked not to be there"),
}


def told_by_courts(actor: Actor, place: CaseParticipant) -> Part | None:
    """What an operation and a court decided for the person; what is decided about others is theirs.

    Returns:
        None where there is nothing to tell, or the actor's role reads nothing of courts.
    """
    facts = [
        *_operations(actor, place),
        *_hearings(actor, place),
        *_awards(actor, place),
        *_wishes(actor, place),
    ]
    return Part(_("The police and the courts"), facts) if facts else None


def _operations(actor: Actor, place: CaseParticipant) -> Facts:
    outcomes = OperationOutcome.objects.visible_to(actor).filter(
        case_id=place.case_id, participant__person_id=place.person_id
    )
    return [
        (
            _("How an operation ended for you"),
            _("%(what)s, recorded on %(day)s")
            % {
                "what": FOR_THEM.get(outcome.outcome) or outcome.get_outcome_display(),
                "day": spell(outcome.decided_on),
            },
        )
        for outcome in outcomes
    ]


def _hearings(actor: Actor, place: CaseParticipant) -> Facts:
    """The days at court that concerned them; where a court sits stays with the legal officer."""
    rows = (
        HearingAttendance.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("hearing")
        .order_by("hearing__starts_at")
    )
    return [
        (
            spell(row.hearing.local_start.date()),
            _("%(kind)s (%(status)s): %(what)s")
            % {
                "kind": row.hearing.get_kind_display(),
                "status": row.hearing.get_status_display(),
                "what": AT_COURT[Attendance(row.attendance)],
            },
        )
        for row in rows
    ]


def _awards(actor: Actor, place: CaseParticipant) -> Facts:
    awards = CompensationAward.objects.visible_to(actor).filter(
        case_id=place.case_id, person_id=place.person_id
    )
    facts: Facts = []
    for award in awards:
        said = _("%(amount)s %(currency)s, awarded on %(day)s") % {
            "amount": f"{award.amount:,.2f}",
            "currency": award.currency,
            "day": spell(award.awarded_on),
        }
        facts.append((str(award.get_kind_display()), said))
        paid = _("nothing yet")
        if award.paid_on is not None:
            paid = _("%(amount)s %(currency)s, last on %(day)s") % {
                "amount": f"{award.paid:,.2f}",
                "currency": award.currency,
                "day": spell(award.paid_on),
            }
        facts.append((_("What of it was paid"), paid))
    return facts


def _wishes(actor: Actor, place: CaseParticipant) -> Facts:
    wishes = ReleaseWish.objects.visible_to(actor).filter(
        case_id=place.case_id, person_id=place.person_id
    )
    return [
        (
            _("Do you want to hear when somebody is released?"),
            _("%(wish)s, asked on %(day)s")
            % {"wish": wish.get_wish_display(), "day": spell(wish.asked_on)},
        )
        for wish in wishes
    ]
