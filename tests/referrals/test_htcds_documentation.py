"""docs/htcds.md says where each field goes, and the code does so."""

from __future__ import annotations

from pathlib import Path

from referrals.htcds.fields import FIELDS
from referrals.htcds.places import PLACES, State, field_table
from referrals.incoming.htcds_meaning import IN_COLUMNS
from referrals.services.subjects import IDENTITY, PHONES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "htcds.md").read_text(encoding="utf-8")
START = "<!-- fields: made by `python -m referrals.htcds.places` -->\n"
END = "<!-- end of fields -->"


def test_the_page_has_the_table_of_the_code() -> None:
    table = PAGE.split(START)[1].split(END)[0]
    assert table == field_table()


def test_every_field_of_the_standard_has_a_place_and_a_reason_where_it_is_not_used() -> None:
    assert list(PLACES) == list(FIELDS)
    assert len(PLACES) == 84
    for name, place in PLACES.items():
        assert place.where, name
        assert place.note or place.state is State.USED, name


def test_a_place_outside_the_subject_is_claimed_exactly_where_the_import_uses_one() -> None:
    outside = {name for name, place in PLACES.items() if "`Referral.subject`" not in place.where}
    assert outside == IN_COLUMNS


def test_a_part_of_the_identity_is_claimed_exactly_where_acceptance_moves_it() -> None:
    moved = {**IDENTITY, **dict.fromkeys(PHONES, "phones")}
    claimed = {
        name: place.note.split("`")[1]
        for name, place in PLACES.items()
        if "of the person's sealed identity" in place.note
    }
    assert claimed == moved


def test_the_notice_gives_the_attribution_the_licence_asks_for() -> None:
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    for said in ("(IOM)", "Attribution 4.0", "Changes:", "does not endorse", "logo is not used"):
        assert said in notice
    assert "NOTICE.md" in PAGE
