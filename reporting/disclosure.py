"""Small-count protection for tables that leave: what to hide, and proof that it stays hidden.

`protect` turns exact counts into a publishable table. `audit` is the judge: it sees only what
would be published, plays two readers who know the method, and bounds every hidden count exactly.
The two share no decision, so a fault in choosing what to hide is caught before anything leaves.

The rules (docs/statistics.md says them in plain words):

1. A count from 1 to `threshold` - 1 is hidden, totals included. A zero is hidden too, unless the
   cell cannot hold anybody by definition or the whole table is declared safe for zeros.
2. Further counts are hidden until, for both readers, every hidden count could still be any of
   more than `width` whole numbers.
3. Every hidden count could still be `threshold` or more. So hidden counts can never be added up
   into a group of 1 to `threshold` - 1 people.

Sources: the minimum of 10 and the rule on zeros follow the coalition's reporting rules (domain
rule 4.0 item 6; R-S1); the width of 5 is the protection target measured against published tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reporting.bounds import Attack, Interval
from reporting.measures import Period
from reporting.tables import TOTAL, Position, ProtectedTable, Shape, Table, withhold

READERS = (0, 1)
"""The least a hidden count can be, by reader: one who knows nothing, and one who believes that
zeros are never hidden. The second may be wrong; a table that proves them wrong protects itself."""

_DEAR = 10**12
"""More than all cells of a table together could cost: the price of a total begins here."""


@dataclass(frozen=True)
class Policy:
    """How strictly to protect."""

    threshold: int = 10
    width: int = 5

    def __post_init__(self) -> None:
        if self.threshold < 2:
            raise ValueError("The threshold must be at least 2: below that nothing is hidden.")
        if self.width < 1:
            raise ValueError("The width must be at least 1: a width of 0 protects nothing.")


class DisclosureRisk(Exception):
    """A table would let a reader work out a small count.

    `cells` names the cells by their labels. Values are never carried: this message may reach a
    page, a log or a failed job's record.
    """

    def __init__(self, table_id: str, cells: Iterable[str]) -> None:
        self.table_id = table_id
        self.cells = tuple(cells)
        super().__init__(
            f"Table {table_id} can't be released. These counts could be worked out: "
            f"{'; '.join(self.cells)}."
        )


class InconsistentTable(Exception):
    """A published table does not add up, so nothing can be said about its hidden counts."""


class OverlappingRelease(Exception):
    """A release covers days that an earlier release of the same measure already covers."""


@dataclass(frozen=True)
class Finding:
    """What one hidden count could be, to each reader in `READERS` order.

    None for a reader whose belief does not fit the table.
    """

    position: Position
    intervals: tuple[Interval | None, ...]


@dataclass(frozen=True)
class Audit:
    """The judgement of one published table."""

    findings: tuple[Finding, ...]
    exposed: tuple[Position, ...]

    @property
    def is_safe(self) -> bool:
        return not self.exposed


def must_hide(table: Shape, position: Position, count: int, policy: Policy) -> bool:
    """Whether a count may not be shown for its own sake (rule 1)."""
    if count == 0:
        return not (table.zeros_are_safe or position in table.structural_zeros)
    return count < policy.threshold


def protect(table: Table, policy: Policy | None = None) -> ProtectedTable:
    """Hide what must be hidden and as little else as this method finds.

    The same counts always give the same result. Totals are hidden only where nothing else is
    enough; at worst the whole table is.

    Raises DisclosureRisk, naming the cells, if the auditor is not satisfied at the end.
    """
    policy = policy or Policy()
    values = table.values()
    primary = {p for p, count in values.items() if must_hide(table, p, count, policy)}
    hidden = _hide_until_safe(table, primary, policy)
    hidden = _show_what_is_not_needed(table, primary, hidden, policy)
    protected = withhold(table, hidden)
    require_safe(protected, policy)
    return protected


def audit(table: ProtectedTable, policy: Policy | None = None) -> Audit:
    """Bound every hidden count as both readers would, and name those not protected.

    Works from the published counts alone, so a frozen release can be audited again at any time.

    Raises InconsistentTable if the shown counts contradict each other.
    """
    policy = policy or Policy()
    attacks = _attacks(table)
    findings = []
    exposed = set(_shown_too_small(table, policy))
    for position in table.hidden:
        intervals = tuple(a.interval(position) if a else None for a in attacks)
        findings.append(Finding(position, intervals))
        if any(
            i is not None and not _is_protected(i, least, policy)
            for least, i in zip(READERS, intervals, strict=True)
        ):
            exposed.add(position)
    ordered = tuple(p for p in table.positions() if p in exposed)
    return Audit(findings=tuple(findings), exposed=ordered)


def require_safe(table: ProtectedTable, policy: Policy | None = None) -> None:
    """Raises DisclosureRisk, naming the cells by label, unless the audit is clean."""
    verdict = audit(table, policy)
    if not verdict.is_safe:
        raise DisclosureRisk(table.id, (table.name_of(p) for p in verdict.exposed))


def refuse_overlap(measure_id: str, period: Period, released: Iterable[Period]) -> None:
    """Refuse a second count of days already counted: the difference would be a small count.

    `released` are the periods of the same measure's releases that are still live. Asking for one
    of them again should return its stored bytes, not a new count.

    Raises OverlappingRelease.
    """
    for earlier in released:
        if period.overlaps(earlier):
            raise OverlappingRelease(
                f"{measure_id} for {period.label} overlaps the release for {earlier.label}. "
                "The difference between the two could show a small count."
            )


def _attacks(table: ProtectedTable) -> tuple[Attack | None, ...]:
    first, *others = (Attack.start(table, table.published, least=least) for least in READERS)
    if first is None:
        raise InconsistentTable(f"The shown counts of table {table.id} do not add up.")
    return (first, *others)


def _shown_too_small(table: ProtectedTable, policy: Policy) -> Iterator[Position]:
    for position in table.positions():
        count = table.value(position)
        if count is not None and must_hide(table, position, count, policy):
            yield position


def _is_protected(interval: Interval, least: int, policy: Policy) -> bool:
    if not interval.is_at_least(policy.width):
        return False
    return least != 0 or interval.reaches(policy.threshold)


def _hide_until_safe(table: Table, primary: set[Position], policy: Policy) -> set[Position]:
    prices = _prices(table)
    hidden = set(primary)
    while True:
        protected = withhold(table, hidden)
        addition = _next_addition(protected, prices, policy)
        if addition is None:
            return hidden
        hidden |= addition


def _next_addition(
    table: ProtectedTable, prices: dict[Position, int], policy: Policy
) -> frozenset[Position] | None:
    """What to hide for the first hidden count that is not protected yet; None when all are."""
    for least, attack in zip(READERS, _attacks(table), strict=True):
        if attack is None:
            continue
        open_prices = {p: price for p, price in prices.items() if p not in attack.hidden}
        for position in table.hidden:
            short = _shortfall(attack, position, least, policy)
            if short is None:
                continue
            found = _offers(attack, position, *short, open_prices)
            # With nothing left that helps, hiding everything is the safe end.
            return frozenset(min(found)[1]) if found else frozenset(open_prices)
    return None


def _offers(
    attack: Attack, position: Position, upwards: int, either: int, prices: dict[Position, int]
) -> list[tuple[int, list[Position]]]:
    """What could be hidden, with its price, to give a count the room it lacks."""
    offers = [attack.cheapest_opening(position, +1, max(upwards, either), prices)]
    if not upwards:
        offers.append(attack.cheapest_opening(position, -1, either, prices))
    return [(price, sorted(cells)) for price, cells in filter(None, offers)]


def _shortfall(
    attack: Attack, position: Position, least: int, policy: Policy
) -> tuple[int, int] | None:
    """How much further the count must be able to rise, and to move either way; None if enough.

    Looks only as far as it has to, so that choosing stays quick on large tables.
    """
    now = attack.point[position]
    goal = max(policy.width, policy.threshold - now if least == 0 else 0)
    highest, _ = attack.extreme(position, +1, enough=goal)
    risen = highest[position] - now
    upwards = max(0, policy.threshold - highest[position]) if least == 0 else 0
    if risen >= policy.width:
        return (upwards, 0) if upwards else None
    lowest, _ = attack.extreme(position, -1, enough=policy.width)
    either = max(0, policy.width - (highest[position] - lowest[position]))
    return (upwards, either) if upwards or either else None


def _show_what_is_not_needed(
    table: Table, primary: set[Position], hidden: set[Position], policy: Policy
) -> set[Position]:
    """Give back, dearest first, each further count without which the table is still safe."""
    prices = _prices(table)
    for position in sorted(hidden - primary, key=lambda p: (-prices[p], p)):
        fewer = hidden - {position}
        protected = withhold(table, fewer)
        if _next_addition(protected, prices, policy) is None:
            hidden = fewer
    return hidden


def _prices(table: Table) -> dict[Position, int]:
    """What hiding each count would cost: its size; totals dearer than any number of cells.

    Zeros that are shown stay shown: hiding one would break the promise that zeros never are.
    """
    values = table.values()
    prices = {}
    for position, count in values.items():
        if position in table.structural_zeros or (count == 0 and table.zeros_are_safe):
            continue
        price = count + 1
        if position == (TOTAL, TOTAL):
            price += _DEAR * _DEAR
        elif table.is_margin(position):
            price += _DEAR
        prices[position] = price
    return prices
