"""Generic instruments: what is asked at an assessment, and how it is answered.

In our own words, after the questions that case sheets of the field name for a person, a household
and a community, and the domains in which recovery is commonly followed. An agency with a validated
instrument adds it here with its source.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class RiskAnswer(models.IntegerChoices):
    NOT_KNOWN = 0, _("Not known")
    NO = 1, _("No")
    SOMEWHAT = 2, _("Somewhat")
    YES = 3, _("Yes")


class OutcomeAnswer(models.IntegerChoices):
    NOT_KNOWN = 0, _("Not known")
    IN_CRISIS = 1, _("In crisis")
    VULNERABLE = 2, _("Vulnerable")
    STABILISING = 3, _("Becoming stable")
    STABLE = 4, _("Stable")
    THRIVING = 5, _("Doing well")


@dataclass(frozen=True)
class Instrument:
    """One list of questions.

    Attributes:
        domains: code → question, in the order asked.
        answers: the scale; 0 is always "not known" and counts for nothing.
        again_in_days: when to ask again.
    """

    code: str
    label: Words
    domains: dict[str, Words]
    answers: type[models.IntegerChoices]
    again_in_days: int
    version: str = "1"


RISK = Instrument(
    code="risk",
    label=_("Risk"),
    domains={
        "contact_by_alleged_offender": _("Can an alleged offender reach the child?"),
        "violence_at_home": _("Is there violence or abuse in the household?"),
        "income_depends": _("Does the household’s income depend on an alleged offender?"),
        "self_harm": _("Does the child speak of harming themselves?"),
        "pressure": _("Does anybody press the child to take something back or to keep silent?"),
        "material_circulates": _("Is material of the child known to go round?"),
        "no_safe_adult": _("Is there no adult whom the child trusts?"),
        "out_of_school": _("Is the child out of school?"),
        "far_from_help": _("Is help, such as the police or a clinic, out of reach?"),
    },
    answers=RiskAnswer,
    again_in_days=30,
)
OUTCOME = Instrument(
    code="outcome",
    label=_("How the survivor is doing"),
    domains={
        "safety": _("Safety"),
        "mental_wellbeing": _("Mental wellbeing"),
        "physical_health": _("Physical health"),
        "education": _("School or training"),
        "economic": _("Money and work"),
        "social_support": _("People who stand by them"),
        "legal_protection": _("Their rights and their case in law"),
    },
    answers=OutcomeAnswer,
    again_in_days=90,
)
INSTRUMENTS: dict[str, Instrument] = {one.code: one for one in (RISK, OUTCOME)}


def mean_of(scores: dict[str, int]) -> float | None:
    """The mean of what is known; None when nothing is."""
    known = [score for score in scores.values() if score]
    return round(sum(known) / len(known), 1) if known else None
