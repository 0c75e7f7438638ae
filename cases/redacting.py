"""Taking other people out of a text that one person gets to read (R-D1, R-D6).

A new text is made; the one it came from is not touched. What is taken out is gone, not hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.third_parties import WORD

# Of people, households and cases: whoever it is, it is not for this reader.
CODE = re.compile(r"\b[SCHRX]-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
NUMBER = re.compile(r"\+?\d(?:[\s().-]?\d){6,}")
# A day tells when something was, not whom to call.
DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[.-]\d\d?[.-]\d{4}")


@dataclass(frozen=True)
class Others:
    """Who else could stand in a text.

    Attributes:
        names: folded words of their names, less the reader's own.
        own: the reader's codes and numbers, which stay.
    """

    names: frozenset[str]
    own: frozenset[str]


def folded(word: str) -> str:
    """A word without case and accents."""
    flat = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def redact(text: str, others: Others) -> tuple[str, int]:
    """The text without other people's names, codes and numbers, and how many were taken out."""
    taken = 0

    def name(found: re.Match[str]) -> str:
        nonlocal taken
        word = folded(found[0])
        parts = {word, *re.split(r"[’'-]", word)}
        if not parts & others.names:
            return found[0]
        taken += 1
        return _("[somebody else]")

    def other(mark: str) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            nonlocal taken
            if _digits(found[0]) in others.own or found[0].upper() in others.own:
                return found[0]
            if DAY.fullmatch(found[0]):
                return found[0]
            taken += 1
            return mark

        return replace

    text = CODE.sub(other(_("[a code]")), text)
    text = NUMBER.sub(other(_("[a number]")), text)
    return WORD.sub(name, text), taken


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def own_marks(code: str, details: dict[str, object]) -> frozenset[str]:
    """What of codes and numbers is the reader's own."""
    numbers = {_digits(str(value)) for value in _values(details)}
    return frozenset({code.upper(), *filter(None, numbers)})


def _values(details: object) -> list[object]:
    if isinstance(details, dict):
        return [one for value in details.values() for one in _values(value)]
    if isinstance(details, list):
        return [one for value in details for one in _values(value)]
    return [details]
