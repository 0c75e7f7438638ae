"""Icons: one sheet of drawings (Bootstrap Icons), named after what they mean here.

`assets/icons.json` maps our names to the drawings; the build writes them into `icons.svg`, and a
page refers to them with `<use>`, which a strict content policy allows.
"""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SOURCE = Path(__file__).resolve().parent.parent / "assets" / "icons.json"


# Drawings that point along the line of reading; they turn round in a right-to-left language.
ALONG_THE_LINE = frozenset({"arrow-left", "arrow-right", "chevron-right", "reply", "send"})


class UnknownIcon(ValueError):
    """A template asked for a drawing that the sheet does not have."""


@lru_cache(maxsize=1)
def drawings() -> dict[str, str]:
    """Our names, each with the drawing that stands for it."""
    names: dict[str, str] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return names


def draw_icon(name: str, label: str = "", size: str = "") -> SafeString:
    """The markup of one icon.

    In: a name of `assets/icons.json`; a label only where no word stands beside the icon; `size`
    "" or "large". Out: safe markup. Raises UnknownIcon with the nearest names.
    """
    drawing = drawings().get(name)
    if drawing is None:
        near = ", ".join(difflib.get_close_matches(name, drawings(), n=3, cutoff=0.4)) or "none"
        raise UnknownIcon(f"No icon “{name}” in assets/icons.json (nearest: {near}).")
    css = "icon"
    if size == "large":
        css += " icon-large"
    if drawing in ALONG_THE_LINE:
        css += " icon-way"
    href = f"{static('icons.svg')}#{drawing}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href
    )
