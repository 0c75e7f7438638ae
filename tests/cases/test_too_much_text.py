"""A note of 5 MB is refused with what to do, by page and by program, and nothing of it is kept."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import CaseNote, NoteDraft
from tests.factories import open_case

WORD = "kulasisi "
MUCH = WORD * (5_000_000 // len(WORD))


def nothing_kept():
    return not CaseNote.objects.using("owner").exists() and not (
        NoteDraft.objects.using("owner").exists()
    )


def test_a_page_says_how_much_a_note_takes(cast, client_of, caplog):
    case = open_case(cast.caseworker)
    client = client_of(cast.caseworker)
    before = AuditEvent.objects.count()
    answer = client.post(
        reverse("cases:write_note", args=[case.pk]),
        {
            "kind": "contact",
            "draft_id": str(uuid.uuid4()),
            "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "facts_reported": MUCH,
        },
    )
    assert answer.status_code == 413
    said = answer.content.decode()
    assert "shorten it" in said
    assert "20,000 characters" in said
    assert "kulasisi" not in said + caplog.text
    assert nothing_kept()
    assert AuditEvent.objects.count() == before
    # One that a page reads, and is still too long: the field is named, and the words stand in it.
    shorter = client.post(
        reverse("cases:write_note", args=[case.pk]),
        {
            "kind": "contact",
            "draft_id": str(uuid.uuid4()),
            "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "facts_reported": WORD * 3_000,
        },
    )
    assert shorter.status_code == 422
    assert 'href="#id_facts_reported"' in shorter.content.decode()
    assert shorter.content.decode().count("kulasisi") >= 3_000
    assert not CaseNote.objects.using("owner").exists()


def test_a_program_is_told_which_field(cast, client_of, caplog):
    case = open_case(cast.caseworker)
    client = client_of(cast.caseworker)

    def post(words):
        body = {
            "case": str(case.pk),
            "kind": "contact",
            "occurred_at": timezone.now().isoformat(),
            "facts_reported": words,
        }
        return client.post("/api/v1/notes/", body, content_type="application/json")

    answer = post(MUCH)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    named = post(WORD * 3_000)
    assert named.status_code == 400
    assert "facts_reported" in (*named.json().get("fields", ()), named.json().get("field"))
    assert "kulasisi" not in (answer.content + named.content).decode() + caplog.text
    assert nothing_kept()
