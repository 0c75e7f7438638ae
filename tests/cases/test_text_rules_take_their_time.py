"""A long text that only almost breaks a rule is looked through in time by its length, no more."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from cases.papers import plain
from cases.papers.refusals import Refused
from cases.text_rules import check_text, holds_link, holds_material

# Each once took time by the square of its length in one of the patterns.
ALMOST = {
    "no onion": "a." * 9_990,
    "no comma": "data:" + "a" * 19_990,
    "no tag": "<" + " " * 19_990,
    "no scheme": "http" + " " * 19_990,
    "spaces": "1" + " " * 19_990,
    "pairs": "ab " * 6_600,
    "starts": "data:" * 3_990,
}


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize("name", ALMOST)
def test_a_long_text_is_looked_through_at_once(name):
    text = ALMOST[name]
    assert seconds(lambda: (holds_material(text), holds_link(text))) < 0.25

    def paper():
        # As many lines as the largest text has.
        with suppress(Refused):
            plain.clean_text("\n".join([text] * 8))

    assert seconds(paper) < 1.5


def test_the_patterns_still_find_what_they_are_for():
    assert holds_material("data:image/png;base64,AAAA")
    assert holds_material("data:text;charset=utf-8,AAAA")
    for address in ("abc.onion", "https://x.example/a", "www.x.example", "see:(abc.ONION/path)"):
        assert plain.clean_text(f"Before {address} after it.\n") == (
            f"Before {plain.LEFT_OUT} after it.\n"
        )
    with pytest.raises(Refused):
        plain.clean_text("a.onion b.onion c.onion d.onion e.onion f.onion\n")
    with pytest.raises(Refused):
        plain.clean_text("words < / script > words\n")
    assert check_text("on my onion", field="x") == "on my onion"
