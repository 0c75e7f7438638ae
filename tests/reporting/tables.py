"""Tables for the tests of this folder: small ones by hand, many by hypothesis."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from reporting.tables import TOTAL, Category, Dimension, ProtectedTable, Table


def axis(code: str, size: int, *, is_time: bool = False) -> Dimension:
    categories = tuple(Category(f"{code}{n}", f"{code.title()} {n}") for n in range(size))
    return Dimension(code, code.title(), categories, is_time=is_time)


def two_way(counts: list[list[int]], *, zeros_are_safe: bool = False, **more: object) -> Table:
    """A table from its inner counts, row by row."""
    return Table(
        id="test",
        measure_id="S-TEST",
        title="Referrals",
        unit="referrals",
        period_label="1 Jan 2026 to 30 Jun 2026",
        rows=axis("source", len(counts)),
        columns=axis("quarter", len(counts[0]), is_time=True),
        zeros_are_safe=zeros_are_safe,
        counts={
            (f"source{r}", f"quarter{c}"): count
            for r, row in enumerate(counts)
            for c, count in enumerate(row)
        },
        **more,  # type: ignore[arg-type]
    )


def one_way(counts: list[int], *, zeros_are_safe: bool = False) -> Table:
    """A table of one list of counts and their total."""
    return Table(
        id="test",
        measure_id="S-TEST",
        title="Referrals",
        unit="referrals",
        period_label="1 Jan 2026 to 30 Jun 2026",
        rows=axis("source", len(counts)),
        zeros_are_safe=zeros_are_safe,
        counts={(f"source{r}", TOTAL): count for r, count in enumerate(counts)},
    )


def shown(table: ProtectedTable) -> dict[str, int | None]:
    """What is published, under short names such as `source0 quarter1`."""
    return {" ".join(position): value for position, value in table.published.items()}


def as_json(table: ProtectedTable) -> str:
    return json.dumps(shown(table), sort_keys=True)


small_counts = st.one_of(st.integers(0, 12), st.integers(0, 3), st.integers(10, 60))


def grids(
    rows: tuple[int, int], columns: tuple[int, int], counts: st.SearchStrategy[int] = small_counts
) -> st.SearchStrategy[list[list[int]]]:
    """Inner counts of every size between the given bounds."""
    return st.tuples(st.integers(*rows), st.integers(*columns)).flatmap(
        lambda size: st.lists(
            st.lists(counts, min_size=size[1], max_size=size[1]),
            min_size=size[0],
            max_size=size[0],
        )
    )
