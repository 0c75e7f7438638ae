"""One reader for each kind of cell: a raw value in, a typed value or a BadCell out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from django.utils.translation import gettext as _

from core import languages
from referrals.htcds.codes import SPELLINGS
from referrals.htcds.countries import COUNTRIES, EVERYDAY_NAMES
from referrals.htcds.dates import parse_date
from referrals.htcds.errors import BadCell
from referrals.htcds.fields import Field, Kind
from referrals.htcds.text import as_text, folded, long, short
from referrals.plausible import is_plausible, out_of_range

Value = str | bool | int | Decimal | date | tuple[str, ...]
Reader = Callable[[object], Value]

_PHONE_SIGNS = re.compile(r"[\s().\-\u2010-\u2015/]")
_INTERNATIONAL = re.compile(r"\+?[1-9]\d{1,14}")
_NATIONAL = re.compile(r"0\d{4,14}")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[Ee]\+?\d+")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
_HINTS = 5


def reader_for(field: Field, *, today: date) -> Reader:
    """The function that reads cells of `field`; dates after `today` are refused."""
    match field.kind:
        case Kind.TEXT:
            return lambda value: short(as_text(value), field.limit)
        case Kind.LONG_TEXT:
            return lambda value: long(as_text(value))
        case Kind.DATE:
            return _dated(field, today)
        case Kind.CHECKBOX:
            return _checkbox
        case Kind.NUMBER:
            return lambda value: _number(value, field.low, field.high)
        case Kind.COORDINATE:
            return lambda value: _coordinate(value, field.low, field.high)
        case Kind.CHOICE:
            return _remembering(lambda value: _choice(value, field.codes))
        case Kind.CHOICES:
            return _remembering(lambda value: _choices(value, field.codes))
        case Kind.COUNTRY:
            return _remembering(_country)
        case Kind.COUNTRIES:
            return _remembering(_countries)
        case Kind.LANGUAGE:
            return _remembering(_language)
        case Kind.PHONE:
            return _phone
        case Kind.EMAIL:
            return _email


def _dated(field: Field, today: date) -> Reader:
    def read(value: object) -> date:
        found = parse_date(value, today=today, may_be_future=field.may_be_future)
        if field.name != "prs_Birthdate" and not is_plausible(found):
            raise BadCell(out_of_range())
        return found

    return read


def _remembering(read: Reader) -> Reader:
    """`read`, answering the few texts of a coded column from memory. Faults are not kept."""
    known: dict[object, Value] = {}

    def remembered(value: object) -> Value:
        found = known.get(value)
        if found is None:
            found = read(value)
            if len(known) < 4096:
                known[value] = found
        return found

    return remembered


def _checkbox(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = as_text(value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadCell(_("Write TRUE or FALSE."))


def _number(value: object, low: int, high: int) -> int:
    text = as_text(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,9}(?:\.0+)?", text):
        raise BadCell(
            _("Write a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
        )
    number = int(text.split(".")[0])
    if not low <= number <= high:
        raise BadCell(
            _("Write a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
        )
    return number


def _coordinate(value: object, low: int, high: int) -> Decimal:
    try:
        number = Decimal(as_text(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or not low <= number <= high:
        raise BadCell(
            _("Write decimal degrees from %(low)d to %(high)d, such as 14.6.")
            % {"low": low, "high": high}
        )
    return number


def _choice(value: object, codes: Mapping[str, str]) -> str:
    text = as_text(value)
    found = _matches(frozenset(codes.items())).get(folded(text))
    if found is None:
        if ";" in text and all(
            folded(part) in _matches(frozenset(codes.items())) for part in text.split(";")
        ):
            raise BadCell(_("Only one answer fits here."))
        raise BadCell(_unknown_code(text, codes))
    return found


def _choices(value: object, codes: Mapping[str, str]) -> tuple[str, ...]:
    """Codes or labels divided by `;`. An official label may hold a `;` itself; a survey tool
    divides codes by blanks."""
    text = as_text(value)
    known = _matches(frozenset(codes.items()))
    whole = known.get(folded(text))
    if whole is not None:
        return (whole,)
    pieces = [piece for piece in text.split(";") if piece.strip()]
    found: list[str] = []
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):
            code = known.get(folded(";".join(pieces[at:end])))
            if code is not None:
                found.append(code)
                at = end
                break
        else:
            spaced = pieces[at].split()
            if len(spaced) < 2 or not all(word in codes for word in spaced):
                raise BadCell(_unknown_code(pieces[at], codes))
            found.extend(spaced)
            at += 1
    return tuple(dict.fromkeys(found))


@cache
def _matches(codes: frozenset[tuple[str, str]]) -> dict[str, str]:
    """Folded code, label and spelling to code."""
    known: dict[str, str] = {}
    names = {code for code, label in codes}
    for code, label in codes:
        known[folded(code)] = code
        known[folded(label)] = code
        head, mark, rest = code.partition("_")
        if mark and len(head) == 1 and head.isupper():  # ISIC section: letter, or name alone
            known.setdefault(folded(head), code)
            known.setdefault(folded(rest), code)
    for spelling, code in SPELLINGS.items():
        if code in names:
            known.setdefault(folded(spelling), code)
    return known


def _unknown_code(text: str, codes: Mapping[str, str]) -> str:
    labels = list(codes.values())
    if len(labels) > _HINTS:
        near = difflib.get_close_matches(text.strip()[:80], labels, n=_HINTS, cutoff=0.3)
        labels = list(dict.fromkeys([*near, *labels]))[:_HINTS]
        return _("Not one of the answers HTCDS knows. Use for example: %(answers)s.") % {
            "answers": "; ".join(labels)
        }
    return _("Not one of the answers HTCDS knows. Use: %(answers)s.") % {
        "answers": "; ".join(labels)
    }


@cache
def _country_names() -> dict[str, str]:
    known = {folded(name): code for code, name in COUNTRIES.items()}
    known |= {folded(name): code for name, code in EVERYDAY_NAMES.items()}
    # "Moldova, Republic of" also as "Republic of Moldova".
    for code, name in COUNTRIES.items():
        head, comma, rest = name.partition(", ")
        if comma and rest.endswith((" of", " the")):
            known.setdefault(folded(rest + head), code)
    return known


def _country(value: object) -> str:
    text = as_text(value)
    code = text.upper()
    if code in COUNTRIES:
        return code
    found = _country_names().get(folded(text))
    if found is None:
        raise BadCell(
            _("Not a country. Write its two-letter code, such as PH, or its English name.")
        )
    return found


def _countries(value: object) -> tuple[str, ...]:
    text = as_text(value)
    try:
        return (_country(text),)
    except BadCell:
        parts = [part for part in re.split(r"[;/|]", text) if part.strip()]
        if len(parts) < 2 and all(word in COUNTRIES for word in text.split()):
            parts = text.split()
        if len(parts) < 2:
            raise
    return tuple(dict.fromkeys(_country(part) for part in parts))


@cache
def _language_names() -> dict[str, str]:
    known = {folded(name): code for code, name in languages.LANGUAGES.items()}
    known |= {folded(name): code for name, code in languages.EVERYDAY_NAMES.items()}
    return known


def _language(value: object) -> str:
    text = as_text(value)
    code = text.lower()
    code = languages.TWO_LETTER.get(code) or languages.BIBLIOGRAPHIC.get(code) or code
    if code in languages.LANGUAGES:
        return code
    found = _language_names().get(folded(text))
    if found is None:
        raise BadCell(
            _("Not a language we know. Write its ISO 639-2 code, such as ceb, or its English name.")
        )
    return found


def _phone(value: object) -> str:
    text = as_text(value)
    if _SHORTENED.fullmatch(text):
        raise BadCell(
            _("The spreadsheet shortened this number. Format the column as text and type it again.")
        )
    digits = _PHONE_SIGNS.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    # A number without its country code is kept as it was given: guessing one would ring a stranger.
    if _INTERNATIONAL.fullmatch(digits) or _NATIONAL.fullmatch(digits):
        return digits
    raise BadCell(_("Not a phone number. Write one number with its country code, such as +63…"))


def _email(value: object) -> str:
    text = short(as_text(value))
    if not _EMAIL.fullmatch(text):
        raise BadCell(_("Not an e-mail address. Write one address, such as name@agency.example."))
    return text
