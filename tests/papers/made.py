"""Papers and pictures made up for the tests: every one drawn here, none taken from anywhere."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

WORDS = [
    "order",
    "court",
    "child",
    "office",
    "region",
    "social",
    "welfare",
    "custody",
    "hearing",
    "given",
    "this",
    "day",
    "matter",
    "the",
    "of",
    "in",
    "and",
    "for",
    "branch",
    "shall",
    "remain",
    "under",
    "care",
    "until",
    "further",
    "notice",
    "signed",
    "clerk",
    "certified",
    "true",
    "copy",
    "record",
    "number",
    "province",
    "city",
    "municipal",
    "health",
    "officer",
    "certificate",
    "birth",
    "mother",
    "father",
    "guardian",
    "presented",
    "examined",
    "found",
    "fit",
    "travel",
    "school",
    "barangay",
    "blotter",
    "entry",
    "complainant",
    "respondent",
    "stated",
    "that",
    "on",
    "or",
    "about",
    "at",
    "house",
    "pursuant",
    "section",
    "act",
    "republic",
    "is",
    "hereby",
    "directed",
]
A4 = (8.27, 11.69)


def sentence(chance: random.Random, words: int) -> str:
    """Words in a row, with a stop."""
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def font(size: float) -> ImageFont.FreeTypeFont:
    """The typeface that comes with Pillow."""
    return ImageFont.load_default(max(6, int(size)))  # type: ignore[return-value]


def typed_page(
    chance: random.Random, dpi: int = 150, size: tuple[float, float] = A4, points: float = 11
) -> Image.Image:
    """A clean white page with a heading and paragraphs, in colour."""
    page = Image.new("RGB", (int(size[0] * dpi), int(size[1] * dpi)), "white")
    draw = ImageDraw.Draw(page)
    margin, at = int(0.8 * dpi), int(0.7 * dpi)
    big, body = font(points * 1.4 * dpi / 72), font(points * dpi / 72)
    draw.text((margin, at), sentence(chance, 4).upper(), font=big, fill="black")
    at += int(0.5 * dpi)
    step = int(points * 1.45 * dpi / 72)
    while at < page.height - 1.6 * dpi:
        for _line in range(chance.randint(2, 6)):
            line = ""
            while draw.textlength(line, font=body) < page.width - 2.3 * margin:
                line += chance.choice(WORDS) + " "
            draw.text((margin, at), line, font=body, fill=(20, 20, 25))
            at += step
        at += step
    return page


def stamped(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A round stamp in coloured ink over the text."""
    draw = ImageDraw.Draw(page, "RGBA")
    colour = chance.choice([(90, 60, 170, 230), (190, 30, 40, 230), (30, 60, 160, 230)])
    radius = int(0.62 * dpi)
    x = chance.randint(radius, page.width - radius)
    y = page.height - int(1.2 * dpi)
    for less in (0, int(0.22 * dpi)):
        box = (x - radius + less, y - radius + less, x + radius - less, y + radius - less)
        draw.ellipse(box, outline=colour, width=max(2, dpi // 50))
    draw.text((x - radius // 2, y - dpi // 10), "RECEIVED", font=font(9 * dpi / 72), fill=colour)
    return page


def signed(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A signature in blue or black ink."""
    draw = ImageDraw.Draw(page)
    x, y = page.width * 0.55, page.height - 0.8 * dpi
    points = []
    for at in range(120):
        swing = math.sin(at / 5 + chance.random() / 3) * 0.16 + math.sin(at / 17) * 0.1
        points.append((x + at * 0.018 * dpi, y + swing * dpi))
    draw.line(points, fill=chance.choice([(20, 40, 140), (15, 15, 20)]), width=max(2, dpi // 75))
    draw.line(
        (x, y + 0.3 * dpi, x + 2.3 * dpi, y + 0.3 * dpi),
        fill=(30, 30, 30),
        width=max(1, dpi // 100),
    )
    return page


def ruled(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A form: a table of boxes with words in them."""
    draw = ImageDraw.Draw(page)
    top, left = int(4.2 * dpi), int(0.8 * dpi)
    right = page.width - left
    rows, height = chance.randint(4, 9), int(0.34 * dpi)
    draw.rectangle((left, top, right, top + rows * height), fill="white", outline="black", width=2)
    for row in range(rows):
        y = top + row * height
        draw.line((left, y, right, y), fill="black", width=max(1, dpi // 100))
        for column in range(3):
            x = left + column * (right - left) // 3
            draw.line((x, y, x, y + height), fill="black", width=max(1, dpi // 100))
            draw.text(
                (x + 8, y + 8), sentence(chance, 2), font=font(9 * dpi / 72), fill=(20, 20, 20)
            )
    return page


def letterhead(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A coloured bar and an emblem."""
    draw = ImageDraw.Draw(page)
    colour = chance.choice([(20, 50, 110), (120, 20, 30), (10, 80, 60)])
    draw.rectangle((0, 0, page.width, int(0.4 * dpi)), fill=colour)
    x, y, r = int(0.9 * dpi), int(0.95 * dpi), int(0.45 * dpi)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(235, 200, 60), outline=colour, width=dpi // 25)
    draw.ellipse((x - r // 2, y - r // 2, x + r // 2, y + r // 2), fill=colour)
    return page


def scanned(page: Image.Image, chance: random.Random, *, rough: float = 1.0) -> Image.Image:
    """What a scanner or a steady telephone makes of a page."""
    tint = chance.choice([(255, 255, 255), (248, 246, 238), (238, 236, 230), (245, 240, 215)])
    page = ImageChops.multiply(page, Image.new("RGB", page.size, tint))
    page = page.rotate(chance.uniform(-1.6, 1.6) * rough, Image.Resampling.BICUBIC, fillcolor=tint)
    shade = (
        Image.linear_gradient("L")
        .resize(page.size)
        .point([int(255 - (255 - level) * 0.16 * rough) for level in range(256)])
    )
    page = ImageChops.multiply(page, Image.merge("RGB", (shade, shade, shade)))
    page = page.filter(ImageFilter.GaussianBlur(0.5 * rough))
    grain = Image.effect_noise(page.size, 14 * rough)
    return ImageChops.add(page, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)


def noise(chance: random.Random, size: tuple[int, int], slope: float = 0.55) -> Image.Image:
    """Grey clouds whose detail falls off as in a photograph."""
    total = Image.new("L", size, 128)
    cells, strength = 3, 1.0
    while cells < max(size):
        layer = Image.frombytes("L", (cells, cells), chance.randbytes(cells * cells)).resize(
            size, Image.Resampling.BICUBIC
        )
        layer = layer.point([int(128 + (level - 128) * strength) for level in range(256)])
        total = ImageChops.add(total, layer, scale=1, offset=-128)
        cells, strength = cells * 2, strength * slope
    return total


def scene(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Something like a photograph of a room or a figure: shaded shapes, soft edges, grain."""
    picture = noise(chance, size, chance.uniform(0.4, 0.65))
    colours = [
        picture.point([int(level * chance.uniform(0.7, 1.0)) for level in range(256)])
        for _ in range(3)
    ]
    image = Image.merge("RGB", colours)
    draw = ImageDraw.Draw(image, "RGBA")
    for _shape in range(chance.randint(3, 9)):
        x, y = chance.randint(0, size[0]), chance.randint(0, size[1])
        w = chance.randint(size[0] // 10, size[0] // 2)
        h = chance.randint(size[1] // 10, size[1] // 2)
        colour = (*(chance.randint(20, 235) for _ in range(3)), chance.randint(90, 230))
        shape = draw.ellipse if chance.random() < 0.6 else draw.rectangle
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(size[0] / 160))
    grain = Image.effect_noise(size, 10)
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)


def toned(image: Image.Image, low: int, high: int) -> Image.Image:
    """The same with its tones between two levels: a pale picture, a dark one."""
    return image.point([low + level * (high - low) // 255 for level in range(256)] * 3)


def halftone(image: Image.Image, cell: int) -> Image.Image:
    """A picture made of black dots, as newspapers print it; cell in pixels, 0 for scattered."""
    grey = image.convert("L")
    if cell == 0:
        return grey.convert("1").convert("RGB")
    across = grey.resize((grey.width // cell, grey.height // cell), Image.Resampling.BOX)
    out = Image.new("L", (across.width * cell, across.height * cell), 255)
    draw = ImageDraw.Draw(out)
    data = across.tobytes()
    for at, level in enumerate(data):
        radius = math.sqrt((255 - level) / 255) * cell * 0.7
        x = (at % across.width) * cell + cell / 2
        y = (at // across.width) * cell + cell / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return out.resize(grey.size).convert("RGB")


def pdf_of(pages: list[Image.Image], dpi: int = 150, quality: int = 75) -> bytes:
    """Pages as a scanner's PDF: one JPEG each."""
    out = io.BytesIO()
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=dpi,
        quality=quality,
        title="Scan",
    )
    return out.getvalue()
