"""A package for reading: in words as JSON, for pages that draw it, and as one HTML page.

Both stand in the sealed file beside the content, so that a partner reads the same words with no
program of ours. What keeps somebody safe stands before the number it belongs to (R-C1).
"""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from handoffs.package_words import NUMBER, in_words

Told = dict[str, Any]


def readable_of(package: dict[str, Any]) -> Told:
    """The package in words, as plain JSON values.

    A fact is `{"label", "value"}`; one that is covered until the reader says that they read how
    the person may be reached has `"guarded": true`.
    """
    shown = in_words(package)
    return {
        "reference": shown.reference,
        "outside": [_fact(label, value) for label, value in shown.outside],
        "sections": [
            {
                "title": section.title,
                "facts": [_fact(label, value) for label, value in section.facts],
                "entries": [
                    {
                        "title": entry.title,
                        "sub": entry.sub,
                        "facts": [_fact(label, value) for label, value in entry.facts],
                        "texts": [_fact(label, value) for label, value in entry.texts],
                    }
                    for entry in section.entries
                ],
                "empty": "" if section.entries or section.facts else str(section.empty),
            }
            for section in shown.sections
        ],
        "kept_back": [{"what": one.what, "why": one.why} for one in shown.kept_back],
    }


def page_of(readable: Told) -> bytes:
    """One HTML page that needs nothing beside it, for a screen and for paper."""
    return render_to_string("handoffs/readable.html", {"shown": readable}).encode()


def _fact(label: Any, value: Any) -> Told:
    # A blank could be read as an answer.
    fact: Told = {"label": str(label), "value": str(value) or _("Not recorded")}
    if str(label) == str(NUMBER):
        fact["guarded"] = True
    return fact
