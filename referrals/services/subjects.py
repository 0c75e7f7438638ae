"""Who a referral is about: from what the source said (HTCDS names) to a person of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cases.choices import Gender
from core.errors import DomainError
from referrals.htcds.fields import FIELDS

# HTCDS name → key of the sealed identity (`cases.models.PersonIdentity.details`).
IDENTITY = {
    "prs_FirstName": "first_name",
    "prs_MiddleName": "middle_name",
    "prs_SecondName": "family_name",
    "prs_Birthdate": "birthdate",
    "prs_IdentityNumber": "identity_number",
    "prs_Email": "email",
    "prs_MailingStreet": "street",
    "prs_MailingCity": "city",
    "prs_MailingState": "admin1",
    "prs_MailingPostalCode": "postal_code",
    "prs_MailingCountry": "country",
}
PHONES = ("prs_MobilePhone", "prs_HomePhone")


@dataclass(frozen=True)
class Participation:
    """What `add_participant` is given about a referral's subject."""

    gender: str
    birth_year: int | None
    citizenships: tuple[str, ...]
    identity: dict[str, Any] = field(default_factory=dict)


def participation_of(subject: Mapping[str, Any]) -> Participation:
    """Split a subject into what stands in clear (coded) and what is sealed as the identity.

    Nothing the source said is lost: what is no part of an identity stands sealed with it, by HTCDS
    name, under `as_reported`.
    """
    told = {name: value for name, value in subject.items() if value not in (None, "", [], {})}
    gender = told.pop("prs_Gender", Gender.UNKNOWN)
    if gender not in Gender.values:
        gender = Gender.UNKNOWN
    citizenship = told.pop("prs_Citizenship", ())
    citizenships = (citizenship,) if isinstance(citizenship, str) else tuple(citizenship)
    phones = [str(told[name]) for name in PHONES if name in told]
    # Which of two numbers rings at home stays told, so that an export can say it again.
    told.pop("prs_MobilePhone", None)
    identity: dict[str, Any] = {
        key: told.pop(name) for name, key in IDENTITY.items() if name in told
    }
    if phones:
        identity["phones"] = phones
    if told:
        identity["as_reported"] = told
    return Participation(
        gender=gender,
        birth_year=_year_of(identity.get("birthdate")),
        citizenships=citizenships,
        identity=identity,
    )


def plain_subject(subject: Mapping[str, Any] | None) -> dict[str, Any]:
    """The subject as it is sealed: dates as ISO text, blanks left out.

    Raises:
        DomainError: a name is not one of HTCDS, or a value is of no kind that HTCDS has.
    """
    plain: dict[str, Any] = {}
    for name, value in (subject or {}).items():
        if name not in FIELDS:
            raise DomainError(_("“%(name)s” is no HTCDS field.") % {"name": name}, field="subject")
        if value is None or value == "":
            continue
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        if isinstance(value, list | tuple):
            value = [str(item) for item in value]
        elif not isinstance(value, str | int | float | bool):
            raise DomainError(_("“%(name)s” holds no text.") % {"name": name}, field="subject")
        plain[name] = value
    return plain


def _year_of(birthdate: Any) -> int | None:
    year = str(birthdate or "")[:4]
    return int(year) if year.isascii() and year.isdigit() else None
