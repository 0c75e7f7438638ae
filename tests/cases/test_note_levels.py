"""Who reads which level: the read matrix of the notes."""

from __future__ import annotations

import pytest

from audit.reading import reading
from cases.models import CaseNote
from tests.factories import open_case, write_note

# person → levels read without being named, on a case of their team
MATRIX = {
    "caseworker": {1, 2, 3, 4},  # their own L4
    "second_caseworker": {1, 2, 3},
    "supervisor": {1, 2, 3},
    "clinician": {1, 2, 3},
    "legal": {1, 2, 3},
    "intake": {1, 2},
    "liaison": {1, 2},
    "south_caseworker": set(),
    "manager": set(),
    "analyst": set(),
    "dpo": set(),
    "auditor": set(),
    "admin": set(),
    "survivor_advisor": set(),
    "partner": set(),
    "investigator": set(),
    "prosecutor": set(),
    "stranger_caseworker": set(),
}


@pytest.fixture
def case(cast):
    case = open_case(cast.caseworker)
    for level in (2, 3, 4):
        write_note(cast.caseworker, case, sensitivity=level)
    write_note(cast.supervisor, case, kind="administrative", sensitivity=1)
    return case


def levels_of(person):
    with reading(person):
        return set(CaseNote.objects.visible_to(person).values_list("sensitivity", flat=True))


def test_every_role_reads_up_to_its_level_and_no_further(cast, case):
    assert {who: levels_of(getattr(cast, who)) for who in MATRIX} == MATRIX


def test_a_named_reader_reads_that_note_and_no_other_of_its_level(cast, case):
    note = write_note(cast.caseworker, case, sensitivity=4, reader_ids=[cast.intake.pk])
    with reading(cast.intake):
        sealed = CaseNote.objects.visible_to(cast.intake).filter(sensitivity=4)
        assert [found.pk for found in sealed] == [note.pk]


def test_pages_and_api_agree_with_the_matrix(cast, case, client_of):
    notes = {note.sensitivity: note for note in CaseNote.objects.using("owner")}
    for who in ("second_caseworker", "intake", "south_caseworker"):
        client = client_of(getattr(cast, who))
        for level, note in notes.items():
            wanted = 200 if level in MATRIX[who] else 404
            assert client.get(f"/cases/notes/{note.pk}/").status_code == wanted, (who, level)
            assert client.get(f"/api/v1/notes/{note.pk}/").status_code == wanted, (who, level)
