"""Code lists of a proceeding (domain.md 3.1 and 3.2, generic stages)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    PRE_CHARGE = "pre_charge", _("Before charge")
    CHARGED = "charged", _("Charged")
    PRE_TRIAL = "pre_trial", _("Pre-trial")
    TRIAL = "trial", _("Trial")
    VERDICT = "verdict", _("Verdict given")
    FINAL = "final", _("Final")
    DISCONTINUED = "discontinued", _("Discontinued")


class ChargeStatus(models.TextChoices):
    FILED = "filed", _("Filed")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CONVICTED = "convicted", _("Convicted")
    ACQUITTED = "acquitted", _("Acquitted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of a lesser offence")


class VerdictResult(models.TextChoices):
    CONVICTED = "convicted", _("Convicted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of a lesser offence")
    ACQUITTED = "acquitted", _("Acquitted")
    DISMISSED = "dismissed", _("Dismissed")
