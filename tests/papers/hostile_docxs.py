"""Word documents with something in them."""

from __future__ import annotations

import base64
import io
import random
import struct
import zipfile
from collections.abc import Iterator

from docx import Document

from tests.papers.hostile_media import GIF, JPEG, PICTURES, PNG
from tests.papers.made import sentence


def plain_docx() -> bytes:
    """A letter as a word processor writes it, without the picture that the library's own has."""
    document = Document()
    chance = random.Random("docx")
    document.add_heading("To whom it may concern", 1)
    for _ in range(4):
        document.add_paragraph(sentence(chance, 20))
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "Name"
    table.cell(0, 1).text = "By code only"
    table.cell(1, 0).text = "Date"
    table.cell(1, 1).text = "5 January"
    document.core_properties.author = "Regional office"
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue(), drop=("docProps/thumbnail.jpeg",))


def repacked(
    docx: bytes,
    *,
    drop: tuple[str, ...] = (),
    add: dict[str, bytes] | None = None,
    replace: dict[str, tuple[str, str]] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The same document with members dropped, added or changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx)) as before,
        zipfile.ZipFile(out, "w", compression) as after,
    ):
        for name in before.namelist():
            if name in drop:
                continue
            data = before.read(name)
            if name.endswith((".rels", "[Content_Types].xml")):
                for gone in drop:
                    data = _without_mention(data, gone)
            if replace and name in replace:
                old, new = replace[name]
                assert old.encode() in data, (name, old)
                data = data.replace(old.encode(), new.encode(), 1)
            after.writestr(name, data)
        for name, data in (add or {}).items():
            after.writestr(name, data)
    return out.getvalue()


def _without_mention(data: bytes, gone: str) -> bytes:
    import re

    data = re.sub(rb"<Relationship [^>]*%s[^>]*/>" % re.escape(gone.encode()), b"", data)
    return re.sub(rb'<Default Extension="jpeg"[^>]*/>', b"", data)


def docxs() -> Iterator[tuple[str, bytes]]:
    """DOCX with more in them than text."""
    letter = plain_docx()
    document = Document(io.BytesIO(letter))
    document.add_picture(io.BytesIO(PNG))
    out = io.BytesIO()
    document.save(out)
    yield "docx with a picture", out.getvalue()
    raw = Document()
    raw.add_paragraph("x")
    out = io.BytesIO()
    raw.save(out)
    yield "docx with a thumbnail", out.getvalue()
    for name, member in {
        "word/media/image1.png": PNG,
        "word/media/image1.ppm": PICTURES["PPM"],
        "word/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0",
        "word/embeddings/a.xlsx": b"PK\x03\x04",
        "word/activeX/activeX1.xml": b"<a/>",
        "word/fonts/font1.odttf": bytes(100),
        "word/picture.xml": JPEG,
        "word/styles2.xml": b"<a/>",
        "../../a.txt": b"x",
        "word\\media\\a.png": PNG,
        "customXml/item1.bin": b"x",
        "a.jpg": JPEG,
        "META-INF/MANIFEST.MF": b"x",
        "docProps/thumbnail.wmf": b"x",
    }.items():
        yield f"docx with {name}", repacked(letter, add={name: member})
    yield "docx whose member is no XML", repacked(letter, add={"customXml/item9.xml": JPEG})
    body = "word/document.xml"
    for name, inserted in {
        "drawing": "<w:drawing/>",
        "pict": "<w:pict/>",
        "object": "<w:object/>",
        "altChunk": "<w:altChunk/>",
        "dde": "<w:r><w:instrText>DDEAUTO c:\\\\a.exe</w:instrText></w:r>",
        "include": "<w:r><w:instrText>INCLUDEPICTURE a</w:instrText></w:r>",
        "simple field": '<w:fldSimple w:instr="INCLUDETEXT a"/>',
        "instruction": "<?php 1 ?>",
        "deep": "<w:p>" * 200 + "</w:p>" * 200,
    }.items():
        yield (
            f"docx with {name}",
            repacked(letter, replace={body: ("<w:body>", f"<w:body>{inserted}")}),
        )
    for name, declared in {
        "entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        "laughs": '<!DOCTYPE a [<!ENTITY b "bbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
        "doctype": "<!DOCTYPE a>",
    }.items():
        yield (
            f"docx with {name}",
            repacked(letter, replace={body: ("<w:document", f"{declared}<w:document")}),
        )
    rels = "word/_rels/document.xml.rels"
    for name, kind in (("template", "attachedTemplate"), ("frame", "frame"), ("image", "image")):
        relation = (
            f'<Relationship Id="rx" Type="http://a/{kind}" Target="http://a.example/x" '
            'TargetMode="External"/></Relationships>'
        )
        yield (
            f"docx with {name} outside",
            repacked(letter, replace={rels: ("</Relationships>", relation)}),
        )
    types = "[Content_Types].xml"
    for name, kind in (
        ("macros", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("png", "image/png"),
        ("printer", "application/vnd.openxmlformats-officedocument.wordprocessingml/printer"),
    ):
        yield (
            f"docx that declares {name}",
            repacked(
                letter,
                replace={
                    types: ("</Types>", f'<Default Extension="q" ContentType="{kind}"/></Types>')
                },
            ),
        )
    yield (
        "docx bomb",
        repacked(
            letter,
            replace={body: ("</w:body>", "<w:p/>" * 1_000_000 + "</w:body>")},
        ),
    )
    yield "docx after a picture", JPEG + letter
    yield "docx before a picture", letter + JPEG
    yield "docx with a comment", letter[:-2] + b"\x05\x00hello"
    entry = letter.rfind(b"PK\x01\x02")
    yield "docx with a gap", _with_gap(letter, GIF)
    yield "docx twice the same name", repacked(letter, add={"WORD/document.xml": b"<a/>"})
    yield "docx encrypted", letter[: entry + 8] + b"\x01" + letter[entry + 9 :]
    yield "docx without a body", repacked(letter, drop=(body,))
    yield "docx cut", letter[: len(letter) // 2]
    yield (
        "docx in UTF-16",
        repacked(letter, drop=(body,), add={body: '<?xml version="1.0"?><a/>'.encode("utf-16")}),
    )
    encoded = base64.b64encode(PNG).decode()
    for name, text in (
        ("picture in base 64", encoded),
        ("data address", "data:image/png;base64,AA"),
    ):
        yield f"docx with a {name}", repacked(letter, replace={body: ("To whom", text)})
    for ending in ("xlsx", "pptx"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("[Content_Types].xml", "<Types/>")
            packed.writestr(f"{ending[:-1]}/document.xml", "<a/>")
        yield ending, out.getvalue()


def _with_gap(docx: bytes, stowaway: bytes) -> bytes:
    """A picture between the last member and the directory, every number put right."""
    directory = struct.unpack_from("<I", docx, len(docx) - 6)[0]
    moved = bytearray(docx[:directory] + stowaway + docx[directory:])
    struct.pack_into("<I", moved, len(moved) - 6, directory + len(stowaway))
    return bytes(moved)
