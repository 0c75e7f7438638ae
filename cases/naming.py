"""How a name or an identifier is written down to be found again, whoever spells it how.

Names: each word without case and accents, and as it sounds. The rules of sound are few and made
for names as they are spelt in the Philippines, where Spanish, English and local spelling meet:
Cathy and Kathy, Jhun and Jun, Ysabel and Isabel, Zenaida and Senaida, Philip and Filip sound alike.
They find more rather than less; a person looks at what was found.

Identifiers are compared exactly once what does not count is left out: spaces and signs, the
country's own way of dialling, capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

NAME, SOUND, IDENTIFIER = "name", "sound", "identifier"

NAME_KEYS = ("name", "alias")
IDENTIFIER_KEYS = ("phone", "email", "handle", "identity_number", "passport", "screen_name")
SHORTEST_WORD = 2
SHORTEST_IDENTIFIER = 5
# Of a telephone number: what is left without the country and the zero before it.
DIALLED = 10
WORD = re.compile(r"[^\W\d_]+")
# In this order; what stands for a sound is replaced by the plainest way to write it.
SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"qu(?=[eiy])"), "k"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"[cq]u?(?=[^eiyh]|$)"), "k"),
    (re.compile(r"ch"), "ts"),
    (re.compile(r"z"), "s"),
    (re.compile(r"v"), "b"),
    (re.compile(r"w"), "u"),
    (re.compile(r"y"), "i"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def folded(text: str) -> str:
    """A text without case and accents."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in flat if not unicodedata.combining(part))


def words_of(text: str) -> list[str]:
    """The words of a name that are long enough to look for, folded."""
    return [word for word in WORD.findall(folded(text)) if len(word) >= SHORTEST_WORD]


def sound_of(word: str) -> str:
    """How a folded word sounds; equal for spellings that sound alike."""
    for rule, plain in SOUNDS:
        word = rule.sub(plain, word)
    return word


def identifier_of(text: str) -> str:
    """An identifier as it is compared; empty where it is none."""
    text = folded(text).strip()
    if "@" in text[1:]:
        return text if len(text) >= SHORTEST_IDENTIFIER else ""
    bare = re.sub(r"[^0-9a-z]", "", text)
    if len(bare) < SHORTEST_IDENTIFIER:
        return ""
    digits = bare.isdigit() and len(bare) >= DIALLED
    return bare[-DIALLED:] if digits else bare


def findable(details: Mapping[str, Any]) -> set[tuple[str, str]]:
    """{(kind, value)} of everything in an identity by which somebody may be found."""
    found: set[tuple[str, str]] = set()
    for key, text in _texts(details, ""):
        if any(part in key for part in NAME_KEYS) and "screen_name" not in key:
            for word in words_of(text):
                found |= {(NAME, word), (SOUND, sound_of(word))}
        elif any(part in key for part in IDENTIFIER_KEYS):
            value = identifier_of(text)
            if value:
                found.add((IDENTIFIER, value))
    return found


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, str(name).casefold())
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, key)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield key, str(value)
