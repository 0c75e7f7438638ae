"""Words that people write stand nowhere in the clear: not in a table, a log line or an event."""

from __future__ import annotations

import logging
import uuid

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from tests.factories import add_participant, open_case

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
