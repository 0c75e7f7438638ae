"""What is looked at afterwards by somebody else: the kinds of reviews, and how one may end.

An app that adds a kind lists it in `<app>/review_kinds.py` as `KINDS = {"code": ReviewKind(…)}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    """How a review ends. What follows from it happens outside: this says what was found."""

    IN_ORDER = "in_order", _("In order: the work called for it")
    IN_ORDER_WITH_ADVICE = (
        "in_order_with_advice",
        _("In order, and we talked about doing it better"),
    )
    FALSE_ALARM = "false_alarm", _("Nothing happened: the notice was mistaken")
    NOT_IN_ORDER = "not_in_order", _("Not in order: the work did not call for it")
    BREACH = "breach", _("A personal data breach: the breach procedure has been started")


@dataclass(frozen=True)
class ReviewKind:
    """One kind of review.

    Attributes:
        label: its name, in the singular.
        question: what the reviewer answers.
        due_in: how long a reviewer has, unless whoever opens the review says otherwise.
        icon: from `assets/icons.json`.
    """

    label: str | Promise
    question: str | Promise
    due_in: timedelta
    icon: str = "eye"


OWN: dict[str, ReviewKind] = {
    # R-A2: reviewed within 72 hours.
    "break_glass": ReviewKind(
        _("Emergency access"),
        _("Was there an emergency, and was what they opened needed for it?"),
        timedelta(hours=72),
        "unlock",
    ),
    "override": ReviewKind(
        _("Decision against a rule"),
        _("Did the reason given carry the decision?"),
        timedelta(hours=72),
        "attention",
    ),
    "export": ReviewKind(
        _("Copy taken out"),
        _("Was the copy needed, and is it kept where it should be?"),
        timedelta(days=7),
        "download",
    ),
    # The check of the whole log failed: docs/operations/audit.md says what to do first.
    "damaged_log": ReviewKind(
        _("Damaged log"),
        _("Repair nothing. Follow the runbook for a check that failed, then say what it was."),
        timedelta(hours=1),
        "warning",
    ),
    # The sequencer found it otherwise than before; a new version of the product is one reason.
    "altered_database": ReviewKind(
        _("Database altered"),
        _("Who changed how the database is built or guarded, and was it called for?"),
        timedelta(hours=24),
        "warning",
    ),
    "unusual_reading": ReviewKind(
        _("Unusual reading"),
        _("Did the work explain it? Ask the person before you decide."),
        timedelta(days=7),
        "eye",
    ),
}


@cache
def kinds() -> dict[str, ReviewKind]:
    """code → kind, of every installed app."""
    found = dict(OWN)
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.review_kinds") and config.name != "audit":
            for code, kind in import_module(f"{config.name}.review_kinds").KINDS.items():
                if code in found:
                    raise ValueError(f"the kind of review {code} is registered twice")
                found[code] = kind
    return found
