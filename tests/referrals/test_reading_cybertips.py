"""Reading CyberTipline reports: what is taken, what is refused; no fault repeats a value."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from referrals.cybertip import BadReport, read_report
from referrals.cybertip.shape import schema
from tests.referrals.sheets import SAMPLES, SHARED

SAMPLE = (SAMPLES / "cybertip_sample.xml").read_bytes()
PUBLISHED = SHARED / "cybertipline" / "cyber_tipline.xsd"


def with_instead(old: str, new: str) -> bytes:
    """The sample with one thing written otherwise."""
    text = SAMPLE.decode()
    assert old in text
    return text.replace(old, new).encode()


def fault_of(data: bytes) -> BadReport:
    with pytest.raises(BadReport) as refusal:
        read_report(data)
    return refusal.value


def test_the_few_coded_facts_are_taken_and_the_rest_is_counted() -> None:
    report = read_report(SAMPLE)
    assert report.incident_type == "grooming"
    assert report.annotations == ("sexual_extortion",)
    assert report.incident_at == datetime(2026, 9, 14, 21, 40, tzinfo=UTC)
    assert (report.platform, report.platform_words) == ("other", "Example Chat")
    assert report.reported_countries == ("GB",)
    assert report.recipient_countries == ()
    assert report.victim_countries == ("PH",)
    assert report.escalated
    # Every filled element and attribute but: type, platform, urgency, annotation, moment and the
    # two countries.
    assert report.left_out == 19


def test_nothing_of_what_is_taken_holds_a_canary() -> None:
    assert b"canary" in SAMPLE
    report = read_report(SAMPLE)
    assert b"canary" in report.canonical
    taken = [getattr(report, name) for name in report.__slots__ if name != "canonical"]
    assert "canary" not in repr(taken)


@pytest.mark.parametrize(
    "platform",
    [
        "https://example.invalid/a",
        "someone@example.invalid",
        "call 09170000123",
        "a" * 81,
        "x\ny/z",
        "203.0.113.77",
        "192 0 2 14",
        "0917 123",
        "+63 917",
        "luz_2012",
        "@luz",
        "luz.marasigan",
        "a word or four too many",
    ],
)
def test_what_could_be_an_address_an_account_or_a_number_is_left_out(platform: str) -> None:
    name = "<platform>Example Chat</platform>"
    report = read_report(with_instead(name, f"<platform>{platform}</platform>"))
    assert (report.platform, report.platform_words) == ("other", "")
    assert report.left_out == 20


@pytest.mark.parametrize(
    ("platform", "code"),
    [
        ("Facebook", "facebook"),
        (" FACEBOOK  Messenger ", "messenger"),
        ("X (Twitter)", "x"),
        ("Kik-Messenger", "kik"),
        ("BIGO LIVE", "bigo_live"),
        ("", ""),
    ],
)
def test_a_platform_we_know_is_kept_as_its_code_and_in_no_words(platform: str, code: str) -> None:
    name = "<platform>Example Chat</platform>"
    report = read_report(with_instead(name, f"<platform>{platform}</platform>"))
    assert (report.platform, report.platform_words) == (code, "")


def test_the_name_of_a_child_in_the_place_of_a_platform_is_kept_in_no_clear_column() -> None:
    name = "<platform>Example Chat</platform>"
    report = read_report(with_instead(name, "<platform>Luz Marasigan</platform>"))
    assert (report.platform, report.platform_words) == ("other", "Luz Marasigan")


@pytest.mark.parametrize("code", ["A1", "EU", ""])
def test_a_code_that_is_no_country_is_left_out(code: str) -> None:
    report = read_report(with_instead("<countryCode>PH", f"<countryCode>{code}"))
    assert report.victim_countries == ()


def test_an_escalation_without_a_reason_escalates_nothing() -> None:
    text = re.sub(r"(<escalateToHighPriority>)[^<]*", r"\1", SAMPLE.decode())
    assert not read_report(text.encode()).escalated


@pytest.mark.parametrize(
    ("data", "line", "element"),
    [
        (with_instead("2026-09-14T21:40:00Z", "canary-never"), 8, "incidentDateTime"),
        (with_instead("Online Enticement of Children for Sexual Acts", "canary"), 4,
         "incidentType"),
        (with_instead("<age>13</age>", "<age>canary</age>"), 29, "age"),
        (with_instead("<schoolName>", "<canary-tag/><schoolName>"), 30, "victim"),
        (with_instead("<reporter>", "<reporter canary='1'>"), 18, "reporter"),
        (with_instead("<sextortion>true", "<sextortion>false"), 7, "sextortion"),
        (re.sub(rb"<reporter>.*</reporter>", b"", SAMPLE, flags=re.S), 19, "personOrUserReported"),
    ],
)  # fmt: skip
def test_a_report_that_fails_the_schema_is_refused_by_line_and_element(
    data: bytes, line: int, element: str
) -> None:
    fault = fault_of(data)
    assert (fault.line, fault.element) == (line, element)
    assert "canary" not in fault.message
    assert fault.message


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">
 <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
 <!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]>
<report>&lol2;</report>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE report [<!ENTITY secret SYSTEM "file:///etc/hostname">]><report>&secret;</report>"""
FROM_A_DTD = b"""<!DOCTYPE report SYSTEM "http://127.0.0.1:9/report.dtd"><report/>"""


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, FROM_A_DTD])
def test_a_document_type_is_refused_before_anything_is_expanded_or_fetched(data: bytes) -> None:
    fault = fault_of(data)
    assert "document type" in fault.message
    assert fault.line in (1, 2)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<report>", "not well-formed"),
        (b"<html></html>", "not a CyberTipline report"),
        (b"<fileDetails><reportId>1</reportId></fileDetails>", "details about a file"),
        (b"<report>" + b"<a>" * 70 + b"</a>" * 70 + b"</report>", "not well-formed"),
        (b"<?xml version='1.0' encoding='nonesuch'?><report/>", "not well-formed"),
        (b"<report>" + b" " * (3 << 20) + b"</report>", "larger than 2 MB"),
        ("<report/>".encode("utf-16"), "belong here"),
    ],
)
def test_what_is_no_report_is_refused(data: bytes, says: str) -> None:
    assert says in fault_of(data).message


def test_a_moment_that_no_calendar_has_is_refused() -> None:
    # Valid by the schema (years beyond 9999), and none that is kept.
    fault = fault_of(with_instead("2026-09-14T21:40:00Z", "12026-09-14T21:40:00Z"))
    assert fault.element == "incidentDateTime"


@pytest.mark.parametrize("year", ["1989", "2101", "0001", "9999"])
def test_a_moment_of_another_century_is_refused_and_says_so(year: str) -> None:
    fault = fault_of(with_instead("2026-09-14T21:40:00Z", f"{year}-09-14T21:40:00Z"))
    assert fault.element == "incidentDateTime"
    assert "between 1990 and 2100" in fault.message


def test_a_moment_without_a_zone_is_read_as_utc() -> None:
    report = read_report(with_instead("21:40:00Z", "21:40:00"))
    assert report.incident_at == datetime(2026, 9, 14, 21, 40, tzinfo=UTC)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published schema is not at hand")
def test_our_schema_decides_as_the_published_one() -> None:
    """Over the published samples and every single removal, doubling and swap of their elements."""
    published = etree.XMLSchema(etree.parse(PUBLISHED))
    ours = schema()
    verdicts = {True: 0, False: 0}
    for path in sorted((PUBLISHED.parent / "samples").glob("*.xml")):
        for changed in variants(path.read_bytes()):
            verdict = published.validate(changed)
            assert ours.validate(changed) == verdict, etree.tostring(changed)
            verdicts[verdict] += 1
    assert verdicts[True] > 200
    assert verdicts[False] > 200


def variants(data: bytes) -> Any:
    count = len(list(etree.fromstring(data).iter()))
    yield etree.fromstring(data)
    for number in range(1, count):
        for change in (_remove, _double, _swap, _garble, _empty):
            root = etree.fromstring(data)
            change(list(root.iter())[number])
            yield root


def _remove(element: Any) -> None:
    element.getparent().remove(element)


def _double(element: Any) -> None:
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    element.addnext(copy)


def _swap(element: Any) -> None:
    if (before := element.getprevious()) is not None:
        element.addnext(before)


def _garble(element: Any) -> None:
    element.set("reason", "x")
    if len(element) == 0:
        element.text = "2026-13-45"


def _empty(element: Any) -> None:
    element.text = ""
    element.attrib.clear()
