"""The term linter (R-N3): it suggests, and never blocks. What stands in quotation marks is left
alone: a survivor's words and a law's are quoted as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.wording_terms import REASONS, TERMS, Term

# “ ” and " ", « », ‘ ’ where it is no apostrophe.
QUOTED = re.compile(
    '“[^”]*”|„[^“”]*[“”]|«[^»]*»|"[^"]*"|(?<!\\w)‘[^’]*’(?!\\w)',
)
_COMPILED: tuple[tuple[Term, re.Pattern[str]], ...] = tuple(
    (term, re.compile(rf"(?<!\w)(?:{term.pattern})(?!\w)", re.IGNORECASE)) for term in TERMS
)


@dataclass(frozen=True)
class Suggestion:
    """One word somebody may want to change.

    Attributes:
        written: as it stands in the text.
        instead: what to write; "" where the sentence needs another thought.
        why: the reason, in words.
    """

    written: str
    instead: str
    why: str


def without_quotations(text: str) -> str:
    """The text with every quotation blanked out, its length kept."""
    return QUOTED.sub(lambda found: " " * len(found[0]), text)


def has_quotation(text: str) -> bool:
    """Whether somebody's own words stand in the text, in quotation marks."""
    return any(len(found[0].strip('“”„«»"‘’ ')) > 0 for found in QUOTED.finditer(text))


def suggestions(text: str, *, kind: str = "", product: bool = False) -> list[Suggestion]:
    """What to reconsider in a text, each term once, in the order it stands.

    Args:
        kind: the kind of note; some words belong into notes of their own kind.
        product: only the terms that our own pages may never use, for whatever reason.
    """
    plain = without_quotations(text)
    found: dict[str, tuple[int, Suggestion]] = {}
    for term, pattern in _COMPILED:
        if (product and not term.product) or kind in term.unless_kind:
            continue
        for match in pattern.finditer(plain):
            words = match[0]
            found.setdefault(
                words.casefold(),
                (match.start(), Suggestion(words, str(term.instead), str(REASONS[term.why]))),
            )
    return [suggestion for _at, suggestion in sorted(found.values(), key=lambda entry: entry[0])]
