"""A ten-page scan taken in by a worker: locked-in process, black and white pages, sealed."""

from __future__ import annotations

import io
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFont

from accounts.models import User
from accounts.service_accounts import PAPER_CLEANER_ID
from bench import child
from bench.installation import clone
from bench.measuring import in_turns, peak_megabytes
from bench.people import WORKER, person, team
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.papers import process
from cases.papers.limits import DPI
from cases.services.cases import open_case
from cases.services.paper_files import clean_paper, keep_paper
from cases.services.papers import register_paper

PAGES = 10
SIZES = {"toy": (1, 1), "small": (PAGES, 2), "normal": (PAGES, 5), "full": (PAGES, 5)}
SECONDS = Target("at most", 5)
MEMORY = Target("at most", 300)
WORDS = "order court child office region custody hearing given this day shall remain under care"


def measure(size: str) -> dict[str, Any]:
    pages, turns = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scan.pdf"
        file.write_bytes(made_scan(pages))
        told: list[dict[str, Any]] = []

        def product() -> float:
            with clone() as database:
                told.append(
                    child.run("bench.papers:take_in_once", database=database, file=str(file))
                )
            say(f"    took {told[-1]['pages']} pages in in {told[-1]['seconds']:.2f} s")
            return float(told[-1]["seconds"])

        def bare() -> float:
            return float(child.run("bench.papers:render_once", file=str(file))["seconds"])

        comparison = in_turns(product, bare, turns=turns, unit="s", warm_up=0)
        weight = file.stat().st_size
    return Outcome(
        name="papers",
        title=f"a scan of {pages} pages taken in: checked twice, rebuilt, sealed, in the log",
        against=(
            f"pdfium rendering the same pages at {DPI} dots an inch in one process that has it "
            "loaded, keeping nothing"
        ),
        figures=[
            as_ratio("time, of rendering alone", comparison),
            Figure.of("the whole of it", comparison.product, "s", SECONDS),
            Figure.of("processor time of it", [one["cpu"] for one in told], "s"),
            Figure.of("of it while the person waits", [one["brought"] for one in told], "s"),
            Figure.of("peak memory of the worker", [one["worker"] for one in told], "MB", MEMORY),
            Figure.of("of the locked-in process", [one["locked_in"] for one in told], "MB", MEMORY),
            Figure.of(
                "of both together",
                [one["worker"] + one["locked_in"] for one in told],
                "MB",
                MEMORY,
            ),
        ],
        facts={"pages": pages, "bytes in": weight, "bytes kept": told[-1]["kept"]},
    ).as_json()


def take_in_once(file: str) -> dict[str, Any]:
    """Bring the file and check it, in this fresh process, as the web and the worker do."""
    actor, cleaner = person(WORKER), User.objects.get(pk=PAPER_CLEANER_ID)
    case = open_case(actor=actor, team_id=team().pk, country="PH")
    paper = register_paper(actor=actor, case_id=case.pk, kind="court_order", original_at="Branch 7")
    content = Path(file).read_bytes()
    most = 0
    ask = process.ask

    def listening(*given: Any, **named: Any) -> process.Answer:
        nonlocal most
        answer = ask(*given, **named)
        most = max(most, int((answer.locks or {}).get("kilobytes", 0)))
        return answer

    process.ask = listening
    before, began = processor_seconds(), time.perf_counter()
    brought = keep_paper(actor=actor, paper_id=paper.pk, content=content)
    then = time.perf_counter()
    kept = clean_paper(actor=cleaner, file_id=brought.pk)
    ended = time.perf_counter()
    if kept.state != "kept":
        raise RuntimeError(f"the scan was not kept: {kept.refusal}")
    return {
        "seconds": ended - began,
        "brought": then - began,
        "cpu": processor_seconds() - before,
        "pages": kept.pages,
        "kept": kept.size,
        "worker": peak_megabytes(),
        "locked_in": most * 1024 / 1e6,
    }


def processor_seconds() -> float:
    """Of this process and of those it has waited for."""
    return sum(
        sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def render_once(file: str) -> dict[str, Any]:
    """Do the denominator once and say its seconds."""
    content = Path(file).read_bytes()
    began = time.perf_counter()
    document = pypdfium2.PdfDocument(content)
    for number in range(len(document)):
        document[number].render(scale=DPI / 72, grayscale=True)
    return {"seconds": time.perf_counter() - began}


def made_scan(pages: int) -> bytes:
    """A scanner's PDF of typed pages at 200 dots an inch: grey JPEG with grain."""
    chance = random.Random(7)
    font = ImageFont.load_default(30)
    drawn = []
    for _page in range(pages):
        page = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(page)
        for line in range(44):
            words = " ".join(chance.choice(WORDS.split()) for _ in range(11))
            draw.text((170, 190 + line * 44), words, font=font, fill=25)
        draw.ellipse((1150, 1950, 1400, 2200), outline=90, width=6)
        grain = Image.effect_noise(page.size, 12)
        drawn.append(ImageChops.add(page, grain, scale=1, offset=-128))
    out = io.BytesIO()
    drawn[0].save(out, "PDF", save_all=True, append_images=drawn[1:], resolution=200, quality=80)
    return out.getvalue()
