"""Drafts of notes: on the server, sealed, their author's alone, signed once, gone after a while."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseNote, NoteDraft
from cases.services.drafts import save_draft
from cases.services.notes import write_note as sign
from cases.tasks import drop_old_drafts
from core.errors import Conflict, DomainError
from tests.factories import add_participant, open_case, write_note

SAID = "The aunt says that school starts on Monday."


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def filled(case, draft_id, **over):
    return {
        "draft_id": str(draft_id),
        "draft_case": str(case.pk),
        "kind": "contact",
        "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "facts_reported": SAID,
        "facts_said_by": "the aunt",
        **over,
    }


def drafts():
    return NoteDraft.objects.using("owner")


def test_r_n7_a_draft_is_saved_while_typing_found_again_and_signed_once(cast, case, client_of):
    client = client_of(cast.caseworker)
    draft_id = uuid.uuid4()
    address = reverse("cases:save_draft")
    for text in ("The aunt", SAID):
        answer = client.post(address, filled(case, draft_id, facts_reported=text))
        assert answer.status_code == 200
        assert "Draft saved at" in answer.content.decode()
    kept = drafts().get()
    assert (kept.pk, kept.author_id) == (draft_id, cast.caseworker.pk)
    assert kept.expires_at - kept.saved_at == timedelta(days=14)
    assert b"aunt" not in bytes(kept.__dict__["content"].data)
    # Found under My work and in the case; the page shows what was typed.
    page = reverse("cases:draft", args=[draft_id])
    assert page in client.get("/").content.decode()
    assert page in client.get(reverse("cases:notes", args=[case.pk])).content.decode()
    assert SAID in client.get(page).content.decode()
    # Nobody else finds it: not a colleague, not a supervisor, not below Python.
    for other in (cast.second_caseworker, cast.supervisor, cast.south_caseworker):
        assert client_of(other).get(page).status_code == 404
        with reading(other):
            assert not NoteDraft.objects.exists()
    # Signed once, sent twice: one note, no draft, and the address leads on to the note.
    for _time in range(2):
        signed = client.post(reverse("cases:write_note", args=[case.pk]), filled(case, draft_id))
        assert signed.status_code == 302
    note = CaseNote.objects.using("owner").get()
    assert (note.pk, drafts().count()) == (draft_id, 0)
    assert client.get(page)["Location"] == reverse("cases:note", args=[note.pk])
    late = client.post(address, filled(case, draft_id))
    assert (late.status_code, drafts().count()) == (422, 0)
    assert AuditEvent.objects.filter(verb="note.written").count() == 1
    assert AuditEvent.objects.filter(verb="note.sent_again").count() == 1


def test_a_draft_goes_on_from_its_own_page_and_can_be_thrown_away(cast, case, client_of):
    client = client_of(cast.caseworker)
    original = write_note(cast.caseworker, case, kind="risk", observations="Two beds.")
    first, second = uuid.uuid4(), uuid.uuid4()
    # By a button, for whom no script runs.
    later = client.post(
        reverse("cases:add_to_note", args=[original.pk]),
        filled(case, first, addendum_to=str(original.pk), later="1", corrects="on"),
    )
    assert later.status_code == 302
    page = client.get(reverse("cases:draft", args=[first])).content.decode()
    assert "Add to a note" in page
    assert SAID in page
    signed = client.post(
        reverse("cases:draft", args=[first]),
        filled(case, first, addendum_to=str(original.pk), corrects="on"),
    )
    assert signed["Location"] == reverse("cases:note", args=[original.pk])
    added = CaseNote.objects.using("owner").get(pk=first)
    assert (added.addendum_to_id, added.corrects, added.sensitivity) == (original.pk, True, 3)
    client.post(reverse("cases:save_draft"), filled(case, second))
    gone = client.post(reverse("cases:discard_draft", args=[second]))
    assert (gone.status_code, drafts().count()) == (302, 0)
    assert client.post(reverse("cases:discard_draft", args=[second])).status_code == 404


def test_r_u3_a_draft_keeps_nothing_that_a_note_may_not_hold(cast, case, client_of, caplog):
    client = client_of(cast.caseworker)
    for text, words in (
        ("Look: data:image/png;base64,iVBORw0KGgoAAAANSU", "call your law-enforcement contact"),
        ("It was d41d8cd98f00b204e9800998ecf8427e", "call your law-enforcement contact"),
        ("See https://somewhere.example/a", "an address may lead to material"),
        ("word " * 4_001, "too long"),
    ):
        answer = client.post(
            reverse("cases:save_draft"), filled(case, uuid.uuid4(), facts_reported=text)
        )
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in page
        assert text not in page + caplog.text
    assert drafts().count() == 0


def test_a_draft_belongs_to_one_case_one_author_and_one_person(cast, case):
    other = open_case(cast.caseworker)
    child = add_participant(cast.caseworker, case)
    draft_id = uuid.uuid4()
    values = {"facts_reported": SAID, "person_id": str(child.person_id), "unknown": "x"}
    draft = save_draft(actor=cast.caseworker, draft_id=draft_id, case_id=case.pk, values=values)
    assert draft.person_id == child.person_id
    assert "unknown" not in draft.content
    with pytest.raises(Conflict):
        save_draft(actor=cast.caseworker, draft_id=draft_id, case_id=other.pk, values=values)
    # Another author may not take the id, nor learn of the draft.
    with pytest.raises(Conflict):
        save_draft(actor=cast.second_caseworker, draft_id=draft_id, case_id=case.pk, values={})
    with pytest.raises(DomainError):
        note = write_note(cast.caseworker, case)
        sign(
            actor=cast.second_caseworker,
            case_id=case.pk,
            kind="contact",
            occurred_at=timezone.now(),
            observations="Taken.",
            note_id=note.pk,
        )
    assert (drafts().get().author_id, drafts().get().case_id) == (cast.caseworker.pk, case.pk)


def test_two_sendings_at_the_same_moment_make_one_note(cast, case):
    draft_id, made, failed = uuid.uuid4(), [], []
    barrier = threading.Barrier(2)

    def send():
        try:
            barrier.wait()
            made.append(
                sign(
                    actor=cast.caseworker,
                    case_id=case.pk,
                    kind="contact",
                    occurred_at=timezone.now(),
                    observations="Calm.",
                    note_id=draft_id,
                ).pk
            )
        except (DomainError, DatabaseError) as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, made) == ([], [draft_id, draft_id])
    assert CaseNote.objects.using("owner").count() == 1
    assert AuditEvent.objects.filter(verb="note.written").count() == 1


def test_old_drafts_are_dropped_by_the_job_unopened_and_younger_ones_stay(cast, case):
    now = timezone.now()
    for days in (15, 13):
        save_draft(
            actor=cast.caseworker,
            draft_id=uuid.uuid4(),
            case_id=case.pk,
            values={"observations": "Calm."},
            at=now - timedelta(days=days),
        )
    assert drop_old_drafts() == 1
    assert drop_old_drafts() == 0, "it may run twice"
    assert drafts().get().expires_at > now
    dropped = AuditEvent.objects.filter(verb="note.drafts_expired").order_by("id").first()
    assert dropped.facts == {"count": 1}
