"""The number of a CyberTip, from the name of its file: only where the name says nothing else.

No field of a report holds its number. A name that only happens to have digits in it (a day, a
page, a count that begins anew with every export) must not become one: the next report of that day
would then pass for known.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePath

# The number alone, or after a word that says what it is.
_NAME = re.compile(
    r"(?:(?:ncmec[ _-]*)?(?:cyber[ _-]*tip(?:line)?|ct)(?:[ _-]*report)?[ _#.-]*)?([1-9]\d{6,11})",
    re.IGNORECASE,
)
_DAYS = ("%Y%m%d", "%d%m%Y", "%m%d%Y", "%Y%m%d%H", "%y%m%d%H%M", "%Y%m%d%H%M", "%y%m%d%H%M%S")
_YEARS = range(1990, 2101)


def number_in(name: str) -> str:
    """The number that a file's name says; empty where it says none or could mean a day."""
    found = _NAME.fullmatch(PurePath(name).stem.strip())
    return found[1] if found and not _is_a_day(found[1]) else ""


def _is_a_day(digits: str) -> bool:
    return any(_reads(digits, form) for form in _DAYS)


def _reads(digits: str, form: str) -> bool:
    length = sum({"Y": 4}.get(sign, 2) for sign in form if sign.isalpha())
    if len(digits) != length:
        return False
    try:
        return datetime.strptime(digits, form).year in _YEARS  # noqa: DTZ007 a day, no moment
    except ValueError:
        return False
