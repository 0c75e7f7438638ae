"""What free text may not carry (R-U3), and what must still pass."""

from __future__ import annotations

import base64
import hashlib

import pytest

from cases.text_rules import LEAVE_IT, check_text, check_values, holds_material
from core.errors import DomainError

BYTES = bytes(range(256)) * 2
BASE64 = base64.b64encode(BYTES).decode()
MD5 = hashlib.md5(b"x").hexdigest()  # noqa: S324 - a fingerprint as others pass it on
SHA1 = hashlib.sha1(b"x").hexdigest()  # noqa: S324
SHA256 = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "see DATA:video/mp4;codecs=avc1;base64,AAAA",
        "data:,hello",
        BASE64,
        f"before {BASE64} after",
        "\n".join(BASE64[at : at + 76] for at in range(0, len(BASE64), 76)),
        "\r\n".join(BASE64[at : at + 64] for at in range(0, len(BASE64), 64)),
        base64.urlsafe_b64encode(BYTES).decode(),
        MD5,
        MD5.upper(),
        f"the hash is {SHA1}.",
        SHA256,
        ":".join(MD5[at : at + 2] for at in range(0, 32, 2)),
        ", ".join(str(number % 256) for number in range(144)),
    ],
)
def test_files_in_disguise_and_fingerprints_are_refused(text):
    with pytest.raises(DomainError) as broken:
        check_text(text, field="observations")
    assert (broken.value.field, broken.value.message) == ("observations", str(LEAVE_IT))
    assert text[:20] not in broken.value.message


@pytest.mark.parametrize(
    "text",
    [
        "https://somewhere.example/a",
        "HTTP://SOMEWHERE.EXAMPLE",
        "www.somewhere.example",
        "magnet:?xt=urn",
        "abcdef.onion",
    ],
)
def test_web_addresses_are_refused_unless_the_form_asks_for_one(text):
    with pytest.raises(DomainError, match="web address"):
        check_text(text, field="actions")
    assert check_text(text, field="actions", links_allowed=True) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The data: she sleeps well, eats well.",
        "Born 2011-05-04, called at 14:05, spoke 20 minutes.",
        "Their case d4b7dff4-450e-4b75-b9a7-7685418a5863",
        "0917 000 0000, 0918 000 0000, 0919 000 0000",
        "Ring-tone names: " + "la-" * 60,
        "A very long account. " * 900,
        "Nagkita kami sa barangay; mabuti ang lagay niya ngayon.",
        "face added a decade, dead cafe",
    ],
)
def test_plain_words_pass(text):
    assert check_text(text, field="facts_reported") == text.strip()


def test_length_is_counted_in_characters_and_said_kindly():
    assert check_text("ñ " * 10_000, field="x")
    with pytest.raises(DomainError, match=r"too long\. Keep it to 20,000 characters"):
        check_text("ñ " * 10_001, field="x")


def test_every_value_of_a_structure_is_checked():
    check_values({"a": ["plain", {"b": 3, "c": True}], "d": None}, field="identity")
    with pytest.raises(DomainError) as broken:
        check_values({"a": ["plain", {"b": MD5}]}, field="identity")
    assert broken.value.field == "identity"


def test_a_long_plain_text_is_judged_quickly():
    # Patterns with nested repeats can take minutes on a text made for it.
    for text in ("a" * 20_000, "ab:" * 6_000, "1, " * 6_000, "data:" * 4_000, "a/" * 10_000):
        holds_material(text)
