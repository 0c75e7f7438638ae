"""Texts that stand for files."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Iterator

from tests.papers.hostile_media import GIF, JPEG, PNG
from tests.papers.made import sentence


def texts() -> Iterator[tuple[str, bytes]]:
    """Texts and tables that are something else."""
    chance = random.Random("texts")
    honest = " ".join(sentence(chance, 12) for _ in range(12))
    wrapped = "\n".join(base64.b64encode(PNG).decode()[at : at + 76] for at in range(0, 2000, 76))
    short = "\n".join(base64.b64encode(JPEG).decode()[at : at + 30] for at in range(0, 2000, 30))
    spaced = " ".join(base64.b64encode(GIF).decode()[at : at + 8] for at in range(0, 800, 8))
    coded = {
        "data address": "data:image/png;base64,iVBORw0KGgo=",
        "data address in capitals": "DATA:image/jpeg;charset=x,abc",
        "base 64": base64.b64encode(PNG).decode(),
        "base 64 in lines": wrapped,
        "base 64 in short lines": short,
        "base 64 in pieces": spaced,
        "base 64 for addresses": base64.urlsafe_b64encode(JPEG).decode(),
        "base 32": base64.b32encode(JPEG).decode(),
        "hexadecimal": binascii.hexlify(JPEG[:400]).decode(),
        "hexadecimal in pairs": " ".join(f"{byte:02x}" for byte in JPEG[:200]),
        "hexadecimal of C": ", ".join(f"0x{byte:02x}" for byte in JPEG[:200]),
        "escaped": "".join(f"\\x{byte:02x}" for byte in JPEG[:200]),
        "percent": "".join(f"%{byte:02x}" for byte in JPEG[:200]),
        "quoted printable": "".join(f"={byte:02X}" for byte in JPEG[:200]),
        "entities": "".join(f"&#x{byte:02x};" for byte in JPEG[:200]),
        "ascii 85": "<~" + base64.a85encode(JPEG[:600]).decode() + "~>",
        "uuencode": "begin 644 a.jpg\n"
        + "".join(binascii.b2a_uu(JPEG[at : at + 45]).decode() for at in range(0, 450, 45)),
        "yenc": "=ybegin line=128 size=9 name=a.jpg\nabc",
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "hash of a picture": ",".join(str(chance.randint(0, 255)) for _ in range(144)),
        "mail": "MIME-Version: 1.0\nContent-Type: multipart/mixed\n",
        "svg": "<svg xmlns='x'><path d='M0 0'/></svg>",
        "html": "<html><body><img src='a.jpg'></body></html>",
        "script": "<script>alert(1)</script>",
        "xml": "<?xml version='1.0'?><!DOCTYPE a><a/>",
        "postscript": "%!PS\nshowpage",
        "php": "<?php echo 1; ?>",
        "addresses": "\n".join(f"https://a{n}.example/x" for n in range(9)),
        "hidden service": "\n".join(f"abc{n}def.onion" for n in range(9)),
        "blocks": "\n".join("".join(chance.choice("░▒▓█ ") for _ in range(60)) for _ in range(30)),
        "braille": "\n".join(
            "".join(chr(0x2800 + chance.randint(0, 255)) for _ in range(60)) for _ in range(30)
        ),
        "drawn with signs": "\n".join(
            "".join(chance.choice("@%#*+=-:. ") for _ in range(80)) for _ in range(40)
        ),
        "turned round": f"{honest}\u202etxt.exe",
        "tags": honest + "".join(chr(0xE0000 + ord(c)) for c in "hidden words"),
        "escape": f"{honest}\x1b[2J",
        "null": f"{honest}\x00{honest}",
        "bell": f"{honest}\x07",
        "private use": f"{honest}\ue000\ue001",
        "one long line": "word" * 10_000,
    }
    for name, text in coded.items():
        yield f"text {name}", text.encode()
        if name in ("base 64", "data address", "base 64 in lines", "svg", "hash"):
            yield f"text {name} amid words", f"{honest}\n{text}\n{honest}".encode()
            yield f"text {name} in UTF-16", text.encode("utf-16")
            rows = "\n".join(f'{n},"{text}"' for n in range(3))
            yield f"table {name}", f"number,word\n{rows}\n".encode()
    yield "text in Latin-1", "Señor Nuñez".encode("latin-1")
    yield "text in UTF-32", "hello words".encode("utf-32")
    yield "text with a lone byte", honest.encode() + b"\xff"
    yield "text of two megabytes", (honest.encode() + b"\n") * 2000
