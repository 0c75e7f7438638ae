"""Writing notes: four parts, the right level, append-only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from audit.acting import open_settings
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseNote, NoteReader
from cases.services.notes import write_note
from core.errors import Denied, DomainError
from tests.factories import open_case
from tests.factories import write_note as write


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def notes():
    return CaseNote.objects.using("owner").count()


def test_the_parts_stay_apart_and_come_back_as_written(cast, case):
    parts = {
        "facts_reported": "The aunt said: “She sleeps at my house now.”",
        "observations": "Calm.\n\nTwo beds.",
        "professional_assessment": "Safe for now.",
        "actions": "Visit again on Friday.",
    }
    note = write(cast.caseworker, case, **parts)
    with reading(cast.second_caseworker):
        read = CaseNote.objects.visible_to(cast.second_caseworker).get(pk=note.pk)
        assert {name: getattr(read, name) for name in parts} == parts
    event = AuditEvent.objects.filter(verb="note.written").get()
    assert event.fields == list(parts)
    assert event.facts == {
        "kind": "contact",
        "level": 2,
        "lowered": False,
        "addendum": False,
        "readers": 0,
    }


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("contact", 2),
        ("plan", 2),
        ("administrative", 2),
        ("assessment", 3),
        ("risk", 3),
        ("survivor_own_words", 3),
    ],
)
def test_a_note_starts_at_the_level_of_its_kind(cast, case, kind, level):
    assert write(cast.caseworker, case, kind=kind).sensitivity == level


def test_only_a_supervisor_sets_a_level_below_the_usual(cast, case):
    with pytest.raises(Denied):
        write(cast.caseworker, case, kind="risk", sensitivity=2)
    assert notes() == 0
    assert AuditEvent.objects.filter(verb="act.refused").get().facts == {
        "permission": "cases.lower_sensitivity"
    }
    assert write(cast.supervisor, case, kind="risk", sensitivity=2).sensitivity == 2
    assert AuditEvent.objects.filter(verb="note.written").get().facts["lowered"] is True


def test_anybody_may_raise_the_level(cast, case):
    assert write(cast.caseworker, case, sensitivity=4).sensitivity == 4


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("facts_reported", {"facts_reported": " \n "}),
        ("facts_reported", {"facts_reported": "x" * 20_001}),
        ("actions", {"facts_reported": "a b " * 2_250, "actions": "c d " * 2_751}),
        ("occurred_at", {"occurred_at": timezone.now() + timedelta(days=1)}),
        ("kind", {"kind": "gossip"}),
        ("sensitivity", {"sensitivity": 5}),
        ("observations", {"observations": "data:image/png;base64,iVBORw0KGgo="}),
        ("observations", {"observations": "hash d41d8cd98f00b204e9800998ecf8427e"}),
        ("actions", {"actions": "Look at https://somewhere.example/a"}),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_is_kept(cast, case, field, values):
    with pytest.raises(DomainError) as broken:
        write(cast.caseworker, case, **values)
    assert broken.value.field == field
    assert notes() == 0


def test_a_note_of_exactly_the_greatest_length_is_kept(cast, case):
    write(cast.caseworker, case, facts_reported="word " * 3_999 + "wordy")
    assert notes() == 1


def test_an_addendum_leaves_the_note_as_it_is_and_is_never_less_closed(cast, case):
    note = write(cast.caseworker, case, kind="risk")
    before = CaseNote.objects.using("owner").filter(pk=note.pk).values().get()
    added = write(cast.second_caseworker, case, kind="contact", addendum_to_id=note.pk)
    assert (added.addendum_to_id, added.sensitivity) == (note.pk, 3)
    assert CaseNote.objects.using("owner").filter(pk=note.pk).values().get() == before
    with pytest.raises(DomainError) as broken:
        write(cast.caseworker, case, addendum_to_id=added.pk)
    assert broken.value.field == "addendum_to_id"
    assert notes() == 2


def test_nobody_adds_to_a_note_of_another_case_or_one_they_cannot_read(cast, case):
    other = write(cast.caseworker, open_case(cast.caseworker))
    with pytest.raises(CaseNote.DoesNotExist):
        write(cast.caseworker, case, addendum_to_id=other.pk)
    sealed = write(cast.caseworker, case, sensitivity=4)
    with pytest.raises(CaseNote.DoesNotExist):
        write(cast.second_caseworker, case, addendum_to_id=sealed.pk)
    assert notes() == 2


def test_readers_are_named_only_among_those_who_work_on_the_case(cast, case):
    note = write(cast.caseworker, case, sensitivity=4, reader_ids=[cast.legal.pk])
    assert NoteReader.objects.using("owner").get().user_id == cast.legal.pk
    for outsider in (cast.south_caseworker, cast.auditor, cast.stranger_caseworker):
        with pytest.raises(DomainError) as broken:
            write(cast.caseworker, case, sensitivity=4, reader_ids=[outsider.pk])
        assert broken.value.field == "reader_ids"
    assert list(CaseNote.objects.using("owner").values_list("pk", flat=True)) == [note.pk]


@pytest.mark.parametrize("who", ["intake", "liaison"])
def test_those_who_only_read_notes_write_none(cast, case, who):
    with pytest.raises(Denied):
        write(getattr(cast, who), case)
    assert notes() == 0


def test_a_note_is_not_written_in_a_case_one_does_not_see(cast, case):
    with pytest.raises(Case.DoesNotExist):
        write_note(
            actor=cast.south_caseworker,
            case_id=case.pk,
            kind="contact",
            occurred_at=timezone.now(),
            facts_reported="Somebody called.",
        )
    assert notes() == 0


@pytest.mark.parametrize(
    "statement",
    ["UPDATE cases_casenote SET kind = 'plan'", "DELETE FROM cases_casenote"],
)
def test_the_database_lets_nobody_change_or_remove_a_note(cast, case, statement):
    write(cast.caseworker, case)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        open_settings(actor=cast.caseworker.pk, act=case.pk)
        with connections["default"].cursor() as cursor:
            cursor.execute(statement)
    assert CaseNote.objects.using("owner").get().kind == "contact"
