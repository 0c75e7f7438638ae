"""A chart says what was found, from zero, and never draws what is not shown."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from reporting.charts import LONGEST_BAR, SVG, WIDTH, bar_chart, finding
from reporting.disclosure import protect
from reporting.tables import TOTAL, ProtectedTable, withhold
from tests.reporting.tables import one_way, two_way

PATH = {"svg": SVG}


def drawn(table: ProtectedTable, column: str = TOTAL) -> ET.Element:
    return ET.fromstring(bar_chart(table, column))  # noqa: S314  our own output


def rows(svg: ET.Element) -> list[tuple[str, str, float | None]]:
    """Each row as (label, words beside the bar, bar width or None)."""
    found = []
    for group in svg.findall("svg:g", PATH):
        label = " ".join(
            t.text or "" for t in group.findall("svg:text[@class='chart-label']", PATH)
        )
        value = group.find("svg:text[@class='chart-value']", PATH)
        assert value is not None
        bars = [r for r in group.findall("svg:rect", PATH) if "chart-bar" in r.attrib["class"]]
        width = float(bars[0].attrib["width"]) if bars else None
        found.append((label, value.text or "", width))
    return found


def test_bars_start_at_zero_and_keep_proportion() -> None:
    svg = drawn(protect(one_way([20, 80, 40])))
    assert rows(svg) == [
        ("Source 1", "80", LONGEST_BAR),
        ("Source 2", "40", LONGEST_BAR / 2),
        ("Source 0", "20", LONGEST_BAR / 4),
    ]
    lefts = {
        bar.attrib["x"] for bar in svg.iter(f"{{{SVG}}}rect") if "chart-bar" in bar.get("class", "")
    }
    assert len(lefts) == 1


def test_only_the_largest_bar_carries_the_accent() -> None:
    svg = drawn(protect(one_way([20, 80, 40])))
    main = [r for r in svg.iter(f"{{{SVG}}}rect") if "chart-bar-main" in r.get("class", "")]
    assert len(main) == 1


def test_what_is_not_shown_is_hatched_and_said_and_has_no_bar() -> None:
    table = protect(one_way([3, 40, 12, 25]))
    svg = drawn(table)
    assert rows(svg) == [
        ("Source 1", "40", LONGEST_BAR),
        ("Source 3", "25", LONGEST_BAR * 25 / 40),
        ("Source 0", "not shown", None),
        ("Source 2", "not shown", None),
    ]
    markers = [r for r in svg.iter(f"{{{SVG}}}rect") if r.get("class") == "chart-marker"]
    assert len({marker.attrib["width"] for marker in markers}) == 1
    pattern = svg.find("svg:defs/svg:pattern", PATH)
    assert pattern is not None
    assert {m.attrib["fill"] for m in markers} == {f"url(#{pattern.attrib['id']})"}


def test_hidden_counts_change_nothing_in_the_chart() -> None:
    """Two tables that publish the same must look the same, whatever is hidden."""
    one = withhold(two_way([[3, 60], [70, 80]]), [])
    hide = [p for p in one.positions() if p != ("source1", TOTAL)]
    first = withhold(two_way([[3, 60], [70, 80]]), hide)
    second = withhold(two_way([[9, 11], [70, 80]]), hide)
    assert bar_chart(first) == bar_chart(second)
    assert "not shown" in bar_chart(first)


def test_a_zero_that_is_shown_is_written_and_not_hatched() -> None:
    svg = drawn(protect(one_way([0, 40, 50], zeros_are_safe=True)))
    assert rows(svg)[-1] == ("Source 0", "0", None)
    assert svg.find("svg:defs", PATH) is None


def test_time_keeps_its_order() -> None:
    table = two_way([[20, 80, 40], [30, 90, 50]])
    turned = protect(table)
    by_time = ProtectedTable(
        **{**turned.shape(), "rows": turned.columns, "columns": None},
        published={(c, TOTAL): turned.value((TOTAL, c)) for c in [*turned.column_codes, TOTAL]},
    )
    assert [value for _, value, _ in rows(drawn(by_time))] == ["50", "170", "90"]


def test_a_column_can_be_drawn_by_itself() -> None:
    table = protect(two_way([[20, 80], [40, 10]]))
    assert rows(drawn(table, "quarter0"))[0][:2] == ("Source 1", "40")
    assert "Quarter 0" in finding(table, "quarter0")


def test_the_chart_speaks_to_a_screen_reader() -> None:
    table = protect(one_way([20, 80]))
    svg = drawn(table)
    assert svg.attrib["role"] == "img"
    title, desc = svg.find("svg:title", PATH), svg.find("svg:desc", PATH)
    assert title is not None
    assert desc is not None
    assert svg.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]
    assert desc.text == finding(table)


def test_the_chart_obeys_a_strict_content_policy_and_both_themes() -> None:
    text = bar_chart(protect(one_way([3, 40, 12, 25])))
    assert "<script" not in text
    for element in ET.fromstring(text).iter():  # noqa: S314  our own output
        assert "style" not in element.attrib
        assert element.tag.split("}")[1] not in {"style", "script", "foreignObject", "image"}
        for name in ("fill", "stroke"):
            colour = element.get(name, "currentColor")
            assert colour == "currentColor" or colour.startswith("url(#chart-")


def test_the_chart_fits_a_phone_and_grows_with_the_page() -> None:
    table = protect(one_way([20, 80]))
    svg = drawn(table)
    assert svg.attrib["width"] == "100%"
    left, top, width, height = (int(n) for n in svg.attrib["viewBox"].split())
    assert (left, top, width) == (0, 0, WIDTH)
    assert WIDTH <= 360
    for text in svg.iter(f"{{{SVG}}}text"):
        assert int(text.attrib["font-size"]) >= 14
        assert 0 <= int(text.attrib["y"]) <= height
        # 8 units a character is wider than any system font sets these labels.
        assert int(text.attrib["x"]) + 8 * len(text.text or "") <= WIDTH + 8


def test_a_large_count_still_fits_beside_the_longest_bar() -> None:
    svg = drawn(protect(one_way([1_234_567, 80])))
    assert rows(svg)[0][1] == "1,234,567"
    value = svg.find("svg:g/svg:text[@class='chart-value']", PATH)
    assert value is not None
    assert int(value.attrib["x"]) + 7 * len("1,234,567") <= WIDTH


def test_words_from_outside_cannot_become_markup() -> None:
    table = protect(one_way([20, 80]))
    hostile = ProtectedTable(
        **{**table.shape(), "title": "<script>alert(1)</script>&"}, published=table.published
    )
    text = bar_chart(hostile)
    assert "<script" not in text
    assert ET.fromstring(text).find("svg:title", PATH) is not None  # noqa: S314  our own output


def test_two_charts_on_one_page_share_no_ids() -> None:
    one, two = protect(one_way([3, 40, 12])), protect(one_way([3, 50, 12]))
    first = {e.attrib["id"] for e in drawn(one).iter() if "id" in e.attrib}
    second = {e.attrib["id"] for e in drawn(two).iter() if "id" in e.attrib}
    assert len(first) == 3
    assert not first & second


# The finding as a sentence

WHERE = "Referrals, 1 Jan 2026 to 30 Jun 2026: "


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([20, 60], "the largest count is Source 1, 60 of 80 referrals (75%)."),
        ([50, 50, 20], "the largest count is Source 0 and Source 1, 50 each of 120 referrals."),
        (
            [3, 40, 12, 25],
            "the largest count shown is Source 1, 40 of 80 referrals (50%). "
            "2 of 4 counts are not shown.",
        ),
        (
            [1, 2],
            "no count is shown, because each is small or would give a small one away.",
        ),
        (
            [5, 5, 5],
            "15 referrals. No part of it is shown, because each is small or would give a small "
            "one away.",
        ),
    ],
)
def test_the_finding_is_a_sentence(counts: list[int], sentence: str) -> None:
    assert finding(protect(one_way(counts))) == WHERE + sentence


def test_the_finding_gives_no_share_of_a_hidden_total() -> None:
    table = withhold(one_way([3, 40]), [("source0", TOTAL), (TOTAL, TOTAL)])
    assert finding(table) == (
        WHERE + "the largest count shown is Source 1, 40 referrals. 1 of 2 counts is not shown."
    )


def test_shares_round_half_up_and_need_both_counts() -> None:
    table = withhold(one_way([1, 7, 192]), [("source1", TOTAL)])
    assert table.share(("source0", TOTAL)) == 1
    assert table.share(("source1", TOTAL)) is None
    assert table.share(("source0", TOTAL), of=("source1", TOTAL)) is None
