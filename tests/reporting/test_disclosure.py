"""Small counts stay hidden, also from a reader who does the sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reporting.disclosure import (
    READERS,
    Audit,
    DisclosureRisk,
    InconsistentTable,
    OverlappingRelease,
    Policy,
    audit,
    must_hide,
    protect,
    refuse_overlap,
    require_safe,
)
from reporting.measures import Period
from reporting.tables import TOTAL, Position, ProtectedTable, Table, withhold
from tests.reporting.brute_force import possible_values
from tests.reporting.tables import as_json, grids, one_way, shown, small_counts, two_way

LOOSE = Policy(threshold=4, width=2)
"""The same rules with small figures, so that a reader can write down every possible table."""

quick = settings(max_examples=60, deadline=None)


def too_small(table: Table, policy: Policy) -> set[Position]:
    """Written out again from the rule, not taken from the code under test."""
    return {
        position
        for position, count in table.values().items()
        if 1 <= count < policy.threshold
        or (count == 0 and not table.zeros_are_safe and position not in table.structural_zeros)
    }


def intervals(verdict: Audit, position: Position) -> list[tuple[int, int | None] | None]:
    for found in verdict.findings:
        if found.position == position:
            return [(i.lower, i.upper) if i else None for i in found.intervals]
    raise AssertionError("not a hidden count")


# What is hidden, on tables small enough to check by eye


def test_a_table_of_large_counts_is_shown_whole() -> None:
    table = two_way([[10, 20], [30, 40]])
    assert protect(table).hidden == ()
    assert shown(protect(table))["_total _total"] == 100


@pytest.mark.parametrize("count", [1, 5, 9])
def test_a_count_below_ten_is_hidden_and_ten_is_shown(count: int) -> None:
    table = two_way([[count, 60, 70], [10, 80, 90], [50, 60, 70]])
    protected = protect(table)
    assert protected.value(("source0", "quarter0")) is None
    assert protect(two_way([[10, 60], [70, 80]])).value(("source0", "quarter0")) == 10


def test_the_cheapest_rectangle_hides_a_single_small_count() -> None:
    protected = protect(two_way([[3, 60, 70], [40, 11, 90], [50, 12, 13]]))
    assert set(protected.hidden) == {
        ("source0", "quarter0"),
        ("source0", "quarter1"),
        ("source1", "quarter0"),
        ("source1", "quarter1"),
    }
    assert protected.value((TOTAL, TOTAL)) == 349


def test_a_one_way_table_hides_the_next_smallest_count_with_the_small_one() -> None:
    protected = protect(one_way([3, 40, 12, 25]))
    assert protected.hidden == (("source0", TOTAL), ("source2", TOTAL))
    assert protected.value((TOTAL, TOTAL)) == 80


def test_small_counts_that_add_up_to_less_than_ten_get_company() -> None:
    """3 and 4 could not be told apart, but 7 people in one of two groups could be."""
    protected = protect(one_way([3, 4, 30, 12]))
    assert ("source3", TOTAL) in protected.hidden


def test_a_total_below_ten_is_hidden_too() -> None:
    protected = protect(two_way([[2, 3], [40, 50]]))
    assert not protected.is_shown(("source0", TOTAL))


def test_a_table_of_fewer_than_ten_shows_nothing_at_all() -> None:
    protected = protect(two_way([[2, 3], [0, 4]]))
    assert set(protected.published.values()) == {None}


def test_a_table_of_nobody_shows_nothing_at_all() -> None:
    assert set(protect(one_way([0, 0, 0])).published.values()) == {None}


def test_one_person_is_never_shown() -> None:
    assert set(protect(two_way([[1, 0], [0, 0]])).published.values()) == {None}


def test_one_row_that_holds_almost_everybody_does_not_give_the_rest_away() -> None:
    protected = protect(one_way([500, 1, 0]))
    assert protected.value(("source1", TOTAL)) is None
    assert protected.value(("source0", TOTAL)) is None or protected.value((TOTAL, TOTAL)) is None


def test_a_total_is_hidden_only_where_cells_are_not_enough() -> None:
    """Two totals and a cell would hide fewer people here than the five cells do."""
    empty = frozenset({(f"source{n}", f"quarter{m}") for n, m in ((0, 1), (1, 2), (2, 0))})
    table = two_way([[3, 0, 12], [11, 1000, 0], [0, 1000, 1000]], structural_zeros=empty)
    protected = protect(table)
    assert len(protected.hidden) == 6
    assert not any(table.is_margin(position) for position in protected.hidden)


# Zeros


def test_a_zero_is_hidden_unless_declared_safe() -> None:
    assert not protect(one_way([0, 40, 50])).is_shown(("source0", TOTAL))
    assert protect(one_way([0, 40, 50], zeros_are_safe=True)).value(("source0", TOTAL)) == 0


def test_a_cell_that_cannot_hold_anybody_is_shown_as_zero() -> None:
    table = two_way([[0, 30], [40, 50]], structural_zeros=frozenset({("source0", "quarter0")}))
    protected = protect(table)
    assert protected.value(("source0", "quarter0")) == 0
    assert protected.hidden == ()


def test_where_zeros_are_safe_no_zero_is_ever_hidden() -> None:
    protected = protect(two_way([[0, 3, 40], [0, 50, 60], [70, 0, 80]], zeros_are_safe=True))
    for position in [("source0", "quarter0"), ("source1", "quarter0"), ("source2", "quarter1")]:
        assert protected.value(position) == 0


def test_a_zero_that_is_safe_to_show_is_not_hidden_to_protect_another_count() -> None:
    """It would be the cheapest, and would prove to the second reader that zeros are hidden."""
    counts = [[3, 40, 50], [70, 0, 90], [60, 80, 30]]
    protected = protect(two_way(counts, zeros_are_safe=True))
    assert protected.value(("source1", "quarter1")) == 0
    assert not protected.is_shown(("source2", "quarter2"))


# The auditor


def test_the_auditor_catches_hiding_only_what_is_small() -> None:
    table = two_way([[3, 60], [70, 80]])
    naive = withhold(table, too_small(table, Policy()))
    with pytest.raises(DisclosureRisk) as refused:
        require_safe(naive)
    assert refused.value.cells == ("Source 0 × Quarter 0",)


def test_the_auditor_catches_two_hidden_in_each_line_when_they_are_too_tight() -> None:
    """Two hidden counts in every line look safe and are not: each line's rest is 2."""
    table = two_way([[1, 1, 30], [1, 1, 40], [50, 60, 70]])
    corner = [(f"source{r}", f"quarter{c}") for r in (0, 1) for c in (0, 1)]
    with pytest.raises(DisclosureRisk):
        require_safe(withhold(table, corner))


def test_the_auditor_catches_hidden_counts_that_add_up_to_a_small_group() -> None:
    """0 to 7 and 1 to 6 are wide enough, but "7 people in one of these two" is known."""
    hidden = [("source0", TOTAL), ("source1", TOTAL)]
    with pytest.raises(DisclosureRisk) as refused:
        require_safe(withhold(one_way([3, 4, 30]), hidden))
    assert refused.value.cells == ("Source 0", "Source 1")
    require_safe(withhold(one_way([3, 7, 30]), hidden), Policy(width=5))


def test_the_auditor_catches_a_small_count_that_is_shown() -> None:
    with pytest.raises(DisclosureRisk) as refused:
        require_safe(withhold(one_way([3, 40, 50]), []))
    assert refused.value.cells == ("Source 0",)


def test_the_auditor_catches_a_zero_that_is_shown_where_zeros_are_not_safe() -> None:
    with pytest.raises(DisclosureRisk):
        require_safe(withhold(one_way([0, 40, 50]), []))


def test_knowing_that_zeros_are_shown_makes_a_difference() -> None:
    """Hidden 3 and 3 beside a total: 0 to 6 for one reader, 1 to 5 for the other."""
    policy = Policy(threshold=6, width=5)
    verdict = audit(withhold(one_way([3, 3, 30]), [("source0", TOTAL), ("source1", TOTAL)]), policy)
    assert intervals(verdict, ("source0", TOTAL)) == [(0, 6), (1, 5)]
    assert not verdict.is_safe


def test_a_reader_whose_belief_does_not_fit_learns_nothing() -> None:
    table = one_way([0, 0, 0, 2, 30])
    hidden = [(f"source{n}", TOTAL) for n in range(4)]
    verdict = audit(withhold(table, hidden), Policy(threshold=2, width=2))
    assert intervals(verdict, ("source0", TOTAL)) == [(0, 2), None]
    assert verdict.is_safe


def test_a_hidden_total_leaves_its_parts_without_an_upper_end() -> None:
    table = one_way([3, 40])
    verdict = audit(withhold(table, [("source0", TOTAL), (TOTAL, TOTAL)]))
    assert intervals(verdict, ("source0", TOTAL)) == [(0, None), (1, None)]
    assert intervals(verdict, (TOTAL, TOTAL)) == [(40, None), (41, None)]


def test_counts_that_do_not_add_up_are_refused() -> None:
    good = withhold(one_way([20, 30]), [("source0", TOTAL)])
    bad = ProtectedTable(**good.shape(), published={**good.published, (TOTAL, TOTAL): 25})
    with pytest.raises(InconsistentTable):
        audit(bad)


def test_a_refusal_names_cells_and_never_values() -> None:
    table = two_way([[7, 6173], [5281, 8391]])
    with pytest.raises(DisclosureRisk) as refused:
        require_safe(withhold(table, [("source0", "quarter0")]))
    message = str(refused.value)
    assert "Source 0 × Quarter 0" in message
    for digit in "3456789":
        assert digit not in message
    assert "6173" not in repr(table)


# Properties on random tables


@quick
@given(grids((1, 5), (1, 4)), st.booleans())
def test_what_is_small_is_hidden_and_what_is_shown_is_true(
    counts: list[list[int]], zeros_are_safe: bool
) -> None:
    table = two_way(counts, zeros_are_safe=zeros_are_safe)
    protected = protect(table)
    assert too_small(table, Policy()) <= set(protected.hidden)
    if zeros_are_safe:
        assert all(table.value(position) for position in protected.hidden)
    for position, value in protected.published.items():
        assert value is None or value == table.value(position)


@quick
@given(grids((1, 5), (1, 4)), st.booleans())
def test_the_same_counts_always_give_the_same_table(
    counts: list[list[int]], zeros_are_safe: bool
) -> None:
    first = protect(two_way(counts, zeros_are_safe=zeros_are_safe))
    again = protect(two_way([list(row) for row in counts], zeros_are_safe=zeros_are_safe))
    assert as_json(first) == as_json(again)


@quick
@given(grids((1, 5), (1, 4)), st.booleans())
def test_nothing_beyond_the_small_is_hidden_without_need(
    counts: list[list[int]], zeros_are_safe: bool
) -> None:
    table = two_way(counts, zeros_are_safe=zeros_are_safe)
    hidden = set(protect(table).hidden)
    for extra in hidden - too_small(table, Policy()):
        with pytest.raises(DisclosureRisk):
            require_safe(withhold(table, hidden - {extra}))


@settings(max_examples=150, deadline=None)
@given(
    grids((2, 2), (2, 3), st.integers(0, 2)),
    st.sets(st.integers(0, 11), max_size=6),
    st.sampled_from(READERS),
)
def test_the_auditor_finds_exactly_the_bounds_of_brute_force(
    counts: list[list[int]], picks: set[int], least: int
) -> None:
    """Any hidden set, safe or not: a bound that is off by one either way fails here."""
    table = two_way(counts)
    positions = list(table.positions())
    hidden = {positions[pick] for pick in picks if pick < len(positions)}
    if sum(not table.is_margin(position) for position in hidden) > 4:
        return
    protected = withhold(table, hidden)
    # No hidden inner count can be both bounded and above all that is published together.
    cap = 14
    seen = possible_values(protected, least=least, to_try=lambda _: range(least, cap + 1))
    verdict = audit(protected, Policy(threshold=2, width=1))
    for found in verdict.findings:
        values = seen[found.position]
        interval = found.intervals[READERS.index(least)]
        if interval is None:
            assert values == set()
            continue
        assert min(values) == interval.lower
        if interval.upper is None:
            assert max(values) >= cap
        else:
            assert max(values) == interval.upper
            assert values == set(range(interval.lower, interval.upper + 1))


def around(table: Table, least: int, room: int) -> Callable[[Position], range]:
    """Numbers near the true count: enough to show that a hidden count can differ from it."""

    def to_try(position: Position) -> range:
        count = table.value(position)
        return range(max(least, count - room), max(least, count) + room + 1)

    return to_try


@settings(max_examples=60, deadline=None)
@given(grids((2, 3), (2, 2), st.integers(0, 9)), st.booleans())
def test_no_reader_who_tries_every_table_can_pin_a_hidden_count_down(
    counts: list[list[int]], zeros_are_safe: bool
) -> None:
    table = two_way(counts, zeros_are_safe=zeros_are_safe)
    protected = protect(table, LOOSE)
    assume(sum(not table.is_margin(position) for position in protected.hidden) <= 4)
    for least in (0, 1) if zeros_are_safe else (0,):
        seen = possible_values(protected, least=least, to_try=around(table, least, room=4))
        for position in protected.hidden:
            assert max(seen[position]) - min(seen[position]) >= LOOSE.width
            assert least or max(seen[position]) >= LOOSE.threshold


@settings(max_examples=60, deadline=None)
@given(st.lists(small_counts, min_size=2, max_size=3), st.booleans())
def test_at_the_figures_used_in_earnest_each_hidden_count_could_be_six_numbers_or_more(
    counts: list[int], zeros_are_safe: bool
) -> None:
    table = one_way(counts, zeros_are_safe=zeros_are_safe)
    protected = protect(table)
    for least in (0, 1) if zeros_are_safe else (0,):
        seen = possible_values(protected, least=least, to_try=around(table, least, room=12))
        for position in protected.hidden:
            assert max(seen[position]) - min(seen[position]) >= 5
            assert len(seen[position]) >= 6
            assert least or max(seen[position]) >= 10


@quick
@given(grids((2, 2), (2, 2), st.integers(0, 9)))
def test_hiding_only_the_small_is_caught_whenever_brute_force_pins_a_count_down(
    counts: list[list[int]],
) -> None:
    table = two_way(counts, zeros_are_safe=True)
    naive = withhold(table, too_small(table, LOOSE))
    seen = possible_values(naive, least=1, to_try=around(table, 1, room=9))
    if any(len(values) == 1 for values in seen.values()):
        with pytest.raises(DisclosureRisk):
            require_safe(naive, LOOSE)


def test_hiding_only_the_small_is_caught_on_most_tables_that_hide_something() -> None:
    """The auditor must not be asleep: on these tables a lone hidden count is the rule."""
    caught = 0
    for small in range(1, 10):
        table = two_way([[small, 30, 40], [50, 60, 70], [80, 90, 11]])
        naive = withhold(table, too_small(table, Policy()))
        caught += not audit(naive).is_safe
    assert caught == 9


# Size


def test_a_table_of_a_year_by_quarter_and_source_takes_no_noticeable_time() -> None:
    counts = [[(7 * r + 5 * c * c + r * c) % 61 for c in range(4)] for r in range(20)]
    table = two_way(counts)
    protected = protect(table)
    assert audit(protected).is_safe
    assert sum(value is not None for value in protected.published.values()) > 40


# Policy and earlier releases


@pytest.mark.parametrize(("threshold", "width"), [(1, 5), (0, 5), (10, 0)])
def test_a_policy_that_protects_nothing_is_refused(threshold: int, width: int) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        Policy(threshold=threshold, width=width)


def test_must_hide_follows_the_threshold() -> None:
    table = one_way([1])
    position = ("source0", TOTAL)
    assert [n for n in range(13) if must_hide(table, position, n, Policy())] == list(range(10))


def test_days_already_released_are_refused_and_others_are_not() -> None:
    first_half = Period.parse("2026H1")
    for overlapping in ("2026", "2026H1", "2026Q2"):
        with pytest.raises(OverlappingRelease, match="S-SRC"):
            refuse_overlap("S-SRC", Period.parse(overlapping), [first_half])
    for apart in ("2026Q3", "2025", "2026H2"):
        refuse_overlap("S-SRC", Period.parse(apart), [first_half])
    refuse_overlap("S-SRC", Period(date(2026, 1, 1), date(2026, 3, 31)), [])
