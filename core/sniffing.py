"""What bytes are, by what they hold. Names and declared types are not asked. Knows no framework."""

from __future__ import annotations

PDF = "pdf"
ZIP = "archive"
PICTURE = "picture"
RECORDING = "recording"
PROGRAM = "program"
OFFICE = "old_office"
BINARY = "binary"
TEXT = "text"
EMPTY = "empty"

# (offset, magic, what it is)
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"PK\x07\x08", ZIP),
    (0, b"Rar!\x1a\x07", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", ZIP),
    (0, b"\x1f\x8b", ZIP),
    (0, b"BZh", ZIP),
    (0, b"\xfd7zXZ\x00", ZIP),
    (0, b"\x28\xb5\x2f\xfd", ZIP),
    (0, b"\x04\x22\x4d\x18", ZIP),
    (0, b"LZIP", ZIP),
    (0, b"MSCF", ZIP),
    (0, b"!<arch>", ZIP),
    (257, b"ustar", ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (0, b"{\\rtf", OFFICE),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\x00asm", PROGRAM),
    (0, b"#!", PROGRAM),
    (0, b"\xff\xd8\xff", PICTURE),
    (0, b"\x89PNG", PICTURE),
    (0, b"GIF8", PICTURE),
    (0, b"II*\x00", PICTURE),
    (0, b"MM\x00*", PICTURE),
    (0, b"II+\x00", PICTURE),
    (0, b"\x00\x00\x01\x00", PICTURE),
    (0, b"\x00\x00\x02\x00", PICTURE),
    (0, b"8BPS", PICTURE),
    (0, b"qoif", PICTURE),
    (0, b"\xff\x0a", PICTURE),
    (0, b"\x00\x00\x00\x0cJXL ", PICTURE),
    (0, b"\x00\x00\x00\x0cjP  ", PICTURE),
    (0, b"\xff\x4f\xff\x51", PICTURE),
    (0, b"\x97JB2\r\n", PICTURE),
    (0, b"AT&TFORM", PICTURE),
    (0, b"\x76\x2f\x31\x01", PICTURE),
    (0, b"#?RADIANCE", PICTURE),
    (0, b"BPG\xfb", PICTURE),
    (0, b"%!PS", PICTURE),
    (0, b"\xc5\xd0\xd3\xc6", PICTURE),
    (0, b"\x1aE\xdf\xa3", RECORDING),
    (0, b"ID3", RECORDING),
    (0, b"\xff\xfb", RECORDING),
    (0, b"\xff\xf3", RECORDING),
    (0, b"\xff\xf2", RECORDING),
    (0, b"\xff\xf1", RECORDING),
    (0, b"\xff\xf9", RECORDING),
    (0, b"OggS", RECORDING),
    (0, b"fLaC", RECORDING),
    (0, b"#!AMR", RECORDING),
    (0, b"MThd", RECORDING),
    (0, b"FLV\x01", RECORDING),
    (0, b"FWS", RECORDING),
    (0, b"CWS", RECORDING),
    (0, b".RMF", RECORDING),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", RECORDING),
    (0, b"\x00\x00\x01\xba", RECORDING),
    (0, b"\x00\x00\x01\xb3", RECORDING),
    (4, b"moov", RECORDING),
    (4, b"mdat", RECORDING),
    (4, b"wide", RECORDING),
)
_BRANDS_OF_PICTURES = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_FORMS_OF_SOUND = (b"AIFF", b"AIFC", b"8SVX")
_FORMS_OF_PICTURES = (b"ILBM", b"PBM ", b"ANIM")
_PORTABLE_MAPS = (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"PF", b"Pf")
HEAD = 1024


def kind_of(head: bytes) -> str:
    """What the first bytes of something say it is: one of the names above.

    `TEXT` means no more than that nothing speaks against it.
    """
    # "MZ" and "#!" first are not tried before more particular ones of the same beginning.
    for offset, magic, kind in sorted(_MAGIC, key=lambda entry: -len(entry[1])):
        if head[offset : offset + len(magic)] == magic:
            return kind
    if head[4:8] == b"ftyp":
        return PICTURE if head[8:12].lower() in _BRANDS_OF_PICTURES else RECORDING
    if head[:4] in (b"RIFF", b"RIFX", b"RF64"):
        return PICTURE if head[8:12] == b"WEBP" else RECORDING
    if head[:4] == b"FORM" and head[8:12] in _FORMS_OF_SOUND + _FORMS_OF_PICTURES:
        return RECORDING if head[8:12] in _FORMS_OF_SOUND else PICTURE
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return PICTURE
    if head[:2] in _PORTABLE_MAPS and head[2:3].isspace():
        return PICTURE
    if len(head) > 188 and head[0] == 0x47 and head[188] == 0x47:
        return RECORDING
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    if b"\x00" in head:
        return BINARY
    return TEXT if head.strip() else EMPTY


def is_media(head: bytes) -> bool:
    """Whether the bytes open a picture or a recording."""
    return kind_of(head) in (PICTURE, RECORDING)


def size_class(size: int) -> str:
    """How large something is, roughly: all that the log may say of what was refused (R-U1)."""
    for most, name in (
        (10_000, "under 10 kB"),
        (1_000_000, "under 1 MB"),
        (10_000_000, "to 10 MB"),
    ):
        if size < most:
            return name
    return "over 10 MB"
