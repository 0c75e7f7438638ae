"""Files that are not taken at all: each with a reason and what to do instead."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.htcds import MAX_BYTES, UnreadableFile, package, reader
from tests.referrals.sheets import (
    SAMPLES,
    csv_file,
    official_sheet,
    opened,
    part_of,
    repacked,
    saved,
)

GOOD = {"First Name": "Althea"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
SHEET = "xl/worksheets/sheet1.xml"


def refused(file: Any, **how: Any) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as refusal:
        list(opened(file, **how).rows())
    assert refusal.value.message.endswith(".")
    return refusal.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "picture"),
        (PNG, "picture"),
        (b"GIF89a" + b"\x00" * 40, "picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20, "picture"),
        (b"\x00\x00\x00\x18ftypavif" + b"\x00" * 20, "picture"),
        (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 20, "picture"),
        (b"\x00\x00\x00\x14ftypqt  " + b"\x00" * 20, "picture"),
        (b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00", "picture"),
        (b"II*\x00" + b"\x00" * 20, "picture"),
        (b"\x1aE\xdf\xa3" + b"\x00" * 20, "picture"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "picture"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "picture"),
        (b"ID3\x04" + b"\x00" * 20, "picture"),
        (b"Rar!\x1a\x07\x00", "not_a_sheet"),
        (b"7z\xbc\xaf\x27\x1c", "not_a_sheet"),
        (b"%PDF-1.7\n", "not_a_sheet"),
        (b"<?xml version='1.0'?><data/>", "not_a_sheet"),
        (b'{"prs_FirstName": "Ana"}', "not_a_sheet"),
        (b"\x7fELF\x02\x01\x01\x00", "not_a_sheet"),
        (b"just some words\n", "columns"),
    ],
)
def test_what_is_no_case_sheet_is_refused_by_its_content(content: bytes, code: str) -> None:
    assert refused(io.BytesIO(content)).code == code


def test_a_refused_picture_says_what_to_do_about_it() -> None:
    assert "do not copy or forward" in refused(io.BytesIO(PNG)).message


def test_an_old_or_locked_workbook_says_how_to_save_it() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert refused(io.BytesIO(ole)).code == "not_a_sheet"
    locked = ole + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 64
    error = refused(io.BytesIO(locked))
    assert error.code == "password"
    assert "remove the password" in error.message


def test_a_truncated_workbook_is_refused_wherever_it_is_cut() -> None:
    content = official_sheet([GOOD]).getvalue()
    for share in (0.2, 0.5, 0.9, 0.99):
        assert refused(io.BytesIO(content[: int(len(content) * share)])).code == "damaged"


def test_a_workbook_with_a_flipped_byte_is_refused_or_read_whole() -> None:
    file = official_sheet([{"First Name": f"Althea {number}"} for number in range(50)])
    content = bytearray(file.getvalue())
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo(SHEET).header_offset + 200
    content[start] ^= 0xFF
    assert refused(io.BytesIO(bytes(content))).code == "damaged"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<worksheet>",
        b"not xml",
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        b"<row r='2'><c r='A2'><v>1</v></c></row><row r='1'><c r='A1'><v>1</v></c></row>"
        b"</sheetData></worksheet>",
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        b"<row r='1'><c r='A1' t='s'><v>9999</v></c></row></sheetData></worksheet>",
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        b"<row r='x'><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        b"<row r='99999999999'><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
    ],
)
def test_a_sheet_with_broken_insides_is_refused_without_a_traceback(broken: bytes) -> None:
    file = repacked(official_sheet([GOOD]), {SHEET: broken})
    assert refused(file).code in ("damaged", "columns", "picture")


def test_entities_in_any_part_are_refused_before_they_are_followed() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    file = official_sheet([GOOD])
    for name in (SHEET, "xl/workbook.xml", "docProps/core.xml", "xl/sharedStrings.xml"):
        content = b"<sst/>" if name == "xl/sharedStrings.xml" else part_of(file, name)
        body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
        error = refused(repacked(official_sheet([GOOD]), {name: bomb + body}))
        assert "document type" in error.message, name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/media/image1.png", PNG),
        ("xl/media/image1.xml", b"<a/>"),
        ("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0"),
        ("docProps/thumbnail.jpeg", b"\xff\xd8\xff"),
        ("customXml/item1.xml", PNG),
        ("xl/theme/hidden.xml", b"\x00\x00\x00\x18ftypmp42"),
        ("xl/worksheets/sheet9.xml", b"PK\x03\x04 another archive"),
        ("xl/activeX/activeX1.bin", b"\x00\x01"),
        ("anything.bin", b"\x00\x01\x02"),
    ],
)
def test_a_picture_or_file_inside_a_workbook_refuses_it(name: str, content: bytes) -> None:
    assert refused(repacked(official_sheet([GOOD]), {name: content})).code == "picture"


def test_a_macro_and_printer_settings_do_no_harm_and_are_left_closed() -> None:
    file = repacked(
        official_sheet([GOOD]),
        {
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\x00" * 100,
            "xl/printerSettings/printerSettings1.bin": b"\x00\x01\x02\x03",
        },
    )
    (row,) = opened(file).rows()
    assert row.values == {"prs_FirstName": "Althea"}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"word/document.xml": b"<a/>"}, "not_a_sheet"),
        ({"photo.txt": b"hello"}, "not_a_sheet"),
        (
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"},
            "not_a_sheet",
        ),
        ({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"\x00"}, "not_a_sheet"),
        ({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}, "damaged"),
    ],
)
def test_another_kind_of_archive_is_refused(parts: dict[str, bytes], code: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(file).code == code


def test_a_bomb_is_refused_by_what_it_says_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    file = repacked(official_sheet([GOOD]), {"xl/worksheets/sheet2.xml": b"<a>" + b" " * 200_000})
    assert len(file.getvalue()) < 100_000
    monkeypatch.setattr(package, "MAX_UNPACKED", 150_000)
    assert refused(file).code == "too_large"


def test_a_large_part_that_would_be_read_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_OTHER_PART", 5_000)
    file = repacked(official_sheet([GOOD]), {"docProps/custom.xml": b"<a>" + b" " * 9_000})
    assert refused(file).code == "too_large"


def test_something_far_right_of_the_sheet_is_named_and_not_dropped() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["ZZ2"] = "prs_FirstName", "Althea", "x"
    assert "Row 2 has something in column ZZ" in refused(saved(book)).message


class Endless(io.RawIOBase):
    """Says it is a byte larger than allowed, and must not be read."""

    def __init__(self, *, seeks: bool) -> None:
        self.seeks = seeks
        self.given = 0

    def seekable(self) -> bool:
        return self.seeks

    def seek(self, offset: int, whence: int = 0) -> int:
        return MAX_BYTES + 1 if whence == io.SEEK_END else offset

    def read(self, size: int = -1) -> bytes:
        assert not self.seeks, "the file was read before it was measured"
        assert 0 < size <= MAX_BYTES + 1
        self.given += size
        return b"a" * size


@pytest.mark.parametrize("seeks", [True, False])
def test_a_file_over_20_mb_is_refused_before_it_is_read_whole(seeks: bool) -> None:
    error = refused(Endless(seeks=seeks))
    assert error.code == "too_large"
    assert "20 MB" in error.message


@pytest.mark.parametrize("make", [official_sheet, None])
def test_too_many_rows_are_refused_before_the_first(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_ROWS", 3)
    rows = [GOOD] * 4
    file = make(rows) if make else csv_file([["prs_FirstName"], *(["Ana"] for _row in rows)])
    with pytest.raises(UnreadableFile, match="more than 3 rows"):
        opened(file)
    assert opened(official_sheet(rows[:3])).filled == 3


def test_a_sheet_without_filled_rows_is_refused() -> None:
    assert refused(official_sheet([])).code == "empty"
    assert refused(csv_file([["prs_FirstName", "prs_Gender"]])).code == "empty"


def test_a_csv_in_another_encoding_names_the_line_and_the_encoding() -> None:
    rows = [["prs_FirstName"], ["Ana"], ["Peña"]]
    error = refused(csv_file(rows, encoding="cp1252"))
    assert error.code == "encoding"
    assert "line 3" in error.message
    assert "Windows-1252" in error.message
    assert "Pe" not in error.message.replace("Peñ", "").split("line 3")[0]


def test_a_csv_cut_inside_a_letter_is_refused() -> None:
    content = csv_file([["prs_FirstName"], ["Ana"], ["Peña"]]).getvalue()
    cut = content[: content.index("ñ".encode()) + 1]
    assert refused(io.BytesIO(cut)).code == "encoding"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_utf_16_file_says_how_to_save_it(encoding: str) -> None:
    error = refused(csv_file([["prs_FirstName"], ["Ana"]], encoding=encoding))
    assert "CSV UTF-8" in error.message or error.code == "not_a_sheet"


def test_a_quotation_mark_that_never_closes_names_its_row_and_gives_no_row_out() -> None:
    content = b'prs_FirstName,prs_Gender\r\nAna,Feminine\r\n"Bea,Feminine\r\nCora,Feminine\r\n'
    with pytest.raises(UnreadableFile, match="row 3"):
        opened(io.BytesIO(content))


def test_a_cell_far_too_long_names_its_row() -> None:
    with pytest.raises(UnreadableFile, match="row 2 is far too long"):
        opened(csv_file([["prs_FirstName"], ["x" * 140_000]]))


def test_rows_stream_through_in_little_memory() -> None:
    header = ["prs_FirstName", "prs_Birthdate", "cas_IncomingReferralDetails"]
    row = ["Althea", "2012-05-04", "A note of a usual length, as people write them. " * 4]
    file = csv_file([header, *([row] * 20_000)])
    tracemalloc.start()
    count = sum(1 for _row in opened(file).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 16 << 20


@pytest.mark.parametrize("name", ["htcds_case_sheet_sample.xlsx", "htcds_referrals_sample.csv"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_sheet_is_refused_or_read_and_never_breaks_the_reader(
    name: str, data: st.DataObject
) -> None:
    content = bytearray((SAMPLES / name).read_bytes())
    for _each in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(content), len(content) // 2, len(content) - 40]))
    with suppress(UnreadableFile):
        for row in opened(io.BytesIO(bytes(content[:end]))).rows():
            assert row.values or row.errors
