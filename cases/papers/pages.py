"""Is a page a paper? Measured on the rendered grey page, before anything of it is kept.

A paper is light, carries ink in thin strokes with paper showing between them, and its strokes
stand in lines. A picture has areas where, for millimetres in every direction, no paper shows
(continuous tone), or dots so even that no row and no column of a patch is free of them (a picture
made of dots). Formula, choice of the numbers and error rates: docs/papers.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

from cases.papers.refusals import Refused, Why

# One pixel of the page that is looked at is about 0.25 mm.
LOOK_DPI = 100
TILE = 16  # pixels of the small page, about 4 mm
NEAR = 9  # pixels: where within about 2.3 mm is paper?
PAPER_LEVEL = 140  # of 255: a page darker than this is no readable scan
TONE = 0.72  # of the paper's brightness
INK = 0.68
SHADE = 0.86
DARK = 0.45
FREE_ROW = 0.06  # of a patch's width
MOST_CONNECTED = 0.009  # of the page: 24 by 24 mm of A4
MOST_COVERED = 0.04
MOST_SOLID = 0.20
MOST_SHADED = 0.12
FEWEST_LINES = 6
BLANK_INK = 0.0004


@dataclass(frozen=True)
class Look:
    """What was measured on a page.

    Attributes:
        paper: the paper's brightness, 0 to 255.
        ink: part of the page that is ink.
        covered: part of the page whose patches are toned or free of gaps.
        connected: the largest such area in one piece, of the page.
        shaded: part of the page where even the brightest is darker than the paper.
        solid: part of the page that is one even dark surface.
        lines: pieces of lines of text, counted in eight columns.
    """

    paper: int
    ink: float
    covered: float
    connected: float
    shaded: float
    solid: float
    lines: int

    @property
    def is_blank(self) -> bool:
        return self.ink < BLANK_INK and self.covered == 0

    def refusal(self) -> Why | None:
        """Why the page is not kept; None for a paper and for a blank sheet."""
        if self.is_blank and self.paper >= PAPER_LEVEL:
            return None
        if (
            self.connected > MOST_CONNECTED
            or self.covered > MOST_COVERED
            or self.solid > MOST_SOLID
            or self.shaded > MOST_SHADED
        ):
            return Why.PICTURE
        if self.paper < PAPER_LEVEL:
            return Why.TOO_DARK
        if self.lines < FEWEST_LINES:
            return Why.NO_TEXT
        return None


def paper_of(page: Image.Image) -> tuple[int, Image.Image]:
    """The paper's brightness, and the same place by place (light falls unevenly on a sheet).

    Args:
        page: grey, at the size at which it is measured.
    """
    coarse = page.resize((max(8, page.width // 8), max(8, page.height // 8)), Image.Resampling.BOX)
    bright = coarse.filter(ImageFilter.MaxFilter(5))
    histogram = bright.histogram()
    # The level that 60 of 100 places reach: ink and one dark picture do not move it.
    need, seen, paper = sum(histogram) * 0.4, 0, 255
    for level, count in enumerate(histogram):
        seen += count
        if seen >= need:
            paper = level
            break
    # A place is never taken for paper when it is much darker than the sheet.
    floor = int(paper * 0.72)
    local = bright.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6))
    return paper, local.point([max(floor, level) for level in range(256)])


def looked_at(page: Image.Image, dpi: int) -> Image.Image:
    """The page at the size at which it is measured."""
    scale = LOOK_DPI / dpi
    size = (max(TILE * 4, int(page.width * scale)), max(TILE * 4, int(page.height * scale)))
    return page.resize(size, Image.Resampling.BOX)


def flattened(small: Image.Image, ground: Image.Image) -> Image.Image:
    """The page with its paper at 255 everywhere."""
    levels = [level for level, count in enumerate(ground.histogram()) if count]
    darkest = max(1, levels[0])
    # page / ground in eight bits: by what makes all paper as dark as the darkest, then lifted.
    evening = ground.point([min(255, 255 * darkest // max(1, level)) for level in range(256)])
    evening = evening.resize(small.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(small, evening).point(
        [min(255, level * 255 // darkest) for level in range(256)]
    )


def _nearby(
    page: Image.Image, width: int, most: Callable[[Image.Image, Image.Image], Image.Image]
) -> Image.Image:
    """The brightest (or darkest) level in a square of `width` pixels around each.

    By shifted copies: twenty times as fast as Pillow's own filter of ranks.
    """
    for across in (True, False):
        reached = 1
        while reached < width:
            by = min(reached, width - reached)
            page = most(page, ImageChops.offset(page, by if across else 0, 0 if across else by))
            reached += by
    return ImageChops.offset(page, -(width // 2))


def ink_of(page: Image.Image, ground: Image.Image) -> Image.Image:
    """255 where the page is darker than `INK` of its paper, at the page's own size."""
    limit = ground.point([int(level * INK) for level in range(256)])
    limit = limit.resize(page.size, Image.Resampling.BILINEAR)
    return ImageChops.subtract(limit, page).point([0] + [255] * 255)


def look(page: Image.Image, dpi: int) -> tuple[Look, Image.Image]:
    """Measure a page. Returns what was measured, and the brightness of its paper by place."""
    small = looked_at(page, dpi)
    paper, ground = paper_of(small)
    small = flattened(small, ground)
    ink_at = small.point([255 if level < 255 * INK else 0 for level in range(256)])
    nearest = _nearby(small, NEAR, ImageChops.lighter)
    toned = nearest.point([255 if level < 255 * TONE else 0 for level in range(256)])
    grid = _patches(small, ink_at, toned)
    shade = nearest.resize((small.width // TILE, small.height // TILE), Image.Resampling.BOX)
    shaded = sum(shade.histogram()[: int(255 * SHADE)]) / (shade.width * shade.height)
    rows, columns = len(grid), len(grid[0])
    cells = rows * columns
    covered = sum(row.count("c") for row in grid)
    seen = Look(
        paper=paper,
        ink=ImageStat.Stat(ink_at).mean[0] / 255,
        covered=covered / cells,
        connected=_largest(grid) / cells,
        shaded=shaded,
        solid=sum(row.count("s") for row in grid) / cells,
        lines=max(_lines(ink_at), _lines(ink_at.transpose(Image.Transpose.ROTATE_90))),
    )
    return seen, ground


def _patches(small: Image.Image, ink_at: Image.Image, toned: Image.Image) -> list[list[str]]:
    """Each patch of the page: `c` covered, `s` even, `.` paper or strokes.

    Even is what keeps nothing of a picture: one flat colour, all of it dark enough to come out
    black, or dark against paper with one edge between (a letterhead's bar, a scanner's rim).
    """
    columns, rows = small.width // TILE, small.height // TILE
    size = (columns * TILE, rows * TILE)

    def mean_of(image: Image.Image, across: int, down: int) -> list[list[int]]:
        shrunk = image.crop((0, 0, *size)).resize(
            (size[0] // across, size[1] // down), Image.Resampling.BOX
        )
        data, width = shrunk.tobytes(), size[0] // across
        return [list(data[at : at + width]) for at in range(0, len(data), width)]

    tone = mean_of(toned, TILE, TILE)
    ink = mean_of(ink_at, TILE, TILE)
    by_row = mean_of(ink_at, TILE, 1)
    by_column = mean_of(ink_at, 1, TILE)
    darkest = _nearby(small, 3, ImageChops.darker)
    brightest = _nearby(small, 3, ImageChops.lighter)
    steps = ImageChops.subtract(brightest, darkest)
    rough = mean_of(_where(steps, 4, 255), TILE, TILE)
    sharp = mean_of(_where(steps, 40, 255), TILE, TILE)
    not_dark = mean_of(_where(small, int(255 * DARK), 255), TILE, TILE)
    between = mean_of(_where(small, int(255 * DARK), int(255 * SHADE)), TILE, TILE)
    free = int(255 * FREE_ROW)
    grid = []
    for row in range(rows):
        line = []
        for column in range(columns):
            no_gap = ink[row][column] > free and not (
                any(by_row[row * TILE + at][column] <= free for at in range(TILE))
                or any(by_column[row][column * TILE + at] <= free for at in range(TILE))
            )
            if tone[row][column] > 96 or no_gap:
                even = (
                    rough[row][column] < 84
                    or not_dark[row][column] == 0
                    or (between[row][column] < 50 and sharp[row][column] < 100)
                )
                line.append("s" if even else "c")
            else:
                line.append(".")
        grid.append(line)
    return grid


def _where(image: Image.Image, least: int, most: int) -> Image.Image:
    return image.point([255 if least <= level <= most else 0 for level in range(256)])


def _largest(grid: list[list[str]]) -> int:
    """How many covered patches the largest area has; even surfaces join them, uncounted."""
    rows, columns = len(grid), len(grid[0])
    seen: set[tuple[int, int]] = set()
    most = 0
    for start in ((r, c) for r in range(rows) for c in range(columns) if grid[r][c] == "c"):
        if start in seen:
            continue
        waiting, size = [start], 0
        seen.add(start)
        while waiting:
            row, column = waiting.pop()
            size += grid[row][column] == "c"
            for there in (
                (row - 1, column),
                (row + 1, column),
                (row, column - 1),
                (row, column + 1),
            ):
                if (
                    there not in seen
                    and 0 <= there[0] < rows
                    and 0 <= there[1] < columns
                    and grid[there[0]][there[1]] in "cs"
                ):
                    seen.add(there)
                    waiting.append(there)
        most = max(most, size)
    return most


def _lines(ink_at: Image.Image) -> int:
    """Pieces of lines of text: in each of eight columns, runs of inked rows with gaps between.

    A piece is 1 to 9 mm high, is crossed by several strokes, and is parted from the next by paper.
    """
    strips, tall = 8, ink_at.height
    width = ink_at.width // strips
    found = 0
    # Where ink begins, going right: the number of strokes that a row crosses.
    begins = ImageChops.subtract(ink_at, ImageChops.offset(ink_at, 1, 0))
    for strip in range(strips):
        box = (strip * width, 0, (strip + 1) * width, tall)
        ink = ink_at.crop(box).resize((1, tall), Image.Resampling.BOX).tobytes()
        strokes = begins.crop(box).resize((1, tall), Image.Resampling.BOX).tobytes()
        height, crossed, darkest = 0, 0.0, 0
        for at in range(tall + 1):
            inked = at < tall and ink[at] > 2
            if inked:
                height += 1
                crossed += strokes[at] * width / 255
                darkest = max(darkest, ink[at])
                continue
            if 4 <= height <= 36 and crossed / height >= 2.0 and darkest < 200:
                found += 1
            height, crossed, darkest = 0, 0.0, 0
    return found


def check_page(page: Image.Image, dpi: int) -> tuple[Look, Image.Image]:
    """Measure a page and refuse it when it is no paper. Returns the same as `look`.

    Raises:
        Refused: `Why.PICTURE`, `Why.NO_TEXT` or `Why.TOO_DARK`.
    """
    seen, ground = look(page, dpi)
    why = seen.refusal()
    if why is not None:
        raise Refused(why)
    return seen, ground
