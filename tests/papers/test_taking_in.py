"""What comes in as a paper, what does not, and what is made of it (R-U1, R-U2)."""

from __future__ import annotations

import io
import json
import random
import subprocess
import zlib
from collections import Counter

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter

from cases.papers import docx, intake, plain, process, rebuilt, rendering, structure
from cases.papers.intake import Form
from cases.papers.limits import DPI
from cases.papers.refusals import MAY_BE_MATERIAL, Refused, Why
from tests.papers import honest, hostile, hostile_docxs, hostile_pdfs
from tests.papers.made import pdf_of, scanned, typed_page

CANARY = "Kulasisi"


@pytest.fixture
def in_this_process(monkeypatch):
    """The same functions as in the locked-in process, without starting one for each file."""

    def ask(wanted, file, progress=None):
        answer = process.Answer()
        if wanted == "check pdf":
            answer.pages = structure.check_pdf(file)
        elif wanted == "clean pdf":
            structure.check_pdf(file)
            pages = rendering.black_and_white(file, progress or (lambda done, of: None))
            answer.data, answer.pages = rebuilt.write_pdf(pages), len(pages)
        else:
            answer.data = docx.text_of(file).encode()
        return answer

    monkeypatch.setattr(process, "ask", ask)


def refusal_of(file):
    try:
        form = intake.look_at(file)
        intake.clean(file, form)
    except Refused as refused:
        return refused.why
    return None


def rendered(pdf, number=0):
    return rendering._rendered(pypdfium2.PdfDocument(pdf), number)


@pytest.mark.timeout(300)
def test_r_u2_every_hostile_file_is_refused(in_this_process):
    refusals = {name: refusal_of(file) for name, file in hostile.everything()}
    assert len(refusals) >= 200
    assert [name for name, why in refusals.items() if why is None] == []
    # For its own reason, not because everything is: what nobody could read is the exception.
    counted = Counter(refusals.values())
    assert counted[Why.DAMAGED] < 15, counted
    assert {Why.MEDIA, Why.ACTIVE, Why.EMBEDDED, Why.BOMB, Why.PICTURE, Why.CODED} <= set(counted)
    for name, why in (
        ("21 pages", Why.TOO_MANY_PAGES),
        ("encrypted b", Why.ENCRYPTED),
        ("encrypted for changing", Why.ENCRYPTED),
        ("bomb xfa", Why.FORM),
        ("bomb inflate", Why.BOMB),
        ("action launch", Why.ACTIVE),
        ("attached jpeg", Why.EMBEDDED),
        ("pdf then JPEG", Why.TWO_IN_ONE),
        ("JPEG then pdf", Why.MEDIA),
        ("docx with a picture", Why.MEDIA),
        ("text data address", Why.CODED),
        ("the last of three pages", Why.PICTURE),
        ("all blank", Why.NO_TEXT),
        ("eleven megabytes", Why.TOO_LARGE),
    ):
        assert refusals[name] == why, (name, refusals[name])
    assert {Why.MEDIA, Why.PICTURE, Why.CODED, Why.TWO_IN_ONE} <= MAY_BE_MATERIAL


@pytest.mark.timeout(300)
def test_honest_papers_are_kept_and_readable(in_this_process):
    kept = 0
    for name, file in honest.papers(scans=20, digital=21):
        assert intake.look_at(file) is Form.PDF, name
        try:
            clean = intake.clean(file, Form.PDF)
        except Refused as refused:
            pytest.fail(f"{name} was refused: {refused.why}")
        kept += 1
        before, after = rendered(file), rendered(clean.data)
        assert before.size == after.size, name
        # Ink is black, paper is white, for somebody who renders both pages by other means.
        black = before.point([255 if level < 90 else 0 for level in range(256)])
        lost = ImageChops.multiply(black, after.point([255 if v > 127 else 0 for v in range(256)]))
        assert lost.histogram()[255] <= 0.02 * black.histogram()[255], name
        assert 0.005 < sum(after.histogram()[:128]) / (after.width * after.height) < 0.3, name
    assert kept >= 40
    blank = dict(honest.papers(scans=0, digital=0))["blank back"]
    assert intake.clean(blank, Form.PDF).pages == 1


def test_ink_stays_where_it_was_and_paper_stays_clean(in_this_process):
    """Against the page as it was drawn, before grain, blur, tint and shade were laid over it."""
    for number in range(3):
        chance = random.Random(f"truth{number}")
        truth = typed_page(chance, DPI, points=9 + number)
        state = chance.getstate()
        scan = scanned(truth.copy(), chance, rough=0.9)
        chance.setstate(state)
        # The same scanner, at work on the clean page without grain: the same angle.
        chance.choice([0, 1, 2, 3])
        straight = truth.convert("L").rotate(
            chance.uniform(-1.6, 1.6) * 0.9, Image.Resampling.BICUBIC, fillcolor=255
        )
        after = rendered(intake.clean(pdf_of([scan], DPI, 70), Form.PDF).data).resize(truth.size)
        ink = straight.point([255 if level < 80 else 0 for level in range(256)])
        found = after.point([255 if level < 128 else 0 for level in range(256)])
        near_found = found.filter(ImageFilter.MaxFilter(3))
        near_ink = straight.point([255 if level < 235 else 0 for level in range(256)]).filter(
            ImageFilter.MaxFilter(3)
        )
        recall = ImageChops.multiply(ink, near_found).histogram()[255] / ink.histogram()[255]
        right = ImageChops.multiply(found, near_ink).histogram()[255] / found.histogram()[255]
        assert recall > 0.97, number
        assert right > 0.97, number


def test_what_is_kept_holds_nothing_but_black_and_white_pages(in_this_process):
    paper = honest.born_digital(random.Random("k"), 1)
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        pdf.docinfo["/Author"] = CANARY
        pdf.pages[0].obj.Annots = pdf.make_indirect(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Text,
                    Rect=[0, 0, 9, 9],
                    Contents=pikepdf.String(CANARY),
                )
            ]
        )
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    assert CANARY.encode() in out.getvalue()
    clean = intake.clean(out.getvalue(), Form.PDF)
    assert CANARY.encode() not in clean.data
    with pikepdf.open(io.BytesIO(clean.data), attempt_recovery=False) as pdf:
        assert not pdf.get_warnings()
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert "/Info" not in pdf.trailer
        streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        assert len(streams) == 2 * clean.pages
        for item in streams:
            if "/Width" in item:
                assert (int(item.BitsPerComponent), item.ColorSpace) == (1, "/DeviceGray")
    # It is a paper itself, and comes out the same when it is taken in again.
    again = intake.clean(clean.data, Form.PDF)
    assert again.pages == clean.pages


def test_a_page_is_shown_and_taken_out_without_a_library_for_pdf(in_this_process):
    clean = intake.clean(honest.born_digital(random.Random("p"), 2), Form.PDF)
    pages = rebuilt.read_pages(clean.data)
    assert len(pages) == clean.pages == 3
    shown = Image.open(io.BytesIO(rebuilt.page_as_png(pages[1])))
    assert shown.mode == "1"
    assert shown.size == (pages[1].width, pages[1].height)
    out = rebuilt.write_pdf(pages, footer=r"Ana (North) \ 5 Jan – ñ ☂")
    assert rendered(out).size == rendered(clean.data).size
    text = pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range()
    assert text == r"Ana (North) \ 5 Jan – ñ ?"
    for wrong in (b"", b"%PDF-1.4\n", clean.data[:60], honest.born_digital(random.Random(1), 0)):
        with pytest.raises(rebuilt.NotOurs):
            rebuilt.read_pages(wrong)
    broken = rebuilt.BlackAndWhite(80, 80, zlib.compress(b"short"), DPI)
    with pytest.raises(rebuilt.NotOurs):
        rebuilt.page_as_png(broken)


def test_the_text_of_a_letter_is_all_that_stays(in_this_process):
    letter = hostile_docxs.plain_docx()
    form = intake.look_at(letter)
    assert form is Form.DOCX
    text = intake.clean(letter, form).data.decode()
    assert text.startswith("To whom it may concern\n")
    assert "Name\tBy code only\nDate\t5 January\n" in text
    assert "Regional office" not in text  # the author's name in its properties
    linked = hostile_docxs.repacked(
        letter,
        replace={"word/document.xml": ("To whom", "See https://a.example/b or www.c.example")},
    )
    text = intake.clean(linked, form).data.decode()
    assert text.startswith(f"See {plain.LEFT_OUT} or {plain.LEFT_OUT} it may concern")


def test_texts_and_tables_are_set_anew():
    note = "Señora,\r\nthe child travels on 5 January.\u00ad  \r\nWrite to office@agency.example.\n"
    for file in (note.encode(), note.encode("utf-8-sig"), note.encode("utf-16")):
        assert intake.look_at(file) is Form.TEXT
        made = intake.clean(file, Form.TEXT).data.decode()
        assert made == (
            "Señora,\nthe child travels on 5 January.\nWrite to office@agency.example.\n"
        )
    form = "Name: ______________________\nSigned: ....................\n\n- - -\nThe clerk\n"
    assert intake.look_at(form.encode()) is Form.TEXT
    figures = "a,b,c\n" + "\n".join(f"{n},{n + 1}," for n in range(10, 60)) + "\n,,\n"
    assert intake.look_at(figures.encode()) is Form.TABLE
    table = (
        "day;what;sum\n"
        '5;=HYPERLINK("a");-12,5\n'
        "6;+63 900;+7\n"
        "7;@SUM(1);plain\n"
        "8;  =1+1;\uff1d1\n"
        '9;"-2+3";|cmd\n'
    )
    assert intake.look_at(table.encode()) is Form.TABLE
    made = intake.clean(table.encode(), Form.TABLE).data.decode()
    assert made.split("\r\n") == [
        "day,what,sum",
        '5,"\'=HYPERLINK(""a"")","-12,5"',
        "6,'+63 900,+7",
        "7,'@SUM(1),plain",
        "8,'  =1+1,'\uff1d1",
        "9,'-2+3,'|cmd",
        "",
    ]


def test_the_process_is_locked_in():
    answer = process.ask("probe", b"")
    tried = json.loads(answer.data)
    assert tried.pop("environment") in ("", "LC_CTYPE")
    for what, came_of_it in tried.items():
        assert came_of_it.startswith("refused"), (what, came_of_it)
    assert answer.locks is not None
    assert answer.locks["filter"] or answer.locks["namespaces"]


def test_the_process_answers_as_the_functions_do_and_tells_how_far_it_is():
    told = []
    paper = honest.born_digital(random.Random("r"), 2)
    answer = process.ask("clean pdf", paper, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert answer.pages == 3
    assert rebuilt.read_pages(answer.data)
    bombs = dict(hostile_pdfs.bombs())
    for name, why in (("bomb inflate", Why.BOMB), ("21 pages", Why.TOO_MANY_PAGES)):
        with pytest.raises(Refused) as refused:
            process.ask("check pdf", bombs[name])
        assert refused.value.why == why
    letter = hostile_docxs.plain_docx()
    assert process.ask("clean docx", letter).data.decode() == docx.text_of(letter)


def test_a_process_that_dies_or_hangs_is_a_refusal(monkeypatch):
    paper = honest.born_digital(random.Random("d"), 0)
    monkeypatch.setattr(process, "WALL_SECONDS", 0.01)
    with pytest.raises(Refused) as refused:
        process.ask("clean pdf", paper)
    assert refused.value.why == Why.DAMAGED
    monkeypatch.undo()
    for program in ("import os; os._exit(3)", "print('D' * 900)", "import os; os.abort()"):
        monkeypatch.setattr(process, "PROGRAM", program)
        with pytest.raises(Refused):
            process.ask("clean pdf", paper)


def test_nothing_is_left_on_a_disk(tmp_path, monkeypatch):
    """Whatever the intake does, it opens no file for writing."""
    opened = []
    real = subprocess.Popen
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(
        process.subprocess,
        "Popen",
        lambda *given, **named: opened.append(named) or real(*given, **named),
    )
    paper = honest.scan(random.Random("disk"), 0)
    intake.clean(paper, intake.look_at(paper))
    assert list(tmp_path.iterdir()) == []
    assert [named["env"] for named in opened] == [{}, {}]
    assert all(named["close_fds"] for named in opened)
