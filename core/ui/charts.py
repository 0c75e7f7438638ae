"""Charts drawn on the server: horizontal bars from zero, words beside them, a table under them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.ui.render import component, read

ROW = 56  # px: one line of words, one bar, air
BAR = 16
SHARE = 100.0


def chart(content: str, finding: str, method: str = "", level: int = 2) -> SafeString:
    """`{% chart finding method %}drawing and table{% endchart %}`: the finding is a sentence."""
    return component("chart", finding=finding, method=method, level=level, content=content)


def bars(rows: Iterable[Any], finding: str, unit: str = "") -> SafeString:
    """`{% bars rows finding unit %}`: the drawing alone; put it in a `{% chart %}` with its table.

    Each row: `label`, `value` (None: suppressed, drawn as "not shown", never as zero), and where
    there is noise `low` and `high`; `main` marks the row the finding speaks of. Lengths are shares
    of the longest value, so the words keep their size on a phone. Raises ValueError for a value
    below zero: a bar from zero cannot show it.
    """
    shown = [_row(row) for row in rows]
    most = max((max(row["value"] or 0, row["high"] or 0) for row in shown), default=0) or 1
    any_main = any(row["main"] for row in shown)
    for at, row in enumerate(shown):
        row["y"] = at * ROW
        row["text_y"] = at * ROW + 16
        row["bar_y"] = at * ROW + 24
        row["middle"] = at * ROW + 24 + BAR / 2
        row["width"] = _share(row["value"], most)
        row["low_x"] = _share(row["low"], most)
        row["high_x"] = _share(row["high"], most)
        row["main"] = row["main"] or not any_main
    return component(
        "bars",
        rows=shown,
        finding=finding,
        unit=unit,
        height=max(len(shown) * ROW, ROW),
        bar=BAR,
        suppressed=_("not shown"),
    )


def _row(row: Any) -> dict[str, Any]:
    values = {name: read(row, name, None) for name in ("label", "value", "low", "high")}
    if values["value"] is not None and values["value"] < 0:
        raise ValueError("A bar from zero cannot show a value below zero.")
    return {**values, "main": bool(read(row, "main", False))}


def _share(value: float | None, most: float) -> str:
    """A length as a percentage with a dot, whatever the language's decimal sign."""
    if value is None:
        return ""
    return f"{max(0.0, value) / most * SHARE:.2f}%"
