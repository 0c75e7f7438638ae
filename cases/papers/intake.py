"""A file on its way in: what it is, whether it may come in, and what is made of it.

`look_at` refuses before anything is kept, `clean` makes what is kept. Both ask the locked-in
process for PDF and DOCX; text and tables are read here, by nothing but string functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cases.papers import plain, process
from cases.papers.limits import MOST_BYTES, MOST_DOCX, MOST_TEXT
from cases.papers.refusals import Refused, Why
from core import sniffing


class Form(StrEnum):
    """What a file is, by what it holds."""

    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"
    TABLE = "table"


@dataclass(frozen=True)
class Clean:
    """What is kept: a PDF of black and white pages, or text."""

    form: Form
    data: bytes
    pages: int


MOST = {
    Form.PDF: MOST_BYTES,
    Form.DOCX: MOST_DOCX,
    Form.TEXT: MOST_TEXT,
    Form.TABLE: MOST_TEXT,
}
_REFUSED = {
    sniffing.PICTURE: Why.MEDIA,
    sniffing.RECORDING: Why.MEDIA,
    sniffing.PROGRAM: Why.PROGRAM,
    sniffing.OFFICE: Why.WRONG_TYPE,
    sniffing.BINARY: Why.WRONG_TYPE,
    sniffing.EMPTY: Why.EMPTY,
}


def form_of(file: bytes) -> Form:
    """What a file is. Its name and declared type are never asked.

    Raises:
        Refused: none of the four, or larger than its kind may be.
    """
    kind = sniffing.kind_of(file[: sniffing.HEAD])
    if kind in _REFUSED:
        raise Refused(_REFUSED[kind])
    if kind == sniffing.PDF:
        form = Form.PDF
    elif kind == sniffing.ZIP:
        if not (file.startswith(b"PK\x03\x04") and b"word/document.xml" in file):
            raise Refused(Why.ARCHIVE)
        form = Form.DOCX
    else:
        form = Form.TEXT
    if len(file) > MOST[form]:
        raise Refused(Why.TOO_LARGE)
    if form is Form.TEXT and plain.is_table(plain.decoded(file)):
        form = Form.TABLE
    return form


def look_at(file: bytes) -> Form:
    """Whether a file may come in at all, before a byte of it is kept.

    Raises:
        Refused: it may not. Of a PDF the parts are looked at here, the pages by `clean`.
    """
    form = form_of(file)
    if form is Form.PDF:
        process.ask("check pdf", file)
    else:
        clean(file, form)
    return form


def clean(file: bytes, form: Form, progress: process.Progress | None = None) -> Clean:
    """What is made of a file and kept in its place.

    Raises:
        Refused: a page is no paper, or anything `look_at` refuses.
    """
    if form is Form.PDF:
        answer = process.ask("clean pdf", file, progress)
        return Clean(form, answer.data, answer.pages)
    if form is Form.DOCX:
        text = process.ask("clean docx", file).data.decode()
        return Clean(form, plain.clean_text(text).encode(), 0)
    text = plain.decoded(file)
    made = plain.clean_table(text) if form is Form.TABLE else plain.clean_text(text)
    return Clean(form, made.encode(), 0)
