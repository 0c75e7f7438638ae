"""Why a file is not taken in. Codes alone: the words stand in `cases.paper_words`."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """What was found. Nothing more about a refused file is kept or logged."""

    MEDIA = "media"
    ARCHIVE = "archive"
    PROGRAM = "program"
    WRONG_TYPE = "wrong_type"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    # Two files in one, or something before, between or after the parts of one.
    TWO_IN_ONE = "two_in_one"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TOO_MANY_PAGES = "too_many_pages"
    PAGE_SIZE = "page_size"
    ACTIVE = "active"
    EMBEDDED = "embedded"
    FORM = "form"
    BOMB = "bomb"
    PICTURE = "picture"
    NO_TEXT = "no_text"
    TOO_DARK = "too_dark"
    ENCODING = "encoding"
    CODED = "coded"
    ADDRESSES = "addresses"
    MARKUP = "markup"
    VIRUS = "virus"
    # Not the file's fault.
    SCANNER_AWAY = "scanner_away"


# What may be or hide a picture: the screen says first what to do with suspected material (R-U4).
MAY_BE_MATERIAL = frozenset(
    {
        Why.MEDIA,
        Why.ARCHIVE,
        Why.TWO_IN_ONE,
        Why.EMBEDDED,
        Why.PICTURE,
        Why.NO_TEXT,
        Why.TOO_DARK,
        Why.CODED,
        Why.ADDRESSES,
        Why.ENCRYPTED,
    }
)


class Refused(Exception):
    """A file is not taken in."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why
