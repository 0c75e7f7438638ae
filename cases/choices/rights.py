"""Codes of holds and erasures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.choices.person import ParticipantRole

# Whose file must stay whole when somebody of the same case is erased.
CHILDREN = (
    ParticipantRole.SURVIVOR,
    ParticipantRole.AT_RISK_CHILD,
    ParticipantRole.CHILD_DISPLAYING_HSB,
)


class ErasureGround(models.TextChoices):
    """Why somebody's data should be erased."""

    PERSON_ASKED = "person_asked", _("The person asked for it")
    GUARDIAN_ASKED = "guardian_asked", _("The guardian or custodian asked for it")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Consent was withdrawn and nothing else carries it")
    TIME_IS_OVER = "time_is_over", _("The time for keeping it is over")
    NEVER_LAWFUL = "never_lawful", _("It should never have been recorded")


class ErasureStatus(models.TextChoices):
    REQUESTED = "requested", _("Waits for a second person")
    CARRIED_OUT = "carried_out", _("Erased")
    REFUSED = "refused", _("Refused")


class RefusalGround(models.TextChoices):
    """Why an erasure was refused (what the law lets one keep)."""

    LEGAL_HOLD = "legal_hold", _("A legal hold stands")
    LEGAL_DUTY = "legal_duty", _("The law asks us to keep it")
    LEGAL_CLAIMS = "legal_claims", _("It is needed in proceedings")
    NOT_ENTITLED = "not_entitled", _("Whoever asked may not ask for this person")
    MISTAKEN = "mistaken", _("The request names the wrong person")


class RetentionReason(models.TextChoices):
    """What speaks for keeping: shown to whoever decides; only a legal hold decides by itself."""

    LEGAL_HOLD = "legal_hold", _("A legal hold stands on the case")
    CASE_OPEN = "case_open", _("The case is open")
    TIME_NOT_OVER = "time_not_over", _("The case’s time for keeping is not over")
    PROCEEDINGS = "proceedings", _("Proceedings in court are not over")
