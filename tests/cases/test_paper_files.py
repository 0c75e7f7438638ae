"""A paper's file: brought, checked, kept as black and white pages, read, copied out, destroyed."""

from __future__ import annotations

import io
import json
import random
import re
import threading

import pypdfium2
import pytest
import redis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.service_accounts import PAPER_CLEANER_ID
from audit.models import AuditEvent, Review
from audit.reading import reading
from cases.models import PaperContent, PaperFile, PaperWaiting
from cases.paper_words import WORDS, FileRefused
from cases.papers.refusals import Why
from cases.services.holds import place_hold, release_hold
from cases.services.paper_files import clean_paper, copy_out_paper, destroy_paper, keep_paper
from cases.services.papers import register_paper
from core.errors import Denied, DomainError, InvalidTransition
from tests.client import confirm
from tests.factories import add_participant, open_case
from tests.jobs import Jobs
from tests.papers import hostile_media, hostile_pdfs, hostile_texts, pictures
from tests.papers.honest import born_digital
from tests.papers.made import pdf_of
from tests.tampering import lower_walls

CANARY = "Kulasisi"
WORDS_OF_A_LETTER = f"Dear colleague,\nthe child {CANARY} travels on Monday.\n".encode()


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


@pytest.fixture
def cleaner(database):
    return User.objects.get(pk=PAPER_CLEANER_ID)


def registered(cast, place, **over):
    values = {
        "actor": cast.caseworker,
        "case_id": place.case_id,
        "person_id": place.person_id,
        "kind": "court_order",
        "original_at": "Branch 7",
    }
    return register_paper(**{**values, **over})


def bring(client, paper, content, name="scan.pdf", content_type="application/pdf"):
    file = SimpleUploadedFile(name, content, content_type=content_type)
    return client.post(reverse("cases:keep_paper", args=[paper.pk]), {"file": file})


def files():
    return PaperFile.objects.using("owner")


def verbs_of(record):
    return list(
        AuditEvent.objects.filter(object_id=record.pk).order_by("id").values_list("verb", flat=True)
    )


def test_a_paper_is_brought_kept_read_copied_out_and_destroyed(cast, place, client_of):
    paper = registered(cast, place)
    client, run_jobs = client_of(cast.caseworker), Jobs()
    page = reverse("cases:paper", args=[paper.pk])
    assert "No file is kept" in client.get(page).content.decode()
    assert client.get(reverse("cases:keep_paper", args=[paper.pk])).status_code == 200
    assert bring(client, paper, born_digital(random.Random("k"), 2)).status_code == 302
    file = files().get()
    progress = reverse("cases:paper_progress", args=[file.pk])
    # Nobody asks how far it is who has not opened the page.
    assert client.get(progress).status_code == 404
    waiting = client.get(page).content.decode()
    assert "waiting to be checked" in waiting
    assert f'hx-get="{progress}"' in waiting
    assert client.get(progress).status_code == 200
    assert client_of(cast.second_caseworker).get(progress).status_code == 404
    assert run_jobs() == ["cases.clean_paper"]
    settled = client.get(progress)
    assert (settled.status_code, settled["HX-Refresh"]) == (204, "true")
    file = files().get()
    assert (file.state, file.form, file.pages) == ("kept", "pdf", 3)
    assert not PaperWaiting.objects.using("owner").exists()
    shown = client.get(page).content.decode()
    assert "3 pages" in shown
    read = client.get(reverse("cases:read_paper", args=[file.pk]), {"page": "2"})
    picture = re.search(r'<img src="([^"]+)" alt="Page 2 of 3', read.content.decode())
    assert picture
    drawn = client.get(picture[1])
    assert (drawn["Content-Type"], drawn["Cache-Control"]) == ("image/png", "no-store")
    assert Image.open(io.BytesIO(drawn.content)).mode == "1"
    assert client.get(picture[1].replace("/2/", "/4/")).status_code == 404
    copy_out = reverse("cases:copy_out_paper", args=[file.pk])
    assert client.post(copy_out, {"reason": "curiosity"}).status_code == 422
    copy = client.post(copy_out, {"reason": "court"})
    assert re.fullmatch(
        r'attachment; filename="[0-9a-f]{12}-\d{4}-\d\d-\d\d\.pdf"', copy["Content-Disposition"]
    )
    assert copy["Cache-Control"] == "no-store"
    mark = pypdfium2.PdfDocument(copy.content)[2].get_textpage().get_text_range()
    assert cast.caseworker.name in mark
    assert "For a court or prosecutor" in mark
    custody = client.get(reverse("cases:paper_custody", args=[paper.pk])).content.decode()
    for words in ("brought a file", "Paper service", "Page 2", "For a court or prosecutor"):
        assert words in custody, words
    destroy = reverse("cases:destroy_paper", args=[file.pk])
    assert client.post(destroy, {"reason": "asked"}).status_code == 403
    supervisor = client_of(cast.supervisor)
    assert supervisor.get(destroy).status_code == 200
    assert supervisor.post(destroy, {"reason": "asked"}).status_code == 302
    assert not PaperContent.objects.using("owner").exists()
    assert client.get(picture[1]).status_code == 404
    assert "was destroyed" in client.get(page).content.decode()
    assert verbs_of(file) == [
        *("paper.received", "paper.check_began", "paper.kept", "paper.opened"),
        *("paper.copied_out", "paper.destroyed"),
    ]


HOSTILE = ("JPEG", "ftyp mp42", "mkv", "zip", "exe", "noise", "blanks")


def test_r_u1_what_is_no_paper_is_refused_before_anything_is_written(
    cast, place, client_of, superuser, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    paper = registered(cast, place)
    client = client_of(cast.caseworker)
    sent = [(name, file) for name, file in hostile_media.media() if name in HOSTILE]
    sent += [
        (name, file)
        for name, file in hostile_pdfs.pdfs()
        if name in ("action script", "attached jpeg", "pdf then GIF", "encrypted b", "21 pages")
    ]
    sent += [
        (name, file)
        for name, file in hostile_texts.texts()
        if name in ("text data address", "text svg")
    ]
    assert len(sent) == 14
    for name, file in sent:
        answer = bring(client, paper, file, name=f"{CANARY}.pdf")
        assert answer.status_code == 422, name
        page = answer.content.decode()
        assert "This file was not taken in" in page, name
        assert reverse("cases:report_material") in page, name
        assert CANARY not in page
        assert "<img" not in page
    assert "Do not open it, copy it" in bring(client, paper, sent[0][1]).content.decode()
    assert not files().exists()
    assert not PaperWaiting.objects.using("owner").exists()
    assert list(tmp_path.iterdir()) == []
    events = AuditEvent.objects.filter(verb="paper.turned_away")
    assert events.count() == len(sent) + 1
    assert {tuple(sorted(event.facts)) for event in events} == {("found", "size", "why")}
    told = json.dumps([event.facts for event in events])
    assert CANARY not in told
    assert "under 10 kB" in told
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as cache:
        assert not [key for key in cache.scan_iter() if b"paper" in key]
    names = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in names.fetchall():
        rows = superuser.execute(f'SELECT t::text FROM "{table}" t').fetchall()
        assert not any(CANARY in row for (row,) in rows), table


def test_r_u3_of_a_picture_found_later_nothing_stays_either(
    cast, place, cleaner, client_of, superuser
):
    """Built like a scan, so that only its pages tell; no digest of it is kept."""
    paper = registered(cast, place)
    picture = pdf_of([pictures.captioned(random.Random("r"))], pictures.DPI)
    file = keep_paper(actor=cast.caseworker, paper_id=paper.pk, content=picture)
    settled = clean_paper(actor=cleaner, file_id=file.pk)
    assert (settled.state, settled.refusal) == ("refused", "picture")
    assert superuser.execute("SELECT original_digest FROM cases_paperfile").fetchone() == (b"",)
    assert not PaperWaiting.objects.using("owner").exists()
    assert not PaperContent.objects.using("owner").exists()
    page = client_of(cast.caseworker).get(reverse("cases:paper", args=[paper.pk])).content.decode()
    assert "Do not open it, copy it" in page
    assert "Cover a photograph" in page
    assert "Keep a file of this paper" in page
    event = AuditEvent.objects.get(verb="paper.refused")
    assert event.facts == {"why": "picture"}


def test_what_waits_and_what_is_kept_is_sealed_for_whom_it_is_about(
    cast, place, cleaner, client_of, superuser
):
    paper = registered(cast, place, kind="letter")
    file = keep_paper(actor=cast.caseworker, paper_id=paper.pk, content=WORDS_OF_A_LETTER)

    def rows():
        return [
            row
            for table in ("paperfile", "paperwaiting", "papercontent")
            for (row,) in superuser.execute(f"SELECT t::text FROM cases_{table} t").fetchall()
        ]

    def clear():
        return [row for row in rows() if CANARY in row or CANARY.encode().hex() in row]

    assert len(rows()) == 2
    assert clear() == []
    # Nobody but the service reads what waits, not even whoever brought it.
    with reading(cast.caseworker):
        assert not PaperWaiting.objects.exists()
    clean_paper(actor=cleaner, file_id=file.pk)
    assert len(rows()) == 2
    assert clear() == []
    with reading(cleaner):
        assert not PaperContent.objects.exists()
    client = client_of(cast.caseworker)
    read = reverse("cases:read_paper", args=[file.pk])
    assert CANARY in client.get(read).content.decode()
    copy = client.post(reverse("cases:copy_out_paper", args=[file.pk]), {"reason": "person"})
    assert copy.content.startswith(WORDS_OF_A_LETTER)
    assert cast.caseworker.name.encode() in copy.content
    # Moved to another paper's row it does not open, and its page says so.
    other = registered(cast, place, kind="letter")
    second = keep_paper(actor=cast.caseworker, paper_id=other.pk, content=b"Other words.\n")
    clean_paper(actor=cleaner, file_id=second.pk)
    lower_walls(superuser, "cases_papercontent")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "UPDATE cases_papercontent SET content = (SELECT content FROM cases_papercontent "
        "WHERE file_id = %s) WHERE file_id = %s",
        [file.pk, second.pk],
    )
    swapped = client.get(reverse("cases:read_paper", args=[second.pk])).content.decode()
    assert CANARY not in swapped
    assert "This text cannot be read" in swapped
    assert AuditEvent.objects.filter(verb="text.unreadable", object_id=second.pk).exists()


def test_r_p7_r_p9_a_copy_bears_who_when_and_for_what_and_a_name_that_says_nothing(
    cast, place, cleaner, client_of
):
    paper = registered(cast, place, kind="letter")
    table = f"day,what\n5,=1+1\n6,{CANARY}\n".encode()
    file = keep_paper(actor=cast.caseworker, paper_id=paper.pk, content=table)
    clean_paper(actor=cleaner, file_id=file.pk)
    client = client_of(cast.caseworker)
    shown = client.get(reverse("cases:read_paper", args=[file.pk])).content.decode()
    assert f"<td>{CANARY}</td>" in shown
    address = reverse("cases:copy_out_paper", args=[file.pk])
    names = set()
    for _time in range(2):
        copy = client.post(address, {"reason": "health"})
        names.add(copy["Content-Disposition"])
        rows = copy.content.decode().split("\r\n")
        assert rows[:3] == ["day,what", "5,'=1+1", f"6,{CANARY}"]
        assert re.search(
            rf"{cast.caseworker.name} · 20\d\d-\d\d-\d\d \d\d:\d\d · For a doctor", rows[4]
        )
    assert len(names) == 2
    assert not any(CANARY in name or "letter" in name for name in names)
    event = AuditEvent.objects.filter(verb="paper.copied_out").first()
    assert (event.purpose, event.facts) == ("health", {"form": "table"})
    # Somebody else looks at whether the copy was needed, and whoever took it does not.
    looked = Review.objects.using("owner").filter(kind="export", about_id=file.pk)
    assert [(one.subject_id, one.facts) for one in looked] == [
        (cast.caseworker.pk, {"reason": "health"})
    ] * 2
    assert "Copy taken out" in client_of(cast.supervisor).get("/audit/reviews/").content.decode()
    assert client.get(f"/audit/reviews/{looked[0].pk}/").status_code in (403, 404)


def test_named_roles_alone_and_only_with_their_second_factor(cast, place, cleaner, client_of):
    paper = registered(cast, place, kind="letter")
    file = keep_paper(actor=cast.caseworker, paper_id=paper.pk, content=WORDS_OF_A_LETTER)
    clean_paper(actor=cleaner, file_id=file.pk)
    read = reverse("cases:read_paper", args=[file.pk])
    copy = reverse("cases:copy_out_paper", args=[file.pk])
    for who, reads, copies in (
        ("second_caseworker", 200, 200),
        ("supervisor", 200, 200),
        ("legal", 200, 200),
        ("clinician", 200, 403),
        ("liaison", 403, 403),
        ("intake", 403, 403),
        ("dpo", 403, 403),
        ("admin", 403, 403),
        ("south_caseworker", 404, 404),
        ("stranger_caseworker", 404, 404),
    ):
        client = client_of(getattr(cast, who))
        assert client.get(read).status_code == reads, who
        assert client.get(copy).status_code == copies, who
    client = client_of(cast.caseworker)
    confirm(client, cast.caseworker, minutes_ago=40)
    for address in (read, copy):
        assert "reauthenticate" in client.get(address)["Location"]
    other = registered(cast, place, kind="letter")
    for person in (cast.clinician, cast.liaison, cast.intake):
        with pytest.raises((Denied, DomainError, other.DoesNotExist)):
            keep_paper(actor=person, paper_id=other.pk, content=WORDS_OF_A_LETTER)
    assert files().count() == 1
    assert AuditEvent.objects.filter(
        verb="act.refused", facts__permission="cases.keep_paper"
    ).exists()


def test_one_file_a_paper_and_only_of_the_listed_kinds(cast, place, cleaner):
    paper = registered(cast, place, kind="letter")
    values = {"actor": cast.caseworker, "paper_id": paper.pk, "content": WORDS_OF_A_LETTER}
    file = keep_paper(**values)
    for _time in range(2):
        with pytest.raises(DomainError, match="has a file already"):
            keep_paper(**values)
        clean_paper(actor=cleaner, file_id=file.pk)
    with pytest.raises(DomainError, match="registered only"):
        keep_paper(**{**values, "paper_id": registered(cast, place, kind="other").pk})
    with pytest.raises(FileRefused) as refused:
        keep_paper(
            **{**values, "paper_id": registered(cast, place).pk, "content": hostile_media.JPEG}
        )
    assert refused.value.why == Why.MEDIA
    # R-D4: a legal hold beats it.
    hold = place_hold(
        actor=cast.supervisor,
        case_id=place.case_id,
        authority="Regional Trial Court",
        why="The trial is going on.",
        until=None,
        at=timezone.now(),
    )
    with pytest.raises(DomainError, match="legal hold"):
        destroy_paper(actor=cast.supervisor, file_id=file.pk, reason="wrong_paper")
    release_hold(actor=cast.supervisor, hold_id=hold.pk, at=timezone.now())
    destroy_paper(actor=cast.supervisor, file_id=file.pk, reason="wrong_paper")
    with pytest.raises(InvalidTransition):
        destroy_paper(actor=cast.supervisor, file_id=file.pk, reason="wrong_paper")
    with pytest.raises(PaperFile.DoesNotExist):
        copy_out_paper(actor=cast.caseworker, file_id=file.pk, reason="court")
    again = keep_paper(**values)
    assert [again.state, *sorted(files().values_list("state", flat=True))] == [
        "received",
        "destroyed",
        "received",
    ]


def test_a_check_may_run_twice_and_may_be_killed(cast, place, cleaner, superuser):
    paper = registered(cast, place, kind="letter")
    file = keep_paper(actor=cast.caseworker, paper_id=paper.pk, content=WORDS_OF_A_LETTER)
    # A worker that died in the middle leaves it being checked.
    lower_walls(superuser, "cases_paperfile")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute("UPDATE cases_paperfile SET state = 'checking'")
    results = []

    def run():
        try:
            results.append(clean_paper(actor=cleaner, file_id=file.pk).state)
        finally:
            for alias in ("default", "auditor"):
                connections[alias].close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == ["kept", "kept"]
    assert PaperContent.objects.using("owner").count() == 1
    assert verbs_of(file).count("paper.kept") == 1
    assert clean_paper(actor=cleaner, file_id=file.pk).state == "kept"
    # The service settles files and does nothing else; people do not settle files.
    for person in (cast.caseworker, cast.supervisor):
        with pytest.raises(Denied):
            clean_paper(actor=person, file_id=file.pk)
    assert not connection.in_atomic_block


def test_a_file_that_is_too_large_is_not_read_to_its_end(cast, place, client_of):
    paper = registered(cast, place)
    client = client_of(cast.caseworker)
    answer = bring(client, paper, b"%PDF-1.4\n" + b"0" * 10_200_000)
    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.content.decode()
    assert bring(client, paper, b"%PDF-1.4\n" + b"0" * 10_000_100).status_code == 422
    assert not files().exists()


def test_every_refusal_has_words_that_say_what_helps():
    assert set(WORDS) == set(Why)
    for why, (found, instead) in WORDS.items():
        assert str(found).endswith("."), why
        assert str(instead).endswith("."), why
