"""What a file is, by what it holds. Its name and its declared type are not asked."""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO


class Content(StrEnum):
    """What the first bytes say."""

    EMPTY = "empty"
    ZIP = "zip"
    OLE = "ole"
    MEDIA = "media"
    ARCHIVE = "archive"
    PDF = "pdf"
    UTF16 = "utf16"
    MARKUP = "markup"
    BINARY = "binary"
    TEXT = "text"


# Magic numbers at the start of pictures, recordings and archives.
_MEDIA = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",  # TIFF
    b"MM\x00*",
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"ID3",  # MP3
    b"\xff\xfb",
    b"OggS",
    b"fLaC",
    b"\x00\x00\x01\xba",  # MPEG
    b"\x00\x00\x01\xb3",
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_RIFF_MEDIA = (b"WEBP", b"WAVE", b"AVI ")
_HEAD = 4096


def is_media(head: bytes) -> bool:
    """Whether `head` opens a picture, a video or a sound."""
    if head.startswith(_MEDIA):
        return True
    if head[:4] == b"RIFF" and head[8:12] in _RIFF_MEDIA:
        return True
    if head[4:8] == b"ftyp":  # MP4, MOV, HEIC, AVIF
        return True
    return head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00"


def sniff(file: BinaryIO) -> Content:
    """What `file` holds; it is left at its start."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head.strip():
        return Content.EMPTY
    if is_media(head):
        return Content.MEDIA
    starts = (
        (b"PK\x03\x04", Content.ZIP),
        (b"PK\x05\x06", Content.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content.OLE),
        (b"%PDF", Content.PDF),
        (b"\xff\xfe", Content.UTF16),
        (b"\xfe\xff", Content.UTF16),
    )
    for magic, content in starts:
        if head.startswith(magic):
            return content
    if head.startswith(_ARCHIVES):
        return Content.ARCHIVE
    if b"\x00" in head:
        return Content.BINARY
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{")):
        return Content.MARKUP
    return Content.TEXT
