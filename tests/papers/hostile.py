"""Files that must not come in, by the hundred: each a way in that somebody has tried somewhere."""

from __future__ import annotations

import base64
import binascii
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from docx import Document
from pikepdf import Dictionary, Name, String
from PIL import Image

from tests.papers import pictures
from tests.papers.honest import born_digital
from tests.papers.made import pdf_of, scene, sentence, typed_page

CHANCE = random.Random("hostile")


def picture_bytes(kind: str) -> bytes:
    """A small picture in one of Pillow's formats."""
    out = io.BytesIO()
    image = scene(random.Random(kind), (120, 90))
    image.save(out, kind)
    return out.getvalue()


PICTURES = {
    name: picture_bytes(name)
    for name in (
        "JPEG",
        "PNG",
        "GIF",
        "BMP",
        "TIFF",
        "WEBP",
        "PPM",
        "ICO",
        "JPEG2000",
        "TGA",
        "PCX",
    )
}
JPEG, PNG, GIF = PICTURES["JPEG"], PICTURES["PNG"], PICTURES["GIF"]


def _box(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00" + brand + b"mdat" + bytes(200)


def media() -> Iterator[tuple[str, bytes]]:
    """Pictures, recordings, archives and programs, whatever their name says."""
    yield from PICTURES.items()
    for brand in (b"heic", b"mif1", b"avif", b"isom", b"mp42", b"qt  ", b"M4A ", b"3gp5", b"crx "):
        yield f"ftyp {brand.decode()}", _box(brand)
    for name, head in {
        "mkv": b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x23B\x86\x81\x01",
        "avi": b"RIFF\x00\x10\x00\x00AVI LIST",
        "wav": b"RIFF\x00\x10\x00\x00WAVEfmt ",
        "webp": b"RIFF\x00\x10\x00\x00WEBPVP8 ",
        "rf64": b"RF64\xff\xff\xff\xffWAVE",
        "mp3 tag": b"ID3\x03\x00\x00\x00\x00\x00\x21",
        "mp3 frame": b"\xff\xfb\x90\x64\x00",
        "aac": b"\xff\xf1\x50\x80",
        "ogg": b"OggS\x00\x02",
        "flac": b"fLaC\x00\x00\x00\x22",
        "amr": b"#!AMR\n",
        "midi": b"MThd\x00\x00\x00\x06",
        "mpeg ps": b"\x00\x00\x01\xba",
        "mpeg video": b"\x00\x00\x01\xb3",
        "mpeg ts": (b"G\x40\x00\x10" + b"\xff" * 184) * 3,
        "wmv": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
        "flv": b"FLV\x01\x05",
        "swf": b"CWS\x09",
        "mov moov": b"\x00\x00\x00\x08moov",
        "psd": b"8BPS\x00\x01",
        "jxl": b"\xff\x0a\xfa\x1f",
        "jxl box": b"\x00\x00\x00\x0cJXL \r\n\x87\n",
        "exr": b"\x76\x2f\x31\x01",
        "djvu": b"AT&TFORM",
        "hdr": b"#?RADIANCE\n",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "pfm": b"PF\n2 2\n-1.0\n",
        "plain pbm": b"P1\n4 4\n1 0 1 0\n",
        "qoi": b"qoif\x00\x00\x00\x10",
        "cursor": b"\x00\x00\x02\x00\x01\x00",
        "rar": b"Rar!\x1a\x07\x01\x00",
        "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
        "gz": b"\x1f\x8b\x08\x00",
        "bz2": b"BZh91AY&SY",
        "xz": b"\xfd7zXZ\x00\x00",
        "zstd": b"\x28\xb5\x2f\xfd\x00",
        "cab": b"MSCF\x00\x00",
        "tar": b"a.jpg".ljust(257, b"\x00") + b"ustar\x0000",
        "empty zip": b"PK\x05\x06" + bytes(18),
        "exe": b"MZ\x90\x00\x03",
        "elf": b"\x7fELF\x02\x01\x01",
        "shell": b"#!/bin/sh\necho\n",
        "class": b"\xca\xfe\xba\xbe\x00\x00\x004",
        "wasm": b"\x00asm\x01\x00\x00\x00",
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "rtf": b"{\\rtf1\\ansi hello}",
        "nothing": b"",
        "blanks": b" \n\t ",
        "noise": random.Random("n").randbytes(5000),
    }.items():
        yield name, head + (b"" if name in ("nothing", "blanks", "rtf", "shell") else bytes(300))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.jpg", JPEG)
    yield "zip", archive.getvalue()


def _honest() -> bytes:
    return born_digital(random.Random("h"), 0)


def _changed(change: object) -> bytes:
    with pikepdf.open(io.BytesIO(_honest())) as pdf:
        change(pdf)  # type: ignore[operator]
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False)
        return out.getvalue()


def _actions() -> Iterator[tuple[str, bytes]]:

    def script(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))

    def launch(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))

    def names_script(pdf):
        pdf.Root.Names = Dictionary(
            JavaScript=Dictionary(
                Names=[String("a"), Dictionary(S=Name.JavaScript, JS=String("1"))]
            )
        )

    def page_action(pdf):
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("1")))

    def root_action(pdf):
        pdf.Root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=String("1")))

    def submit(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("http://a.example"))

    def data(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.ImportData, F=String("a.fdf"))

    def remote(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.GoToR, F=String("\\\\a.example\\x"), D=[0])

    def embedded_go(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.GoToE, D=[0])

    def hide(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.Hide)

    def chained(pdf):
        pdf.Root.OpenAction = Dictionary(
            S=Name.GoTo, D=[0], Next=Dictionary(S=Name.Launch, F=String("x"))
        )

    def link_launch(pdf):
        pdf.pages[0].obj.Annots = pdf.make_indirect(
            [
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    Rect=[0, 0, 9, 9],
                    A=Dictionary(S=Name.Launch, F=String("x")),
                )
            ]
        )

    def rendition(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.Rendition, OP=0)

    def stream_script(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))

    for change in (
        *(script, launch, names_script, page_action, root_action, submit, data, remote),
        *(embedded_go, hide, chained, link_launch, rendition, stream_script),
    ):
        yield f"action {change.__name__}", _changed(change)


def _attachments() -> Iterator[tuple[str, bytes]]:
    for name, content in (
        ("text", b"hello"),
        ("jpeg", JPEG),
        ("pdf", _honest()),
        ("zip", b"PK\x03\x04"),
    ):

        def attach(pdf, content=content):
            pdf.attachments["a"] = content

        yield f"attached {name}", _changed(attach)

    def file_annotation(pdf):
        spec = Dictionary(Type=Name.Filespec, F=String("a"), EF=Dictionary(F=pdf.make_stream(b"x")))
        pdf.pages[0].obj.Annots = pdf.make_indirect(
            [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec)]
        )

    def collection(pdf):
        pdf.Root.Collection = Dictionary(Type=Name.Collection)

    def associated(pdf):
        pdf.Root.AF = pdf.make_indirect(
            [Dictionary(Type=Name.Filespec, EF=Dictionary(F=pdf.make_stream(b"x")))]
        )

    def stray(pdf):
        pdf.Root.Extra = pdf.make_stream(PICTURES["PPM"])

    def private(pdf):
        pdf.pages[0].obj.PieceInfo = Dictionary(App=Dictionary(Private=pdf.make_stream(JPEG)))

    def thumbnail(pdf):
        pdf.pages[0].obj.Thumb = pdf.make_stream(
            b"\x00" * 64, Width=8, Height=8, BitsPerComponent=8, ColorSpace=Name.DeviceGray
        )

    def metadata_picture(pdf):
        pdf.Root.Metadata = pdf.make_stream(PNG, Type=Name.Metadata, Subtype=Name.XML)

    def metadata_jpeg_filter(pdf):
        pdf.Root.Metadata = pdf.make_stream(JPEG, Filter=Name.DCTDecode)

    def contents_archive(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(b"PK\x03\x04" + bytes(50))

    def outside_stream(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(b"", F=String("/etc/passwd"))

    def alternates(pdf):
        image = pdf.make_stream(
            b"\xff" * 100,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=10,
            Height=10,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
            Alternates=[],
        )
        pdf.pages[0].obj.Resources.XObject = Dictionary(I=image)

    def postscript(pdf):
        pdf.pages[0].obj.Resources.XObject = Dictionary(
            P=pdf.make_stream(b"x", Type=Name.XObject, Subtype=Name.PS, Level1=b"")
        )
        pdf.Root.Other = pdf.pages[0].obj.Resources.XObject.P

    for change in (
        *(file_annotation, collection, associated, stray, private, thumbnail, metadata_picture),
        *(metadata_jpeg_filter, contents_archive, outside_stream, alternates),
    ):
        yield f"part {change.__name__}", _changed(change)
    for kind in ("Movie", "Sound", "Screen", "RichMedia", "3D", "TrapNet", "Watermark", "Unknown"):

        def annotate(pdf, kind=kind):
            pdf.pages[0].obj.Annots = pdf.make_indirect(
                [Dictionary(Type=Name.Annot, Subtype=pikepdf.Name(f"/{kind}"), Rect=[0, 0, 9, 9])]
            )

        yield f"annotation {kind}", _changed(annotate)


def _bombs() -> Iterator[tuple[str, bytes]]:

    def inflate(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(
            zlib.compress(b"0 0 m " * 12_000_000, 9), Filter=Name.FlateDecode
        )

    def twice(pdf):
        body = zlib.compress(zlib.compress(b"0" * 50_000_000, 9), 9)
        pdf.pages[0].obj.Contents = pdf.make_stream(
            body, Filter=[Name.FlateDecode, Name.FlateDecode]
        )

    def many_filters(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(
            b"x", Filter=[Name.ASCIIHexDecode, Name.ASCII85Decode, Name.FlateDecode]
        )

    def crypt(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(b"x", Filter=Name.Crypt)

    def huge_image(pdf):
        image = pdf.make_stream(
            zlib.compress(bytes(1000)),
            Filter=Name.FlateDecode,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=60_000,
            Height=60_000,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB,
        )
        pdf.pages[0].obj.Resources.XObject = Dictionary(I=image)

    def huge_page(pdf):
        pdf.pages[0].obj.MediaBox = [0, 0, 14_400, 14_400]

    def tiny_page(pdf):
        pdf.pages[0].obj.MediaBox = [0, 0, 3, 3]

    def unit(pdf):
        pdf.pages[0].obj.UserUnit = 75

    def xfa(pdf):
        pdf.Root.AcroForm = Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))

    def itself(pdf):
        form = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=form))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/X Do")

    for change in (
        inflate,
        twice,
        many_filters,
        crypt,
        huge_image,
        huge_page,
        tiny_page,
        unit,
        xfa,
        itself,
    ):
        yield f"bomb {change.__name__}", _changed(change)
    with pikepdf.open(io.BytesIO(_honest())) as pdf:
        while len(pdf.pages) < 21:
            pdf.pages.append(pdf.pages[0])
        out = io.BytesIO()
        pdf.save(out)
    yield "21 pages", out.getvalue()
    with pikepdf.new() as pdf:
        out = io.BytesIO()
        pdf.save(out)
    yield "no pages", out.getvalue()
    for owner, user in (("a", "b"), ("a", "")):
        with pikepdf.open(io.BytesIO(_honest())) as pdf:
            out = io.BytesIO()
            pdf.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
        yield f"encrypted {user or 'for changing'}", out.getvalue()
    yield "eleven megabytes", _honest() + b" " * 11_000_000


def _two_in_one() -> Iterator[tuple[str, bytes]]:
    pdf = _honest()
    for name, other in (*PICTURES.items(), ("text", b"hello"), ("html", b"<script>1</script>")):
        yield f"pdf then {name}", pdf + other
        yield f"{name} then pdf", other + pdf
    for name, other in (("GIF", GIF), ("JPEG", JPEG), ("zip", b"PK\x03\x04" + bytes(60))):
        yield f"{name} between the parts", pdf.replace(b"endobj\n", b"endobj\n" + other + b"\n", 1)
        head, rest = pdf.split(b"\n", 1)
        yield f"{name} after the header", head + b"\n" + other + b"\n" + rest
        yield f"{name} before the end", pdf.replace(b"startxref", other + b"\nstartxref")
    archive = io.BytesIO(pdf)
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("a.jpg", JPEG)
    yield "pdf that is an archive", archive.getvalue()
    yield (
        "pdf with its end in an archive's comment",
        archive.getvalue()[:-2] + struct.pack("<H", 6) + b"%%EOF\n",
    )
    for part in (2, 3, 5, 10):
        yield f"cut at one {part}th", pdf[: len(pdf) // part]
    yield "header alone", b"%PDF-1.7\n%%EOF\n"
    yield "no table", pdf.split(b"xref")[0] + b"%%EOF\n"
    yield "blanks before the header", b"\n\n" + pdf


def pages() -> Iterator[tuple[str, bytes]]:
    """PDF of honest build whose pages are no papers."""
    yield from pictures.pictures(each=1)
    chance = random.Random("mixed")
    text, photo = typed_page(chance), scene(chance, (1240, 1754))
    yield "the last of three pages", pdf_of([text, text, photo])
    inline = Image.new("RGB", (1240, 1754), "white")
    yield "all blank", pdf_of([inline, inline])


def pdfs() -> Iterator[tuple[str, bytes]]:
    """PDF refused by how it is built."""
    yield from _actions()
    yield from _attachments()
    yield from _bombs()
    yield from _two_in_one()


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


def everything() -> Iterator[tuple[str, bytes]]:
    """All of them."""
    yield from media()
    yield from pdfs()
    yield from pages()
    yield from docxs()
    yield from texts()
