"""Words that people write stand nowhere in the clear: not in a table, a log line or an event.

The main fields of one case, by page and by program. `tests/architecture/test_canaries.py` writes
into every field there is, and takes minutes.
"""

from __future__ import annotations

import logging
import tempfile
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from tests.canaries import (
    dump_of,
    files_in,
    kept_in_redis,
    read_from,
    servers_log,
    told_aside,
)
from tests.factories import add_participant, open_case
from tests.jobs import Jobs

CANARY = "Kulasisi"


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.caseworker)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def tables():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in cursor.fetchall()]


def test_what_was_written_is_in_no_table_and_no_log_line(cast, case, client, caplog, superuser):
    caplog.set_level(logging.DEBUG)
    note = client.post(
        reverse("cases:write_note", args=[case.pk]),
        {
            "kind": "risk",
            "draft_id": str(uuid.uuid4()),
            "facts_said_by": CANARY,
            "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            **{
                part: f"{part} {CANARY}"
                for part in (
                    "facts_reported",
                    "observations",
                    "professional_assessment",
                    "actions",
                )
            },
        },
    )
    person = client.post(
        reverse("cases:add_person", args=[case.pk]),
        {
            "role": "survivor",
            "legal_status": "not_applicable",
            "gender": "Feminine",
            "first_name": CANARY,
            "family_name": CANARY,
            "email": f"{CANARY}@people.example",
            "street": CANARY,
            "city": CANARY,
            "phones": CANARY,
        },
    )
    assert (note.status_code, person.status_code) == (302, 302)
    add_participant(cast.caseworker, case, identity={"first_name": CANARY})
    # A form that is refused holds the words too.
    refused = client.post(
        reverse("cases:write_note", args=[case.pk]),
        {"kind": "risk", "occurred_at": "never", "facts_reported": CANARY},
    )
    assert refused.status_code == 422

    needles = (CANARY, CANARY.encode().hex())
    found = []
    for table in tables():
        rows = superuser.execute(f"SELECT t::text FROM {table} t").fetchall()
        found += [table for (row,) in rows if any(needle in row for needle in needles)]
    assert found == []
    assert CANARY not in caplog.text
    for response in (note, person):
        assert CANARY not in response.headers["Location"]


def test_r_p4_what_programs_write_comes_out_nowhere_else(
    cast, case, client, caplog, database, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    log_before = servers_log().stat().st_size if servers_log().exists() else 0
    place = add_participant(cast.caseworker, case)
    soon = (timezone.localdate() + timedelta(days=3)).isoformat()
    bodies = {
        "notes": {
            "kind": "contact",
            "occurred_at": timezone.now().isoformat(),
            "facts_reported": CANARY,
            "facts_said_by": CANARY,
            "mentions": [str(cast.supervisor.pk)],
        },
        "participants": {"role": "survivor", "identity": {"first_name": CANARY}},
        "tasks": {"what": CANARY, "due_on": soon, "assignee": str(cast.supervisor.pk)},
        "flags": {"kind": "safety", "why": CANARY, "review_on": soon},
        "papers": {"kind": "letter", "original_at": CANARY, "reference": CANARY},
        "safe-contacts": {
            "participant": str(place.pk),
            "channel": "call",
            "number": f"0917 {CANARY}",
            "remarks": CANARY,
        },
    }
    aside = []
    for name, body in bodies.items():
        if "participant" not in body:
            body["case"] = str(case.pk)
        answer = client.post(f"/api/v1/{name}/", body, content_type="application/json")
        assert answer.status_code == 201, f"{name}: {answer.content}"
        aside.extend(told_aside(answer))
        whole = client.get(f"/api/v1/{name}/{answer.json()['id']}/")
        assert whole.status_code == 200, name
        aside.extend(told_aside(whole))
        # One that is refused holds the words too.
        refused = client.post(
            f"/api/v1/{name}/", {**body, CANARY: 1}, content_type="application/json"
        )
        assert refused.status_code == 400, name
        aside.extend(told_aside(refused))
    for page in ("case", "people", "notes", "work", "papers"):
        aside.extend(told_aside(client.get(reverse(f"cases:{page}", args=[case.pk]))))
    aside.extend(told_aside(client.get("/")))
    Jobs()()
    assert mail.outbox, "somebody was told"
    found = {
        place: "\n".join(texts).lower().count(CANARY.lower())
        for place, texts in {
            "an address, a title or a header": aside,
            "a mail": [f"{one.subject}\n{one.body}\n{one.alternatives}" for one in mail.outbox],
            "a log line": [caplog.text],
            "Redis": kept_in_redis(),
            "a file": [path.read_bytes().decode("latin-1") for path in files_in(tmp_path)],
            "the name of a file": [str(path) for path in tmp_path.rglob("*")],
            "the database server's log": [read_from(servers_log(), log_before)],
            "a plain dump of the database": [dump_of(database)],
        }.items()
    }
    assert {place: times for place, times in found.items() if times} == {}
