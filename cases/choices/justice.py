"""The justice track of a case: its steps, and why one rests or ends without a court.

It never waits for the protection track, nor that for it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.choices.case import JusticeStage

_ASIDE = (JusticeStage.DORMANT, JusticeStage.NO_FURTHER_ACTION)
# A planned operation is sealed (L4): that it is planned stands in no case's head, so nobody steps
# there from here.
JUSTICE_STEPS: dict[str, tuple[str, ...]] = {
    JusticeStage.NONE: (JusticeStage.INFORMATION_RECEIVED,),
    JusticeStage.INFORMATION_RECEIVED: (JusticeStage.UNDER_INVESTIGATION, *_ASIDE),
    JusticeStage.UNDER_INVESTIGATION: (
        JusticeStage.OPERATION_CONDUCTED,
        JusticeStage.FILED_WITH_PROSECUTOR,
        *_ASIDE,
    ),
    JusticeStage.OPERATION_PLANNED: (JusticeStage.OPERATION_CONDUCTED, *_ASIDE),
    JusticeStage.OPERATION_CONDUCTED: (JusticeStage.FILED_WITH_PROSECUTOR, *_ASIDE),
    JusticeStage.FILED_WITH_PROSECUTOR: (JusticeStage.IN_COURT, *_ASIDE),
    JusticeStage.IN_COURT: (JusticeStage.CONCLUDED, JusticeStage.DORMANT),
    JusticeStage.DORMANT: (
        JusticeStage.UNDER_INVESTIGATION,
        JusticeStage.FILED_WITH_PROSECUTOR,
        JusticeStage.IN_COURT,
        JusticeStage.NO_FURTHER_ACTION,
    ),
}
# These need a reason.
NEEDS_JUSTICE_REASON = _ASIDE


class JusticeReason(models.TextChoices):
    """Why the track rests, or ends without a court."""

    NO_SUSPECT = "no_suspect", _("Nobody was identified")
    AT_LARGE = "at_large", _("The accused person is at large")
    EVIDENCE = "evidence", _("There is not enough evidence")
    ELSEWHERE = "elsewhere", _("Another country or authority has taken it")
    WAITS_FOR_OTHERS = "waits_for_others", _("It waits for another authority")
    SURVIVOR_INTEREST = "survivor_interest", _("It would harm the survivor")
    DECEASED = "deceased", _("The accused person has died")
    OTHER = "other", _("Another reason")
