"""Code lists of a proceeding (domain.md 3.1 and 3.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """What every country's steps are counted as. The steps themselves are data: `models.law`."""

    PRE_CHARGE = "pre_charge", _("Before charge")
    CHARGED = "charged", _("Charged")
    PRE_TRIAL = "pre_trial", _("Pre-trial")
    TRIAL = "trial", _("Trial")
    ON_HOLD = "on_hold", _("On hold")
    VERDICT = "verdict", _("Verdict given")
    SENTENCING = "sentencing", _("Sentenced")
    APPEAL = "appeal", _("On appeal")
    FINAL = "final", _("Final")
    SERVING = "serving", _("Serving a sentence")
    ENDED = "ended", _("Sentence ended")
    DISCONTINUED = "discontinued", _("Discontinued")


# Nothing is left for a court to decide.
OVER = (Stage.FINAL, Stage.SERVING, Stage.ENDED, Stage.DISCONTINUED)
# Charges may still be added.
CHARGING = (Stage.PRE_CHARGE, Stage.CHARGED, Stage.PRE_TRIAL, Stage.TRIAL)


class ReachedBy(models.TextChoices):
    """A step that is not chosen: it follows from what is recorded."""

    CHOICE = "", _("Chosen")
    CHARGE = "charge", _("The first charge")
    VERDICT = "verdict", _("The verdict on the last charge")
    SENTENCE = "sentence", _("The first sentence")
    APPEAL = "appeal", _("An appeal")
    RULING = "ruling", _("The decision on an appeal")


class StopReason(models.TextChoices):
    """Why a proceeding ended without a judgment, or waits."""

    EVIDENCE = "evidence", _("There is not enough evidence")
    DECEASED = "deceased", _("The accused person has died")
    AT_LARGE = "at_large", _("The accused person is at large")
    UNFIT = "unfit", _("The accused person cannot stand trial")
    SURVIVOR_INTEREST = "survivor_interest", _("It would harm the survivor")
    ELSEWHERE = "elsewhere", _("Another court or country has taken it")
    TIME_BARRED = "time_barred", _("Too much time has passed under the law")
    OTHER = "other", _("Another reason")


# It stopped here, and somebody may still be tried for it.
STILL_WANTED = (StopReason.AT_LARGE, StopReason.ELSEWHERE)
# Steps that send it to another court, whatever reason was given.
MOVED = ("transferred_venue",)


class ChargeStatus(models.TextChoices):
    FILED = "filed", _("Filed")
    AMENDED = "amended", _("Replaced by an amended charge")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CONVICTED = "convicted", _("Convicted")
    ACQUITTED = "acquitted", _("Acquitted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of a lesser offence")


CONVICTIONS = (ChargeStatus.CONVICTED, ChargeStatus.CONVICTED_LESSER)


class VerdictResult(models.TextChoices):
    CONVICTED = "convicted", _("Convicted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of a lesser offence")
    ACQUITTED = "acquitted", _("Acquitted")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the prosecution")


# A court drops these at any time; the others come with a judgment.
WITHOUT_JUDGMENT = (VerdictResult.DISMISSED, VerdictResult.WITHDRAWN)


class Plea(models.TextChoices):
    NOT_ENTERED = "not_entered", _("Not entered")
    NOT_GUILTY = "not_guilty", _("Not guilty")
    GUILTY = "guilty", _("Guilty")
    GUILTY_LESSER = "guilty_lesser", _("Guilty of a lesser offence, by agreement")
    NO_CONTEST = "no_contest", _("No contest")


PLEA_BARGAINS = (Plea.GUILTY_LESSER,)


class AppealBy(models.TextChoices):
    DEFENCE = "defence", _("The defence")
    PROSECUTION = "prosecution", _("The prosecution")
    PRIVATE = "private", _("The private complainant")


class AppealOutcome(models.TextChoices):
    PENDING = "pending", _("Pending")
    DISMISSED = "dismissed", _("Dismissed")
    AFFIRMED = "affirmed", _("Affirmed")
    MODIFIED = "modified", _("Modified")
    REVERSED = "reversed", _("Reversed")
    REMANDED = "remanded", _("Sent back to the court below")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# These leave every charge as it stood.
CHANGES_NOTHING = (AppealOutcome.DISMISSED, AppealOutcome.AFFIRMED, AppealOutcome.WITHDRAWN)


class RulingResult(models.TextChoices):
    """What a higher court made of the decision on one charge."""

    STANDS = "stands", _("Stands as it was")
    CONVICTED = "convicted", _("Convicted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of a lesser offence")
    ACQUITTED = "acquitted", _("Acquitted")
    DISMISSED = "dismissed", _("Dismissed")
    SENT_BACK = "sent_back", _("Sent back: it is tried again")


# Which changes of a charge go with which outcome; one at least must be there.
GOES_WITH = {
    AppealOutcome.MODIFIED: (
        RulingResult.STANDS,
        RulingResult.CONVICTED_LESSER,
        RulingResult.CONVICTED,
        RulingResult.ACQUITTED,
        RulingResult.DISMISSED,
    ),
    AppealOutcome.REVERSED: (
        RulingResult.ACQUITTED,
        RulingResult.DISMISSED,
        RulingResult.CONVICTED,
        RulingResult.CONVICTED_LESSER,
    ),
    AppealOutcome.REMANDED: (RulingResult.SENT_BACK,),
}


class SentenceKind(models.TextChoices):
    LIFE = "life", _("Life imprisonment")
    RECLUSION_PERPETUA = "reclusion_perpetua", _("Reclusion perpetua")
    DETERMINATE = "determinate", _("Imprisonment for a fixed time")
    INDETERMINATE = "indeterminate", _("Imprisonment from a minimum to a maximum")
    SUSPENDED = "suspended", _("Suspended imprisonment")
    COMMUNITY = "community", _("Community order")
    FINE_ONLY = "fine_only", _("Fine only")
    OTHER = "other", _("Other")


# No months can be counted with those of others.
FOR_LIFE = (SentenceKind.LIFE, SentenceKind.RECLUSION_PERPETUA)
NEEDS_MONTHS = (
    SentenceKind.DETERMINATE,
    SentenceKind.INDETERMINATE,
    SentenceKind.SUSPENDED,
)


class Runs(models.TextChoices):
    ALONE = "", _("The only one")
    CONCURRENT = "concurrent", _("At the same time as another")
    CONSECUTIVE = "consecutive", _("After another")


class SentenceOrder(models.TextChoices):
    REGISTER = "register", _("Entry in an offender register")
    PREVENTION = "prevention", _("Prevention order")
    NO_CONTACT = "no_contact", _("No contact with the survivor")
    SUPERVISION = "supervision", _("Supervision after release")
    DEPORTATION = "deportation", _("Deportation")
    FORFEITURE = "forfeiture", _("Forfeiture")


class AwardKind(models.TextChoices):
    RESTITUTION = "restitution", _("Restitution")
    CIVIL_INDEMNITY = "civil_indemnity", _("Civil indemnity")
    MORAL_DAMAGES = "moral_damages", _("Moral damages")
    EXEMPLARY_DAMAGES = "exemplary_damages", _("Exemplary damages")
    STATE_FUND = "state_fund", _("Payment from a state fund")


class Currency(models.TextChoices):
    PHP = "PHP", "PHP"
    AUD = "AUD", "AUD"
    CAD = "CAD", "CAD"
    EUR = "EUR", "EUR"
    GBP = "GBP", "GBP"
    NOK = "NOK", "NOK"
    SEK = "SEK", "SEK"
    USD = "USD", "USD"


class Wish(models.TextChoices):
    """What a survivor wants to hear of a release."""

    TELL = "tell", _("Wants to be told")
    DO_NOT_TELL = "do_not_tell", _("Does not want to be told")
    ASK_AGAIN = "ask_again", _("Wants to be asked again later")


class OperationType(models.TextChoices):
    ENTRAPMENT_AND_RESCUE = "entrapment_and_rescue", _("Entrapment and rescue")
    RESCUE = "rescue", _("Rescue")
    SEARCH_WARRANT = "search_warrant", _("Search warrant")
    ARREST_WARRANT = "arrest_warrant", _("Arrest warrant")
    WELFARE_CHECK = "welfare_check", _("Welfare check")
    JOINT_INTERNATIONAL = "joint_international", _("Joint international operation")


class NgoSupport(models.TextChoices):
    INTELLIGENCE_REVIEW = "intelligence_review", _("Review of information")
    PLANNING = "planning", _("Planning")
    SOCIAL_WORKER_PRESENCE = "social_worker_presence", _("Social worker present")
    LOGISTICS = "logistics", _("Transport and supplies")
    AFTERCARE = "aftercare", _("Care afterwards")
    LEGAL = "legal", _("Legal help")


class PlanStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CONDUCTED = "conducted", _("Conducted")
    CALLED_OFF = "called_off", _("Called off")


class OperationResult(models.TextChoices):
    """What an operation was for one person (domain.md 3.1, OperationOutcome)."""

    VICTIM_RESCUED = "victim_rescued", _("Victim brought to safety")
    AT_RISK_CHILD_REMOVED = "at_risk_child_removed", _("Child at risk removed")
    ADULT_REMOVED = "adult_removed", _("Adult brought to safety")
    SUSPECT_ARRESTED = "suspect_arrested", _("Suspect arrested")
    SUSPECT_SURRENDERED = "suspect_surrendered", _("Suspect surrendered")
    SUSPECT_AT_LARGE = "suspect_at_large", _("Suspect at large")
    CLEARED = "cleared", _("Cleared")


OF_SUSPECTS = (
    OperationResult.SUSPECT_ARRESTED,
    OperationResult.SUSPECT_SURRENDERED,
    OperationResult.SUSPECT_AT_LARGE,
    OperationResult.CLEARED,
)
TAKEN = (OperationResult.SUSPECT_ARRESTED, OperationResult.SUSPECT_SURRENDERED)


class ReclassifyReason(models.TextChoices):
    ASSESSMENT = "assessment", _("An assessment found so")
    EVENT = "event", _("It changed: somebody was arrested, or let go")
    MISTAKE = "mistake", _("It was recorded wrongly")


class HearingKind(models.TextChoices):
    ARRAIGNMENT = "arraignment", _("Arraignment")
    BAIL = "bail", _("Bail")
    PRE_TRIAL = "pre_trial", _("Pre-trial")
    TRIAL = "trial", _("Trial")
    CHILD_TESTIMONY = "child_testimony", _("Testimony of a child")
    MOTION = "motion", _("Motion")
    PROMULGATION = "promulgation", _("Promulgation of judgment")
    SENTENCING = "sentencing", _("Sentencing")
    APPEAL = "appeal", _("Appeal")
    OTHER = "other", _("Other")


class HearingStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Ahead")
    HELD = "held", _("Held")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


class PostponedBecause(models.TextChoices):
    COURT = "court", _("The court")
    PROSECUTION = "prosecution", _("The prosecution")
    DEFENCE = "defence", _("The defence")
    WITNESS = "witness", _("A witness was not there")
    SURVIVOR = "survivor", _("The survivor asked for it")
    ACCUSED = "accused", _("The accused person was not there")
    WEATHER = "weather", _("Weather or disaster")
    OTHER = "other", _("Another reason")


class Attendance(models.TextChoices):
    NOT_REQUIRED = "not_required", _("Not required")
    REQUIRED = "required", _("Required")
    REQUESTED_EXCUSED = "requested_excused", _("Asked to be excused")


class Protection(models.TextChoices):
    LIVE_LINK = "live_link", _("Live link")
    VIDEO_DEPOSITION = "video_deposition", _("Video deposition")
    IN_CAMERA = "in_camera", _("Without the public")
    SCREEN = "screen", _("Screen from the accused")
    SUPPORT_PERSON = "support_person", _("Support person beside them")
    INTERMEDIARY = "intermediary", _("Intermediary or interpreter")
