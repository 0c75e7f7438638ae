"""Where everybody stands in the drawing of a family: plain numbers for a plain SVG.

Households are boxes, one below the other, their members in a row; people outside any household
stand in a last row. A line joins two people with what one is to the other written on it; a child's
box and an alleged offender's differ by shape and word, never by colour alone. The table beside the
drawing says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cases.selectors.family import Family, Somebody

BOX_WIDTH, BOX_HEIGHT = 150, 56
GAP, ROW_GAP, MARGIN, HEAD = 96, 64, 16, 28
IN_A_ROW = 3
LONGEST_WORD = 20


@dataclass(frozen=True)
class Box:
    """A person in the drawing."""

    who: Somebody
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def centre(self) -> int:
        return self.y + BOX_HEIGHT // 2

    inner_width: int = BOX_WIDTH - 8
    inner_height: int = BOX_HEIGHT - 8

    @property
    def inner_x(self) -> int:
        return self.x + 4

    @property
    def inner_y(self) -> int:
        return self.y + 4

    @property
    def short_label(self) -> str:
        label = self.who.label
        return label if len(label) <= LONGEST_WORD else f"{label[: LONGEST_WORD - 1].rstrip()}…"

    @property
    def word_y(self) -> int:
        return self.y + 42

    @property
    def code_y(self) -> int:
        return self.y + 23


@dataclass(frozen=True)
class Frame:
    """A household in the drawing."""

    name: str
    x: int
    y: int
    width: int
    height: int

    @property
    def name_x(self) -> int:
        return self.x + 10

    @property
    def name_y(self) -> int:
        return self.y + 19


@dataclass(frozen=True)
class Line:
    """A tie: from one box to another, bent by `sag`, and where its words stand."""

    x1: int
    y1: int
    x2: int
    y2: int
    words: str
    sag: int = 0

    @property
    def path(self) -> str:
        bend = f"{(self.x1 + self.x2) // 2} {(self.y1 + self.y2) // 2 + 2 * self.sag}"
        return f"M {self.x1} {self.y1} Q {bend} {self.x2} {self.y2}"

    @property
    def words_x(self) -> int:
        return (self.x1 + self.x2) // 2

    @property
    def words_y(self) -> int:
        return (self.y1 + self.y2) // 2 + self.sag - 5


@dataclass
class Drawing:
    """All of it, in the units of the drawing's own grid."""

    width: int = 0
    height: int = 0
    frames: list[Frame] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(family: Family) -> Drawing:
    """Place everybody. Whoever lives in two households stands in the first."""
    drawing = Drawing()
    placed: dict[UUID, Box] = {}
    y = MARGIN
    for home in family.homes:
        inside = [m.who for m in home.now if m.who.person_id not in placed]
        if inside:
            y = _row(drawing, placed, inside, y, name=home.name)
    rest = [who for who in family.people if who.person_id not in placed]
    if rest:
        y = _row(drawing, placed, rest, y, name="")
    drawing.height = max(y - ROW_GAP + MARGIN, MARGIN)
    drawing.width = max((box.x + BOX_WIDTH for box in drawing.boxes), default=0) + 2 * MARGIN
    drawing.lines = [
        _line(placed[t.one.person_id], placed[t.other.person_id], t.detail) for t in family.ties
    ]
    return drawing


def _row(drawing: Drawing, placed: dict[UUID, Box], people: list[Any], y: int, *, name: str) -> int:
    left = 2 * MARGIN
    top = y + HEAD if name else y
    rows = [people[n : n + IN_A_ROW] for n in range(0, len(people), IN_A_ROW)]
    bottom = top
    for row in rows:
        for number, who in enumerate(row):
            box = Box(who, left + number * (BOX_WIDTH + GAP), bottom)
            placed[who.person_id] = box
            drawing.boxes.append(box)
        bottom += BOX_HEIGHT + ROW_GAP
    end = bottom - ROW_GAP + MARGIN
    if name:
        widest = max(len(row) for row in rows)
        width = widest * BOX_WIDTH + (widest - 1) * GAP + 2 * MARGIN
        drawing.frames.append(Frame(name, MARGIN, y, width, end - y))
    return end + ROW_GAP


def _line(one: Box, other: Box, words: str) -> Line:
    if one.y == other.y:
        # Side by side: below the boxes, so that a line over a third box is not read as its own.
        first, second = sorted((one, other), key=lambda box: box.x)
        if second.x - first.x <= BOX_WIDTH + GAP:
            return Line(first.x + BOX_WIDTH, first.centre, second.x, second.centre, words)
        low = first.y + BOX_HEIGHT
        return Line(first.middle, low, second.middle, low, words, sag=ROW_GAP // 3)
    above, below = sorted((one, other), key=lambda box: box.y)
    return Line(above.middle, above.y + BOX_HEIGHT, below.middle, below.y, words)
