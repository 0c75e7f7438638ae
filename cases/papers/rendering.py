"""From a PDF's pages to black and white: rendered, measured, thresholded. Runs locked in."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

from cases.papers.limits import DPI, LONGEST_SIDE, MOST_PAGES, SHORTEST_SIDE
from cases.papers.pages import check_page, ink_of
from cases.papers.rebuilt import BlackAndWhite
from cases.papers.refusals import Refused, Why

Progress = Callable[[int, int], None]


def black_and_white(pdf: bytes, progress: Progress) -> list[BlackAndWhite]:
    """Every page of the PDF that is not blank, as a page of one bit.

    Args:
        progress: told (pages done, pages in all).

    Raises:
        Refused: it cannot be read, has too many or wrongly sized pages, or a page is no paper.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise Refused(Why.DAMAGED) from None
    count = len(document)
    if count > MOST_PAGES:
        raise Refused(Why.TOO_MANY_PAGES)
    pages = []
    for number in range(count):
        grey = _rendered(document, number)
        seen, ground = check_page(grey, DPI)
        # A blank back of a sheet says nothing and would be a page of nothing.
        if not seen.is_blank:
            pages.append(_thresholded(grey, ground))
        progress(number + 1, count)
    document.close()
    if not pages:
        raise Refused(Why.NO_TEXT)
    return pages


def _rendered(document: pypdfium2.PdfDocument, number: int) -> Image.Image:
    try:
        page = document[number]
        across, down = page.get_size()
    except pypdfium2.PdfiumError:
        raise Refused(Why.DAMAGED) from None
    if not (min(across, down) >= SHORTEST_SIDE and max(across, down) <= LONGEST_SIDE):
        raise Refused(Why.PAGE_SIZE)
    width, height = round(across * DPI / 72), round(down * DPI / 72)
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    pdfium.FPDF_RenderPageBitmap(
        bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE
    )
    image = Image.frombytes("L", (width, height), bytes(bitmap.buffer), "raw", "L", bitmap.stride)
    bitmap.close()
    page.close()
    return image


def _thresholded(page: Image.Image, ground: Image.Image) -> BlackAndWhite:
    """Ink black, paper white, nothing between: no dithering, so no shade survives as dots."""
    bits = ImageChops.invert(ink_of(page, ground)).convert("1", dither=Image.Dither.NONE)
    return BlackAndWhite(bits.width, bits.height, zlib.compress(bits.tobytes(), 6), DPI)
