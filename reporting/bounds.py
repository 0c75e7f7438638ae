"""What a reader can work out about a hidden count: exact integer bounds by network flow.

Every row and every column of a table with totals adds up. Drawn as a network, each row and each
column is a node and each count is the flow along one arc, so that "adds up" means "what flows in
flows out": inner counts and the grand total run from row to column, other totals from column to
row. The published counts are fixed; the hidden ones may be anything that keeps every node in
balance. Because network matrices are totally unimodular, pushing as much (or as little) as
possible through one arc gives the exact highest (lowest) whole number that count can have, and
every whole number between is possible too. No solver is needed.

This module sees published counts only. It never learns a hidden value.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from reporting.tables import TOTAL, Position, Shape

Node = tuple[str, str]
Step = tuple[Position, int]
"""An arc and the direction it is used in: +1 raises its count, -1 lowers it."""


@dataclass(frozen=True)
class Interval:
    """The whole numbers a hidden count can be. `upper` None: no upper end."""

    lower: int
    upper: int | None

    def is_at_least(self, width: int) -> bool:
        return self.upper is None or self.upper - self.lower >= width

    def reaches(self, count: int) -> bool:
        return self.upper is None or self.upper >= count


def arcs_of(table: Shape) -> dict[Position, tuple[Node, Node]]:
    """Each count of the table as an arc (from node, to node)."""
    if table.columns is None:
        parts, whole = ("table", "parts"), ("table", "whole")
        return {p: (whole, parts) if p[0] == TOTAL else (parts, whole) for p in table.positions()}
    arcs: dict[Position, tuple[Node, Node]] = {}
    for position in table.positions():
        row, column = ("row", position[0]), ("column", position[1])
        # Row totals and column totals run backwards; the grand total is both, so forwards.
        backwards = (position[0] == TOTAL) != (position[1] == TOTAL)
        arcs[position] = (column, row) if backwards else (row, column)
    return arcs


@dataclass
class Attack:
    """One reader's view of one table.

    `published` gives each count or None; `least` is the smallest number this reader believes a
    hidden count to be: 0, or 1 for the reader who knows that zeros are always shown.
    After `Attack.start`, `point` is one complete table that agrees with all of it.
    """

    arcs: Mapping[Position, tuple[Node, Node]]
    hidden: frozenset[Position]
    least: int
    point: dict[Position, int]
    around: dict[Node, list[Position]] = field(default_factory=dict)

    @classmethod
    def start(
        cls, table: Shape, published: Mapping[Position, int | None], *, least: int
    ) -> Attack | None:
        """Find one table that fits what is published; None when there is none."""
        arcs = arcs_of(table)
        hidden = frozenset(p for p, value in published.items() if value is None)
        point = {p: least if value is None else value for p, value in published.items()}
        around: dict[Node, list[Position]] = {}
        surplus: dict[Node, int] = {}
        for position, (tail, head) in arcs.items():
            around.setdefault(tail, []).append(position)
            around.setdefault(head, []).append(position)
            surplus[tail] = surplus.get(tail, 0) - point[position]
            surplus[head] = surplus.get(head, 0) + point[position]
        attack = cls(arcs=arcs, hidden=hidden, least=least, point=point, around=around)
        return attack if attack._balance(surplus) else None

    def _balance(self, surplus: dict[Node, int]) -> bool:
        """Send each node's surplus through hidden arcs to the nodes that lack it."""
        while True:
            sources = [node for node, amount in surplus.items() if amount > 0]
            if not sources:
                return True
            lacking = {node for node, amount in surplus.items() if amount < 0}
            path = self._path(sources, lacking, self.hidden, self.point)
            if path is None:
                return False
            start, end = self._ends(path)
            amount = min(surplus[start], -surplus[end])
            room = self._room(path, self.point)
            amount = amount if room is None else min(amount, room)
            self._push(path, self.point, amount)
            surplus[start] -= amount
            surplus[end] += amount

    def interval(self, position: Position) -> Interval:
        """The exact bounds of one hidden count."""
        highest, endless = self.extreme(position, +1)
        lowest, _ = self.extreme(position, -1)
        return Interval(lowest[position], None if endless else highest[position])

    def extreme(
        self, position: Position, direction: int, *, enough: int | None = None
    ) -> tuple[dict[Position, int], bool]:
        """A table that fits and has this count as high (+1) or as low (-1) as can be.

        With `enough`, stops once the count has moved that far. The second value says that the
        count can rise without end, and the table is then only one of many.
        """
        point = dict(self.point)
        tail, head = self.arcs[position]
        start, end = (head, tail) if direction > 0 else (tail, head)
        usable = self.hidden - {position}
        moved = 0
        while enough is None or moved < enough:
            path = self._path([start], {end}, usable, point)
            if path is None:
                break
            room = self._room(path, point)
            if direction < 0:
                own = point[position] - self.least
                room = own if room is None else min(room, own)
            if room is None:
                if enough is None:
                    return point, True
                room = enough - moved
            if room == 0:
                break
            self._push(path, point, room)
            point[position] += direction * room
            moved += room
        return point, False

    def cheapest_opening(
        self,
        position: Position,
        direction: int,
        need: int,
        price: Mapping[Position, int],
    ) -> tuple[int, frozenset[Position]] | None:
        """Which shown counts to hide so that this one can move `need` further in a direction.

        `price` holds the counts that may be hidden. Returns the summed price and the counts, or
        None when no choice gives that much room.
        """
        point, endless = self.extreme(position, direction)
        if endless or (direction < 0 and point[position] - self.least < need):
            return None
        tail, head = self.arcs[position]
        start, end = (head, tail) if direction > 0 else (tail, head)
        best: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, Position]] = {}
        queue: list[tuple[int, Node]] = [(0, start)]
        while queue:
            cost, node = heapq.heappop(queue)
            if cost > best[node]:
                continue
            if node == end:
                break
            for arc in self.around[node]:
                if arc == position or not (arc in self.hidden or arc in price):
                    continue
                arc_tail, arc_head = self.arcs[arc]
                forwards = node == arc_tail
                if not forwards and point[arc] - self.least < need:
                    continue
                onward = arc_head if forwards else arc_tail
                total = cost + (0 if arc in self.hidden else price[arc])
                if onward not in best or total < best[onward]:
                    best[onward] = total
                    came[onward] = (node, arc)
                    heapq.heappush(queue, (total, onward))
        if end not in came:
            return None
        opened: set[Position] = set()
        node = end
        while node != start:
            node, arc = came[node]
            if arc not in self.hidden:
                opened.add(arc)
        return best[end], frozenset(opened)

    def _path(
        self,
        starts: Iterable[Node],
        ends: Collection[Node],
        usable: Collection[Position],
        point: Mapping[Position, int],
    ) -> list[Step] | None:
        """The shortest way from a start to an end along which counts can still move."""
        queue = deque(starts)
        came: dict[Node, tuple[Node, Step] | None] = dict.fromkeys(queue)
        while queue:
            node = queue.popleft()
            if node in ends:
                return _walk_back(came, node)
            for arc in self.around[node]:
                if arc not in usable:
                    continue
                tail, head = self.arcs[arc]
                if node == tail:
                    onward, direction = head, +1
                elif point[arc] > self.least:
                    onward, direction = tail, -1
                else:
                    continue
                if onward not in came:
                    came[onward] = (node, (arc, direction))
                    queue.append(onward)
        return None

    def _ends(self, path: list[Step]) -> tuple[Node, Node]:
        first, last = path[0], path[-1]
        start = self.arcs[first[0]][0 if first[1] > 0 else 1]
        end = self.arcs[last[0]][1 if last[1] > 0 else 0]
        return start, end

    def _room(self, path: list[Step], point: Mapping[Position, int]) -> int | None:
        """How much the path can carry; None when nothing on it has to fall."""
        return min((point[arc] - self.least for arc, step in path if step < 0), default=None)

    @staticmethod
    def _push(path: list[Step], point: dict[Position, int], amount: int) -> None:
        for arc, direction in path:
            point[arc] += direction * amount


def _walk_back(came: Mapping[Node, tuple[Node, Step] | None], node: Node) -> list[Step]:
    steps: list[Step] = []
    while (previous := came[node]) is not None:
        node, step = previous
        steps.append(step)
    steps.reverse()
    return steps
