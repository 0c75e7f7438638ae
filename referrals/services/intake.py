"""What a referral must hold before it is kept (domain.md 3.1 and 5, R-U3 and R-U5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.choices import LegalBasis
from cases.text_rules import check_text, check_values
from core.choices import Side, YesNoUnknown
from core.errors import DomainError
from referrals.choices import ContentOrigin, DetectionMethod, HarmType, SourceCategory
from referrals.htcds.countries import COUNTRIES
from referrals.plausible import plausible
from referrals.services.subjects import plain_subject

SUMMARY_LIMIT = 4_000
LINE_LIMIT = 200
PLACE_LIMIT = 80
MOST_CHILDREN = 1_000
# A plain question with three answers: nobody "declined to say" whether a child is in danger.
DANGER_ANSWERS = (YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN)
DANGER_CHOICES = [(code.value, code.label) for code in DANGER_ANSWERS]

CODES: dict[str, Sequence[str]] = {
    "source_category": SourceCategory.values,
    "content_origin": ContentOrigin.values,
    "immediate_danger": DANGER_ANSWERS,
    "legal_basis": LegalBasis.values,
    "side": Side.values,
    "detection_method": DetectionMethod.values,
}
TEXTS = {
    "summary": SUMMARY_LIMIT,
    "source_name": LINE_LIMIT,
    "source_reference": LINE_LIMIT,
    "admin1": PLACE_LIMIT,
}


def checked(values: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The values of a new referral, tidied.

    Args:
        values: as `log_referral` takes them, without team, agency and actor.
        now: nothing may have reached us after it.

    Raises:
        DomainError: the first value that breaks a rule; `field` names it.
    """
    tidy = dict(values)
    tidy["received_at"] = _past(values["received_at"], now)
    for field, known in CODES.items():
        if tidy[field] not in known:
            raise DomainError(_("Choose one of the answers."), field=field)
    tidy["harm_types"] = _harm_types(values["harm_types"])
    for field, limit in TEXTS.items():
        tidy[field] = check_text(str(values[field] or ""), field=field, most=limit)
    for field in ("country", "originating_country"):
        tidy[field] = _country(values[field], field)
    tidy["children_estimate"] = _children(values["children_estimate"])
    tidy["subject"] = plain_subject(values["subject"])
    check_values(tidy["subject"], field="subject")
    return tidy


def _past(received_at: datetime, now: datetime) -> datetime:
    if timezone.is_naive(received_at):
        raise DomainError(_("Give the time with its time zone."), field="received_at")
    if received_at > now:
        raise DomainError(
            _("This is in the future. Give the moment it reached us."), field="received_at"
        )
    return plausible(received_at, field="received_at")


def _harm_types(given: Sequence[str]) -> list[str]:
    if any(code not in HarmType.values for code in given):
        raise DomainError(_("Choose kinds of harm from the list."), field="harm_types")
    return [code for code in HarmType.values if code in given]


def _country(code: str, field: str) -> str:
    code = (code or "").strip().upper()
    if code and code not in COUNTRIES:
        raise DomainError(_("Choose a country of the list."), field=field)
    return code


def _children(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= MOST_CHILDREN:
        raise DomainError(
            _("Give a number from 1 to %(most)s, or leave it empty.") % {"most": MOST_CHILDREN},
            field="children_estimate",
        )
    return number
