"""Files that must not come in, by the hundred: each a way in that somebody has tried somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from tests.papers.hostile_docxs import docxs
from tests.papers.hostile_media import media
from tests.papers.hostile_pdfs import pages, pdfs
from tests.papers.hostile_texts import texts


def everything() -> Iterator[tuple[str, bytes]]:
    """All of them."""
    yield from media()
    yield from pdfs()
    yield from pages()
    yield from docxs()
    yield from texts()
