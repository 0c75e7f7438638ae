"""Papers as offices hand them out: born digital, scanned, stamped, signed, crooked, grey."""

from __future__ import annotations

import random
from collections.abc import Iterator

from fpdf import FPDF
from PIL import Image

from tests.papers.made import (
    A4,
    letterhead,
    pdf_of,
    ruled,
    scanned,
    sentence,
    signed,
    stamped,
    typed_page,
)

LETTER, LEGAL = (8.5, 11.0), (8.5, 13.0)


def born_digital(chance: random.Random, number: int) -> bytes:
    """An order or certificate written by a word processor."""
    paper = FPDF(
        orientation="landscape" if number % 7 == 6 else "portrait",
        format=("A4", "letter", "legal")[number % 3],
    )
    for _page in range(1 + 2 * (number % 5 == 2)):
        paper.add_page()
        if number % 4 == 1:
            paper.set_fill_color(20, 60, 110)
            paper.rect(0, 0, paper.w, 16, style="F")
        if number % 4 == 2:
            paper.set_fill_color(90, 120, 60)
            paper.ellipse(15, 8, 22, 22, style="DF")
        paper.set_y(34)
        paper.set_font(("Times", "Helvetica", "Courier")[number % 3], "B", 14)
        paper.cell(0, 10, "REPUBLIC OF THE PHILIPPINES", align="C", new_x="LMARGIN", new_y="NEXT")
        paper.set_font(("Times", "Helvetica", "Courier")[number % 3], "", 9 + number % 4)
        for _paragraph in range(4):
            paper.multi_cell(0, 5.5, " ".join(sentence(chance, 12) for _ in range(4)))
            paper.ln(3)
        if number % 2:
            paper.set_fill_color(225, 225, 225)
            for row in range(5):
                for _column in range(3):
                    paper.cell(50, 7, sentence(chance, 2)[:24], border=1, fill=row == 0)
                paper.ln()
        paper.line(110, paper.h - 40, 180, paper.h - 40)
        paper.set_y(-38)
        paper.cell(0, 6, "Presiding judge", align="R")
    return bytes(paper.output())


def scan(chance: random.Random, number: int) -> bytes:
    """A typed paper on a scanner's glass, with what offices add to it."""
    dpi = (150, 200, 120, 110, 120, 150)[number % 6]
    pages = []
    for _page in range(1 + (number % 8 == 3)):
        size = (A4, LETTER, LEGAL)[number % 3]
        page = typed_page(chance, dpi, size, points=(10, 11, 12, 9)[number % 4])
        if number % 3 == 0:
            page = ruled(page, chance, dpi)
        if number % 4 != 3:
            page = stamped(page, chance, dpi)
        page = signed(page, chance, dpi)
        if number % 5 == 2:
            page = letterhead(page, chance, dpi)
        page = scanned(page, chance, rough=(0.4, 0.8, 1.0, 1.3)[number % 4])
        if number % 5 == 4:
            page = page.rotate(90, expand=True)
        if number % 6 == 5:
            page = page.convert("L")
        pages.append(page)
    return pdf_of(pages, dpi, quality=(60, 75, 85)[number % 3])


def with_blank_back(chance: random.Random) -> bytes:
    """A sheet whose back was scanned too."""
    front = scanned(typed_page(chance, 150), chance)
    back = scanned(Image.new("RGB", front.size, "white"), chance, rough=0.5)
    return pdf_of([front, back])


def papers(scans: int = 24, digital: int = 24, salt: str = "") -> Iterator[tuple[str, bytes]]:
    """(what it is, the file), the same every time; others with another salt."""
    for number in range(digital):
        yield f"digital {number}", born_digital(random.Random(f"d{number}{salt}"), number)
    for number in range(scans):
        yield f"scan {number}", scan(random.Random(f"s{number}{salt}"), number)
    yield "blank back", with_blank_back(random.Random("b"))
