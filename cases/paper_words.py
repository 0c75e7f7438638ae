"""What people read when a file is not taken in: what it was, and what to do instead (R-U4)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.papers.refusals import MAY_BE_MATERIAL, Why
from core.errors import DomainError

# Why → what was found, and what helps.
WORDS: dict[Why, tuple[str | Promise, str | Promise]] = {
    Why.MEDIA: (
        _("This is or holds a picture, a video or a recording."),
        _("Only papers are kept here. A scan of a paper goes in as a PDF."),
    ),
    Why.ARCHIVE: (
        _("This is an archive or another kind of package."),
        _("Bring the paper itself: a PDF, a DOCX, a text or a table, one at a time."),
    ),
    Why.PROGRAM: (
        _("This is a program."),
        _("Do not start it. Tell whoever looks after your computers where it came from."),
    ),
    Why.WRONG_TYPE: (
        _("This is not a PDF, DOCX, text or table."),
        _("Open it where it was made and print it to a PDF, then bring that."),
    ),
    Why.EMPTY: (_("There is nothing in it."), _("Look whether the scan or the text is complete.")),
    Why.TOO_LARGE: (
        _("It is too large."),
        _("Scan it in grey at 200 dots an inch: up to 10 MB for a PDF, 5 for a DOCX, 1 for text."),
    ),
    Why.TWO_IN_ONE: (
        _("There is more in this file than the paper: something before, behind or between."),
        _("Scan the paper again, or print it to a PDF anew, and bring that."),
    ),
    Why.DAMAGED: (
        _("It could not be read."),
        _("Scan the paper again, or print it to a PDF anew."),
    ),
    Why.ENCRYPTED: (
        _("It is locked with a password."),
        _("Ask the sender for an open copy, or scan the paper."),
    ),
    Why.TOO_MANY_PAGES: (
        _("It has more than 20 pages."),
        _("Keep the pages that are needed. For the rest, say where the original lies."),
    ),
    Why.PAGE_SIZE: (
        _("A page is too large or too small for a paper."),
        _("Scan it at its true size, up to A3."),
    ),
    Why.ACTIVE: (
        _("It holds commands that would run by themselves."),
        _("Print it to a PDF and bring that. Be careful with whoever sent it."),
    ),
    Why.EMBEDDED: (
        _("Another file is hidden in it."),
        _("Print the paper alone to a PDF, or scan it."),
    ),
    Why.FORM: (
        _("It is a form of a kind that only one program can read."),
        _("Print it to a PDF, or scan it."),
    ),
    Why.BOMB: (
        _("It would grow far beyond its size when it is opened."),
        _("Scan the paper at 200 to 300 dots an inch and bring that."),
    ),
    Why.PICTURE: (
        _("A page holds a picture, or large grey or dark areas."),
        _(
            "If it is a paper: scan it flat, in even light, without the photograph on it. Cover a "
            "photograph with a sheet of white paper before you scan."
        ),
    ),
    Why.NO_TEXT: (
        _("A page has no lines of text."),
        _("Bring the pages with writing on them, the right way up and in focus."),
    ),
    Why.TOO_DARK: (
        _("A page is too dark to be read."),
        _("Scan it again in even light, with the lid closed."),
    ),
    Why.ENCODING: (
        _("The text is not saved as UTF-8, or hides signs that nobody sees."),
        _("Save it as plain text in UTF-8, or bring it as a PDF."),
    ),
    Why.CODED: (
        _("The text stands for a file or the fingerprint of one, or draws a picture."),
        _("Bring the words alone."),
    ),
    Why.ADDRESSES: (
        _("The text is a list of web addresses."),
        _("Give addresses to your law-enforcement contact; none is kept here."),
    ),
    Why.MARKUP: (
        _("This is a web page or a drawing written as text."),
        _("Print it to a PDF, or bring the words alone."),
    ),
    Why.VIRUS: (
        _("The virus scanner found something in it."),
        _("Do not open it again. Tell whoever looks after your computers."),
    ),
    Why.SCANNER_AWAY: (
        _("Files cannot be checked for viruses at the moment."),
        _("Nothing is wrong with your file. Register the paper now and bring the file later."),
    ),
}


def words_of(why: str) -> dict[str, object]:
    """What `cases/_refused.html` shows for a code."""
    known = Why(why) if why in set(Why) else Why.DAMAGED
    found, instead = WORDS[known]
    return {"found": found, "instead": instead, "may_be_material": known in MAY_BE_MATERIAL}


class FileRefused(DomainError):
    """A file is not taken in; nothing of it was kept."""

    code = "file_refused"

    def __init__(self, why: Why) -> None:
        found, instead = WORDS[why]
        super().__init__(f"{found} {instead}", field="file")
        self.why = why
