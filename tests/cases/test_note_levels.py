"""The read matrix of the notes: every role × level × kind, in Python and below it."""

from __future__ import annotations

import uuid

import pytest
from django.db import connections
from django.utils import timezone

from accounts.roles import SERVICE_ROLES, Role
from audit.acting import acting
from audit.reading import reading
from cases.choices import HEALTH_KINDS, LEGAL_KINDS, NoteKind
from cases.models import CaseNote
from core.choices import Sensitivity
from tests.factories import open_case, write_note

KINDS = tuple(NoteKind.values)
# Person of the case's team, one for each role → level → kinds read without being named.
ALL, NONE = frozenset(KINDS), frozenset()
MATRIX = {
    "second_caseworker": (ALL, ALL, ALL, NONE),
    "supervisor": (ALL, ALL, ALL, NONE),
    "clinician": (ALL, ALL, frozenset(HEALTH_KINDS), NONE),
    "legal": (ALL, ALL, frozenset(LEGAL_KINDS), NONE),
    "intake": (ALL, ALL, NONE, NONE),
    "liaison": (ALL, ALL, NONE, NONE),
    "south_caseworker": (NONE,) * 4,
    "manager": (NONE,) * 4,
    "approver": (NONE,) * 4,
    "analyst": (NONE,) * 4,
    "dpo": (NONE,) * 4,
    "auditor": (NONE,) * 4,
    "admin": (NONE,) * 4,
    "survivor_advisor": (NONE,) * 4,
    "partner": (NONE,) * 4,
    "investigator": (NONE,) * 4,
    "prosecutor": (NONE,) * 4,
    "stranger_caseworker": (NONE,) * 4,
}


@pytest.fixture
def case(cast):
    """A case with a note of every kind at every level, all by the same caseworker."""
    case = open_case(cast.caseworker)
    with acting(cast.caseworker) as act:
        act.authorise("cases.write_note", case)
        for kind in KINDS:
            interview = kind == NoteKind.FORENSIC_INTERVIEW
            for level in Sensitivity.values:
                CaseNote(
                    case=case,
                    kind=kind,
                    sensitivity=level,
                    author=cast.caseworker,
                    occurred_at=timezone.now(),
                    interview_place="court" if interview else "",
                    interview_agency=cast.cyber_unit if interview else None,
                ).save(force_insert=True)
        act.record("note.written", case)
    return case


def read_by(person, notes):
    return tuple(
        frozenset(notes.filter(sensitivity=level).values_list("kind", flat=True))
        for level in Sensitivity.values
    )


def test_every_role_reads_its_levels_and_kinds_and_the_database_says_the_same(cast, case):
    walked = frozenset().union(*(getattr(cast, who).roles for who in MATRIX))
    assert walked == set(Role) - SERVICE_ROLES
    by_code, by_database = {}, {}
    for who in MATRIX:
        person = getattr(cast, who)
        with reading(person):
            by_code[who] = read_by(person, CaseNote.objects.visible_to(person))
            by_database[who] = read_by(person, CaseNote.objects.all())
    assert by_code == MATRIX
    assert by_database == MATRIX
    with reading(cast.caseworker):
        everything = CaseNote.objects.visible_to(cast.caseworker)
        assert read_by(cast.caseworker, everything) == (ALL,) * 4, "the author always reads"


def test_a_named_reader_reads_that_note_and_no_other_of_its_level(cast, case):
    note = write_note(cast.caseworker, case, sensitivity=4, reader_ids=[cast.intake.pk])
    with reading(cast.intake):
        sealed = CaseNote.objects.visible_to(cast.intake).filter(sensitivity=4)
        assert [found.pk for found in sealed] == [note.pk]
        assert [found.pk for found in CaseNote.objects.filter(sensitivity=4)] == [note.pk]


def test_nobody_without_the_team_reads_what_names_them(cast, case):
    """A name on a note opens no case: need to know comes first."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'x', false)")
        note = CaseNote.objects.using("owner").filter(sensitivity=2).first()
        cursor.execute(
            "INSERT INTO cases_notereader (id, created_at, note_id, case_id, user_id) "
            "VALUES (%s, now(), %s, %s, %s)",
            [uuid.uuid4(), note.pk, case.pk, cast.south_caseworker.pk],
        )
    with reading(cast.south_caseworker):
        assert not CaseNote.objects.visible_to(cast.south_caseworker).exists()
        assert not CaseNote.objects.exists()


def test_pages_and_api_agree_with_the_matrix(cast, case, client_of):
    notes = {
        (note.kind, note.sensitivity): note
        for note in CaseNote.objects.using("owner")
        if note.kind in ("contact", "health", "legal")
    }
    for who in ("second_caseworker", "clinician", "intake", "south_caseworker"):
        client = client_of(getattr(cast, who))
        for (kind, level), note in notes.items():
            wanted = 200 if kind in MATRIX[who][level - 1] else 404
            assert client.get(f"/cases/notes/{note.pk}/").status_code == wanted, (who, kind, level)
            assert client.get(f"/api/v1/notes/{note.pk}/").status_code == wanted, (who, level)
