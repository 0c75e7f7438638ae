"""Pages that are no papers: pictures whole, in part, pale, dark, dotted, traced, tiled."""

from __future__ import annotations

import random
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from tests.papers.made import (
    font,
    halftone,
    noise,
    pdf_of,
    scanned,
    scene,
    sentence,
    toned,
    typed_page,
)

DPI = 150
SIZE = (1240, 1754)


def page_with(picture: Image.Image, at: tuple[int, int], chance: random.Random) -> Image.Image:
    """A typed page with a picture on it."""
    page = typed_page(chance, DPI)
    page.paste(picture, at)
    return page


def whole(chance: random.Random) -> Image.Image:
    return scene(chance, SIZE)


def clouds(chance: random.Random) -> Image.Image:
    return noise(chance, SIZE, 0.6).convert("RGB")


def pale(chance: random.Random) -> Image.Image:
    return toned(scene(chance, SIZE), 90, 250)


def dark(chance: random.Random) -> Image.Image:
    return toned(scene(chance, SIZE), 0, 120)


def captioned(chance: random.Random) -> Image.Image:
    """A picture with lines of text below it."""
    return page_with(scene(chance, (900, 700)), (150, 250), chance)


def portrait_in_text(chance: random.Random) -> Image.Image:
    """A passport photograph, 45 by 55 mm, on a form."""
    return page_with(scene(chance, (266, 325)), (850, 150), chance)


def in_the_margin(chance: random.Random) -> Image.Image:
    return page_with(scene(chance, (330, 420)), (chance.randint(0, 850), 700), chance)


def dotted(chance: random.Random) -> Image.Image:
    return halftone(scene(chance, SIZE), chance.choice([4, 5, 6, 8]))


def scattered(chance: random.Random) -> Image.Image:
    return halftone(scene(chance, SIZE), 0)


def coarse_scattered(chance: random.Random) -> Image.Image:
    small = halftone(scene(chance, (SIZE[0] // 2, SIZE[1] // 2)), 0)
    return small.resize(SIZE, Image.Resampling.NEAREST)


def dotted_in_text(chance: random.Random) -> Image.Image:
    return page_with(halftone(scene(chance, (600, 600)), 0), (300, 500), chance)


def two_tones(chance: random.Random) -> Image.Image:
    """A picture of black and white areas alone."""
    picture = scene(chance, SIZE).convert("L").filter(ImageFilter.GaussianBlur(4))
    middle = sorted(picture.resize((64, 64)).tobytes())[2048]
    return picture.point([0 if level < middle else 255 for level in range(256)]).convert("RGB")


def traced(chance: random.Random) -> Image.Image:
    """The outlines of a picture."""
    edges = scene(chance, SIZE).convert("L").filter(ImageFilter.GaussianBlur(3))
    edges = ImageOps.invert(edges.filter(ImageFilter.FIND_EDGES))
    return edges.point([0 if level < 244 else 255 for level in range(256)]).convert("RGB")


def tiles(chance: random.Random) -> Image.Image:
    """A sheet of small pictures with paper between them, and a line of text under each."""
    page = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(page)
    for row in range(6):
        for column in range(5):
            at = (60 + column * 230, 60 + row * 270)
            page.paste(scene(chance, (180, 180)), at)
            draw.text((at[0], at[1] + 190), sentence(chance, 2), font=font(18), fill="black")
    return page


def chat(chance: random.Random) -> Image.Image:
    """A screen of a conversation with a picture in it."""
    page = Image.new("RGB", SIZE, (229, 221, 213))
    draw = ImageDraw.Draw(page)
    for row in range(9):
        left = 60 if row % 2 else 500
        draw.rounded_rectangle(
            (left, 40 + row * 120, left + 640, 130 + row * 120), 18, fill="white"
        )
        draw.text((left + 20, 60 + row * 120), sentence(chance, 6), font=font(24), fill="black")
    page.paste(scene(chance, (560, 500)), (120, 1180))
    return page


def scanned_print(chance: random.Random) -> Image.Image:
    """A photograph on paper, laid on a scanner."""
    page = Image.new("RGB", SIZE, "white")
    page.paste(scene(chance, (900, 1200)), (170, 200))
    return scanned(page, chance)


def smooth(chance: random.Random) -> Image.Image:
    """Out of focus all over."""
    return scene(chance, SIZE).filter(ImageFilter.GaussianBlur(30))


def behind_text(chance: random.Random) -> Image.Image:
    """A picture as the ground of a page of text."""
    page = toned(scene(chance, SIZE), 60, 200)
    page.paste("black", mask=ImageOps.invert(typed_page(chance, DPI).convert("L").resize(SIZE)))
    return page


def fractal(_chance: random.Random) -> Image.Image:
    return Image.effect_mandelbrot(SIZE, (-2.2, -1.4, 0.8, 1.4), 90).convert("RGB")


KINDS = (
    *(whole, clouds, pale, dark, captioned, portrait_in_text, in_the_margin, dotted, scattered),
    *(coarse_scattered, dotted_in_text, two_tones, traced, tiles, chat, scanned_print, smooth),
    *(behind_text, fractal),
)


def pictures(each: int = 3, salt: str = "") -> Iterator[tuple[str, bytes]]:
    """(what it is, the file as a PDF), the same every time; others with another salt."""
    for kind in KINDS:
        for number in range(1 if kind is fractal else each):
            chance = random.Random(f"{kind.__name__}{number}{salt}")
            yield f"{kind.__name__} {number}", pdf_of([kind(chance)], DPI)
