"""Pictures, recordings, archives and programs, whatever their name says."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator

from tests.papers.made import scene


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
