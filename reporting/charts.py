"""Charts a reader can trust: bars from zero, drawn on the server as plain SVG.

A chart is made from a `ProtectedTable` only. A count that is not shown gets a hatched marker of
fixed size and the words "not shown": never a bar, so its length says nothing. The finding stands
as a sentence in the chart's description, so that nobody needs to see the bars.

Nothing here uses a style attribute or a script: colours are `currentColor` with classes that the
stylesheet refines (`chart-drawing`, `chart-bar`, `chart-bar-main`, `chart-marker`, `chart-label`,
`chart-value`, `chart-axis`), so the chart obeys a strict content policy and both themes, and
prints in black.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from hashlib import sha256
from xml.etree import ElementTree as ET

from reporting.tables import TOTAL, Category, Position, ProtectedTable

SVG = "http://www.w3.org/2000/svg"

# One unit is one CSS pixel on a phone 360 px wide with margins of 16; wider pages scale it up.
WIDTH = 328
TEXT = 14
LINE = 18
BAR = 16
GAP = 10
LONGEST_BAR = 256
MARKER = 24
LABEL_CHARACTERS = 40
BAR_LEFT = 1
INDENT = 5

NOT_SHOWN = "not shown"


def finding(table: ProtectedTable, column: str = TOTAL) -> str:
    """What the chart shows, as one or two sentences, from published counts only.

    While any count is hidden it says "the largest count shown": a hidden count may be larger.
    """
    shown = _shown(table, column)
    left_out = [c for c in table.rows.categories if not table.is_shown((c.code, column))]
    where = _where(table, column)
    total = table.value((TOTAL, column))
    if not shown:
        why = "because each is small or would give a small one away."
        if total is None:
            return f"{table.title}, {where}: no count is shown, {why}"
        return f"{table.title}, {where}: {total:,} {table.unit}. No part of it is shown, {why}"
    most = max(count for _, count in shown)
    if most == 0:
        return f"{table.title}, {where}: every count shown is 0.{_left_out(table, left_out)}"
    leaders = [category for category, count in shown if count == most]
    names = _listed([category.label for category in leaders])
    share = None
    if len(leaders) == 1:
        share = table.share((leaders[0].code, column), (TOTAL, column))
    figure = f"{most:,}" if len(leaders) == 1 else f"{most:,} each"
    of_all = f" of {total:,} {table.unit}" if total is not None else f" {table.unit}"
    percent = f" ({share}%)" if share is not None else ""
    size = "largest count shown" if left_out else "largest count"
    return (
        f"{table.title}, {where}: the {size} is {names}, {figure}{of_all}{percent}."
        f"{_left_out(table, left_out)}"
    )


def bar_chart(table: ProtectedTable, column: str = TOTAL) -> str:
    """One horizontal bar for each row of the table, as an SVG element to put into a page.

    `column` picks a column by code; by default the rows' totals are drawn. Time keeps its order;
    other rows run from the largest count shown down, those not shown last in their listed order.
    The same table always gives the same text.
    """
    rows = _in_order(table, column)
    most = max((count for _, count in _shown(table, column)), default=0)
    name = "chart-" + _digest(table, column)

    svg = ET.Element(
        "svg", {"xmlns": SVG, "class": "chart-drawing", "role": "img", "width": "100%"}
    )
    svg.set("aria-labelledby", f"{name}-title {name}-desc")
    ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = _heading(table, column)
    ET.SubElement(svg, "desc", {"id": f"{name}-desc"}).text = finding(table, column)
    if any(not table.is_shown((category.code, column)) for category in rows):
        _hatching(svg, name)

    top = 0
    for category in rows:
        group = ET.SubElement(svg, "g", {"class": "chart-row"})
        top = _label(group, category.label, top)
        count = table.value((category.code, column))
        if count is None:
            _marker(group, name, top)
        else:
            _bar(group, count, most, top)
        top += BAR + GAP
    axis = {"class": "chart-axis", "x1": "0.5", "y1": "0", "x2": "0.5", "y2": str(top)}
    ET.SubElement(svg, "line", {**axis, "stroke": "currentColor"})
    svg.set("viewBox", f"0 0 {WIDTH} {top}")
    return ET.tostring(svg, encoding="unicode")


def _in_order(table: ProtectedTable, column: str) -> list[Category]:
    rows = list(table.rows.categories)
    if table.rows.is_time:
        return rows

    def rank(category: Category) -> tuple[bool, int]:
        count = table.value((category.code, column))
        return (True, 0) if count is None else (False, -count)

    return sorted(rows, key=rank)


def _shown(table: ProtectedTable, column: str) -> list[tuple[Category, int]]:
    found = []
    for category in table.rows.categories:
        count = table.value((category.code, column))
        if count is not None:
            found.append((category, count))
    return found


def _label(group: ET.Element, words: str, top: int) -> int:
    """The row's name above its bar, wrapped; returns where the bar starts."""
    for line in textwrap.wrap(words, LABEL_CHARACTERS) or [""]:
        top += LINE
        _text(group, line, "chart-label", x=INDENT, y=top - 4)
    return top


def _bar(group: ET.Element, count: int, most: int, top: int) -> None:
    # Widths are whole hundredths of a unit, reckoned in integers: the same bytes everywhere.
    hundredths = count * LONGEST_BAR * 100 // most if most else 0
    width = f"{hundredths // 100}.{hundredths % 100:02d}"
    is_most = count == most and count > 0
    bar = {
        "class": "chart-bar chart-bar-main" if is_most else "chart-bar",
        "x": str(BAR_LEFT),
        "y": str(top),
        "width": width,
        "height": str(BAR),
        "fill": "currentColor",
        "fill-opacity": "1" if is_most else "0.75",
    }
    if count:
        ET.SubElement(group, "rect", bar)
    _text(group, f"{count:,}", "chart-value", x=BAR_LEFT + hundredths // 100 + 6, y=top + BAR - 3)


def _marker(group: ET.Element, name: str, top: int) -> None:
    marker = {
        "class": "chart-marker",
        "x": str(INDENT),
        "y": str(top),
        "width": str(MARKER),
        "height": str(BAR),
        "fill": f"url(#{name}-hatch)",
        "stroke": "currentColor",
        "stroke-opacity": "0.6",
        "stroke-dasharray": "3 2",
    }
    ET.SubElement(group, "rect", marker)
    _text(group, NOT_SHOWN, "chart-value", x=INDENT + MARKER + 6, y=top + BAR - 3)


def _hatching(svg: ET.Element, name: str) -> None:
    pattern = {
        "id": f"{name}-hatch",
        "width": "6",
        "height": "6",
        "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)",
    }
    holder = ET.SubElement(ET.SubElement(svg, "defs"), "pattern", pattern)
    line = {"width": "2", "height": "6", "fill": "currentColor", "fill-opacity": "0.5"}
    ET.SubElement(holder, "rect", line)


def _text(group: ET.Element, words: str, kind: str, *, x: int, y: int) -> None:
    place = {"class": kind, "x": str(x), "y": str(y), "font-size": str(TEXT)}
    ET.SubElement(group, "text", {**place, "fill": "currentColor"}).text = words


def _heading(table: ProtectedTable, column: str) -> str:
    return f"{table.title}, {_where(table, column)}"


def _where(table: ProtectedTable, column: str) -> str:
    if column == TOTAL or table.columns is None:
        return table.period_label
    return f"{table.columns.label(column)}, {table.period_label}"


def _left_out(table: ProtectedTable, categories: Sequence[Category]) -> str:
    if not categories:
        return ""
    verb = "is" if len(categories) == 1 else "are"
    return f" {len(categories)} of {len(table.rows.categories)} counts {verb} not shown."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _digest(table: ProtectedTable, column: str) -> str:
    """Names this chart's parts, so that several charts on one page do not share them."""
    counts: list[tuple[Position, int | None]] = sorted(table.published.items())
    text = repr((table.id, table.title, table.period_label, column, counts))
    return sha256(text.encode()).hexdigest()[:12]
