"""What a row of a case sheet means as a referral of ours.

Only what the sheet states is taken over. `content_origin`, immediate danger and the way of
detection it cannot say; they stay unknown for the desk to ask about.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from cases.choices import LegalBasis
from referrals.choices import HarmType
from referrals.htcds.cells import Value
from referrals.htcds.rows import HtcdsRow
from referrals.incoming.base import Meaning

ADULT = 18

# Their own columns hold these; every other value stays under its HTCDS name, sealed.
IN_COLUMNS = frozenset(
    {"cas_IncomingReferralDate", "cas_ReferringOrganisation", "cas_IncomingReferralDetails"}
)
_CHILD_HARMS = {
    "RemoteInteractiveServices": HarmType.LIVE_STREAMING,
    "Pornography": HarmType.CSAM_PRODUCTION,
    "Prostitution": HarmType.EXPLOITATION_IN_PROSTITUTION,
}
_LABOUR = frozenset({"ForcedLabour", "ChildLabour"})


def meaning_of(row: HtcdsRow, *, today: date) -> Meaning:
    """The referral that `row` tells of."""
    values = row.values
    received_on = values.get("cas_IncomingReferralDate")
    on = received_on if isinstance(received_on, date) else today
    return Meaning(
        received_on=received_on if isinstance(received_on, date) else None,
        source_name=_text(values, "cas_ReferringOrganisation"),
        country=_text(values, "prs_MailingCountry"),
        admin1=_text(values, "prs_MailingState"),
        harm_types=_harm_types(values, on),
        children_estimate=1 if _is_child(values, on) else None,
        legal_basis=(
            LegalBasis.CONSENT if values.get("con_Consent") is True else LegalBasis.UNKNOWN
        ),
        summary=_text(values, "cas_IncomingReferralDetails"),
        subject={name: _plain(value) for name, value in values.items() if name not in IN_COLUMNS},
    )


def _text(values: dict[str, Value], name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _codes(values: dict[str, Value], name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()


def _age(values: dict[str, Value], on: date) -> int | None:
    born = values.get("prs_Birthdate")
    if not isinstance(born, date):
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _is_child(values: dict[str, Value], on: date) -> bool:
    """Known to be under 18 at the referral, by the birth date or, without one, by age then."""
    age = _age(values, on)
    if age is None:
        then = values.get("vic_AgeWhenTrafficked")
        age = then if isinstance(then, int) else None
    return age is not None and age < ADULT


def _was_adult(values: dict[str, Value], on: date) -> bool:
    then = values.get("vic_AgeWhenTrafficked")
    if isinstance(then, int):
        return then >= ADULT
    age = _age(values, on)
    return age is not None and age >= ADULT


def _harm_types(values: dict[str, Value], on: date) -> list[str]:
    """Our codes for the HTCDS types of exploitation.

    The four sex codes become harms to a child unless the sheet says that the person was an adult:
    to miss a child is worse than to have the desk correct a code.
    """
    kinds = _codes(values, "vic_TypeOfExploitation")
    sex = _codes(values, "vic_TypeOfSexExploitation")
    harms = [
        HarmType.TRAFFICKING_LABOUR if kind in _LABOUR else HarmType.TRAFFICKING_OTHER
        for kind in kinds
        if not (kind == "SexualExploitation" and sex)
    ]
    adult = _was_adult(values, on)
    harms += [
        HarmType.TRAFFICKING_OTHER if adult else _CHILD_HARMS.get(kind, HarmType.TRAFFICKING_OTHER)
        for kind in sex
    ]
    return [harm.value for harm in dict.fromkeys(harms)]


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value
