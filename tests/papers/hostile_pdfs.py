"""PDFs with something in them, too large, broken, or two files in one."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, String
from PIL import Image

from tests.papers import pictures
from tests.papers.honest import born_digital
from tests.papers.hostile_media import GIF, JPEG, PICTURES, PNG
from tests.papers.made import pdf_of, scene, typed_page


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


def bombs() -> Iterator[tuple[str, bytes]]:

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
    yield from bombs()
    yield from _two_in_one()
