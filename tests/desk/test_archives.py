"""What left the live table is read on the audit pages too, from files that are the log's own."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connections
from django.utils import timezone

from audit import shelf
from audit.archiving import archive_log, remove_archived
from audit.models import AuditEvent
from audit.sequencing import sequence_all
from tests.factories import open_case

OLD = """
    INSERT INTO audit_event (act, verb, at, actor_id, agency_id, role, object_type, object_id,
        case_id, purpose)
    SELECT gen_random_uuid(), %s, now() - interval '3 years', %s, %s, 'caseworker', 'cases.case',
        %s, %s, '' FROM generate_series(1, %s)
"""


def text_of(response):
    page = response.content.decode().split("</header>", 1)[-1]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def archived(cast, superuser, tmp_path, settings):
    """A case that was opened sixty times and written in once, three years ago; the archive's file
    lies on the shelf among other things."""
    case = open_case(cast.caseworker)
    for verb, who, times in (
        ("case.opened", cast.caseworker, 60),
        ("note.written", cast.supervisor, 1),
    ):
        ids = [who.pk, who.agency_id, case.pk, case.pk]
        superuser.execute(OLD, [verb, *ids, times])
    # Whatever the template says of itself is as old.
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    superuser.execute("UPDATE audit_event SET at = now() - interval '3 years'")
    superuser.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only")
    superuser.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL")
    sequence_all(connections["sequencer"])
    superuser.execute("UPDATE audit_checkpoint SET at = at - interval '3 years'")
    superuser.execute("ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER append_only")
    folder = settings.LIWANAG_ARCHIVES_DIR = tmp_path / "shelf"
    folder.mkdir()
    (folder / "notes.txt").write_text("something else")
    path = tmp_path / "archive-1.jsonl"
    archive_log(actor=cast.dpo, path=path, at=timezone.now())
    sequence_all(connections["sequencer"])
    remove_archived(actor=cast.dpo, path=path)
    sequence_all(connections["sequencer"])
    path.rename(folder / path.name)
    case.file = folder / path.name
    return case


def test_an_archive_is_listed_opened_and_searched_like_the_live_log(archived, cast, client_of):
    auditor = client_of(cast.auditor)
    live = auditor.get("/audit/")
    assert "Older entries are in archives" in text_of(live)
    assert 'href="/audit/archives/"' in live.content.decode()
    listed = auditor.get("/audit/archives/")
    assert "At hand" in text_of(listed)
    assert 'href="/audit/archives/0/"' in listed.content.decode()
    assert "Nothing matches" in text_of(auditor.post("/audit/", {"verb": "note.written"}))

    url = "/audit/archives/0/"
    page = text_of(auditor.get(url))
    assert "Later entries" in page
    written = auditor.post(url, {"verb": "note.written"})
    assert text_of(written).count("Corazon Vera wrote a note") == 1
    assert archived.reference in text_of(written)
    assert "proof-sealed" in written.content.decode()
    assert "proof-broken" not in written.content.decode()
    of_person = {"person": str(cast.caseworker.pk), "kind": "reads", "code": archived.reference}
    first = auditor.post(url, of_person)
    assert text_of(first).count("Ana Ilustre opened the case") == 50
    place = re.search(r'name="from" value="(\d+)"', first.content.decode())[1]
    rest = auditor.post(url, {**of_person, "from": place})
    assert text_of(rest).count("Ana Ilustre opened the case") == 10
    assert "Later entries" not in text_of(rest)
    for nothing in (
        {"code": "C-0000-00"},
        {"verb": "verdict.recorded"},
        {"since": str(timezone.localdate())},
        {"kind": "reads", "person": str(cast.supervisor.pk), "code": archived.reference},
    ):
        assert "Nothing matches" in text_of(auditor.post(url, nothing)), nothing
    wrong = auditor.post(url, {"since": "2026-02-02", "until": "2026-02-01"})
    assert wrong.status_code == 422

    told = AuditEvent.objects.filter(verb="log.searched", object_type="audit.auditarchive")
    assert told.count() >= 8
    assert told.latest("id").facts["sha256"] == shelf.digest_of(archived.file).hex()
    assert archived.reference not in str(list(told.values_list("facts", flat=True)))


def test_a_file_that_was_changed_is_not_at_hand_and_a_changed_leaf_is_shown(
    archived, cast, client_of, superuser
):
    auditor, url = client_of(cast.auditor), "/audit/archives/0/"
    superuser.execute("ALTER TABLE audit_leaf DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_leaf SET hash = decode(repeat('00', 32), 'hex')")
    page = auditor.post(url, {"verb": "note.written"}).content.decode()
    assert "proof-broken" in page
    changed = archived.file.read_bytes().replace(b'"role":"caseworker"', b'"role":"supervisor"', 1)
    archived.file.write_bytes(changed)
    assert "The file is not at hand" in text_of(auditor.get(url))
    assert "Not at hand" in text_of(auditor.get("/audit/archives/"))
    archived.file.unlink()
    assert "The file is not at hand" in text_of(auditor.get(url))


def test_archives_are_for_those_who_read_the_whole_log(archived, cast, client_of):
    for person in (cast.caseworker, cast.manager, cast.partner):
        for url in ("/audit/archives/", "/audit/archives/0/"):
            assert client_of(person).get(url).status_code == 403
    assert client_of(cast.dpo).get("/audit/archives/0/").status_code == 200
    assert client_of(cast.auditor).get("/audit/archives/7/").status_code == 404


def test_an_entry_is_found_by_its_place_in_a_long_file(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "STEP", 500)
    path = tmp_path / "long.jsonl"
    leaf = "A" * 43
    with path.open("w") as file:
        file.write('{"format":"x"}\n')
        for place in range(10, 3000):
            if place % 700 == 0:
                file.write(f'{{"pass":{place},"roots":["{"B" * 900}"]}}\n')
            file.write(f'{{"n":{place},"leaf":"{leaf}=","event":{{"id":{place * 2}}}}}\n')
    for first in (0, 10, 11, 699, 700, 701, 1500, 2998, 2999):
        found = [place for place, _payload in shelf.entries_from(path, first)]
        assert found == list(range(max(first, 10), 3000)), first
    assert list(shelf.entries_from(path, 3000)) == []
    only = list(shelf.entries_from(path, 0, wanted=[[b'"id":40}', b'"id":42}'], [b"4"]]))
    assert [place for place, _payload in only] == [20, 21]
    cut = list(shelf.entries_from(path, 0, wanted=[[b"nowhere"]], seconds=-1))
    assert len(cut) == 1
    assert cut[0][1] is None
